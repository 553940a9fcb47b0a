"""The phone simulator in a real browser."""

import json

import pytest
from playwright.sync_api import Page, expect

from agent.replies.segments import measure
from tests.browser.house import ANGRY, LATE, RETURNS, ROSALIND, SECRETS, House

pytestmark = pytest.mark.browser

_numbers = iter(range(1000, 9999))

MEASURED = [
    "", "a", "a" * 160, "a" * 161, "€" * 80, "€" * 81, "a" * 152 + "€" * 5, "é" * 70, "ê" * 70, "ê" * 71,
    "😀" * 35, "😀" * 36, "ê" * 66 + "😀" * 3, "line\nbreak", "tab\t", "“quoted”", "a" * 10_000, "\u202eשלום",
    "👩‍👩‍👧‍👦" * 9, "[{~}]|\\^" * 30,
]  # fmt: skip


def open_phone(page: Page, address: str = "") -> str:
    """Open the simulator as someone new, or as the one with this address."""
    address = address or f"+1303555{next(_numbers)}"
    page.goto(f"/#{address}")
    page.wait_for_selector("body.ready")
    return address


def write(page: Page, text: str) -> None:
    page.get_by_label("Text message").fill(text)
    page.keyboard.press("Enter")


def replies(page: Page) -> list[str]:
    return page.locator(".message.theirs .bubble").all_text_contents()


def test_a_text_is_shown_at_once_delivered_and_answered(page: Page) -> None:
    open_phone(page)

    write(page, RETURNS)

    expect(page.locator(".message.own .bubble")).to_have_text(RETURNS)
    expect(page.locator(".message.theirs .bubble")).to_contain_text("within 60 days")
    expect(page.locator(".message.own .meta")).to_contain_text("Delivered")
    expect(page.get_by_label("Text message")).to_have_value("")
    expect(page.get_by_label("Text message")).to_be_focused()


def test_dots_show_while_the_agent_writes(page: Page, live_house: tuple[House, str]) -> None:
    house, _ = live_house
    address = open_phone(page)
    write(page, "hello there")
    expect(page.locator(".message.theirs")).to_have_count(1)
    with house.database.read() as uow:
        conversation = uow.conversations.find(
            channel="web", customer_address=address, brand_address=house.services.brand.numbers[0]
        )

    with house.database.begin() as uow:
        uow.live.publish(conversation.id, "typing", on=True)
    expect(page.locator("#typing")).to_be_visible()
    with house.database.begin() as uow:
        uow.live.publish(conversation.id, "typing", on=False)
    expect(page.locator("#typing")).to_be_hidden()


def test_shift_enter_breaks_the_line_and_blank_texts_are_not_sent(page: Page) -> None:
    open_phone(page)
    draft = page.get_by_label("Text message")

    draft.fill("   ")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Send")).to_be_disabled()
    draft.fill("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    page.keyboard.press("Enter")

    expect(page.locator(".message.own .bubble")).to_have_text("one\ntwo")
    expect(page.locator(".message.own")).to_have_count(1)


def test_the_counter_counts_as_the_service_does(page: Page) -> None:
    open_phone(page)

    counted = page.evaluate(
        """async (texts) => {
          const script = document.querySelector("script[type=module]").src;
          const { measure } = await import(script.replace("simulator.js", "segments.js"));
          return texts.map((text) => [measure(text).encoding, measure(text).segments]);
        }""",
        MEASURED,
    )

    assert [tuple(pair) for pair in counted] == [
        (measure(text).encoding, measure(text).segments) for text in MEASURED
    ]
    page.get_by_label("Text message").fill("ê" * 71)
    expect(page.locator("#counter")).to_have_text("71 characters · 2 parts · UCS-2 · 63 left")


def test_parts_and_encoding_are_shown_on_request(page: Page) -> None:
    open_phone(page)
    write(page, RETURNS)
    expect(page.locator(".message.theirs")).to_have_count(1)
    expect(page.locator(".message.theirs .meta")).to_be_hidden()

    page.get_by_label("SMS parts").check()

    expect(page.locator(".message.theirs .meta")).to_have_text("1 part · GSM-7")


def test_the_decision_opens_beside_the_phone_on_a_desktop(page: Page) -> None:
    open_phone(page)
    write(page, LATE)
    expect(page.locator(".message.theirs")).to_have_count(1)
    page.get_by_label("Decisions").check()

    page.locator(".message.theirs .bubble").click()

    panel = page.locator("#why")
    expect(panel).to_contain_text("track order")
    expect(panel).to_contain_text("93%")
    expect(panel).to_contain_text("order number")
    expect(panel).to_contain_text("Returns > Unworn goods")
    expect(panel).to_contain_text("We pay for everything.")
    expect(panel).to_contain_text("Before acting")
    expect(panel).to_contain_text("fake-1")
    assert panel.bounding_box()["x"] > page.locator(".phone").bounding_box()["x"] + 300
    page.get_by_label("Decisions").uncheck()
    expect(panel).to_be_hidden()


@pytest.mark.parametrize("page", ["phone"], indirect=True)
def test_on_a_phone_the_thread_fills_the_screen_and_the_decision_rises_from_below(
    page: Page,
) -> None:
    open_phone(page)
    write(page, RETURNS)
    expect(page.locator(".message.theirs")).to_have_count(1)
    phone = page.locator(".phone").bounding_box()
    assert (phone["x"], phone["width"], phone["height"]) == (0, 390, 844)
    page.get_by_label("Decisions").check()

    page.get_by_role("button", name="Why?").last.tap()

    sheet = page.locator("#why")
    expect(sheet).to_contain_text("return product")
    box = sheet.bounding_box()
    assert box["y"] + box["height"] == pytest.approx(844, abs=1)
    assert box["width"] == 390
    expect(sheet.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(page.get_by_role("button", name="Why?").last).to_be_focused()


@pytest.mark.parametrize("page", ["phone"], indirect=True)
def test_nothing_is_wider_than_a_phone_and_thumbs_hit_everything(page: Page) -> None:
    open_phone(page, ROSALIND)

    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for target in page.locator("button:visible").all():
        box = target.bounding_box()
        assert box["height"] >= 40, target.text_content()


def test_picking_a_customer_changes_whose_phone_it_is(page: Page) -> None:
    open_phone(page)
    write(page, "first")
    expect(page.locator(".message.own")).to_have_count(1)

    page.locator("label.person", has_text="Dwayne Okafor").click()

    expect(page.locator("#as-who")).to_have_text("Dwayne Okafor")
    expect(page.locator(".message")).to_have_count(0)
    expect(page.locator("#chips button").first).to_have_text("where is my order 61902?")


def test_a_first_text_is_one_tap_away(page: Page) -> None:
    open_phone(page)

    page.get_by_role("button", name=RETURNS).click()

    expect(page.locator(".message.own .bubble")).to_have_text(RETURNS)
    expect(page.locator("#chips")).to_be_hidden()


def test_a_person_takes_over_and_is_named(page: Page, live_house: tuple[House, str]) -> None:
    house, _ = live_house
    address = open_phone(page)
    write(page, ANGRY)
    expect(page.locator("#status")).to_have_text("Waiting for a person")
    with house.database.read() as uow:
        rep = uow.users.sign_in(SECRETS.first_email, SECRETS.first_password)
        conversation = uow.conversations.find(
            channel="web", customer_address=address, brand_address=house.services.brand.numbers[0]
        )

    house.services.desk.reply(conversation.id, text="Robin here.", rep=rep)

    expect(page.locator(".message.by-rep .name")).to_have_text("Lead")
    expect(page.locator(".message.by-rep .bubble")).to_have_text("Robin here.")
    expect(page.locator("#status")).to_have_text("With Lead")


def test_a_reload_and_a_second_tab_show_the_same_thread(page: Page) -> None:
    address = open_phone(page)
    write(page, RETURNS)
    expect(page.locator(".message.theirs")).to_have_count(1)

    page.reload()
    expect(page.locator(".message")).to_have_count(2)
    other = page.context.new_page()
    other.goto(f"/#{address}")
    expect(other.locator(".message")).to_have_count(2)
    write(page, "and another thing")
    expect(other.locator(".message.own")).to_have_count(2)


def test_odd_texts_are_drawn_as_text(page: Page) -> None:
    open_phone(page)
    odd = "<img src=x onerror=alert(1)> \u202eשלום " + "w" * 3_000

    write(page, odd)
    expect(page.locator(".message.own .bubble")).to_have_text(odd)
    write(page, "🥾🎉")

    expect(page.locator(".bubble.emoji-only")).to_have_count(1)
    assert page.locator("#thread img").count() == 0
    assert page.evaluate(
        "document.querySelector('.phone').scrollWidth <= document.querySelector('.phone').clientWidth"
    )


def test_a_text_that_could_not_be_sent_is_kept_and_sent_on_a_tap(
    page: Page, complaints: list[str]
) -> None:
    open_phone(page)
    page.context.set_offline(True)
    write(page, RETURNS)
    expect(page.locator(".message.own .meta")).to_contain_text("Not sent")
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")

    page.context.set_offline(False)
    page.locator(".message.failed .bubble").click()

    expect(page.locator(".message.own .meta")).to_contain_text("Delivered")
    expect(page.locator(".message.own")).to_have_count(1)
    # The browser itself reports requests that failed while offline.
    complaints[:] = [told for told in complaints if "ERR_INTERNET_DISCONNECTED" not in told]


def test_the_phone_works_by_keyboard_alone(page: Page) -> None:
    open_phone(page)
    write(page, RETURNS)
    expect(page.locator(".message.theirs")).to_have_count(1)

    page.get_by_label("Decisions").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Why?").last.focus()
    page.keyboard.press("Enter")

    expect(page.locator("#why")).to_contain_text("return product")
    page.locator("#why").get_by_role("button", name="Close").focus()
    page.keyboard.press("Escape")
    expect(page.locator("#why")).to_be_hidden()


def test_names_and_roles_for_screen_readers(page: Page) -> None:
    open_phone(page, ROSALIND)

    expect(page.get_by_role("log")).to_have_attribute("aria-live", "polite")
    expect(page.get_by_role("radio", name="Rosalind Achterberg")).to_be_checked()
    expect(page.get_by_role("status")).to_have_text("Automated assistant")
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll("button, input, textarea")]
             .filter((e) => !e.labels?.length && !e.textContent.trim() && !e.getAttribute("aria-label"))
             .map((e) => e.outerHTML)"""
    )
    assert json.dumps(unnamed) == "[]"
