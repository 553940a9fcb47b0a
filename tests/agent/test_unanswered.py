"""Questions that nothing answered: collected masked, sorted by likeness, tended by a lead."""

from datetime import timedelta
from io import StringIO
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.brand import Retention
from agent.domain.ids import ConversationId, TurnId
from agent.domain.knowledge import OpenQuestion, QuestionKind, QuestionState
from agent.domain.messages import InboundMessage
from agent.domain.signals import Decision, FailureKind, Outcome, PartOutcome, Route
from agent.domain.turns import Trace, Versions
from agent.errors import NotFoundError
from agent.learning.question_desk import DAYS, QuestionDesk
from agent.learning.unanswered import groups_of, sorted_by_kind, unanswered_in
from agent.privacy.retention import delete_old
from agent.progress import Step, StepLines, last_step, without_steps
from agent.store.personal_data import erase_customer, export_customer
from agent.store.unit_of_work import Database
from intents.types import Part
from tests.agent.builders import signals, understanding
from tests.conftest import FakeClock
from tests.fakes import WordEncoder

ADA = "+15550100301"
NOT_KNOWN = Outcome(answered=False, failure=FailureKind.NOT_KNOWN)
CUT = Outcome(answered=False, failure=FailureKind.CLAIMS_CUT)


def trace(text: str, outcome: Outcome | None, *, rule: str = "question", **decision: Any) -> Trace:
    before = signals(text, read=understanding(text=text))
    after = signals(text, read=understanding(text=text), outcome=outcome)
    decided = Decision(route=Route.KNOWLEDGE, rule=rule, reason="A question.", **decision)
    return Trace(
        versions=Versions(schema=1, model="one", rules="r1"), signals_before=before,
        decision_before=decided, signals_after=after, decision_after=decided,
    )  # fmt: skip


class Shop:
    """A store with turns, and the desk over their questions."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        self.database, self.clock = database, clock
        self.desk = self.open_desk()

    def open_desk(self) -> QuestionDesk:
        return QuestionDesk(database=self.database, encoder=WordEncoder(), clock=self.clock)

    def turn(self, text: str, outcome: Outcome | None = NOT_KNOWN, **decision: Any) -> TurnId:
        """Store a finished turn that was reviewed before questions were collected."""
        self.clock.forward(5)
        turn_id = TurnId(f"turn_{self.clock.at.timestamp():.0f}")
        with self.database.begin() as uow:
            conversation = uow.conversations.ensure(
                uow.customers.ensure(ADA), channel="sms", customer_address=ADA,
                brand_address="+15550100200",
            ).id  # fmt: skip
            inbound = InboundMessage(
                provider="twilio", provider_id=turn_id, channel="sms", sender=ADA,
                recipient="+15550100200", text=text, received_at=self.clock.now(),
            )  # fmt: skip
            uow.messages.add_inbound(conversation, inbound)
            uow.messages.claim(conversation, turn_id)
            uow.turns.begin(turn_id, conversation)
            uow.turns.finish(turn_id, result={}, trace=trace(text, outcome, **decision))
            uow.turns.reviewed([turn_id])
        return turn_id

    def asked(self, *texts: str) -> None:
        for text in texts:
            self.turn(text)
        self.desk.collect()
        self.desk.sort()

    def shown(self, state: QuestionState = QuestionState.OPEN) -> list[tuple[str, int]]:
        return [(group.example, group.times) for group in self.desk.groups(state)]


@pytest.fixture
def shop(database: Database, clock: FakeClock) -> Shop:
    return Shop(database, clock)


@pytest.fixture
def sqlite_shop(sqlite_database: Database, clock: FakeClock) -> Shop:
    return Shop(sqlite_database, clock)


# ── which questions ──────────────────────────────────────────────────────────────────────────

SEVERAL = (Part(text="do you rent skis", intent="product_info", confidence=0.9),
           Part(text="where is my order", intent="track_order", confidence=0.9))  # fmt: skip


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (trace("rent skis?", NOT_KNOWN), [("", QuestionKind.NOT_KNOWN)]),
        (trace("rent skis?", CUT), [("", QuestionKind.CLAIMS_CUT)]),
        (trace("rent skis?", Outcome(answered=True)), []),
        (trace("rent skis?", None), []),
        (trace("asdf", Outcome(answered=False, failure=FailureKind.NOT_UNDERSTOOD)), []),
        (trace("rent?", NOT_KNOWN, question="rent skis"), [("rent skis", QuestionKind.NOT_KNOWN)]),
        (
            trace("rent skis?", Outcome(answered=False), rule="out_of_scope"),
            [("", QuestionKind.OUT_OF_SCOPE)],
        ),
        (trace("hello", Outcome(answered=False), rule="greeting"), []),
        (
            trace(
                "do you rent skis and where is my order",
                Outcome(
                    answered=True,
                    parts=(
                        PartOutcome(intent="product_info", answered=False),
                        PartOutcome(intent="track_order", answered=True),
                    ),
                ),
                parts=SEVERAL,
            ),
            [("do you rent skis", QuestionKind.NOT_KNOWN)],
        ),
    ],
)
def test_what_a_turn_did_not_answer_is_a_question(
    found: Trace, expected: list[tuple[str, QuestionKind]]
) -> None:
    assert list(unanswered_in(found)) == expected


def test_questions_of_turns_reviewed_before_are_collected_once(shop: Shop) -> None:
    shop.turn("do you rent skis?")
    shop.turn("engraving?", CUT)
    shop.turn("sing me a song", Outcome(answered=False), rule="out_of_scope")
    shop.turn("where is my order", Outcome(answered=True))

    assert shop.desk.collect() == 3
    assert shop.open_desk().collect() == 0
    assert sorted(shop.shown()) == [
        ("do you rent skis?", 1), ("engraving?", 1), ("sing me a song", 1)
    ]  # fmt: skip


def test_what_is_kept_is_masked(sqlite_shop: Shop) -> None:
    sqlite_shop.asked("do you engrave? mail me at ada@byron.org or +1 303 555 0177")

    ((text, _),) = sqlite_shop.shown()

    assert "byron" not in text
    assert "0177" not in text
    assert "do you engrave?" in text


def test_a_text_without_a_word_is_no_question(sqlite_shop: Shop) -> None:
    sqlite_shop.asked("???")

    assert sqlite_shop.shown() == []


def test_questions_go_with_their_customer(shop: Shop) -> None:
    shop.asked("do you rent skis?")
    with shop.database.begin() as uow:
        exported = export_customer(uow.session, ADA)
        assert exported is not None
        assert [row["text"] for row in exported["open_questions"]] == ["do you rent skis?"]
        erase_customer(uow.session, ADA)

    assert shop.shown() == []


def test_questions_go_when_their_turns_are_past_their_time(shop: Shop) -> None:
    shop.asked("do you rent skis?")
    shop.clock.forward(timedelta(days=8).total_seconds())

    delete_old(shop.database, Retention(conversations_days=7), shop.clock)

    assert shop.shown() == []


# ── sorting ──────────────────────────────────────────────────────────────────────────────────


def test_alike_questions_are_together_and_the_most_frequent_come_first(shop: Shop) -> None:
    shop.asked(
        "rent kayaks?", "does engraving cost anything", "what does engraving cost",
        "What does ENGRAVING cost?",
    )  # fmt: skip

    first, second = shop.desk.groups()

    assert (first.times, second.times) == (3, 1)
    assert "engraving" in first.example.lower()
    assert sum(times for _, times in first.texts) == 3
    assert first.last_at == shop.clock.now()
    assert second.example == "rent kayaks?"


def test_a_new_question_joins_its_group(sqlite_shop: Shop) -> None:
    sqlite_shop.asked("what does engraving cost")
    sqlite_shop.asked("does engraving cost much")

    assert [times for _, times in sqlite_shop.shown()] == [2]


def test_old_questions_are_forgotten(sqlite_shop: Shop) -> None:
    sqlite_shop.asked("rent kayaks?")
    sqlite_shop.clock.forward(timedelta(days=DAYS, hours=1).total_seconds())

    assert sqlite_shop.shown() == []


def question(number: int, text: str) -> OpenQuestion:
    return OpenQuestion(
        id=f"qst_{number}", turn_id=TurnId("t"), conversation_id=ConversationId("c"), text=text,
        text_hash=text, kind=QuestionKind.NOT_KNOWN, asked_at=FakeClock().now(),
    )  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(["engrave boots", "rent skis", "rent kayaks", "gift wrap", ""])))
def test_each_question_is_in_one_group_and_equal_words_are_together(texts: list[str]) -> None:
    questions = [question(number, text) for number, text in enumerate(texts)]
    vectors = WordEncoder().encode(texts) if texts else np.zeros((0, 256), np.float32)

    groups = sorted_by_kind(questions, vectors)

    members = [member for group in groups.values() for member in group]
    assert sorted(members) == sorted(q.id for q in questions)
    assert all(central in members for central, members in groups.items())
    for text in set(texts):
        ids = {q.id for q in questions if q.text == text}
        assert any(ids <= set(members) for members in groups.values())


def test_groups_are_counted_without_being_sorted() -> None:
    assert [g.times for g in groups_of([question(1, "a"), question(2, "b")])] == [1, 1]


# ── tending ──────────────────────────────────────────────────────────────────────────────────


def test_a_dismissed_kind_of_question_stays_dismissed(shop: Shop) -> None:
    shop.asked("rent kayaks?", "does engraving cost anything")
    kayaks = next(g for g in shop.desk.groups() if "kayaks" in g.example)

    shop.desk.dismiss(kayaks.id, by="Lee")
    shop.asked("can i rent kayaks", "engraving cost?")

    (shown,) = shop.desk.groups()
    assert (shown.times, "engraving" in shown.example) == (2, True)
    (dismissed,) = shop.desk.groups(QuestionState.DISMISSED)
    assert (dismissed.times, dismissed.settled_by) == (2, "Lee")
    shop.desk.restore(dismissed.id, by="Lee")
    assert [times for _, times in shop.shown()] == [2, 2]


def test_a_group_that_was_sorted_anew_is_found_by_its_old_name(sqlite_shop: Shop) -> None:
    sqlite_shop.asked("what does engraving cost")
    named = sqlite_shop.desk.groups()[0].id
    sqlite_shop.asked("engraving cost", "engraving cost")
    assert sqlite_shop.desk.groups()[0].id != named, "another question stands for them now"

    sqlite_shop.desk.answered(named, "ans_1", by="Lee")

    assert sqlite_shop.shown() == []


def test_what_is_dealt_with_cannot_be_dealt_with_again(sqlite_shop: Shop) -> None:
    sqlite_shop.asked("rent kayaks?")
    group = sqlite_shop.desk.groups()[0].id
    sqlite_shop.desk.answered(group, "ans_1", by="Lee")

    for act in (sqlite_shop.desk.dismiss, sqlite_shop.desk.restore):
        with pytest.raises(NotFoundError, match="dealt with"):
            act(group, by="Max")
    with pytest.raises(NotFoundError):
        sqlite_shop.desk.group(group)


def test_questions_are_open_again_when_their_answer_is_withdrawn(shop: Shop) -> None:
    shop.asked("rent kayaks?")
    shop.desk.answered(shop.desk.groups()[0].id, "ans_1", by="Lee")

    with shop.database.begin() as uow:
        assert uow.questions.reopen_answered("ans_1") == 1

    assert shop.shown() == [("rent kayaks?", 1)]


# ── steps told to another process ────────────────────────────────────────────────────────────


def test_the_last_step_is_read_from_what_a_command_says() -> None:
    out = StringIO()
    steps = StepLines(out)
    steps("reading", 0, 0)
    out.write("a warning\n")
    steps("encoding", 0, 9)
    steps("encoding", 5, 9)

    assert last_step(out.getvalue() + "step [half a li") == Step("encoding", 0, 9)
    assert last_step("nothing of the kind\n") is None
    assert without_steps(out.getvalue()) == "a warning\n"
