"""Proactive texts, from the caller to the phone: consent, hours, caps, takeover, once only."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from agent.consent.choices import topic_refusal
from agent.consent.terms import ConsentTerms, Topic
from agent.desk import Desk
from agent.domain.consent import ConsentAction, ConsentEvent, ConsentSource, Purpose
from agent.domain.ids import CustomerId, MessageId
from agent.domain.messages import Delivery, InboundMessage
from agent.errors import (
    ConfigurationError,
    ConflictError,
    InvalidInputError,
    NotFoundError,
    TransientSendError,
)
from agent.sending.outbound import IfQuiet, Outbound, OutboundReceipt, OutboundState
from agent.store.unit_of_work import Database
from agent.wiring.inline import Inline, assemble_inline
from agent.wiring.proactive import proactive_texts
from tests.agent.house import REP
from tests.conftest import CountingIds, FakeClock
from tests.fakes import FakeAnswerer, FakeSender, FakeUnderstander, fake_mind, foundation

SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
"""For tests of which one database tells as much as two."""

MIAMI = "+13055550123"
DENVER = "+13035550123"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("America/Denver")).astimezone(UTC)
NIGHT = datetime(2026, 11, 24, 22, 0, tzinfo=ZoneInfo("America/Denver")).astimezone(UTC)
MORNING = datetime(2026, 11, 25, 9, 0, tzinfo=ZoneInfo("America/Denver")).astimezone(UTC)


@dataclass
class DueQueue:
    """Keeps sends with the time at which they are due, as the durable queue does."""

    clock: FakeClock
    due: list[tuple[datetime, MessageId]] = field(default_factory=list)

    def enqueue_send(self, session: Session, message_id: MessageId, *, delay_s: float) -> None:
        self.due.append((self.clock.now() + timedelta(seconds=delay_s), message_id))

    def run(self, outbox: Any) -> None:
        """Send what is due; what is held is due again when the outbox says."""
        ready = [entry for entry in self.due if entry[0] <= self.clock.now()]
        self.due = [entry for entry in self.due if entry[0] > self.clock.now()]
        for _, message_id in ready:
            again_s = outbox.send(message_id)
            if again_s is not None:
                self.enqueue_send(None, message_id, delay_s=again_s)


@dataclass
class Shop:
    parts: Inline
    texts: Any
    sender: FakeSender
    clock: FakeClock
    queue: DueQueue

    def consents(self, number: str, purpose: Purpose = Purpose.MARKETING, **changes: Any) -> None:
        said = {"action": ConsentAction.OPT_IN, "source": ConsentSource.WEB_FORM} | changes
        with self.parts.database.begin() as uow:
            uow.consents.record(
                uow.customers.ensure(number), sender=self.parts.brand.slug, evidence="form",
                purposes=(purpose,), **said,
            )  # fmt: skip

    def send(self, to: str = DENVER, text: str = "New boots are in.", **changes: Any) -> Any:
        wanted = {"purpose": Purpose.MARKETING} | changes
        return self.texts.send(Outbound(to=to, text=text, **wanted))

    def run(self) -> list[str]:
        self.queue.run(self.parts.outbox)
        return [text for _, text in self.sender.sent]

    def go_to(self, moment: datetime) -> None:
        self.clock.at = moment

    def look(self, receipt: OutboundReceipt) -> OutboundReceipt:
        return self.texts.look(receipt.message.id)

    def text_in(self, text: str, sender: str = DENVER, provider_id: str = "SM1") -> Any:
        accepted = self.parts.inbox.accept(
            InboundMessage(
                provider="twilio", provider_id=provider_id, channel="sms", sender=sender,
                recipient="+15550100200", text=text, received_at=self.clock.now(),
            )
        )  # fmt: skip
        self.parts.run_waiting()
        return accepted


@pytest.fixture
def shop(
    engine: sa.Engine, database: Database, clock: FakeClock, ids: CountingIds, tmp_path: Path
) -> Shop:
    clock.at = NOON
    sender = FakeSender()
    base = foundation(engine, database, clock, ids, tmp_path)
    parts = assemble_inline(
        base, fake_mind(FakeUnderstander(), FakeAnswerer(), clock), {"twilio": sender}
    )
    queue = DueQueue(clock)
    return Shop(parts, proactive_texts(base, queue, {"twilio": sender}), sender, clock, queue)


def test_with_consent_and_by_day_a_text_leaves_at_once(shop: Shop) -> None:
    shop.consents(DENVER)

    receipt = shop.send()

    assert receipt.state is OutboundState.QUEUED
    assert shop.run() == ["New boots are in."]
    assert shop.look(receipt).state is OutboundState.SENT


@SQLITE
@pytest.mark.parametrize("purpose", [Purpose.MARKETING, Purpose.TRANSACTIONAL])
def test_without_consent_nothing_is_stored(shop: Shop, purpose: Purpose) -> None:
    with pytest.raises(ConflictError, match="not consented"):
        shop.send(purpose=purpose)

    with shop.parts.database.read() as uow:
        assert uow.customers.find(DENVER) is None


def test_at_night_it_waits_for_the_morning(shop: Shop) -> None:
    shop.consents(DENVER)
    shop.go_to(NIGHT)

    receipt = shop.send()

    assert (receipt.state, receipt.not_before) == (OutboundState.WAITING, MORNING)
    assert receipt.reason == "quiet hours"
    shop.go_to(MORNING - timedelta(seconds=1))
    assert shop.run() == []
    shop.go_to(MORNING)
    assert shop.run() == ["New boots are in."]


@SQLITE
def test_at_night_it_lapses_where_its_sender_chose_so(shop: Shop) -> None:
    shop.consents(DENVER)
    shop.go_to(NIGHT)

    lapsed = shop.send(if_quiet=IfQuiet.LAPSE)
    too_late = shop.send(text="Only tonight", lapses_at=MORNING)

    assert lapsed.state is too_late.state is OutboundState.LAPSED
    assert "quiet hours" in lapsed.reason
    shop.go_to(MORNING)
    assert shop.run() == []


@SQLITE
def test_the_recipients_hours_count_and_not_the_brands(shop: Shop) -> None:
    shop.consents(MIAMI)
    shop.go_to(NOON + timedelta(hours=6, minutes=30))  # 18:30 in Denver, 20:30 in Miami

    assert shop.send(to=MIAMI).state is OutboundState.WAITING


@SQLITE
def test_a_stored_zone_is_believed(shop: Shop) -> None:
    shop.consents(MIAMI)
    with shop.parts.database.begin() as uow:
        row = uow.customers.find(MIAMI)
        from dataclasses import replace

        uow.customers.put(replace(row, time_zone="Pacific/Honolulu"))
    shop.go_to(NOON + timedelta(hours=6, minutes=30))

    assert shop.send(to=MIAMI).state is OutboundState.QUEUED


def test_one_id_is_one_text(shop: Shop) -> None:
    shop.consents(DENVER)

    first = shop.send(id="spring-1")
    again = shop.send(id="spring-1")

    assert again.duplicate
    assert again.message.id == first.message.id
    assert shop.run() == ["New boots are in."]
    with pytest.raises(ConflictError, match="another text"):
        shop.send(id="spring-1", text="Something else")


@SQLITE
def test_stop_while_it_waits_cancels_it(shop: Shop) -> None:
    shop.text_in("hello")
    shop.consents(DENVER)
    shop.go_to(NIGHT)
    receipt = shop.send()

    shop.text_in("STOP", provider_id="SM2")
    shop.go_to(MORNING)

    assert "New boots are in." not in shop.run()
    assert shop.look(receipt).state is OutboundState.CANCELLED


@SQLITE
def test_stop_in_another_conversation_is_heard_at_the_moment_of_sending(shop: Shop) -> None:
    shop.consents(DENVER)
    shop.go_to(NIGHT)
    receipt = shop.send()

    shop.consents(DENVER, action=ConsentAction.OPT_OUT, source=ConsentSource.PROVIDER)
    shop.go_to(MORNING)

    assert shop.run() == []
    assert "opted out" in shop.look(receipt).reason


def test_the_cap_is_counted_when_texts_leave(shop: Shop) -> None:
    shop.consents(DENVER)
    shop.go_to(NIGHT)
    receipts = [shop.send(text=f"Offer {number}") for number in (1, 2)]

    shop.go_to(MORNING)

    # The demo brand sends one marketing text in 24 hours; both were taken while none had left.
    assert shop.run() == ["Offer 1"]
    waits = shop.look(receipts[1])
    assert waits.reason == "frequency cap"
    assert waits.not_before == MORNING + timedelta(days=1)
    shop.go_to(MORNING + timedelta(days=1))
    assert shop.run() == ["Offer 1", "Offer 2"]


@SQLITE
def test_a_text_that_the_provider_did_not_take_does_not_use_up_the_cap(shop: Shop) -> None:
    shop.consents(DENVER)
    shop.sender.errors.append(TransientSendError("busy", retry_after_s=5))
    shop.send()

    assert shop.run() == []
    shop.clock.forward(60)
    assert shop.run() == ["New boots are in."]


@SQLITE
def test_caps_are_each_purposes_own(shop: Shop) -> None:
    shop.consents(DENVER)
    shop.consents(DENVER, Purpose.TRANSACTIONAL)
    shop.send()
    shop.run()

    shipped = shop.send(text="Your order has shipped.", purpose=Purpose.TRANSACTIONAL)

    assert shipped.state is OutboundState.QUEUED


@SQLITE
def test_while_a_person_talks_with_the_customer_it_waits(shop: Shop) -> None:
    accepted = shop.text_in("hello")
    shop.consents(DENVER)
    receipt = shop.send()
    desk = Desk(database=shop.parts.database, queue=shop.queue, brand=shop.parts.brand)
    desk.take_over(accepted.conversation_id, REP)

    assert "New boots are in." not in shop.run()
    assert shop.look(receipt).reason == "a person is talking with the customer"
    desk.hand_back(accepted.conversation_id, REP)
    shop.clock.forward(15 * 60)
    assert "New boots are in." in shop.run()


@SQLITE
def test_a_clock_that_jumps_and_sends_that_come_early_are_harmless(shop: Shop) -> None:
    shop.consents(DENVER)
    shop.go_to(NIGHT)
    receipt = shop.send()

    for _ in range(3):
        assert shop.parts.outbox.send(receipt.message.id) == (MORNING - NIGHT).total_seconds()
    shop.go_to(NIGHT - timedelta(days=40))
    assert shop.parts.outbox.send(receipt.message.id) > 0
    shop.go_to(MORNING + timedelta(days=400, hours=2))
    assert shop.run() == ["New boots are in."]
    assert shop.parts.outbox.send(receipt.message.id) is None
    assert shop.run() == ["New boots are in."]


@SQLITE
def test_what_comes_too_late_lapses(shop: Shop) -> None:
    shop.consents(DENVER)
    receipt = shop.send(send_at=NOON + timedelta(hours=1), lapses_at=NOON + timedelta(hours=2))
    assert receipt.state is OutboundState.WAITING

    shop.go_to(NOON + timedelta(hours=3))

    assert shop.run() == []
    assert shop.look(receipt).state is OutboundState.LAPSED


@SQLITE
def test_a_scheduled_text_may_lapse_if_its_own_time_is_quiet(shop: Shop) -> None:
    shop.consents(DENVER)

    by_day = shop.send(send_at=NOON + timedelta(hours=1), if_quiet=IfQuiet.LAPSE)
    by_night = shop.send(text="Late", send_at=NIGHT, if_quiet=IfQuiet.LAPSE)

    assert by_day.state is OutboundState.WAITING
    assert by_night.state is OutboundState.LAPSED
    shop.go_to(NOON + timedelta(hours=1))
    assert shop.run() == ["New boots are in."]


@SQLITE
def test_a_conversation_is_gone_on_with_only_while_it_is_one(shop: Shop) -> None:
    shop.text_in("hello")

    assert shop.send(purpose=Purpose.CONVERSATIONAL).state is OutboundState.QUEUED
    shop.clock.forward(25 * 3600)
    with pytest.raises(ConflictError, match="not written lately"):
        shop.send(purpose=Purpose.CONVERSATIONAL)


@SQLITE
def test_answers_to_a_text_are_not_held_at_night(shop: Shop) -> None:
    shop.go_to(NIGHT)

    shop.text_in("do you resole boots?")

    assert len(shop.sender.sent) == 1


@SQLITE
def test_a_reps_answer_two_days_later_waits_for_the_morning(shop: Shop) -> None:
    accepted = shop.text_in("hello")
    shop.go_to(NIGHT + timedelta(days=2))
    desk = Desk(database=shop.parts.database, queue=shop.queue, brand=shop.parts.brand)
    message = desk.reply(accepted.conversation_id, text="Found it!", rep=REP)

    assert "Found it!" not in shop.run()
    with shop.parts.database.read() as uow:
        assert uow.messages.get(message.id).held_because == "quiet hours"
    shop.go_to(MORNING + timedelta(days=2))
    assert "Found it!" in shop.run()


@SQLITE
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"to": "the shop"}, "to"),
        ({"to": "+1"}, "to"),
        ({"text": "  "}, "text"),
        ({"text": "word " * 100}, "text"),
        ({"lapses_at": NOON - timedelta(hours=1)}, "lapses_at"),
        ({"send_at": datetime(2026, 11, 24)}, "send_at"),  # noqa: DTZ001 - the point of it
    ],
)
def test_wrong_texts_are_refused(shop: Shop, changes: dict[str, Any], field: str) -> None:
    shop.consents(DENVER)

    with pytest.raises(InvalidInputError) as raised:
        shop.send(**changes)

    assert raised.value.field == field


@SQLITE
def test_a_number_without_its_country_code_is_of_the_brands_country(shop: Shop) -> None:
    shop.consents(DENVER)

    receipt = shop.send(to="(303) 555-0123")

    with shop.parts.database.read() as uow:
        conversation = uow.conversations.get(receipt.message.conversation_id)
    assert conversation.customer_address == DENVER


@SQLITE
def test_only_proactive_texts_are_looked_up_and_only_set_up_channels_send(
    shop: Shop, engine: sa.Engine, tmp_path: Path
) -> None:
    shop.text_in("hello")
    with shop.parts.database.read() as uow:
        answer = uow.messages.thread(uow.conversations.list()[0].id)[-1]
    with pytest.raises(NotFoundError):
        shop.texts.look(answer.id)

    base = foundation(
        engine, shop.parts.database, shop.clock, shop.parts.ids, tmp_path, simulator=False
    )
    shop.consents(MIAMI)
    nowhere = proactive_texts(base, shop.queue, {})
    with pytest.raises(ConfigurationError, match="No channel"):
        nowhere.send(Outbound(to=MIAMI, text="Hi", purpose=Purpose.MARKETING))


@SQLITE
def test_a_released_text_counts_even_where_nobody_knows_what_became_of_it(shop: Shop) -> None:
    shop.consents(DENVER)
    receipt = shop.send()
    shop.run()
    with shop.parts.database.begin() as uow:
        assert uow.messages.get(receipt.message.id).delivery is Delivery.SENT

    assert shop.send(text="Another").state is OutboundState.WAITING


# ── what the customer has chosen ───────────────────────────────────────────────────────────────


def prefers(shop: Shop, frequency: str) -> None:
    shop.consents(DENVER, action=ConsentAction.PREFERENCE, frequency=frequency,
                  source=ConsentSource.PREFERENCE_PAGE)  # fmt: skip


def turns(shop: Shop, topic: str, action: ConsentAction, purpose: Purpose) -> None:
    shop.consents(DENVER, purpose, action=action, topic=topic,
                  source=ConsentSource.PREFERENCE_TEXT)  # fmt: skip


@pytest.mark.parametrize(("frequency", "days"), [("weekly", 7), ("monthly", 30)])
def test_who_wants_at_most_one_a_week_gets_no_more(shop: Shop, frequency: str, days: int) -> None:
    shop.consents(DENVER)
    prefers(shop, frequency)
    shop.send(text="Offer 1")
    assert shop.run() == ["Offer 1"]
    shop.clock.forward(3 * 24 * 3600)

    waits = shop.send(text="Offer 2")

    assert waits.reason == f"the customer wants at most one in {days} days"
    assert waits.not_before == NOON + timedelta(days=days)
    shop.go_to(NOON + timedelta(days=days) - timedelta(minutes=1))
    assert shop.run() == ["Offer 1"]
    shop.go_to(NOON + timedelta(days=days))
    assert shop.run() == ["Offer 1", "Offer 2"]


@SQLITE
def test_a_choice_made_while_a_text_waits_counts_when_it_would_leave(shop: Shop) -> None:
    shop.consents(DENVER)
    shop.go_to(NIGHT)
    first, second = (shop.send(text=f"Offer {number}") for number in (1, 2))
    prefers(shop, "weekly")

    shop.go_to(MORNING)
    assert shop.run() == ["Offer 1"]
    shop.go_to(MORNING + timedelta(days=1))

    assert shop.run() == ["Offer 1"]
    assert shop.look(first).state is OutboundState.SENT
    assert shop.look(second).not_before == MORNING + timedelta(days=7)


@SQLITE
def test_how_often_is_about_offers_and_not_about_orders(shop: Shop) -> None:
    shop.consents(DENVER)
    shop.consents(DENVER, Purpose.TRANSACTIONAL)
    prefers(shop, "monthly")
    shop.send()
    shop.send(text="Shipped.", purpose=Purpose.TRANSACTIONAL)
    shop.run()
    shop.clock.forward(60)

    shop.send(text="Delivered.", purpose=Purpose.TRANSACTIONAL)

    assert shop.run() == ["New boots are in.", "Shipped.", "Delivered."]


@pytest.mark.parametrize("topic", ["", "offers"])
def test_who_wants_no_offers_gets_none(shop: Shop, topic: str) -> None:
    shop.consents(DENVER)
    shop.consents(DENVER, Purpose.TRANSACTIONAL)
    shop.go_to(NIGHT)
    waits = shop.send(topic=topic)
    turns(shop, "offers", ConsentAction.OPT_OUT, Purpose.MARKETING)

    with pytest.raises(ConflictError, match="does not want texts about news and offers"):
        shop.send(text="Another", topic=topic)
    shop.go_to(MORNING)

    assert shop.run() == []
    assert "news and offers" in shop.look(waits).reason
    shop.send(text="Shipped.", purpose=Purpose.TRANSACTIONAL, topic="orders")
    assert shop.run() == ["Shipped."]


@SQLITE
def test_no_offers_said_in_words_counts_too(shop: Shop) -> None:
    shop.consents(DENVER)
    shop.text_in("no more offers please")

    with pytest.raises(ConflictError, match="does not want"):
        shop.send()


@SQLITE
def test_a_topic_asked_for_again_is_sent_again(shop: Shop) -> None:
    shop.consents(DENVER)
    turns(shop, "offers", ConsentAction.OPT_OUT, Purpose.MARKETING)
    shop.clock.forward(60)
    turns(shop, "offers", ConsentAction.OPT_IN, Purpose.MARKETING)

    assert shop.send(topic="offers").state is OutboundState.QUEUED


@SQLITE
def test_a_text_may_only_name_a_topic_of_its_purpose(shop: Shop) -> None:
    shop.consents(DENVER)

    with pytest.raises(InvalidInputError, match="there is: offers"):
        shop.send(topic="orders")


TWO_TOPICS = ConsentTerms(
    topics={
        "news": Topic(title="news", purpose=Purpose.MARKETING, frequency="weekly"),
        "offers": Topic(title="offers", purpose=Purpose.MARKETING, frequency="weekly"),
    }
)


@pytest.mark.parametrize(
    ("topic", "refused"),
    [
        ("news", ""),
        ("offers", "the customer does not want texts about offers"),
        ("", "the customer does not want texts about offers; name the text's topic"),
        ("dropped", ""),
    ],
)
def test_of_two_topics_a_text_must_be_about_one_that_is_wanted(topic: str, refused: str) -> None:
    joined = ConsentEvent(
        customer_id=CustomerId("cus_1"), purpose=Purpose.MARKETING, sender="shop",
        action=ConsentAction.OPT_IN, source="join_keyword", text_shown="", text_version="",
        evidence="msg_1", at=NOON, topic="news",
    )  # fmt: skip

    assert topic_refusal(TWO_TOPICS, [joined], Purpose.MARKETING, topic) == refused


def test_a_brand_says_what_its_own_names_of_frequencies_mean() -> None:
    terms = ConsentTerms(frequencies={"rarely": "now and then"}, frequency_days={"rarely": 90})
    assert terms.frequency_days["weekly"] == 7

    with pytest.raises(ValueError, match="frequency_days lacks rarely"):
        ConsentTerms(frequencies={"rarely": "now and then"})
