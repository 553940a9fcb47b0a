"""The console in a real browser: live, by keyboard, and without JavaScript."""

import re
import time
from collections.abc import Callable
from itertools import count

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.house import ANGRY, LATE, SECRETS, House

pytestmark = pytest.mark.browser

_numbers = count(2000)


@pytest.fixture
def new_sender() -> Callable[[], str]:
    return lambda: f"+1720555{next(_numbers)}"


def sign_in(page: Page) -> None:
    page.goto("/console")
    page.get_by_label("Email").fill(SECRETS.first_email)
    page.get_by_label("Password").fill(SECRETS.first_password)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/console$"))


def settle(house: House, conversation_id: str, texts: int) -> None:
    """Wait until the live house has put this many messages into the thread."""
    for _ in range(200):
        if len(house.thread(conversation_id)) >= texts:
            return
        time.sleep(0.03)
    raise AssertionError("the turn did not finish")


def escalated(house: House, sender: str) -> str:
    conversation_id = house.text(LATE, sender=sender)
    settle(house, conversation_id, 2)
    house.text(ANGRY, sender=sender)
    settle(house, conversation_id, 4)
    return conversation_id


def test_who_begins_to_wait_appears_by_itself(
    page: Page, live_house: tuple[House, str], new_sender: Callable[[], str]
) -> None:
    sign_in(page)
    sender = new_sender()
    expect(page.get_by_text(sender)).to_have_count(0)

    escalated(live_house[0], sender)

    expect(page.get_by_role("link", name=re.compile(re.escape(sender)))).to_be_visible()
    expect(page.locator("#count")).to_have_text(re.compile(r"\d+ waiting"))


def test_a_rep_reads_the_story_answers_and_hands_back(
    page: Page, live_house: tuple[House, str], new_sender: Callable[[], str]
) -> None:
    conversation_id = escalated(live_house[0], new_sender())
    sign_in(page)
    page.goto(f"/console/conversations/{conversation_id}")
    expect(page.locator(".case")).to_contain_text("The customer asked for a person.")

    reply = page.get_by_label(re.compile("Reply to"))
    reply.fill("Robin here, let me look.")
    page.keyboard.press("Control+Enter")

    expect(page.locator(".by-rep .said")).to_have_text("Robin here, let me look.")
    expect(page.locator(".by-rep .delivery")).to_contain_text("delivered")
    expect(page.locator("#head")).to_contain_text("With Lead")
    expect(reply).to_have_value("")
    expect(reply).to_be_focused()
    page.get_by_role("button", name="Hand back to the agent").click()
    expect(page.locator("#head")).to_contain_text("With the agent")
    page.get_by_role("button", name="Resolve").click()
    expect(page.locator("#head")).to_contain_text("Resolved")


def test_new_texts_arrive_while_a_draft_and_an_opened_decision_stay(
    page: Page, live_house: tuple[House, str], new_sender: Callable[[], str]
) -> None:
    house, sender = live_house[0], new_sender()
    conversation_id = escalated(house, sender)
    sign_in(page)
    page.goto(f"/console/conversations/{conversation_id}")
    page.locator("details.gist summary").first.click()
    expect(page.locator(".gist .decision")).to_contain_text("track order")
    draft = page.get_by_label(re.compile("Reply to"))
    draft.fill("half a sent")

    house.text("it is the green tent", sender=sender)

    expect(page.locator(".line .said").last).to_have_text("it is the green tent")
    expect(draft).to_have_value("half a sent")
    expect(draft).to_be_focused()
    expect(page.locator(".gist .decision")).to_be_visible()


def test_a_refused_reply_keeps_its_draft_and_says_why(
    page: Page, live_house: tuple[House, str], new_sender: Callable[[], str], complaints: list[str]
) -> None:
    house = live_house[0]
    conversation_id = house.text("STOP", sender=new_sender())
    sign_in(page)
    page.goto(f"/console/conversations/{conversation_id}")

    page.get_by_label(re.compile("Reply to")).fill("One more thing")
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_role("alert")).to_contain_text("STOP")
    expect(page.get_by_label(re.compile("Reply to"))).to_have_value("One more thing")
    # The browser reports every answer of 400 and above.
    complaints[:] = [told for told in complaints if "409" not in told]


def test_notes_are_added_in_place(
    page: Page, live_house: tuple[House, str], new_sender: Callable[[], str]
) -> None:
    conversation_id = escalated(live_house[0], new_sender())
    sign_in(page)
    page.goto(f"/console/conversations/{conversation_id}")

    page.get_by_label(re.compile("New note")).fill("Call back at five.")
    page.get_by_role("button", name="Add note").click()

    expect(page.locator("#notes")).to_contain_text("Call back at five.")
    expect(page.get_by_label(re.compile("New note"))).to_have_value("")


def test_reading_and_replying_work_without_javascript(
    chromium: Browser, live_house: tuple[House, str], new_sender: Callable[[], str]
) -> None:
    house, url = live_house
    conversation_id = escalated(house, new_sender())
    context = chromium.new_context(base_url=url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page)
    page.goto(f"/console/conversations/{conversation_id}")

    page.get_by_label(re.compile("Reply to")).fill("No scripts needed.")
    page.get_by_role("button", name="Send").click()

    expect(page.locator(".by-rep .said")).to_have_text("No scripts needed.")
    page.locator("details.gist summary").first.click()
    page.get_by_role("link", name="The whole decision").first.click()
    expect(page.locator(".decision")).to_contain_text("track order")
    page.goto("/console?status=all")
    page.get_by_label("Queue").select_option("general")
    page.get_by_role("button", name="Show").click()
    assert "queue=general" in page.url
    context.close()


def test_the_newest_text_is_in_view_when_the_page_opens(
    page: Page, live_house: tuple[House, str], new_sender: Callable[[], str]
) -> None:
    house, sender = live_house[0], new_sender()
    conversation_id = escalated(house, sender)
    for number in range(12):
        house.text(f"line {number}", sender=sender)
    settle(house, conversation_id, 16)
    sign_in(page)

    page.goto(f"/console/conversations/{conversation_id}")

    expect(page.locator(".line .said").last).to_be_in_viewport()


@pytest.mark.parametrize("page", ["phone"], indirect=True)
def test_on_a_phone_nothing_is_cut_off(
    page: Page, live_house: tuple[House, str], new_sender: Callable[[], str]
) -> None:
    conversation_id = escalated(live_house[0], new_sender())
    sign_in(page)

    for path in ("/console?status=all", f"/console/conversations/{conversation_id}"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_console_works_by_keyboard_alone(
    page: Page, live_house: tuple[House, str], new_sender: Callable[[], str]
) -> None:
    escalated(live_house[0], new_sender())
    sign_in(page)

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('row')"):
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    page.keyboard.press("Enter")

    assert outline == "solid"
    page.wait_for_url(re.compile("/console/conversations/"))


def test_signing_out_leads_to_the_sign_in(page: Page) -> None:
    sign_in(page)

    page.get_by_role("button", name="Sign out").click()

    page.wait_for_url(re.compile("/console/sign-in"))
