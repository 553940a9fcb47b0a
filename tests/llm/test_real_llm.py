"""A real model, where ``make llm`` has been run: what it invents does not get out."""

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from agent.replies.guard import Guard
from agent.replies.llm import LlmComposer, LlmSettings, LlmUnavailableError
from agent.replies.values import values_of
from scripts import llm as server
from tests.replies.builders import brand, evidence

READY_S = 120
SLOW_S = 120.0
"""Seconds for one call, so that a busy machine fails no test; speed is for benchmarks.llm."""
FACTS = (
    evidence("Shipping", "Standard shipping takes 3 to 5 business days and costs $5.95.", 1),
    evidence("Returns", "Unworn items can be returned within 45 days.", 2),
)
QUESTIONS = (
    "how long do I have to return something",
    "how much is shipping",
    "do you ship to Peru",
)


class Unlimited:
    """A budget without end."""

    def allow(self):
        return True

    def spend(self, tokens):
        assert tokens > 0


@pytest.fixture(scope="module")
def address():
    """Return a running server's address: the one named, else one of our own."""
    named = os.environ.get("TEXTWISE_TEST_LLM_URL")
    if named:
        yield named
        return
    if not server.STAMP.exists():
        pytest.skip(
            "there is no language model here: `python scripts/llm.py --prepare` installs it"
        )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = subprocess.Popen(
        server.server(str(port), "1"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        url = f"http://127.0.0.1:{port}/v1"
        wait_for(url)
        yield url
    finally:
        running.terminate()
        running.wait(30)


def wait_for(url):
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"{url}/models", timeout=2).close()  # noqa: S310
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.5)
        else:
            return
    pytest.fail("the language model's server did not come up")


def test_a_reply_survives_with_evidence_or_the_composer_falls_back(address):
    settings = LlmSettings(base_url=address, model=server.MODEL, timeout_s=SLOW_S)
    composer = LlmComposer(settings, brand=brand(), budget=Unlimited())
    held = {value.key for fact in FACTS for value in values_of(fact.text)}

    reasons = []
    for question in QUESTIONS:
        try:
            draft = composer.compose(question, evidence=FACTS)
        except LlmUnavailableError as error:
            reasons.append(error.reason)
            continue
        result = Guard().check(draft.text, draft.evidence, question=question)
        assert {value.key for value in values_of(result.text)} <= held
        assert result.evidence or not result.text

    # It is small, but it is a model and it was asked: no failure of the connection or the form.
    assert all(
        reason.startswith(("rubbish", "not answerable", "unsupported")) for reason in reasons
    )


def test_the_lock_files_hold_what_the_server_needs():
    for lock in server.LOCKS:
        text = Path(lock).read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert "index" not in text
