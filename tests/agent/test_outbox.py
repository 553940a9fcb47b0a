"""What the outbox does with each sort of refusal, with a number's pace, and with two at once."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from agent.brand import Sending
from agent.channels import Receipt
from agent.delivery_news import record_news
from agent.domain.consent import ConsentState
from agent.domain.conversations import ConversationStatus
from agent.domain.messages import Author, Delivery
from agent.errors import PermanentSendError, SendProblem, TransientSendError, UnknownSendError
from agent.outbox import MAX_ATTEMPTS, Outbox
from agent.runtime.figures import figures
from tests.agent.house import REP, House

BRAND_NUMBER = "+15550100200"


def cases(house: House) -> list[Any]:
    with house.parts.database.read() as uow:
        return uow.escalations.of_conversation(house.conversation().id)


def kinds(house: House) -> list[str]:
    with house.parts.database.read() as uow:
        return [news.kind for news in uow.live.news_after(0)]


def refuse(problem: SendProblem, code: str = "9") -> PermanentSendError:
    return PermanentSendError("refused", code=code, problem=problem)


def busy(after_s: float | None = None) -> TransientSendError:
    return TransientSendError("busy", code="20429", retry_after_s=after_s)


@pytest.mark.parametrize(
    "problem",
    [
        SendProblem.BAD_NUMBER,
        SendProblem.BLOCKED,
        SendProblem.FILTERED,
        SendProblem.EXPIRED,
        SendProblem.OTHER,
    ],
)
def test_a_refused_answer_is_shown_to_a_rep_once(house: House, problem: SendProblem) -> None:
    house.sender.errors = [refuse(problem)]
    house.text("hours?")
    (message,) = house.outbound()

    assert message.delivery is Delivery.FAILED
    assert house.conversation().status is ConversationStatus.WAITING
    assert [case.rule for case in cases(house)] == [f"not_sent_{problem}"]
    news(house, message, Delivery.FAILED, problem)
    assert len(cases(house)) == 1


def news(house: House, message: Any, delivery: Delivery, problem: SendProblem | None) -> Delivery:
    with house.parts.database.begin() as uow:
        return record_news(
            uow, message.id, delivery=delivery, problem=problem, code="30006",
            provider_id="PX1", brand=house.parts.brand,
        )  # fmt: skip


def test_a_status_callback_does_the_same_as_the_answer_to_a_send(house: House) -> None:
    house.text("hours?")
    (message,) = house.outbound()
    assert message.delivery is Delivery.SENT

    state = news(house, message, Delivery.UNDELIVERED, SendProblem.BAD_NUMBER)

    assert state is Delivery.UNDELIVERED
    assert [case.rule for case in cases(house)] == ["not_sent_bad_number"]
    with house.parts.database.read() as uow:
        marked = uow.deliveries.unreachable(house.conversation().customer_id)
    assert marked is not None
    assert (marked.problem, marked.code) == (SendProblem.BAD_NUMBER, "30006")


def test_a_bad_number_gets_no_more_texts_until_the_customer_writes(house: House) -> None:
    house.sender.errors = [refuse(SendProblem.BAD_NUMBER)]
    house.text("hours?")
    reply(house, "Can you see this?")
    assert house.outbound()[-1].delivery is Delivery.CANCELLED
    assert "takes no texts" in house.outbound()[-1].error

    house.text("im back")
    reply(house, "Good to hear.")
    assert house.last() == "Good to hear."


def reply(house: House, text: str) -> None:
    message = house.desk.reply(house.conversation().id, text=text, rep=REP)
    house.parts.outbox.send(message.id)


def test_a_blocked_number_may_be_texted_by_a_rep_but_not_by_the_agent(house: House) -> None:
    house.sender.errors = [refuse(SendProblem.BLOCKED)]
    house.text("hours?")
    agents = add(house, "An afterthought.")
    house.parts.outbox.send(agents)

    reply(house, "Sorry, are you there?")

    assert house.replies() == ["Sorry, are you there?"]
    by_id = {m.id: m.delivery for m in house.outbound()}
    assert by_id[agents] is Delivery.CANCELLED


def add(house: House, text: str, *, author: Author = Author.AGENT, segments: int = 1) -> Any:
    with house.parts.database.begin() as uow:
        return uow.messages.add_outbound(
            house.conversation().id, author=author, text=text, provider="twilio",
            encoding="GSM-7", segments=segments,
        ).id  # fmt: skip


def test_an_opt_out_held_by_the_provider_ends_in_the_ledger_and_with_nobody(house: House) -> None:
    house.sender.errors = [refuse(SendProblem.OPTED_OUT, "21610")]
    house.text("hours?")

    assert house.consent() is ConsentState.OUT
    assert cases(house) == []


@pytest.mark.parametrize("permanent", [True, False])
def test_a_limit_of_the_day_puts_the_text_off_to_the_next_morning(
    house: House, *, permanent: bool
) -> None:
    house.sender.errors = [
        refuse(SendProblem.LATER, "30022")
        if permanent
        else TransientSendError("limit", code="30022", problem=SendProblem.LATER)
    ]
    house.text("hours?")
    (message,) = house.outbound()
    assert message.delivery is Delivery.QUEUED

    waits_s = house.parts.outbox.send(message.id)

    zone = house.parts.brand.zone
    again = (house.clock.now() + timedelta(seconds=waits_s)).astimezone(zone)
    today = house.clock.now().astimezone(zone).date()
    assert again.date() == today + timedelta(days=1)
    assert again.hour == house.parts.brand.quiet_hours.ends.hour
    assert message.held_because == "the day's limit (30022)"
    house.clock.forward(waits_s + 1)
    # By now it is no answer of this moment: quiet hours hold, which end later further west.
    house.clock.forward(house.parts.outbox.send(message.id) or 0)
    assert house.parts.outbox.send(message.id) is None
    assert len(house.replies()) == 1


def test_a_sender_set_up_wrong_alarms_and_the_others_wait_instead_of_failing(house: House) -> None:
    house.sender.errors = [refuse(SendProblem.CONFIGURATION, "20003") for _ in range(2)]
    house.text("hours?")
    second, third = add(house, "two"), add(house, "three")

    waits_s = house.parts.outbox.send(second)
    held_s = house.parts.outbox.send(third)

    assert kinds(house).count("alarm") == 2
    assert waits_s is not None
    assert held_s is not None
    assert held_s <= 75
    assert house.sender.errors == []
    states = {m.delivery for m in house.outbound()}
    assert states == {Delivery.QUEUED, Delivery.PENDING}, "nothing failed, nothing was tried"
    with house.parts.database.read() as uow:
        (number,) = uow.sending_numbers.all()
    assert (number.number, number.code, number.alarms) == (BRAND_NUMBER, "20003", 2)
    shown = figures(house.parts.database, "exe_1").decode()
    labels = f'{{code="20003",number="{BRAND_NUMBER}",provider="twilio"}}'
    assert f"textwise_sender_refusals_total{labels} 2.0" in shown
    assert f'textwise_sender_waits{{number="{BRAND_NUMBER}",provider="twilio"}} 1.0' in shown


def test_one_text_tries_whether_a_blocked_sender_works_again_and_opens_it(house: House) -> None:
    house.sender.errors = [refuse(SendProblem.CONFIGURATION) for _ in range(2)]
    house.text("hours?")
    first = house.outbound()[0].id
    second, third = add(house, "two"), add(house, "three")
    house.parts.outbox.send(second)
    house.parts.outbox.send(third)
    house.clock.forward(61)
    broken = house.parts.outbox

    probing = Probing(broken, third)
    replace(broken, senders={**broken.senders, "twilio": probing}).send(first)

    assert probing.meanwhile is not None, "the others wait while one tries"
    house.clock.forward(31)
    assert broken.send(second) is None
    assert broken.send(third) is None
    assert house.replies() == ["two", "three"]


@dataclass
class Probing:
    """A provider that takes a text; meanwhile another one is tried."""

    outbox: Outbox
    other: Any
    meanwhile: float | None = None

    def send(self, **_: Any) -> Receipt:
        self.meanwhile = self.outbox.send(self.other)
        return Receipt(provider_id="PXprobe")


def test_a_sender_that_stays_wrong_gives_the_text_to_a_rep_in_the_end(house: House) -> None:
    house.sender.errors = [refuse(SendProblem.CONFIGURATION) for _ in range(MAX_ATTEMPTS)]
    house.text("hours?")
    (message,) = house.outbound()
    for _ in range(40):
        house.clock.forward(600)
        if house.parts.outbox.send(message.id) is None:
            break

    assert house.outbound()[0].delivery is Delivery.FAILED
    assert [case.rule for case in cases(house)] == ["not_sent_configuration"]


def test_retry_after_holds_every_text_of_the_number(house: House) -> None:
    house.sender.errors = [busy(after_s=20)]
    house.text("hours?")
    other = add(house, "two")

    held_s = house.parts.outbox.send(other)

    assert held_s is not None
    assert 19 <= held_s <= 21
    assert house.replies() == []


def test_a_number_keeps_its_pace_in_parts_a_second(house: House) -> None:
    brand = house.parts.brand.model_copy(update={"sending": Sending(parts_per_second=2)})
    outbox = replace(house.parts.outbox, brand=brand)
    house.text("hours?", run=False)
    ids = [add(house, f"text {n}", segments=3) for n in range(4)]

    waits = [outbox.send(message_id) for message_id in ids]

    assert waits == [None, pytest.approx(1.5), pytest.approx(3.0), pytest.approx(4.5)]
    house.clock.forward(1.5)
    assert outbox.send(ids[1]) is None, "its time has come, and is not asked for again"
    assert outbox.send(ids[2]) == pytest.approx(1.5)


def test_the_replies_of_a_turn_leave_in_order(house: House) -> None:
    house.text("hours?", run=False)
    turn_id, conversation_id = house.parts.queue.waiting[0]
    with house.parts.database.begin() as uow:
        first, second = (
            uow.messages.add_outbound(
                conversation_id, author=Author.AGENT, text=text, provider="twilio",
                encoding="GSM-7", segments=1, turn_id=turn_id, ordinal=place,
            ).id
            for place, text in enumerate(("first", "second"))
        )  # fmt: skip
    house.sender.errors = [busy()]
    house.parts.outbox.send(first)

    assert house.parts.outbox.send(second) is not None
    house.clock.forward(10)
    house.parts.outbox.send(first)
    house.parts.outbox.send(second)

    assert house.replies() == ["first", "second"]


def test_a_text_that_two_processes_want_to_send_leaves_once(house: House) -> None:
    house.text("hours?", run=False)
    message_id = add(house, "once")
    outbox = house.parts.outbox
    inside = Twice(outbox, message_id)

    replace(outbox, senders={**outbox.senders, "twilio": inside}).send(message_id)

    assert (inside.count, house.replies()) == (1, [])
    assert house.outbound()[0].delivery is Delivery.SENT


@dataclass
class Twice:
    """A provider that is slow: while it takes a text, another process finds the same one."""

    outbox: Outbox
    message_id: Any
    count: int = 0

    def send(self, **_: Any) -> Receipt:
        self.count += 1
        self.outbox.send(self.message_id)
        return Receipt(provider_id="PXslow")


@dataclass
class Broken:
    """A channel with a mistake in it."""

    sent: list[Any] = field(default_factory=list)

    def send(self, **_: Any) -> Receipt:
        raise KeyError("sid")


def test_a_channel_that_breaks_leaves_an_unknown_outcome_not_a_lost_text(house: House) -> None:
    house.text("hours?", run=False)
    message_id = add(house, "hello")
    outbox = house.parts.outbox

    assert replace(outbox, senders={"twilio": Broken()}).send(message_id) is None

    assert house.outbound()[0].delivery is Delivery.UNKNOWN
    assert [case.rule for case in cases(house)] == ["delivery_unknown"]


def test_an_unknown_send_of_a_provider_that_cannot_be_asked_is_shown_to_a_rep(house: House) -> None:
    house.sender.errors = [UnknownSendError("no answer")]
    house.text("hours?")

    assert [case.rule for case in cases(house)] == ["delivery_unknown"]


def test_news_in_any_order_only_move_forward(house: House) -> None:
    house.text("hours?")
    (message,) = house.outbound()
    order = (Delivery.DELIVERED, Delivery.SENT, Delivery.QUEUED, Delivery.FAILED)

    assert {news(house, message, state, None) for state in order} == {Delivery.DELIVERED}
    assert cases(house) == []


def test_a_failure_after_somebody_has_resolved_opens_the_conversation_again(house: House) -> None:
    house.text("hours?")
    (message,) = house.outbound()
    house.desk.resolve(house.conversation().id, REP)

    news(house, message, Delivery.UNDELIVERED, SendProblem.OTHER)

    assert house.conversation().status is ConversationStatus.WAITING


def test_a_text_costs_its_parts_times_the_price_of_one() -> None:
    sending = Sending.model_validate({"part_price": "0.0079"})

    assert str(sending.cost(3)) == "0.0237"
    assert Sending().cost(3) is None


def test_the_cost_of_a_reply_is_told_with_it(house: House) -> None:
    house.answerer.answers["hours?"] = "10 to 6."
    sending = Sending.model_validate({"part_price": "0.0079"})
    brand = house.parts.brand.model_copy(update={"sending": sending})
    runner = replace(house.parts.runner, brand=brand)

    replace(house, parts=replace(house.parts, runner=runner)).text("hours?")

    (reply,) = house.turns()[0].result["replies"]
    assert reply["cost"] == {"amount": "0.0079", "currency": "USD"}


def test_an_answer_over_the_brands_limit_of_parts_loses_whole_sentences(house: House) -> None:
    sentence = "We repair boots, shoes and packs in our own workshop in Durango. "
    house.answerer.answers["repairs?"] = sentence * 9

    house.text("repairs?")

    limit = house.parts.brand.voice.max_segments
    (message,) = house.outbound()
    assert message.segments <= limit
    assert message.text == (sentence * (limit * 153 // len(sentence))).strip()
