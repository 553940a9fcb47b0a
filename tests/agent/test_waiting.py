"""While a person is waited for: how long it takes, what calls it off, and a promise not kept."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from agent.domain.conversations import ConversationStatus
from agent.domain.ports import Clock
from agent.domain.signals import Waits
from agent.privacy.erasure import Eraser
from agent.privacy.fingerprint import Fingerprint
from agent.runtime.inline import InlineQueue
from agent.runtime.overdue import OVERDUE, Overdue
from agent.store.unit_of_work import Database
from api.console.listing import make_listing
from tests.agent.builders import topics
from tests.agent.house import PHONE, REP, House, build_house
from tests.conftest import CountingIds, FakeClock


@pytest.fixture
def house(sqlite_database: Database, clock: FakeClock, ids: CountingIds, tmp_path: Path) -> House:
    return build_house(sqlite_database.engine, sqlite_database, clock, ids, tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "how much longer", "when will somebody answer?", "hello?", "you still there", "??",
        "any news", "when are they back", "ok so how long will it take", "still waiting",
    ],
)  # fmt: skip
def test_who_asks_how_long_is_told_so_again_but_not_every_time(house: House, text: str) -> None:
    house.text("human")

    house.text(text)
    house.text(text)
    house.clock.forward(240)
    house.text(text)

    first, second = house.replies()[1:]
    assert "30 minutes" in first
    assert "26 minutes" in second
    assert house.conversation().status is ConversationStatus.WAITING


@pytest.mark.parametrize(
    "text",
    ["how long will the glue take to dry", "do you sell glue", "it is about order 4411", "ok"],
)
def test_anything_else_is_left_to_the_person(house: House, text: str) -> None:
    house.text("human")

    house.text(text)

    assert len(house.replies()) == 1


@pytest.mark.parametrize(
    "text",
    [
        "oh nvm, sorted", "i don't need an operator any longer", "never mind thanks",
        "actually no human needed", "no need anymore, found it",
    ],
)  # fmt: skip
def test_a_call_taken_back_gives_the_conversation_back(house: House, text: str) -> None:
    house.answerer.answers["is the glue clear"] = "It dries clear."
    house.text("human")

    house.text(text)
    house.text("is the glue clear")

    assert "no colleague" in house.replies()[1]
    assert house.last() == "It dries clear."
    with house.parts.database.read() as uow:
        assert uow.escalations.open_cases() == []


@pytest.mark.parametrize("text", ["please don't ring me, text is fine", "cancel that order"])
def test_what_only_sounds_like_it_takes_nothing_back(house: House, text: str) -> None:
    house.text("human")

    house.text(text)

    assert house.conversation().status is ConversationStatus.WAITING


def test_a_grave_matter_is_looked_at_all_the_same(house: House) -> None:
    house.understander.tell("the ladder snapped under me", topics=topics(safety_issue=0.9))
    house.text("the ladder snapped under me")

    house.text("never mind")

    assert "all the same" in house.last()
    assert house.conversation().status is ConversationStatus.WAITING


def test_forget_it_in_fury_is_no_reason_to_let_it_be(house: House) -> None:
    house.understander.tell("four weeks and nobody answers", frustration=0.9)
    house.text("four weeks and nobody answers")

    house.text("forget it")

    assert house.conversation().status is ConversationStatus.WAITING


def overdue(house: House, clock: Clock | None = None) -> Overdue:
    parts = house.parts
    return Overdue(
        database=parts.database,
        queue=InlineQueue(),
        handovers=parts.runner.handovers,
        clock=clock or house.clock,
    )


@dataclass
class Meanwhile:
    """A clock that something happens beside, between two looks at it."""

    clock: FakeClock
    happens: Callable[[], None]
    seen: bool = False

    def now(self) -> datetime:
        if not self.seen:
            self.seen = True
            self.happens()
        return self.clock.now()


def test_a_promise_not_kept_is_owned_up_to_once_and_shown(house: House) -> None:
    house.text("human")
    task = overdue(house)

    task.look()
    assert len(house.outbound()) == 1
    house.clock.forward(31 * 60)
    task.look()
    task.look()

    assert len(house.outbound()) == 2
    assert "takes longer than I said" in house.outbound()[-1].text
    with house.parts.database.read() as uow:
        (late,) = [case for case in uow.escalations.open_cases() if case.rule == OVERDUE]
        (row,) = make_listing(uow, status=None, queue="").rows
    assert "30 minutes" in late.reason
    assert late.reason in row.reason


def test_nobody_is_told_of_a_delay_whom_a_rep_has_taken(house: House) -> None:
    house.text("human")
    house.desk.take_over(house.conversation().id, REP)
    house.clock.forward(31 * 60)

    overdue(house).look()

    assert len(house.outbound()) == 1


def test_nobody_is_told_of_a_delay_who_has_just_been_promised_a_time_anew(house: House) -> None:
    house.text("human")
    house.clock.forward(31 * 60)

    def asks_anew() -> None:
        house.text("never mind")
        house.text("human")

    overdue(house, Meanwhile(house.clock, asks_anew)).look()

    assert "30 minutes" in house.outbound()[-1].text
    with house.parts.database.read() as uow:
        assert [case.rule for case in uow.escalations.open_cases()] == ["asked_for_person"]


def test_who_is_erased_while_it_looks_keeps_nobody_else_waiting(
    house: House, tmp_path: Path
) -> None:
    house.text("human")
    house.clock.forward(31 * 60)
    eraser = Eraser(database=house.parts.database, fingerprint=Fingerprint.of_home(tmp_path))

    overdue(house, Meanwhile(house.clock, lambda: eraser.erase(PHONE))).look()

    with house.parts.database.read() as uow:
        assert uow.conversations.list() == []


def test_a_closed_desk_is_not_late(house: House) -> None:
    house.clock.forward(11 * 3600)  # from 9 AM in Colorado to 8 PM: the desk has closed
    house.text("human")
    assert "back" in house.last()
    house.clock.forward(3600)

    overdue(house).look()

    assert len(house.outbound()) == 1


def test_what_is_known_of_the_wait_is_traced(house: House) -> None:
    house.text("human")
    house.text("something else")

    waits = house.turns()[-1].trace.signals_before.conversation.waits

    assert isinstance(waits, Waits)
    assert waits.rules == ("asked_for_person",)
