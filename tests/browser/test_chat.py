"""The web chat in a real browser: its page, and in the corner of a shop's."""

import os
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from agent.domain.messages import Author
from agent.wiring.services import Services
from tests.api.gateways import channel_service
from tests.browser.conftest import Server, watched_page

pytestmark = pytest.mark.browser

QUESTION = "do you resole boots?"
ANSWER = "Yes, within 10 days. See https://ridgeline.example/resoling for the prices."
SHOP_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>A shop</title>
<link rel="icon" href="data:,"></head>
<body style="font: 17px/1.5 Georgia, serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem">
<h1>Ridgeline Outfitters</h1><p>Boots for a lifetime, resoled in our own workshop.</p>
<script type="module" src="{base}/chat/widget.js" data-label="Ask us"></script></body></html>"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Services, str, str]]:
    """A service, its address, and that of a shop's page which shows the chat."""
    folder = tmp_path_factory.mktemp("chat")
    shop = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=shop.serve_forever, daemon=True).start()
    shop_url = f"http://127.0.0.1:{shop.server_port}"
    with channel_service(folder / "home", {QUESTION: ANSWER}, chat_origins=shop_url) as (
        services,
        app,
    ):
        server = Server(
            uvicorn.Config(
                app, port=0, log_config=None, access_log=False, timeout_graceful_shutdown=1
            )
        )
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        ends = time.monotonic() + 20
        while not server.started and time.monotonic() < ends:
            time.sleep(0.02)
        base = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        (folder / "index.html").write_text(SHOP_PAGE.replace("{base}", base))
        yield services, base, shop_url
        server.should_exit = True
        thread.join(timeout=10)
    shop.shutdown()
    shop.server_close()


@pytest.fixture
def page(
    chromium: Browser,
    chat: tuple[Services, str, str],
    complaints: list[str],
    request: pytest.FixtureRequest,
) -> Iterator[Page]:
    """A page of a desktop or, parametrized with "phone", of a phone."""
    phone = getattr(request, "param", "") == "phone"
    yield from watched_page(chromium, chat[1], complaints, phone=phone)


def picture(page: Page, name: str) -> None:
    """Keep a picture where someone wants to look."""
    folder = os.environ.get("TEXTWISE_TEST_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


BOTH_SIZES = pytest.mark.parametrize("page", ["desktop", "phone"], indirect=True)


@BOTH_SIZES
def test_a_visitor_asks_and_is_answered(page: Page, request: pytest.FixtureRequest) -> None:
    page.goto("/chat")
    page.wait_for_selector("body.ready")
    picture(page, f"chat-empty-{request.node.callspec.id}")

    page.get_by_label("Message", exact=True).fill(QUESTION)
    page.keyboard.press("Enter")

    expect(page.locator(".message.own .bubble")).to_have_text(QUESTION)
    expect(page.locator(".message.theirs .bubble")).to_have_text(ANSWER)
    link = page.locator(".message.theirs a")
    expect(link).to_have_attribute("href", "https://ridgeline.example/resoling")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(page.get_by_label("Message", exact=True)).to_be_focused()
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0
    picture(page, f"chat-answered-{request.node.callspec.id}")


def test_the_conversation_is_there_after_a_reload_and_for_nobody_else(
    page: Page, chromium: Browser, chat: tuple[Services, str, str]
) -> None:
    page.goto("/chat")
    page.get_by_label("Message", exact=True).fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".message.theirs")).to_have_count(1)

    page.reload()
    expect(page.locator(".message")).to_have_count(2)
    other = chromium.new_context(base_url=chat[1]).new_page()
    other.goto("/chat")
    other.wait_for_selector("body.ready")
    expect(other.locator(".message")).to_have_count(0)
    other.context.close()


def test_dots_show_while_a_turn_runs_and_a_persons_answer_arrives(
    page: Page, chat: tuple[Services, str, str]
) -> None:
    services = chat[0]
    page.goto("/chat")
    page.get_by_label("Message", exact=True).fill("hello there")
    page.keyboard.press("Enter")
    expect(page.locator(".message.theirs")).to_have_count(1)
    with services.database.read() as uow:
        conversation = uow.conversations.list(limit=1)[0]

    with services.database.begin() as uow:
        uow.live.publish(conversation.id, "typing", on=True)
    expect(page.locator("#typing")).to_be_visible()
    with services.database.begin() as uow:
        message = uow.messages.add_outbound(
            conversation.id, author=Author.REP, author_name="Ann", text="Here I am.",
            provider="web", encoding="GSM-7", segments=1,
        )  # fmt: skip
        services.runtime._work.queue.enqueue_send(uow.session, message.id, delay_s=0)

    expect(page.locator(".by-rep .bubble")).to_have_text("Here I am.")
    expect(page.locator(".by-rep .name")).to_have_text("Ann")
    expect(page.locator("#typing")).to_be_hidden()


def test_a_text_that_did_not_get_through_is_kept_and_sent_with_a_tap(
    page: Page, complaints: list[str]
) -> None:
    page.goto("/chat")
    page.wait_for_selector("body.ready")
    page.route("**/chat/messages", lambda route: route.abort(), times=1)

    page.get_by_label("Message", exact=True).fill("<b>kept</b>")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Tap the message")
    page.locator(".message.failed .bubble").click()

    expect(page.locator(".message.own .meta")).to_contain_text("Delivered")
    expect(page.locator(".message.own .bubble")).to_have_text("<b>kept</b>")
    expect(page.get_by_role("alert")).to_be_hidden()
    # The browser itself tells of the call that failed.
    assert [c for c in complaints if "ERR_FAILED" not in c] == []
    complaints.clear()


@BOTH_SIZES
def test_one_line_brings_the_chat_to_a_shops_page(
    page: Page, chat: tuple[Services, str, str], request: pytest.FixtureRequest
) -> None:
    page.goto(chat[2])
    button = page.get_by_role("button", name="Ask us")
    expect(button).to_be_visible()
    picture(page, f"widget-closed-{request.node.callspec.id}")

    button.click()
    frame = page.frame_locator("iframe[title='Ask us']")
    draft = frame.get_by_label("Message", exact=True)
    expect(draft).to_be_focused()
    draft.fill(QUESTION)
    draft.press("Enter")
    expect(frame.locator(".message.theirs .bubble")).to_have_text(ANSWER)
    picture(page, f"widget-open-{request.node.callspec.id}")

    draft.press("Escape")
    expect(page.locator("iframe")).to_be_hidden()
    expect(button).to_be_focused()
    button.click()
    expect(frame.locator(".message")).to_have_count(2)
