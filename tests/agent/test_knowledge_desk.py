"""What a lead adds to the knowledge is live, answered from, and never lost to the files."""

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from agent.answers import KnowledgeAnswers
from agent.brand import load_brand
from agent.domain.learning import Job, JobState
from agent.errors import InvalidInputError
from agent.knowledge import LiveKnowledge
from agent.knowledge_desk import KnowledgeDesk
from agent.knowledge_indexes import KEPT
from agent.knowledge_input import file_name
from agent.learning.jobs import JobRunner
from agent.learning.question_desk import QuestionDesk
from agent.replies.extractive import ExtractiveComposer
from agent.replies.grounded import GroundedAnswerer
from agent.replies.guard import Guard
from agent.replies.templates import load_templates
from agent.store.unit_of_work import Database
from knowledge_base.ports import no_progress
from tests.conftest import CountingIds, FakeClock
from tests.fakes import DEMO, FakeUnderstander
from tests.knowledge_base.conftest import HashingEncoder, write_files

QUESTION = "Do you engrave initials on boots?"
ASKED = "do you engrave initials on my boots"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "delivery.md": "# Delivery\n\nStandard delivery takes three days.",
        "wrap.jsonl": '{"question": "Do you gift-wrap?", "answer": "Yes, gift-wrap is free."}',
    }
    return write_files(tmp_path / "content", files)


@pytest.fixture
def desk(
    sqlite_database: Database, clock: FakeClock, ids: CountingIds, folder: Path, tmp_path: Path
) -> Iterator[KnowledgeDesk]:
    encoder, brand = HashingEncoder(), load_brand(DEMO / "brand.yaml")
    knowledge = LiveKnowledge(
        database=sqlite_database, home=tmp_path / "home", folder=folder, fallback=folder,
        encoder=encoder, chroma_url=None, today=lambda: clock.now().date(),
    )  # fmt: skip
    knowledge.ensure_indexed(no_progress)
    grounded = GroundedAnswerer(
        search=knowledge.search, extractive=ExtractiveComposer(), llm=None, guard=Guard(),
        templates=load_templates(brand), brand=brand, min_answerability=0.5,
    )  # fmt: skip
    jobs = JobRunner(sqlite_database)
    yield KnowledgeDesk(
        database=sqlite_database,
        knowledge=knowledge,
        questions=QuestionDesk(database=sqlite_database, encoder=encoder, clock=clock),
        answers=KnowledgeAnswers(grounded=grounded, knowledge=knowledge),
        understander=FakeUnderstander(),
        ids=ids,
        jobs=jobs,
    )
    jobs.close()


def end(desk: KnowledgeDesk, job: Job) -> Job:
    for _ in range(400):
        with desk.database.read() as uow:
            found = uow.jobs.get(job.id)
        if found.state is not JobState.RUNNING:
            return found
        time.sleep(0.05)
    raise AssertionError("the job did not end")


def test_a_refused_question_is_answered_once_its_answer_is_written(desk: KnowledgeDesk) -> None:
    assert not desk.ask(ASKED).answer.answered

    job = end(desk, desk.write(QUESTION, "Yes, we engrave initials for $18.", None, by="Lee"))

    answer = desk.ask(ASKED).answer
    assert (answer.answered, answer.text) == (True, "Yes, we engrave initials for $18.")
    assert [item.source for item in answer.evidence] == ["console/answers.jsonl"]
    assert (job.state, job.result["from_it"], job.by) == (JobState.DONE, True, "Lee")
    assert (job.done, job.total) == (100, 100)


def test_an_answer_ends_with_its_last_day(desk: KnowledgeDesk, clock: FakeClock) -> None:
    until = clock.now().date()
    end(desk, desk.write(QUESTION, "Yes, we engrave initials for $18.", until, by="Lee"))
    assert desk.ask(ASKED).answer.answered

    clock.forward(24 * 3600)

    assert not desk.ask(ASKED).answer.answered
    assert [s.lapsed for s in desk.view().sources if s.written] == [1]


def test_a_withdrawn_answer_is_said_no_more(desk: KnowledgeDesk) -> None:
    end(desk, desk.write(QUESTION, "Yes, we engrave initials for $18.", None, by="Lee"))
    (written,) = desk.written()

    end(desk, desk.withdraw(written.id, by="Max"))

    assert not desk.ask(ASKED).answer.answered
    assert [(a.revision, a.withdrawn, a.by) for a in desk.revisions(written.id)] == [
        (2, True, "Max"), (1, False, "Lee")
    ]  # fmt: skip


def test_changes_at_once_are_all_live_in_the_end(desk: KnowledgeDesk) -> None:
    jobs = [desk.write(f"Do you sell item {n}?", f"Yes, for ${n}.", None, by="Lee") for n in "345"]

    for job in jobs:
        end(desk, job)

    texts = {passage.text for passage in desk.knowledge.base.passages}
    assert texts >= {"Yes, for $3.", "Yes, for $4.", "Yes, for $5."}


def test_a_changed_folder_keeps_what_was_added_by_hand(desk: KnowledgeDesk, folder: Path) -> None:
    end(desk, desk.write(QUESTION, "Yes, for $18.", None, by="Lee"))
    end(desk, desk.upload({"sizes.md": b"# Sizes\n\nBoots run small."}, by="Lee"))
    write_files(folder, {"delivery.md": "# Delivery\n\nIt takes nine days."})

    desk.knowledge.ensure_indexed(no_progress)

    texts = {passage.text for passage in desk.knowledge.base.passages}
    assert texts >= {"Yes, for $18.", "Boots run small.", "It takes nine days."}


def test_whoever_is_faster_the_change_is_signed_by_who_made_it(desk: KnowledgeDesk) -> None:
    desk.knowledge.asked_by = "Lee"
    with desk.database.begin() as uow:
        uow.own_knowledge.write(QUESTION, "Yes.", None, by="Lee")

    desk.knowledge.ensure_indexed(no_progress)

    view = desk.view()
    assert view.since is not None
    assert view.since.by == "Lee"
    assert view.earlier is not None


def test_old_indexes_are_deleted_and_the_live_one_is_kept(
    desk: KnowledgeDesk, folder: Path, tmp_path: Path
) -> None:
    first = desk.knowledge.version
    for number in range(KEPT + 1):
        write_files(folder, {"delivery.md": f"# Delivery\n\nIt takes {number} days."})
        desk.knowledge.ensure_indexed(no_progress)

    kept = [version.name for version in desk.view().versions]

    assert len(kept) == KEPT
    assert kept[0] == desk.knowledge.version
    assert first not in kept
    assert {path.name for path in (tmp_path / "home/knowledge").iterdir()} == set(kept)


@pytest.mark.parametrize(
    ("given", "kept"),
    [("a.md", "a.md"), ("C:\\docs\\Größen.md", "Größen.md"), ("../x/products.csv", "products.csv")],
)
def test_files_are_kept_under_their_own_name_only(given: str, kept: str) -> None:
    assert file_name(given) == kept


@pytest.mark.parametrize("given", ["", ".md", "a", "a.exe", "a\n.md", "x" * 130 + ".md", "/"])
def test_names_that_are_none_are_refused(given: str) -> None:
    with pytest.raises(InvalidInputError):
        file_name(given)


def test_the_last_day_may_not_be_past(desk: KnowledgeDesk) -> None:
    with pytest.raises(InvalidInputError, match="past"):
        desk.write(QUESTION, "Yes.", date(2020, 1, 1), by="Lee")
