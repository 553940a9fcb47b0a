"""Labelling in a real browser: one key a label, by touch as well, on every page nothing cut off."""

import re
import time
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from agent.domain.learning import LabelItem, LabelQueue
from intents.types import Candidate, Doubt
from tests.browser.house import House
from tests.browser.test_console_pages import sign_in

pytestmark = pytest.mark.browser

_numbers = count(100)


@pytest.fixture
def house(live_house: tuple[House, str]) -> House:
    """The live house without anything left to label."""
    with live_house[0].database.begin() as uow:
        for queue in LabelQueue:
            for item in uow.labels.waiting(queue, limit=1000):
                uow.labels.skip(item.id, by="the test before")
    return live_house[0]


def unsure(house: House, *texts: str) -> list[str]:
    """Let the models be unsure of texts; return them, made unique."""
    made = [f"{text} {_word(next(_numbers))}" for text in texts]
    candidates = (
        Candidate(intent="track_order", confidence=0.44),
        Candidate(intent="product_info", confidence=0.31),
        Candidate(intent="return_product", confidence=0.11),
    )
    for number, text in enumerate(made):
        house.understander.tell(
            text, intent="track_order", confidence=0.44, candidates=candidates,
            doubt=Doubt.TOO_CLOSE,
        )  # fmt: skip
        house.text(text, sender=f"+1720556{next(_numbers)}{number}")
        arrived(house, text)
    return made


def arrived(house: House, text: str) -> None:
    """Wait until the observer has put a text into a queue."""
    for _ in range(200):
        house.services.learning.observer.look()
        with house.database.read() as uow:
            if text in {i.text for q in LabelQueue for i in uow.labels.waiting(q, limit=1000)}:
                return
        time.sleep(0.03)
    raise AssertionError("the text did not reach a queue")


def _word(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def labelled(house: House, text: str) -> LabelItem | None:
    with house.database.read() as uow:
        found = [i for q in LabelQueue for i in uow.labels.labelled(q) if i.text == text]
    return found[0] if found else None


def test_one_key_a_label(page: Page, house: House) -> None:
    one, two, three, four = unsure(house, "one", "two", "three", "four")
    sign_in(page)
    page.goto("/console/labels")
    text = page.locator("#task-text")
    expect(text).to_have_text(one)

    page.keyboard.press("2")
    expect(text).to_have_text(two)
    page.keyboard.press("o")
    expect(text).to_have_text(three)
    page.keyboard.press("s")
    expect(text).to_have_text(four)
    page.keyboard.press("u")
    expect(text).to_have_text(three)
    expect(text).to_be_focused()
    page.keyboard.press("1")
    expect(text).to_have_text(four)

    assert [(i.label, i.labelled_by) for t in (one, two, three) if (i := labelled(house, t))] == [
        ("product_info", "Lead"), ("out_of_scope", "Lead"), ("track_order", "Lead")
    ]  # fmt: skip
    expect(page.locator("#tally")).to_contain_text("1 waiting")


def test_any_intent_is_found_by_typing(page: Page, house: House) -> None:
    (one,) = unsure(house, "search")
    sign_in(page)
    page.goto("/console/labels")

    page.keyboard.press("/")
    search = page.get_by_label(re.compile("Search all intents"))
    expect(search).to_be_focused()
    page.keyboard.type("1s hum")
    expect(page.locator("#all-intents li:visible")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("#task-text")).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("human")
    expect(page.locator("#all-intents li:visible")).to_have_count(1)
    page.keyboard.press("Enter")

    expect(page.get_by_text("Nothing waits here.")).to_be_visible()
    item = labelled(house, one)
    assert item is not None
    assert item.label == "contact_human_agent"


@pytest.mark.parametrize("page", ["phone"], indirect=True)
def test_labels_are_given_by_touch_on_a_phone(page: Page, house: House) -> None:
    (one,) = unsure(house, "touch")
    sign_in(page)
    page.goto("/console/labels")

    page.get_by_role("button", name=re.compile("product info")).first.tap()

    expect(page.get_by_text("Nothing waits here.")).to_be_visible()
    item = labelled(house, one)
    assert item is not None
    assert item.label == "product_info"


def test_a_blind_message_shows_no_guess_and_takes_no_number(page: Page, house: House) -> None:
    observer = house.services.learning.observer
    observer.blind_share = 1.0
    (one,) = unsure(house, "blind")
    observer.blind_share = 0.0
    sign_in(page)
    page.goto("/console/labels?queue=blind")
    expect(page.locator("#task-text")).to_have_text(one)

    page.keyboard.press("1")
    page.keyboard.press("/")
    page.keyboard.type("track")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Nothing waits here.")).to_be_visible()
    item = labelled(house, one)
    assert item is not None
    assert (item.label, item.queue) == ("track_order", LabelQueue.BLIND)


@pytest.mark.parametrize("page", ["phone"], indirect=True)
def test_on_a_phone_no_page_of_the_models_is_cut_off(page: Page, house: House) -> None:
    unsure(house, "a text of " + "very " * 40 + "many words")
    sign_in(page)

    for path in ("", "/compare", "/shadow", "/topics", "/versions/fake-1"):
        page.goto(f"/console/models{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    page.goto("/console/labels")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_long_action_shows_that_it_runs_and_then_what_came_of_it(
    page: Page, house: House
) -> None:
    unsure(house, "engrave boots please", "please engrave boots", "boots engrave please")
    sign_in(page)
    page.goto("/console/models/topics")

    page.get_by_role("button", name=re.compile("Look")).click()

    theme = page.locator(".theme").filter(has_text="engrave boots please")
    expect(theme).to_be_visible(timeout=8_000)
    expect(page.get_by_role("button", name="Look again")).to_be_enabled()
