"""What is left behind by a crash or a mistake is found, resumed or handed over; nothing is lost."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from agent.channels import Receipt
from agent.domain.conversations import ConversationStatus
from agent.domain.ids import MessageId
from agent.domain.messages import Author, Delivery
from agent.domain.turns import TurnState
from agent.errors import PermanentSendError, SendProblem, TransientSendError, UnknownSendError
from agent.outbox import MAX_ATTEMPTS
from agent.runtime.watch import Watch
from agent.store.unit_of_work import Database
from tests.agent.house import REP, House, build_house
from tests.agent.test_outbox import add, cases, news
from tests.conftest import CountingIds, FakeClock


@dataclass
class Asked:
    """A provider with a list of what it has taken; ``knows`` is its answer to each look."""

    knows: list[Receipt | Exception | None] = field(default_factory=list)
    asked: int = 0

    def send(self, **_: Any) -> Receipt:
        raise UnknownSendError("no answer")

    def find_sent(
        self,
        *,
        message_id: MessageId,
        to: str,
        sender: str,
        text: str,
        not_before: datetime,
        taken: Collection[str] = (),
    ) -> Receipt | None:
        del message_id, to, sender, text, not_before, taken
        self.asked += 1
        answer = self.knows.pop(0) if self.knows else None
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def house(sqlite_database: Database, clock: FakeClock, ids: CountingIds, tmp_path: Path) -> House:
    return build_house(sqlite_database.engine, sqlite_database, clock, ids, tmp_path)


def watch(house: House) -> Watch:
    return Watch(
        database=house.parts.database, queue=house.parts.queue, outbox=house.parts.outbox,
        brand=house.parts.brand, clock=house.clock,
    )  # fmt: skip


def lost(house: House) -> list[MessageId]:
    with house.parts.database.read() as uow:
        return uow.unanswered.lost(house.clock.now() + timedelta(seconds=1))


def rules(house: House) -> list[str]:
    return [case.rule for case in cases(house)]


def test_a_text_whose_turn_was_lost_gets_another_one(house: House) -> None:
    house.answerer.answers["hours?"] = "10 to 6."
    accepted = house.text("hours?", run=False)
    house.parts.queue.waiting.clear()
    assert lost(house) == [accepted.message_id]
    watch(house).look()
    assert house.parts.queue.waiting == [], "it is too young to be stuck"

    house.clock.forward(121)
    watch(house).look()
    house.parts.run_waiting()

    assert house.replies() == ["10 to 6."]
    assert lost(house) == []


def test_a_text_that_no_turn_helps_is_handed_to_a_person(house: House) -> None:
    house.text("hours?", run=False)
    house.clock.forward(601)

    watch(house).look()
    watch(house).look()

    assert house.conversation().status is ConversationStatus.WAITING
    assert rules(house) == ["unanswered"]
    assert lost(house) == []


def test_a_turn_that_never_ends_is_ended_and_handed_to_a_person(house: House) -> None:
    house.text("hours?", run=False)
    turn_id, conversation_id = house.parts.queue.waiting[0]
    with house.parts.database.begin() as uow:
        uow.messages.claim(conversation_id, turn_id)
        uow.turns.begin(turn_id, conversation_id)
    house.clock.forward(601)

    watch(house).look()
    house.parts.run_waiting()

    assert rules(house) == ["unanswered"]
    assert house.turns()[0].state is TurnState.FAILED
    assert house.replies() == [], "the turn that came back too late says nothing"


def test_a_send_that_was_lost_is_enqueued_again_and_leaves_once(house: House) -> None:
    house.text("hours?", run=False)
    message_id = add(house, "10 to 6.")
    queue = Sends()
    house.clock.forward(121)

    replace(watch(house), queue=queue).look()
    replace(watch(house), queue=queue).look()

    assert queue.sends == [message_id], "and not again before its time"
    house.parts.outbox.send(message_id)
    assert house.replies() == ["10 to 6."]


@dataclass
class Sends:
    """A queue that remembers sends."""

    sends: list[MessageId] = field(default_factory=list)

    def enqueue_turn(self, *_: Any, **__: Any) -> None:
        """Turns are not looked at."""

    def enqueue_send(self, session: Any, message_id: MessageId, *, delay_s: float) -> None:
        del session, delay_s
        self.sends.append(message_id)


def test_a_send_that_is_held_is_left_alone(house: House) -> None:
    house.text("hours?", run=False)
    message_id = add(house, "later")
    with house.parts.database.begin() as uow:
        uow.deliveries.wait(message_id, until=house.clock.now() + timedelta(hours=3))
    queue = Sends()
    house.clock.forward(700)

    replace(watch(house), queue=queue).look()

    assert queue.sends == []


# ── sends of which nobody knows ────────────────────────────────────────────────────────────


def unknown(house: House, provider: Asked) -> House:
    parts = house.parts
    outbox = replace(parts.outbox, senders={**parts.outbox.senders, "twilio": provider})
    asked = replace(house, parts=replace(parts, outbox=outbox))
    asked.text("hours?")
    return asked


@pytest.mark.parametrize("delivered", [True, False])
def test_a_send_that_the_provider_has_taken_is_found_in_its_list(
    house: House, *, delivered: bool
) -> None:
    provider = Asked([Receipt(provider_id="SMfound", delivered=delivered)])
    asked = unknown(house, provider)
    watch(asked).look()
    assert provider.asked == 0, "its list may not hold it yet"

    asked.clock.forward(61)
    watch(asked).look()

    (message,) = asked.outbound()
    assert message.delivery is (Delivery.DELIVERED if delivered else Delivery.SENT)
    assert message.provider_id == "SMfound"
    assert rules(asked) == []


def test_a_send_that_the_provider_does_not_know_is_shown_to_a_rep_and_not_repeated(
    house: House,
) -> None:
    provider = Asked([None, TransientSendError("busy"), None])
    asked = unknown(house, provider)
    for _ in range(20):
        asked.clock.forward(90)
        watch(asked).look()

    assert provider.asked == 3
    assert asked.outbound()[0].delivery is Delivery.UNKNOWN
    assert asked.outbound()[0].attempts == 1
    assert rules(asked) == ["delivery_unknown"]


def test_a_callback_ends_the_asking(house: House) -> None:
    provider = Asked()
    asked = unknown(house, provider)
    news(asked, asked.outbound()[0], Delivery.DELIVERED, None)
    asked.clock.forward(3600)
    watch(asked).look()

    assert provider.asked == 0


# ── the proof ──────────────────────────────────────────────────────────────────────────────


def give_up(house: House) -> None:
    house.sender.errors = [TransientSendError("busy") for _ in range(MAX_ATTEMPTS)]
    house.text("hours?")
    for _ in range(MAX_ATTEMPTS):
        house.parts.outbox.send(house.outbound()[0].id)


def refused(house: House) -> None:
    house.sender.errors = [PermanentSendError("no", problem=SendProblem.FILTERED)]
    house.text("hours?")


def no_answer(house: House) -> None:
    house.sender.errors = [UnknownSendError("no answer")]
    house.text("hours?")


def stopped(house: House) -> None:
    house.text("hours?", run=False)
    house.text("STOP")


def raises(house: House) -> None:
    house.understander.fails = 99
    house.text("hours?")


def taken_over(house: House) -> None:
    house.text("hours?", run=False)
    house.desk.take_over(house.conversation().id, REP)
    house.parts.run_waiting()


@pytest.mark.parametrize("story", [give_up, refused, no_answer, stopped, raises, taken_over])
def test_every_text_ends_answered_unknown_or_with_a_person(house: House, story: Any) -> None:
    story(house)

    assert lost(house) == []


def test_the_proof_finds_a_text_whose_reply_was_cancelled_for_nothing(house: House) -> None:
    accepted = house.text("hours?")
    with house.parts.database.begin() as uow:
        uow.session.execute(
            sa.text("UPDATE messages SET delivery = 'cancelled' WHERE direction = 'outbound'")
        )

    assert lost(house) == [accepted.message_id]


def test_the_author_of_a_text_does_not_matter_to_the_watch(house: House) -> None:
    house.text("hours?", run=False)
    message_id = add(house, "from a person", author=Author.REP)
    queue = Sends()
    house.clock.forward(121)

    replace(watch(house), queue=queue).look()

    assert queue.sends == [message_id]
