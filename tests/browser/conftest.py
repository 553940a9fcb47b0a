"""A live service on a free port and a real Chromium."""

import shutil
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from api.app import create_app
from intents.versions.registry import Registry
from tests.api.trained import add_version
from tests.browser.house import House, close_house, open_house

FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Server(uvicorn.Server):
    """Runs on a thread of this process."""

    def install_signal_handlers(self) -> None:
        pass


@pytest.fixture(scope="module")
def live_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, str]]:
    folder = tmp_path_factory.mktemp("live")
    add_version(folder / "models", "fake-1")
    add_version(folder / "models", "fake-2")
    Registry(folder / "models").activate("fake-1", by="test")
    house = open_house(
        folder, live=True, burst_silence_s=0.2, blind_share=0.0, models=folder / "models",
        training_data=folder / "training_data",
    )  # fmt: skip
    app = create_app(house.services, [])
    server = Server(
        uvicorn.Config(app, port=0, log_config=None, access_log=False, timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield house, f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)
    house.services.learning.jobs.close()
    close_house(house)


# Not for the whole session: while it is open, playwright's event loop runs on the main thread, and
# no other test could run one.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """Collects what the browser complains about: script errors, blocked content."""
    return []


@pytest.fixture
def page(
    chromium: Browser,
    live_house: tuple[House, str],
    complaints: list[str],
    request: pytest.FixtureRequest,
) -> Iterator[Page]:
    """A page on the live service, of a desktop or, parametrized with "phone", of a phone."""
    phone = getattr(request, "param", "") == "phone"
    yield from watched_page(chromium, live_house[1], complaints, phone=phone)


def watched_page(
    chromium: Browser, url: str, complaints: list[str], *, phone: bool
) -> Iterator[Page]:
    """Open a page and, at its end, see that no script on it has complained."""
    context = chromium.new_context(
        base_url=url,
        viewport={"width": 390, "height": 844} if phone else {"width": 1280, "height": 900},
        has_touch=phone,
        reduced_motion="reduce",
        locale="en-US",
    )
    page = context.new_page()
    page.set_default_timeout(8_000)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
    yield page
    context.close()
    assert complaints == []
