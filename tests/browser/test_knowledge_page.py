"""The pages on the knowledge in a real browser: live, by keyboard, without JavaScript, on a phone."""

import re
import time
from collections.abc import Iterator
from itertools import count

import pytest
from playwright.sync_api import Browser, Page, expect

from agent.domain.learning import JobState
from agent.knowledge_desk import INGEST
from tests.browser.house import House
from tests.browser.test_console_pages import sign_in

pytestmark = pytest.mark.browser

HOME = "/console/knowledge"
_numbers = count(7000)


@pytest.fixture(scope="module")
def house(live_house: tuple[House, str]) -> Iterator[House]:
    """The live house with its demo knowledge indexed."""
    live_house[0].services.knowledge.knowledge.ensure_indexed(lambda message: None)
    yield live_house[0]
    live_house[0].services.knowledge.jobs.close()


@pytest.fixture(autouse=True)
def quiet(house: House, page: Page) -> None:
    """Wait for the ingest of the test before: on one busy core a page would wait for it."""
    page.set_default_timeout(30_000)
    for _ in range(600):
        with house.database.read() as uow:
            job = uow.jobs.latest(INGEST)
        if job is None or job.state is not JobState.RUNNING:
            return
        time.sleep(0.05)
    raise AssertionError("the ingest did not end")


def asked(house: House, *texts: str) -> None:
    """Let customers ask what nothing answers, and wait until it is sorted."""
    learning = house.services.learning
    for text in texts:
        house.text(text, sender=f"+1720557{next(_numbers)}")
    for _ in range(200):
        learning.observer.look()
        learning.questions.sort()
        shown = {text for group in learning.questions.groups() for text, _ in group.texts}
        if shown.issuperset(texts):
            return
        time.sleep(0.03)
    raise AssertionError("the questions did not arrive")


def test_an_answer_is_written_by_keyboard_and_said_to_be_live(page: Page, house: House) -> None:
    asked(house, "will you sharpen crampons", "could someone sharpen crampons")
    sign_in(page)
    page.goto(f"{HOME}/unanswered")
    card = page.locator(".theme").filter(has_text="crampons")
    expect(card).to_contain_text("2 times")

    card.locator("summary", has_text="Write the answer").press("Enter")
    question = card.get_by_label("Question, as customers ask it")
    question.fill("Do you sharpen crampons?")
    card.get_by_label("Answer", exact=True).fill("Yes, for $10 a pair in the workshop.")
    page.keyboard.press("Control+Enter")

    expect(card).to_have_count(0)
    outcome = page.locator("[data-outcome]")
    # The scripted answerer knows no new page: the page says that it is live and not said yet.
    expect(outcome).to_contain_text("Do you sharpen crampons?", timeout=30_000)
    hits = house.services.knowledge.knowledge.search("do you sharpen crampons").hits
    assert hits[0].passage.source == "console/answers.jsonl"


def test_a_refused_answer_keeps_its_draft(page: Page, house: House, complaints: list[str]) -> None:
    asked(house, "any harness rentals")
    sign_in(page)
    page.goto(f"{HOME}/unanswered")
    card = page.locator(".theme").filter(has_text="harness")
    card.locator("summary", has_text="Write the answer").click()
    card.get_by_label("Answer", exact=True).fill("?!")

    card.get_by_role("button", name="Make it live").click()

    expect(page.get_by_role("alert")).to_contain_text("Write the answer.")
    expect(card.get_by_label("Answer", exact=True)).to_have_value("?!")
    card.get_by_role("button", name="Dismiss").click()
    expect(card).to_have_count(0)
    expect(page.locator("#dismissed")).to_contain_text("harness")
    complaints[:] = [told for told in complaints if "422" not in told]


def test_all_of_it_works_without_javascript(
    chromium: Browser, live_house: tuple[House, str], house: House
) -> None:
    asked(house, "is caving insured")
    context = chromium.new_context(base_url=live_house[1], java_script_enabled=False)
    page = context.new_page()
    sign_in(page)
    page.goto(HOME)
    page.get_by_label("Files", exact=True).set_input_files(
        {"name": "caving.md", "mimeType": "text/markdown", "buffer": b"# Caving\n\nCaves are dark."}
    )
    page.get_by_role("button", name="Upload").click()
    row = page.get_by_role("row").filter(has_text="caving.md")
    for _ in range(100):
        if row.count():
            break
        time.sleep(0.2)
        page.reload()
    expect(row).to_contain_text("uploaded by Lead")

    page.get_by_role("link", name=re.compile("Unanswered")).click()
    card = page.locator(".theme").filter(has_text="caving")
    card.locator("summary", has_text="Write the answer").click()
    card.get_by_label("Answer", exact=True).fill("No.")
    card.get_by_role("button", name="Make it live").click()
    expect(page.locator(".theme").filter(has_text="caving")).to_have_count(0)

    page.get_by_role("link", name="Try it").first.click()
    page.get_by_label("A question, as a customer would text it").fill("rent skis")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Not known: this would be offered")).to_be_visible()
    context.close()


@pytest.mark.parametrize("page", ["phone"], indirect=True)
def test_on_a_phone_nothing_is_cut_off(page: Page, house: House) -> None:
    asked(house, "a question of " + "very " * 30 + "many words about kites")
    sign_in(page)

    for path in ("", "/unanswered", "/answers", "/try?question=how+long+does+shipping+take"):
        page.goto(HOME + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
