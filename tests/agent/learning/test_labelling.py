"""Labels: given, taken back, given twice, and written to files."""

import json
from pathlib import Path

import pytest
import yaml

from agent.domain.learning import LabelQueue, LabelState
from agent.errors import ConflictError, InvalidInputError, NotFoundError
from agent.learning.themes import LEAST_MESSAGES, Sighting, find_themes, telling_words, words_of
from agent.store.personal_data import erase_customer
from agent.store.unit_of_work import Database
from intents.corpus.data import load_corpus
from intents.types import Candidate, Doubt
from tests.agent.learning.house import ADA, Learner
from tests.conftest import FakeClock
from tests.fakes import WordEncoder

BLIND, WORTH = LabelQueue.BLIND, LabelQueue.WORTH


def unsure(learner: Learner, *texts: str, sender: str = ADA) -> None:
    candidates = (
        Candidate(intent="get_refund", confidence=0.4),
        Candidate(intent="track_order", confidence=0.35),
        Candidate(intent="gone_intent", confidence=0.1),
    )
    for text in texts:
        learner.turn(
            text, sender=sender, intent="get_refund", confidence=0.4, candidates=candidates,
            doubt=Doubt.TOO_CLOSE,
        )  # fmt: skip
    learner.observer.look()


def label_next(learner: Learner, label: str, *, queue: LabelQueue = WORTH, by: str = "Lee") -> str:
    task = learner.labelling.next(queue, by=by)
    assert task is not None
    learner.labelling.label(task.item.id, label, by=by)
    return task.item.id


def blind(database: Database, clock: FakeClock, folder: Path) -> Learner:
    return Learner(database, clock, folder, blind_share=1.0)


def utterances(learner: Learner) -> dict[str, list[str]]:
    folder = learner.folder / "labels"
    if not (folder / "intents").is_dir() or not list((folder / "intents").iterdir()):
        return {}
    found: dict[str, list[str]] = {}
    for row in load_corpus(folder).intents:
        assert row.writer == "live"
        found.setdefault(row.label, []).append(row.text)
    return found


def test_candidates_that_no_version_knows_any_more_are_not_offered(learner: Learner) -> None:
    unsure(learner, "swap or money back")

    task = learner.labelling.next(WORTH, by="Lee")

    assert task is not None
    assert task.candidates == (("get_refund", 0.4), ("track_order", 0.35))
    assert task.counts.waiting == 1


def test_an_accepted_label_keeps_its_origin_and_reads_as_training_data(learner: Learner) -> None:
    unsure(learner, "yes", "money: back!\n#now")
    first, second = label_next(learner, "get_refund"), label_next(learner, "out_of_scope")

    with learner.database.read() as uow:
        item = uow.labels.get(first)
    assert (item.label, item.labelled_by, item.state) == ("get_refund", "Lee", LabelState.LABELLED)
    assert (item.queue, item.model_version) == (WORTH, "one")
    assert item.labelled_at is not None
    assert utterances(learner) == {"get_refund": ["yes"], "out_of_scope": ["money: back!\n#now"]}
    assert second != first


def test_descriptions_come_from_the_training_data(sqlite_learner: Learner) -> None:
    path = sqlite_learner.folder / "training_data/intents/returns/get_refund.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("intent: get_refund\ndescription: 'wants: money back'\n", encoding="utf-8")
    unsure(sqlite_learner, "money back")
    label_next(sqlite_learner, "get_refund")

    written = sqlite_learner.folder / "labels/intents/get_refund.yaml"

    assert yaml.safe_load(written.read_text(encoding="utf-8"))["description"] == "wants: money back"


def test_a_label_taken_back_leaves_rows_and_files(learner: Learner) -> None:
    unsure(learner, "money back")
    item_id = label_next(learner, "get_refund")

    taken_back = learner.labelling.undo(WORTH, by="Lee")

    assert taken_back is not None
    assert taken_back.id == item_id
    assert utterances(learner) == {}
    task = learner.labelling.next(WORTH, by="Lee")
    assert task is not None
    assert task.item.id == item_id
    assert learner.labelling.undo(WORTH, by="Lee") is None


def test_a_skipped_message_comes_no_more_until_that_is_undone(sqlite_learner: Learner) -> None:
    unsure(sqlite_learner, "hm")
    task = sqlite_learner.labelling.next(WORTH, by="Lee")
    assert task is not None
    sqlite_learner.labelling.skip(task.item.id, by="Lee")

    assert sqlite_learner.labelling.next(WORTH, by="Max") is None
    sqlite_learner.labelling.undo(WORTH, by="Lee")
    assert sqlite_learner.labelling.next(WORTH, by="Max") is not None


def test_whoever_comes_second_is_told(sqlite_learner: Learner) -> None:
    unsure(sqlite_learner, "money back")
    item_id = label_next(sqlite_learner, "get_refund")

    with pytest.raises(ConflictError, match="Lee"):
        sqlite_learner.labelling.label(item_id, "track_order", by="Max")
    with pytest.raises(ConflictError):
        sqlite_learner.labelling.skip(item_id, by="Max")


def test_only_known_intents_are_labels(sqlite_learner: Learner) -> None:
    unsure(sqlite_learner, "money back")

    with pytest.raises(InvalidInputError):
        label_next(sqlite_learner, "no_such_intent")
    with pytest.raises(NotFoundError):
        sqlite_learner.labelling.label("lbl_none", "get_refund", by="Lee")


# ── the blind test ───────────────────────────────────────────────────────────────────────────────


def test_blind_messages_show_no_guess_and_are_never_learnt_from(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    learner = blind(database, clock, tmp_path)
    unsure(learner, "money back")
    task = learner.labelling.next(BLIND, by="Lee")
    assert task is not None
    assert task.candidates == ()

    label_next(learner, "get_refund", queue=BLIND)

    lines = (tmp_path / "labels/test/live.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [
        {"text": "money back", "intent": "get_refund", "labelled_one": "get_refund",
         "labelled_two": None}
    ]  # fmt: skip
    assert utterances(learner) == {}


def test_another_person_labels_a_blind_message_a_second_time(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    learner = blind(database, clock, tmp_path)
    unsure(learner, "money back")
    label_next(learner, "get_refund", queue=BLIND, by="Lee")

    assert learner.labelling.next(BLIND, by="Lee") is None
    label_next(learner, "track_order", queue=BLIND, by="Max")

    row = json.loads((tmp_path / "labels/test/live.jsonl").read_text(encoding="utf-8"))
    assert (row["labelled_one"], row["labelled_two"]) == ("get_refund", "track_order")
    assert learner.labelling.counts()[BLIND].second == 1
    learner.labelling.undo(BLIND, by="Lee")
    row = json.loads((tmp_path / "labels/test/live.jsonl").read_text(encoding="utf-8"))
    assert (row["labelled_one"], row["labelled_two"]) == ("track_order", None)


def test_a_text_of_a_test_set_is_left_out_of_training(learner: Learner) -> None:
    tests = learner.folder / "training_data/test"
    tests.mkdir(parents=True)
    (tests / "intents.jsonl").write_text('{"text": "Money back!", "intent": "get_refund"}\n')
    unsure(learner, "money back", "refund me")
    label_next(learner, "get_refund")
    label_next(learner, "get_refund")

    written = learner.labelling.export()

    assert (written.utterances, written.left_out) == (1, 1)
    assert utterances(learner) == {"get_refund": ["refund me"]}


def test_what_is_erased_goes_from_the_files(learner: Learner) -> None:
    unsure(learner, "money back")
    unsure(learner, "my refund please", sender="+15550100302")
    label_next(learner, "get_refund")
    label_next(learner, "get_refund")
    with learner.database.begin() as uow:
        erase_customer(uow.session, ADA)

    learner.labelling.export()

    assert utterances(learner) == {"get_refund": ["my refund please"]}


# ── emerging topics ──────────────────────────────────────────────────────────────────────────────

ENGRAVING = ("do you engrave boots", "engrave initials please", "can you engrave my name",
             "how long to engrave a gift")  # fmt: skip
RENTING = ("rent skis for a week", "skis rent price", "where to rent skis")


def sightings(*texts: str, clock: FakeClock) -> list[Sighting]:
    return [Sighting(id=t, text=t, on=clock.now().date()) for t in texts]


def test_like_messages_become_a_topic_named_by_its_words(clock: FakeClock) -> None:
    texts = (*ENGRAVING, *RENTING, "a lonely riddle")
    vectors = WordEncoder().encode(["engrave " * 3 + t if "engrave" in t else t for t in texts])

    found = find_themes(sightings(*texts, clock=clock), vectors, today=clock.now().date())

    assert [set(theme.members) for theme in found] == [set(ENGRAVING), set(RENTING)]
    assert "engrave" in found[0].words
    assert {"rent", "ski"} <= set(found[1].words)
    assert (found[0].lately, found[0].before) == (4, 0)
    assert found[0].days[-1] == 4


def test_fewer_than_three_messages_are_no_topic(clock: FakeClock) -> None:
    texts = ENGRAVING[: LEAST_MESSAGES - 1]

    assert (
        find_themes(sightings(*texts, clock=clock), WordEncoder().encode(texts),
                    today=clock.now().date()) == []
    )  # fmt: skip


def test_words_that_every_group_has_name_none() -> None:
    names = telling_words([("boots engraved", "engraved gift"), ("boots rented", "rented skis")])

    assert [name[0] for name in names] == ["engraved", "rented"]
    assert words_of("The boots' soles aren't its gifts") == {"boot", "sole", "gift"}
