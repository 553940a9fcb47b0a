"""The console's pages on models and labels, used as a browser without JavaScript would."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from agent.domain.learning import LabelQueue
from agent.learning.model_desk import REPORT
from api.app import create_app
from intents.types import Candidate, Doubt
from intents.versions.registry import Registry
from tests.api.test_console import Rep
from tests.api.trained import add_version
from tests.browser.house import House, close_house, open_house
from tests.conftest import FakeClock

PAGES = ("/console/models", "/console/models/compare", "/console/models/shadow",
         "/console/models/topics", "/console/models/versions/fake-1", "/console/labels",
         "/console/labels?queue=blind")  # fmt: skip
EVIL = "<script>alert(1)</script> do you engrave"


@pytest.fixture
def house(tmp_path: Path, clock: FakeClock) -> Iterator[House]:
    models = tmp_path / "models"
    add_version(models, "fake-1")
    add_version(models, "fake-2", right=10)
    Registry(models).activate("fake-1", by="test")
    house = open_house(
        tmp_path, clock=clock, burst_silence_s=0, models=models,
        training_data=tmp_path / "training_data", blind_share=0.0,
    )  # fmt: skip
    yield house
    house.services.learning.jobs.close()
    close_house(house)


@pytest.fixture
def visitor(house: House) -> Iterator[Rep]:
    with TestClient(create_app(house.services, [])) as client:
        yield Rep(client)


@pytest.fixture
def lead(visitor: Rep) -> Rep:
    assert visitor.sign_in().status_code == 303
    return visitor


def post(rep: Rep, path: str, **fields: str) -> Any:
    form = {"csrf": rep.token("/console"), **fields}
    return rep.client.post(path, data=form, follow_redirects=False)


def unsure(house: House, *texts: str) -> None:
    candidates = (
        Candidate(intent="product_info", confidence=0.4),
        Candidate(intent="track_order", confidence=0.3),
    )
    for text in texts:
        house.understander.tell(
            text, intent="product_info", confidence=0.4, candidates=candidates,
            doubt=Doubt.TOO_CLOSE,
        )  # fmt: skip
        house.text(text)
    house.services.learning.observer.look()


def first(house: House, queue: LabelQueue = LabelQueue.WORTH) -> str:
    with house.database.read() as uow:
        return uow.labels.waiting(queue, limit=1)[0].id


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_for_leads(visitor: Rep, house: House, path: str) -> None:
    assert visitor.client.get(path, follow_redirects=False).status_code == 303
    with house.database.begin() as uow:
        uow.users.add(email="rep@shop.example", name="Robin", role="rep", password="answer-texts")
    visitor.sign_in("answer-texts", email="rep@shop.example")

    assert visitor.client.get(path).status_code == 403
    assert "/console/models" not in visitor.open("/console")


@pytest.mark.parametrize("path", PAGES)
def test_pages_open_on_an_empty_house(lead: Rep, path: str) -> None:
    assert "<h1>" in lead.open(path)


def test_versions_are_listed_with_figures_and_what_is_live(lead: Rep) -> None:
    page = lead.open("/console/models")

    assert page.index("fake-1") < page.index("fake-2")
    assert "100.0%" in page
    assert "Compare with live" in page


def wait(lead: Rep, path: str, gone: str = "data-running") -> str:
    for _ in range(150):
        page = lead.open(path)
        if gone not in page:
            return page
        time.sleep(0.2)
    raise AssertionError("the job did not end")


def test_a_version_is_promoted_through_the_gate_and_rolled_back(lead: Rep, house: House) -> None:
    answer = post(lead, "/console/models/versions/fake-2/promote")
    assert answer.status_code == 303

    for _ in range(150):
        job = house.services.learning.desk.last_job("promote", "fake-2")
        if job is not None and job.state != "running":
            break
        time.sleep(0.2)

    registry = Registry(house.services.settings.models)
    assert job is not None
    assert (job.state, job.error) == ("done", "")
    assert registry.active().version == "fake-2"
    assert registry.active().history[-1].by == "Lead"
    assert "Promoted." in lead.open("/console/models/versions/fake-2")
    post(lead, "/console/models/rollback")
    assert registry.active().version == "fake-1"


def test_a_rollback_without_an_earlier_version_says_so(lead: Rep) -> None:
    answer = post(lead, "/console/models/rollback")

    assert answer.status_code == 404
    assert "no earlier version" in answer.text


def test_a_job_that_fails_says_why_in_the_commands_own_words(lead: Rep) -> None:
    post(lead, "/console/models/compare", a="fake-1", b="fake-2", test="held-out")

    page = wait(lead, "/console/models/compare?a=fake-1&b=fake-2&test=held-out")

    assert "Comparing failed." in page
    assert "predictions" in page


def test_a_report_runs_in_a_sandbox(lead: Rep, house: House) -> None:
    path = "/console/models/versions/fake-1/report"
    assert lead.client.get(path).status_code == 404
    folder = house.services.settings.home / "reports/fake-1"
    folder.mkdir(parents=True)
    (folder / REPORT).write_text("<h1>Report</h1>", encoding="utf-8")

    answer = lead.client.get(path)

    assert answer.text == "<h1>Report</h1>"
    assert answer.headers["content-security-policy"].startswith("sandbox")


@pytest.mark.parametrize("name", ["..%2F..%2Fetc", "no-such", ".hidden"])
def test_only_versions_have_pages(lead: Rep, name: str) -> None:
    assert lead.client.get(f"/console/models/versions/{name}").status_code == 404


def test_a_shadow_begins_and_ends(lead: Rep, house: House) -> None:
    post(lead, "/console/models/versions/fake-2/shadow")
    assert "fake-2 reads along" in lead.open("/console/models/shadow")
    unsure(house, "do you engrave")
    assert "It cannot be loaded" in lead.open("/console/models/shadow"), "fakes load no version"

    post(lead, "/console/models/shadow/stop")

    assert "No version reads along" in lead.open("/console/models/shadow")
    assert post(lead, "/console/models/versions/fake-1/shadow").status_code == 409


def test_texts_are_escaped_and_masked(lead: Rep, house: House) -> None:
    unsure(house, EVIL + " on 48213-X")

    page = lead.open("/console/labels")

    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert "48213" not in page


def test_a_label_a_skip_and_an_undo_lead_to_the_next_message(lead: Rep, house: House) -> None:
    unsure(house, "do you engrave", "rent skis", "sell kayaks")
    labelled = first(house)
    answer = post(lead, f"/console/labels/{labelled}", queue="worth", label="product_info")
    assert answer.headers["location"] == "/console/labels?queue=worth"
    skipped = first(house)
    post(lead, f"/console/labels/{skipped}", queue="worth", skip="1")
    assert "1 labelled, 1 skipped, 1 waiting" in lead.open("/console/labels")

    answer = post(lead, "/console/labels/undo", queue="worth")

    assert answer.headers["location"].endswith(f"item={skipped}")
    assert "1 labelled, 0 skipped, 2 waiting" in lead.open("/console/labels")


def test_a_label_that_came_too_late_says_who_was_faster(lead: Rep, house: House) -> None:
    unsure(house, "do you engrave")
    item = first(house)
    house.services.learning.labelling.label(item, "track_order", by="Max")

    answer = post(lead, f"/console/labels/{item}", queue="worth", label="product_info")

    assert answer.status_code == 409
    assert "Max has already labelled this message." in answer.text


def test_the_blind_page_does_not_show_the_guess(lead: Rep, house: House) -> None:
    house.services.learning.observer.blind_share = 1.0
    unsure(house, "do you engrave")

    page = lead.open("/console/labels?queue=blind")

    assert "do you engrave" in page
    assert "candidate-name" not in page
    assert "40%" not in page
    assert "/console/conversations/" not in page


def test_topics_are_found_in_the_background(lead: Rep, house: House) -> None:
    unsure(house, "engrave boots please", "please engrave boots", "boots engrave please now")
    post(lead, "/console/models/topics")

    page = wait(lead, "/console/models/topics")

    assert re.search(r"<h2>[^<]*engrave", page)
    assert "3 in the last 7 days" in page


def test_a_rep_reports_a_misread_text(lead: Rep, house: House) -> None:
    house.text("can i swap these")
    with house.database.read() as uow:
        (turn,) = uow.turns.to_review(limit=5)

    answer = post(lead, f"/console/turns/{turn.id}/misread")

    assert "Noted." in lead.open(answer.headers["location"])
    assert "a rep says: misread" in lead.open("/console/labels")


@pytest.mark.parametrize(
    "path",
    ["/console/models/rollback", "/console/models/versions/fake-2/promote", "/console/labels/undo"],
)
def test_forms_from_elsewhere_are_refused(lead: Rep, path: str) -> None:
    assert lead.client.post(path, data={"queue": "worth"}).status_code == 403
