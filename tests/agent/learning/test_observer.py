"""Finished turns are looked at once: queues, blind draw, shadow."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from agent.domain.customers import Customer
from agent.domain.learning import Kind, LabelItem, LabelQueue, Reason
from agent.learning.shadow import ShadowState, read_state, write_state
from agent.store.personal_data import erase_customer, export_customer
from agent.store.unit_of_work import Database
from intents.types import ConsentReading, Doubt
from tests.agent.learning.house import ADA, Learner
from tests.conftest import FakeClock

UNSURE: dict[str, Any] = {"doubt": Doubt.TOO_LOW, "confidence": 0.3}


def waiting(learner: Learner, queue: LabelQueue = LabelQueue.WORTH) -> list[LabelItem]:
    with learner.database.read() as uow:
        return uow.labels.waiting(queue, limit=100)


def shadowed(learner: Learner, version: str = "two") -> None:
    write_state(learner.database, ShadowState(version=version, by="Lee"))


def test_an_unsure_text_waits_for_a_label_once(learner: Learner) -> None:
    learner.turn("do you engrave boots", **UNSURE)
    learner.turn("where is my order")

    learner.observer.look()
    learner.observer.look()

    (item,) = waiting(learner)
    assert (item.text, item.reasons) == ("do you engrave boots", (Reason.TOO_LOW,))
    assert item.model_version == "one"
    assert len(item.message_hash) == 64
    assert item.guess is not None


def test_the_same_words_are_asked_of_once_and_counted(learner: Learner) -> None:
    for text in ("do you engrave?", "Do you ENGRAVE", "do you engrave"):
        learner.turn(text, **UNSURE)

    learner.observer.look()

    (item,) = waiting(learner)
    assert item.seen == 3


def test_the_most_valuable_comes_first(learner: Learner) -> None:
    learner.turn("riddle me this", out_of_scope=True)
    learner.turn("refund or exchange", doubt=Doubt.TOO_CLOSE)

    learner.observer.look()

    assert [item.text for item in waiting(learner)] == ["refund or exchange", "riddle me this"]


@pytest.mark.parametrize(
    ("rule", "queued"),
    [("asked_for_person", True), ("failed_turns", True), ("frustration", True),
     ("high_value", False), ("", False)],
)  # fmt: skip
def test_the_answer_before_an_escalation_is_looked_at(
    sqlite_learner: Learner, rule: str, *, queued: bool
) -> None:
    sqlite_learner.turn("can i swap these")
    sqlite_learner.observer.look()
    sqlite_learner.turn("no, give me a person", rule=rule)

    sqlite_learner.observer.look()

    found = [(item.text, item.reasons) for item in waiting(sqlite_learner)]
    assert found == ([("can i swap these", (Reason.ESCALATED,))] if queued else [])


def test_a_rep_says_that_a_text_was_misread(sqlite_learner: Learner) -> None:
    turn_id = sqlite_learner.turn("can i swap these")

    sqlite_learner.observer.correct(turn_id)

    assert waiting(sqlite_learner)[0].reasons == (Reason.CORRECTED,)


def test_personal_data_is_masked_before_it_is_stored(learner: Learner) -> None:
    with learner.database.begin() as uow:
        customer = uow.customers.ensure(ADA)
        uow.customers.put(
            Customer(id=customer, address=ADA, name="Ada Byron", lifetime_value=Decimal(0)),
            email="ada@shop.example",
        )
    learner.turn("ada here, 48213 to 12 Oak Lane or ada@shop.example?", **UNSURE)

    learner.observer.look()

    assert waiting(learner)[0].text == "alex here, 55501 to 55 Main Lane or someone@example.com?"


# ── the blind test ───────────────────────────────────────────────────────────────────────────────


def test_a_blind_text_is_in_no_other_queue_whatever_the_models_made_of_it(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    learner = Learner(database, clock, tmp_path, blind_share=1.0)
    learner.turn("sure thing", confidence=0.99)
    learner.turn("do you engrave", **UNSURE)
    learner.turn("the turn broke", traced=False)
    learner.turn("STOP", read=False)

    learner.observer.look()

    texts = {item.text for item in waiting(learner, LabelQueue.BLIND)}
    assert texts == {"sure thing", "do you engrave", "the turn broke"}
    assert waiting(learner) == []
    assert {item.value for item in waiting(learner, LabelQueue.BLIND)} == {0.0}


def test_a_text_in_the_blind_test_is_not_asked_of_elsewhere_later(
    sqlite_database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    blind = Learner(sqlite_database, clock, tmp_path, blind_share=1.0)
    blind.turn("do you engrave", **UNSURE)
    blind.observer.look()
    later = Learner(sqlite_database, clock, tmp_path, blind_share=0.0)
    later.turn("Do you engrave?", **UNSURE)

    later.observer.look()

    assert waiting(later) == []


# ── the shadow ───────────────────────────────────────────────────────────────────────────────────


def test_a_shadow_reads_along_and_its_differences_are_listed(learner: Learner) -> None:
    shadowed(learner)
    learner.shadow.tell("my order 48213 came broken", intent="get_refund")
    learner.shadow.tell("where is it", intent="track_order")
    learner.turn("my order 48213 came broken", intent="track_order")
    learner.turn("where is it", intent="track_order")

    learner.observer.look()

    with learner.database.read() as uow:
        (tally,) = uow.shadows.tallies("two")
        (found,) = uow.shadows.differences("two")
    assert (tally.intent, tally.compared, tally.differed) == ("track_order", 2, 1)
    assert found.text == "my order 55501 came broken"
    assert found.kinds == (Kind.INTENT,)
    assert (found.live.intent, found.shadow.intent) == ("track_order", "get_refund")
    assert waiting(learner)[0].reasons == (Reason.DISAGREEMENT,)


def test_an_opt_out_that_only_one_hears_is_a_difference(sqlite_learner: Learner) -> None:
    shadowed(sqlite_learner)
    text = "quit it with the texts"
    sqlite_learner.shadow.tell(text, intent="track_order", consent=ConsentReading.OPT_OUT)
    sqlite_learner.turn(text)

    sqlite_learner.observer.look()

    with sqlite_learner.database.read() as uow:
        assert uow.shadows.differences("two")[0].kinds == (Kind.CONSENT,)


def test_a_shadow_ends_when_it_becomes_the_live_version(sqlite_learner: Learner) -> None:
    shadowed(sqlite_learner)
    sqlite_learner.live = "two"
    sqlite_learner.turn("hello")

    sqlite_learner.observer.look()

    assert read_state(sqlite_learner.database) is None


def test_a_shadow_that_cannot_be_loaded_says_why_and_harms_nothing(learner: Learner) -> None:
    shadowed(learner, "three")
    learner.turn("do you engrave", **UNSURE)

    learner.observer.look()

    state = read_state(learner.database)
    assert state is not None
    assert "Train it." in state.refused
    assert len(waiting(learner)) == 1


def test_old_differences_give_way_and_the_count_stays(sqlite_learner: Learner) -> None:
    shadowed(sqlite_learner)
    for number in range(6):
        sqlite_learner.turn(f"question {number}", intent="track_order")
    sqlite_learner.observer.look()

    with sqlite_learner.database.begin() as uow:
        uow.shadows.prune("two", keep=2)
        left = uow.shadows.differences("two")
        tallies = uow.shadows.tallies("two")

    assert [d.text for d in left] == ["question 5", "question 4"]
    assert tallies[0].differed == 6


# ── erasing ──────────────────────────────────────────────────────────────────────────────────────


def test_erasing_a_customer_erases_what_was_learnt_from(learner: Learner) -> None:
    shadowed(learner)
    learner.turn("do you engrave", intent="track_order", **UNSURE)
    learner.turn("do you rent skis", sender="+15550100302", intent="track_order", **UNSURE)
    learner.observer.look()

    with learner.database.begin() as uow:
        exported = export_customer(uow.session, ADA)
        erase_customer(uow.session, ADA)

    assert exported is not None
    assert [row["text"] for row in exported["label_items"]] == ["do you engrave"]
    assert [item.text for item in waiting(learner)] == ["do you rent skis"]
    with learner.database.read() as uow:
        assert [d.text for d in uow.shadows.differences("two")] == ["do you rent skis"]


def test_two_processes_look_at_a_turn_once(learner: Learner) -> None:
    learner.turn("do you engrave", **UNSURE)
    with learner.database.read() as uow:
        (turn,) = uow.turns.to_review(limit=10)

    with learner.database.begin() as uow:
        first = uow.turns.reviewed([turn.id])
    with learner.database.begin() as uow:
        second = uow.turns.reviewed([turn.id])

    assert (first, second) == ({turn.id}, set())


def test_the_least_valuable_give_way_where_too_many_wait(sqlite_learner: Learner) -> None:
    sqlite_learner.turn("riddle", out_of_scope=True)
    sqlite_learner.turn("refund or exchange", doubt=Doubt.TOO_CLOSE)
    sqlite_learner.observer.look()

    with sqlite_learner.database.begin() as uow:
        uow.labels.prune(keep=1)

    assert [item.text for item in waiting(sqlite_learner)] == ["refund or exchange"]
