"""The repositories, on SQLite and on a real PostgreSQL alike."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.event import listen
from sqlalchemy.exc import IntegrityError

from agent.domain.consent import ConsentAction, ConsentState, Purpose
from agent.domain.conversations import (
    ConversationEvent,
    ConversationStatus,
    FlowState,
    Pending,
    PendingKind,
)
from agent.domain.customers import Appointment, Customer, Order
from agent.domain.ids import ConversationId, CustomerId, TurnId
from agent.domain.messages import Author, Delivery, InboundMessage
from agent.domain.signals import Decision, Escalate, Outcome, Route
from agent.domain.turns import CutNote, EvidenceNote, Trace, TurnState, Versions
from agent.errors import ConflictError, NotFoundError
from agent.store.migrate import is_current, upgrade
from agent.store.personal_data import erase_customer, export_customer
from agent.store.unit_of_work import Database, UnitOfWork
from tests.agent.builders import signals, topics, understanding
from tests.conftest import FakeClock


def open_conversation(uow: UnitOfWork, address: str = "+15550100301") -> ConversationId:
    customer_id = uow.customers.ensure(address)
    return uow.conversations.ensure(
        customer_id, channel="sms", customer_address=address, brand_address="+15550100200"
    ).id


def inbound(provider_id: str, text: str = "hi", clock: FakeClock | None = None) -> InboundMessage:
    return InboundMessage(
        provider="twilio", provider_id=provider_id, channel="sms", sender="+15550100301",
        recipient="+15550100200", text=text, received_at=(clock or FakeClock()).now(),
    )  # fmt: skip


def test_migrations_are_safe_to_run_again(database: Database) -> None:
    upgrade(database.engine)

    assert is_current(database.engine)


def test_a_customer_keeps_orders_and_appointments(database: Database) -> None:
    ada = Customer(
        id=CustomerId("cus_ada"), address="+15550100777", name="Ada Byron", tier="gold",
        lifetime_value=Decimal("1250.50"), points=420, open_orders=1,
        orders=(
            Order(number="48213", status="shipped", placed_on=date(2026, 11, 20),
                  items=("Ridgeline",), total=Decimal("129.95"), currency="USD", carrier="UPS",
                  expected_on=date(2026, 11, 26)),
            Order(number="40001", status="delivered", placed_on=date(2026, 9, 1),
                  items=("Socks",), total=Decimal("12.00"), currency="USD"),
        ),
        appointments=(
            Appointment(number="A1", service="Boot fitting", when="2026-11-25T10:30",
                        place="Main St", status="booked"),
        ),
    )  # fmt: skip

    with database.begin() as uow:
        uow.customers.put(ada)
    with database.read() as uow:
        assert uow.customers.get(ada.id) == ada
        assert uow.customers.find("+15550100777") == ada
        assert uow.customers.find("+1") is None


def test_what_is_raised_in_a_unit_of_work_rolls_it_back(database: Database) -> None:
    with pytest.raises(RuntimeError, match="halfway"), database.begin() as uow:
        uow.customers.ensure("+15550100888")
        raise RuntimeError("halfway")

    with database.read() as uow:
        assert uow.customers.find("+15550100888") is None


def test_the_same_providers_id_is_stored_once(database: Database) -> None:
    with database.begin() as uow:
        conversation_id = open_conversation(uow)
        uow.messages.add_inbound(conversation_id, inbound("SM1"))

    with pytest.raises(IntegrityError), database.begin() as uow:
        uow.messages.add_inbound(conversation_id, inbound("SM1"))


def test_a_turn_claims_all_waiting_texts_and_later_ones_are_another_turns(
    database: Database, clock: FakeClock
) -> None:
    with database.begin() as uow:
        conversation_id = open_conversation(uow)
        uow.messages.add_inbound(conversation_id, inbound("SM1", "one"))
        clock.forward(1)
        uow.messages.add_inbound(conversation_id, inbound("SM2", "two"))
        first = uow.messages.claim(conversation_id, TurnId("turn_a"), first=True)
        assert not uow.messages.any_unclaimed(conversation_id)
        clock.forward(1)
        uow.messages.add_inbound(conversation_id, inbound("SM3", "three"))
        assert uow.messages.any_unclaimed(conversation_id)
        second = uow.messages.claim(conversation_id, TurnId("turn_b"))
        again = uow.messages.claim(conversation_id, TurnId("turn_a"))

    assert [m.text for m in first] == ["one", "two"]
    assert [m.text for m in second] == ["three"]
    assert again == first


def test_a_burst_ends_after_its_silence_but_never_later_than_the_longest_wait(
    database: Database, clock: FakeClock
) -> None:
    with database.begin() as uow:
        conversation_id = open_conversation(uow)
        uow.conversations.text_arrived(conversation_id, silence_s=2.5)
        assert uow.conversations.claim_burst(conversation_id) is None
        assert uow.conversations.claim_burst(conversation_id, at_once=True) is not None
        uow.conversations.text_arrived(conversation_id, silence_s=2.5)
        clock.forward(2.5)
        assert uow.conversations.claim_burst(conversation_id) is not None
        for _ in range(7):
            uow.conversations.text_arrived(conversation_id, silence_s=2.5)
            clock.forward(1.2)
        claimed = uow.conversations.claim_burst(conversation_id)
        assert claimed is not None
        assert claimed.id == conversation_id
        assert uow.conversations.claim_burst(ConversationId("con_nobody")) is None


def test_a_conversation_remembers_where_the_dialogue_stands(database: Database) -> None:
    pending = Pending(kind=PendingKind.CLARIFY, options=("a", "b"), question="which?")
    flow = FlowState(flow="help_menu", step="menu", slots=(("size", "9"),))
    with database.begin() as uow:
        conversation_id = open_conversation(uow)
        before = uow.conversations.get(conversation_id)
        uow.conversations.remember(conversation_id, failed_turns=2, pending=pending, flow=flow)
        now = uow.conversations.get(conversation_id)
        with pytest.raises(NotFoundError):
            uow.conversations.remember(
                ConversationId("con_nobody"), failed_turns=0, pending=None, flow=None
            )

    with database.read() as uow:
        stored = uow.conversations.get(conversation_id)
    assert (before.failed_turns, now.failed_turns) == (0, 2)
    assert (stored.failed_turns, stored.pending, stored.flow) == (2, pending, flow)


def test_conversations_are_listed_by_state_and_queue(database: Database) -> None:
    with database.begin() as uow:
        waiting = open_conversation(uow, "+15550100001")
        open_conversation(uow, "+15550100002")
        uow.conversations.apply(waiting, ConversationEvent.ESCALATED)
        uow.escalations.open(waiting, Escalate(rule="r", queue="care", reason="why"), None)

    with database.read() as uow:
        by_status = uow.conversations.list(status=ConversationStatus.WAITING)
        by_queue = uow.conversations.list(queue="care")
        assert [c.id for c in by_status] == [c.id for c in by_queue] == [waiting]
        assert len(uow.conversations.list()) == 2
        with pytest.raises(NotFoundError):
            uow.conversations.get(ConversationId("con_none"))


def test_the_ledger_tells_the_present_state_per_sender(database: Database) -> None:
    with database.begin() as uow:
        customer_id = uow.customers.ensure("+15550100009")
        uow.consents.record(
            customer_id,
            sender="brand-a",
            action=ConsentAction.OPT_OUT,
            source="keyword",
            evidence="m1",
        )
        uow.consents.record(
            customer_id, sender="brand-a", action=ConsentAction.OPT_IN, source="keyword",
            evidence="m2", purposes=(Purpose.TRANSACTIONAL,),
        )  # fmt: skip

    with database.read() as uow:
        states = {p: uow.consents.state(customer_id, sender="brand-a", purpose=p) for p in Purpose}
        assert states == {
            Purpose.CONVERSATIONAL: ConsentState.OUT,
            Purpose.TRANSACTIONAL: ConsentState.IN,
            Purpose.MARKETING: ConsentState.OUT,
        }
        assert uow.consents.state(customer_id, sender="brand-b") is ConsentState.NONE


def test_stop_cancels_only_what_has_not_left(database: Database) -> None:
    with database.begin() as uow:
        conversation_id = open_conversation(uow)
        uow.messages.add_inbound(conversation_id, inbound("SM1"))
        pending, sent = (
            uow.messages.add_outbound(
                conversation_id,
                author=Author.AGENT,
                text=t,
                provider="twilio",
                encoding="GSM-7",
                segments=1,
            )
            for t in ("held", "gone")
        )
        uow.sends.set_delivery(sent.id, Delivery.SENT, provider_id="SMX")

        assert uow.sends.cancel_pending([conversation_id]) == 1
        assert uow.messages.get(pending.id).delivery is Delivery.CANCELLED
        assert uow.messages.get(sent.id).delivery is Delivery.SENT
        assert uow.messages.find_outbound("twilio", "SMX") is not None
        assert uow.messages.last_provider(conversation_id) == "twilio"


def test_a_trace_comes_back_as_it_was_kept(database: Database) -> None:
    before = signals("my lawyer", read=understanding(topics=topics(legal_threat=0.9)))
    decision = Decision(
        route=Route.ESCALATION, rule="sensitive_topic", reason="why",
        escalate=Escalate(rule="sensitive_topic", queue="care", reason="why"),
    )  # fmt: skip
    trace = Trace(
        versions=Versions(schema=1, model="fast-1", rules="rules-1", knowledge="kb_1"),
        signals_before=before,
        decision_before=decision,
        signals_after=signals("my lawyer", outcome=Outcome(answered=True)),
        decision_after=decision,
        evidence=(EvidenceNote(source="a.md", heading="A", text="t", score=0.5),),
        cut=(CutNote(claim="free", reason="not in the evidence"),),
        took_ms={"total": 12.5},
    )
    with database.begin() as uow:
        conversation_id = open_conversation(uow)
        uow.turns.begin(TurnId("turn_1"), conversation_id)
        uow.turns.finish(TurnId("turn_1"), result={"replies": []}, trace=trace)

    with database.read() as uow:
        record = uow.turns.get(TurnId("turn_1"))
        assert record is not None
        assert (record.state, record.trace) == (TurnState.COMPOSED, trace)
        assert [r.id for r in uow.turns.of_conversation(conversation_id)] == ["turn_1"]
        assert len(uow.turns.traces_since(FakeClock().now() - timedelta(days=1))) == 1


def test_people_sign_in_with_the_right_password_only(database: Database) -> None:
    with database.begin() as uow:
        user = uow.users.add(
            email="Rep@Shop.example", name="Rep", role="rep", password="correct horse"
        )
        key = uow.users.add_api_key("test")

    with database.read() as uow:
        assert uow.users.sign_in("rep@shop.example ", "correct horse") == user
        assert uow.users.sign_in("rep@shop.example", "wrong") is None
        assert uow.users.sign_in("nobody@shop.example", "correct horse") is None
        assert uow.users.knows_api_key(key)
        assert not uow.users.knows_api_key(key + "x")
    with pytest.raises(ConflictError), database.begin() as uow:
        uow.users.add(email="rep@shop.example", name="", role="rep", password="another one")


def test_news_are_read_after_an_id(database: Database) -> None:
    with database.begin() as uow:
        conversation_id = open_conversation(uow)
        uow.live.publish(conversation_id, "message", message_id="m1")
        uow.live.publish(ConversationId("other"), "message", message_id="m2")
    with database.read() as uow:
        last = uow.live.last_event_id()
    with database.begin() as uow:
        uow.live.publish(conversation_id, "typing", on=True)

    with database.read() as uow:
        news = uow.live.news_after(last, conversation_id=conversation_id)
        assert [(n.kind, dict(n.data)) for n in news] == [("typing", {"on": True})]
        assert len(uow.live.news_after(0)) == 3


def test_silent_processes_are_found(database: Database, clock: FakeClock) -> None:
    with database.begin() as uow:
        uow.live.beat("old")
    clock.forward(20)
    with database.begin() as uow:
        uow.live.beat("new")

    with database.read() as uow:
        assert uow.live.silent_executors(15) == ["old"]


def test_llm_tokens_are_counted_by_day(database: Database) -> None:
    day = date(2026, 11, 22)
    with database.begin() as uow:
        uow.live.add_llm_usage(day, 100)
        uow.live.add_llm_usage(day, 50)

    with database.read() as uow:
        assert uow.live.llm_tokens(day) == 150
        assert uow.live.llm_tokens(day + timedelta(days=1)) == 0


def test_everything_about_a_customer_is_exported_and_erased(database: Database) -> None:
    with database.begin() as uow:
        conversation_id = open_conversation(uow)
        message = uow.messages.add_inbound(conversation_id, inbound("SM1", "my secret"))
        uow.live.publish(conversation_id, "message", message_id=message.id)
        uow.live.add_note(conversation_id, author="Rep", text="called back")
        uow.consents.record(
            uow.customers.ensure("+15550100301"), sender="b", action=ConsentAction.OPT_IN,
            source="keyword", evidence=message.id,
        )  # fmt: skip
        exported = export_customer(uow.session, "+15550100301")
        assert exported is not None
        assert "my secret" in str(exported)
        erase_customer(uow.session, "+15550100301")

    with database.read() as uow:
        assert export_customer(uow.session, "+15550100301") is None
        assert uow.messages.find_inbound("twilio", "SM1") is None
        assert uow.live.news_after(0) == []


def test_a_message_looked_up_again_asks_no_database(database: Database) -> None:
    with database.begin() as uow:
        conversation_id = open_conversation(uow)
        message = uow.messages.add_inbound(conversation_id, inbound("SM1"))
    asked: list[str] = []
    listen(database.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    with database.begin() as uow:
        for _ in range(3):
            uow.messages.get(message.id)

    assert len([text for text in asked if "FROM messages" in text]) == 1


def test_a_conversation_is_read_afresh_each_time(database: Database) -> None:
    with database.begin() as uow:
        conversation_id = open_conversation(uow)
    with database.begin() as uow:
        before = uow.conversations.get(conversation_id).status
        change = text("UPDATE conversations SET status = 'human' WHERE id = :id")
        uow.session.connection().execute(change, {"id": conversation_id})
        after = uow.conversations.get(conversation_id).status

    assert (before, after) == (ConversationStatus.BOT, ConversationStatus.HUMAN)


def test_a_locked_message_is_read_afresh_once(database: Database) -> None:
    with database.begin() as uow:
        conversation_id = open_conversation(uow)
        message = uow.messages.add_outbound(
            conversation_id, author=Author.AGENT, text="hi", provider="twilio",
            encoding="gsm7", segments=1,
        )  # fmt: skip
    with database.begin() as uow:
        assert uow.sends.locked(message.id).delivery is Delivery.PENDING
        assert uow.sends.set_delivery(message.id, Delivery.SENT) is Delivery.SENT
        assert uow.sends.locked(message.id).delivery is Delivery.SENT


def test_the_customers_previous_texts_are_found(database: Database, clock: FakeClock) -> None:
    with database.begin() as uow:
        conversation_id = open_conversation(uow)

        def previous(conversation: ConversationId, **about: Any) -> list[str]:
            return [text for text, _ in uow.messages.previous(conversation, **about)]

        assert previous(conversation_id, besides=[], most=2) == []
        first = uow.messages.add_inbound(conversation_id, inbound("SM1", "do you ship", clock))
        clock.forward(5)
        second = uow.messages.add_inbound(conversation_id, inbound("SM2", "to canada", clock))

        assert previous(conversation_id, besides=[], most=3) == ["to canada", "do you ship"]
        assert previous(conversation_id, besides=[], most=1) == ["to canada"]
        assert previous(conversation_id, besides=[second.id], most=2) == ["do you ship"]
        assert previous(conversation_id, besides=[first.id, second.id], most=2) == []
        assert [at for _, at in uow.messages.previous(conversation_id, besides=[], most=2)] == [
            clock.now(),
            clock.now() - timedelta(seconds=5),
        ]
