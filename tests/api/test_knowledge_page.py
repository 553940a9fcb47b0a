"""The console's pages on the knowledge, used as a browser without JavaScript would."""

import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from agent.domain.knowledge import QuestionState
from agent.domain.learning import Job, JobState
from agent.domain.signals import FailureKind
from agent.knowledge_desk import INGEST
from api.app import MAX_BODY, create_app
from tests.api.test_console import Rep
from tests.browser.house import House, close_house, open_house
from tests.conftest import FakeClock

HOME = "/console/knowledge"
PAGES = (HOME, f"{HOME}/unanswered", f"{HOME}/answers", f"{HOME}/try", f"{HOME}/try?question=hi")
EVIL = "<script>alert(1)</script> do you engrave"
_numbers = count(4000)
DELIVERY = "# Delivery\n\nStandard delivery takes three days."


@pytest.fixture
def house(tmp_path: Path, clock: FakeClock) -> Iterator[House]:
    content = tmp_path / "content"
    content.mkdir()
    (content / "delivery.md").write_text(DELIVERY, encoding="utf-8")
    (content / "faq.csv").write_text(
        "question,answer\nDo you gift-wrap?,Yes. It is free.\n,lost\n", encoding="utf-8"
    )
    house = open_house(tmp_path, clock=clock, burst_silence_s=0, knowledge=content)
    yield house
    house.services.knowledge.jobs.close()
    house.services.learning.jobs.close()
    close_house(house)


@pytest.fixture
def indexed(house: House) -> House:
    """The house with its folder indexed."""
    house.services.knowledge.knowledge.ensure_indexed(lambda message: None)
    return house


@pytest.fixture(scope="module")
def idle_lead(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rep]:
    """A lead in a house of which tests change nothing."""
    folder = tmp_path_factory.mktemp("idle")
    house = open_house(folder, clock=FakeClock(), burst_silence_s=0, knowledge=folder / "none")
    with TestClient(create_app(house.services, [])) as client:
        lead = Rep(client)
        lead.sign_in()
        yield lead
        with house.database.read() as uow:
            assert uow.own_knowledge.files() == []
            assert uow.own_knowledge.answers() == []
    close_house(house)


@pytest.fixture
def visitor(house: House) -> Iterator[Rep]:
    with TestClient(create_app(house.services, [])) as client:
        yield Rep(client)


@pytest.fixture
def lead(visitor: Rep) -> Rep:
    assert visitor.sign_in().status_code == 303
    return visitor


def post(rep: Rep, path: str, files: Any = None, **fields: str) -> Any:
    form = {"csrf": rep.token("/console"), **fields}
    return rep.client.post(path, data=form, files=files, follow_redirects=False)


def upload(rep: Rep, name: str, content: bytes) -> Any:
    return post(rep, f"{HOME}/files", files=[("files", (name, content))])


def finished(house: House) -> Job:
    """Wait for the last ingest."""
    for _ in range(400):
        with house.database.read() as uow:
            job = uow.jobs.latest(INGEST)
        if job is not None and job.state is not JobState.RUNNING:
            # The next job is the later one, though this clock stands still.
            house.clock.forward(1)
            return job
        time.sleep(0.05)
    raise AssertionError("the job did not end")


def unanswered(house: House, *texts: str) -> None:
    for text in texts:
        # Each from a customer of their own: after three in a row a person would take over.
        house.text(text, sender=f"+1555010{next(_numbers)}")
    house.services.learning.observer.look()
    house.services.learning.questions.sort()


def group(house: House, state: QuestionState = QuestionState.OPEN) -> str:
    return str(house.services.learning.questions.groups(state)[0].id)


# ── who may see it ───────────────────────────────────────────────────────────────────────────


def test_pages_are_for_leads(visitor: Rep, house: House) -> None:
    for path in PAGES:
        assert visitor.client.get(path, follow_redirects=False).status_code == 303, path
    with house.database.begin() as uow:
        uow.users.add(email="rep@shop.example", name="Robin", role="rep", password="answer-texts")
    visitor.sign_in("answer-texts", email="rep@shop.example")

    for path in PAGES:
        assert visitor.client.get(path).status_code == 403, path
    assert HOME not in visitor.open("/console")


@pytest.mark.parametrize("path", PAGES)
def test_pages_open_for_a_lead(idle_lead: Rep, path: str) -> None:
    assert "<h1>Knowledge</h1>" in idle_lead.open(path)


@pytest.mark.parametrize(
    "path", [f"{HOME}/{end}" for end in ("index", "rollback", "answers", "files", "files/remove")]
)
def test_forms_from_elsewhere_are_refused(idle_lead: Rep, path: str) -> None:
    assert idle_lead.client.post(path, data={"version": "kb_1", "name": "a.md"}).status_code == 403


def test_a_stranger_cannot_upload(visitor: Rep) -> None:
    answer = visitor.client.post(
        f"{HOME}/files", files=[("files", ("a.md", b"# A\n\nb"))], follow_redirects=False
    )

    assert answer.headers["location"].startswith("/console/sign-in")


# ── what is live ─────────────────────────────────────────────────────────────────────────────


def test_the_page_says_what_is_live_from_which_files_and_what_was_left_out(
    lead: Rep, indexed: House
) -> None:
    del indexed
    page = lead.open(HOME)

    assert "<b>2 passages</b>, <b>0 products</b>" in page
    assert 'scope="row">delivery.md<' in page
    assert 'scope="row">faq.csv<' in page
    assert "faq.csv, line 3</b>: no question" in page


def test_a_page_without_an_index_says_so(lead: Rep, house: House) -> None:
    with house.database.begin() as uow:
        uow.live.set_active("knowledge", "kb_gone")
    house.services.knowledge.knowledge._base = None

    page = lead.open(HOME)

    assert "There is no knowledge index" in page


def test_an_uploaded_file_is_live_and_can_be_removed(lead: Rep, indexed: House) -> None:
    assert upload(lead, "sizes.md", b"# Sizes\n\nBoots run small.").status_code == 303
    assert finished(indexed).state is JobState.DONE
    page = lead.open(HOME)
    assert 'scope="row">sizes.md<' in page
    assert "uploaded by Lead" in page
    assert "by Lead" in page[page.index("Live since") :]

    post(lead, f"{HOME}/files/remove", name="sizes.md")
    finished(indexed)

    assert "sizes.md" not in lead.open(HOME)


def test_an_upload_takes_the_place_of_a_file_of_the_same_name(lead: Rep, house: House) -> None:
    upload(lead, "delivery.md", b"# Delivery\n\nStandard delivery takes nine days.")
    finished(house)

    said = [p.text for p in house.services.knowledge.knowledge.base.passages]

    assert [text for text in said if "delivery" in text] == ["Standard delivery takes nine days."]


def test_a_file_larger_than_other_requests_may_be_is_taken(lead: Rep, house: House) -> None:
    page = b"<h1>Boots</h1><p>They run small.</p><script>" + b"x" * MAX_BODY + b"</script>"

    assert upload(lead, "long.html", page).status_code == 303
    finished(house)

    assert "They run small." in [p.text for p in house.services.knowledge.knowledge.base.passages]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("song.mp3", b"x", "only .csv"),
        (".hidden.md", b"# A\n\nb", "is no file name"),
        ("a.md", b"", "the page holds no text"),
        ("faq.csv", b"frage\nx\n", "columns question and answer are needed"),
        ("scan.pdf", b"%PDF-1.4 nothing", "scan.pdf"),
        ("b.txt", b"\x00\x01\x02" * 99, "this is no text file"),
    ],
)
def test_what_cannot_be_read_is_refused_and_nothing_is_kept(
    idle_lead: Rep, name: str, content: bytes, reason: str
) -> None:
    files = [("files", ("good.md", b"# A\n\nb")), ("files", (name, content))]

    answer = post(idle_lead, f"{HOME}/files", files=files)

    assert answer.status_code == 422
    assert reason in answer.text


def test_an_upload_cannot_leave_its_folder(lead: Rep, house: House) -> None:
    upload(lead, "../../etc/cron.md", b"# Cron\n\nNever.")

    with house.database.read() as uow:
        assert [file.name for file in uow.own_knowledge.files()] == ["cron.md"]


def test_an_earlier_version_is_gone_back_to(lead: Rep, indexed: House) -> None:
    first = indexed.services.knowledge.knowledge.version
    upload(lead, "sizes.md", b"# Sizes\n\nBoots run small.")
    finished(indexed)

    answer = post(lead, f"{HOME}/rollback", version=first)

    assert answer.status_code == 303
    page = lead.open(HOME)
    assert indexed.services.knowledge.knowledge.version == first
    assert "Gone back to" in page
    assert "Uploaded, but not in the live version: sizes.md" in page
    assert post(lead, f"{HOME}/rollback", version="kb_0").status_code == 404


def test_looking_again_reads_what_changed_in_the_folder(lead: Rep, indexed: House) -> None:
    post(lead, f"{HOME}/index")
    finished(indexed)
    assert "Nothing had changed" in lead.open(HOME)
    folder = indexed.services.settings.knowledge
    (folder / "delivery.md").write_text("# Delivery\n\nIt takes four days.", encoding="utf-8")

    post(lead, f"{HOME}/index")
    finished(indexed)

    assert "four" in "".join(p.text for p in indexed.services.knowledge.knowledge.base.passages)


# ── unanswered questions ─────────────────────────────────────────────────────────────────────


def test_unanswered_questions_are_shown_by_frequency(lead: Rep, house: House) -> None:
    unanswered(house, "what does engraving cost", "rent skis?", "engraving cost please", EVIL)

    page = lead.open(f"{HOME}/unanswered")

    assert page.index("engraving cost") < page.index("rent skis?")
    assert "<b>2 times</b>" in page
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


def test_a_dismissed_question_stays_dismissed_until_it_is_shown_again(
    lead: Rep, house: House
) -> None:
    unanswered(house, "can you engrave boots?")
    post(lead, f"{HOME}/unanswered/{group(house)}/dismiss")
    unanswered(house, "can you engrave the boots?")
    page = lead.open(f"{HOME}/unanswered")
    assert "No question waits for an answer." in page
    assert "1 dismissed" in page

    post(lead, f"{HOME}/unanswered/{group(house, QuestionState.DISMISSED)}/restore")

    assert "<b>2 times</b>" in lead.open(f"{HOME}/unanswered")


def test_an_answer_to_a_question_is_live_signed_and_takes_it_off_the_list(
    lead: Rep, house: House
) -> None:
    unanswered(house, "can you engrave boots?")

    answer = post(
        lead, f"{HOME}/answers", group=group(house), question="Do you engrave boots?",
        answer="Yes, up to ten letters for $12.", valid_until="2026-12-31",
    )  # fmt: skip

    assert answer.headers["location"] == f"{HOME}/unanswered"
    assert finished(house).state is JobState.DONE
    hits = house.services.knowledge.knowledge.search("do you engrave boots").hits
    assert hits[0].passage.text == "Yes, up to ten letters for $12."
    assert str(hits[0].passage.valid_until) == "2026-12-31"
    assert "No question waits" in lead.open(f"{HOME}/unanswered")
    page = lead.open(f"{HOME}/answers")
    assert "Written by Lead" in page
    assert "holds until Dec 31 2026" in page
    assert 'scope="row">console/answers.jsonl<' in lead.open(HOME)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"question": "?!", "answer": "Yes."}, "Write the question."),
        ({"question": "Engrave?", "answer": " "}, "Write the answer."),
        ({"question": "Engrave?", "answer": "y" * 1501}, "1501 characters"),
        ({"question": "Engrave?", "answer": "Yes.", "valid_until": "soon"}, "is no day"),
        ({"question": "Engrave?", "answer": "Yes.", "valid_until": "2026-11-23"}, "in the past"),
    ],
)
def test_a_refused_answer_says_why_and_keeps_what_was_written(
    idle_lead: Rep, fields: dict[str, str], reason: str
) -> None:
    answer = post(idle_lead, f"{HOME}/answers", **fields)

    assert answer.status_code == 422
    assert reason in answer.text
    assert f'value="{fields["question"]}"' in answer.text


def test_a_refused_answer_stays_beside_its_question(lead: Rep, house: House) -> None:
    unanswered(house, "can you engrave boots?")

    answer = post(lead, f"{HOME}/answers", group=group(house), question="Why?", answer="")

    assert answer.status_code == 422
    assert '<details class="write" open>' in answer.text
    assert 'value="Why?"' in answer.text
    assert len(house.services.learning.questions.groups()) == 1


def test_two_leads_do_not_answer_the_same_question(lead: Rep, house: House) -> None:
    unanswered(house, "can you engrave boots?")
    first = group(house)
    post(lead, f"{HOME}/answers", group=first, question="Engrave?", answer="Yes.")

    answer = post(lead, f"{HOME}/answers", group=first, question="Engrave?", answer="No.")

    assert answer.status_code == 404
    assert "dealt with already" in answer.text
    assert [written.answer for written in house.services.knowledge.written()] == ["Yes."]


def test_an_answer_is_changed_and_withdrawn_and_its_wordings_are_kept(
    lead: Rep, house: House
) -> None:
    unanswered(house, "can you engrave boots?")
    post(lead, f"{HOME}/answers", group=group(house), question="Engrave boots?", answer="For $12.")
    finished(house)
    (written,) = house.services.knowledge.written()

    post(lead, f"{HOME}/answers/{written.id}", question="Engrave boots?", answer="For $15.")
    finished(house)
    assert "For $15." in [p.text for p in house.services.knowledge.knowledge.base.passages]
    post(lead, f"{HOME}/answers/{written.id}/withdraw")
    finished(house)

    assert "console/answers.jsonl" not in lead.open(HOME)
    assert "can you engrave boots?" in lead.open(f"{HOME}/unanswered"), "it is open again"
    history = lead.open(f"{HOME}/answers/{written.id}")
    assert history.index("Withdrawn") < history.index("For $15.") < history.index("For $12.")
    assert lead.client.get(f"{HOME}/answers/ans_no").status_code == 404
    assert post(lead, f"{HOME}/answers/ans_no/withdraw").status_code == 404


# ── trying ───────────────────────────────────────────────────────────────────────────────────


def test_a_question_is_tried_without_a_customer(lead: Rep, house: House) -> None:
    house.answerer.answers["do you gift-wrap?"] = "Yes, it is free."

    page = lead.open(f"{HOME}/try?question=do+you+gift-wrap%3F")

    assert "What would be said" in page
    assert "Yes, it is free." in page
    assert "no evidence for a promise" in page
    assert "Not known" in lead.open(f"{HOME}/try?question=rent+skis")
    assert house.services.learning.questions.groups() == []


def test_failures_of_knowledge_are_told_by_their_names() -> None:
    # The pages name kinds by these values.
    assert {FailureKind.NOT_KNOWN, FailureKind.CLAIMS_CUT} == {"not_known", "claims_cut"}
