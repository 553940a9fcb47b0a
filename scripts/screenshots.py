"""Take the pictures of simulator and console: ``python scripts/screenshots.py URL OUTDIR``.

Talks to a running service as a customer would, then signs in to its console. The sign-in is read
from the home's secrets unless given. Every picture is taken light and dark, on a desktop
(1280 x 900) and on a phone (390 x 844).
"""

import argparse
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

Scheme = Literal["light", "dark"]

SIZES = {
    "desktop": ViewportSize(width=1280, height=900),
    "phone": ViewportSize(width=390, height=844),
}
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TEXTS = (
    "How do I return boots that don't fit?",
    "where is my order 61874?",
    "this is the third time I'm asking, I want a real person",
)
REPLY_MS = 20_000


def main() -> int:
    """Take all pictures; return the exit code."""
    arguments = _arguments()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("Chromium is missing: install it with apt-get install chromium.", file=sys.stderr)
        return 1
    arguments.outdir.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        _converse(browser, arguments.url)
        for scheme in SCHEMES:
            for device in SIZES:
                with _page(browser, arguments.url, device, scheme) as page:
                    _simulator(page, arguments.outdir, f"{device}-{scheme}")
                with _page(browser, arguments.url, device, scheme) as page:
                    _sign_in(page, *_credentials(arguments))
                    _console(page, arguments.outdir, f"{device}-{scheme}")
        browser.close()
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="where the service runs, such as http://127.0.0.1:8000")
    parser.add_argument("outdir", type=Path, help="folder for the pictures")
    parser.add_argument("--email", help="sign-in of the console")
    parser.add_argument("--password", help="its password")
    return parser.parse_args()


def _credentials(arguments: argparse.Namespace) -> tuple[str, str]:
    if arguments.email and arguments.password:
        return arguments.email, arguments.password
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from agent.secrets_file import load_secrets
    from agent.settings import load_settings

    secrets = load_secrets(load_settings().home)
    return secrets.first_email, secrets.first_password


@contextmanager
def _page(browser: Browser, url: str, device: str, scheme: Scheme) -> Iterator[Page]:
    context = browser.new_context(
        base_url=url,
        viewport=SIZES[device],
        color_scheme=scheme,
        has_touch=device == "phone",
        locale="en-US",
        timezone_id="America/Denver",
        reduced_motion="reduce",
    )
    try:
        yield context.new_page()
    finally:
        context.close()


def _open_phone(page: Page) -> None:
    page.goto("/")
    page.wait_for_selector("body.ready")
    picked = page.locator("input[name=person][data-name*='Rosalind']")
    if picked.count() and not picked.is_checked():
        picked.evaluate("radio => radio.click()")
        page.wait_for_function("document.getElementById('as-who').textContent.includes('Rosalind')")


def _converse(browser: Browser, url: str) -> None:
    """Have the conversation that the pictures show, unless an earlier run has had it."""
    with _page(browser, url, "desktop", "light") as page:
        _open_phone(page)
        page.wait_for_timeout(300)
        if page.locator(".message").count():
            return
        for text in TEXTS:
            before = page.locator(".message.theirs").count()
            page.get_by_label("Text message").fill(text)
            page.keyboard.press("Enter")
            expect(page.locator(".message.theirs")).not_to_have_count(before, timeout=REPLY_MS)
            page.wait_for_timeout(400)


def _simulator(page: Page, outdir: Path, suffix: str) -> None:
    _open_phone(page)
    page.wait_for_timeout(300)
    page.screenshot(path=outdir / f"simulator-{suffix}.png")
    page.get_by_label("SMS parts").check()
    page.get_by_label("Decisions").check()
    page.locator(".message.theirs .why-button").first.click()
    page.wait_for_selector(".decision")
    page.screenshot(path=outdir / f"simulator-decision-{suffix}.png")


def _sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/console/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"/console$"))


def _console(page: Page, outdir: Path, suffix: str) -> None:
    page.goto("/console?status=all")
    page.screenshot(path=outdir / f"console-list-{suffix}.png")
    page.get_by_role("link", name=re.compile("Rosalind")).first.click()
    page.wait_for_url(re.compile("/conversations/"))
    page.locator("details.gist summary").last.click()
    page.wait_for_selector(".gist .decision")
    page.screenshot(path=outdir / f"console-conversation-open-{suffix}.png")
    page.locator("details.gist summary").last.click()
    page.screenshot(path=outdir / f"console-conversation-{suffix}.png", full_page="phone" in suffix)


if __name__ == "__main__":
    sys.exit(main())
