"""Turns on DBOS, on SQLite and on PostgreSQL, across restarts and a SIGKILL."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from agent.domain.messages import Delivery, Direction
from agent.settings import CHECKOUT
from tests.agent.durable_house import DurableHouse, build, text


@pytest.fixture
def url(engine: sa.Engine) -> str:
    """The address of an empty database of each kind."""
    return engine.url.render_as_string(hide_password=False)


def delivered(house: DurableHouse, message_id: str) -> list[str]:
    """Wait for the turn of a text; return what it sent."""
    assert house.services.waiting_room.wait(message_id, timeout_s=20) is not None
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with house.services.database.read() as uow:
            conversation = uow.conversations.list()[0]
            out = [
                m for m in uow.messages.thread(conversation.id) if m.direction is Direction.OUTBOUND
            ]
        if out and all(m.delivery is Delivery.SENT for m in out):
            return [m.text for m in out]
        time.sleep(0.05)
    return []


def test_a_text_is_answered_through_the_queue(url: str, tmp_path: Path) -> None:
    house = build(url, tmp_path)
    house.services.start()
    try:
        accepted = text(house, "do you resole boots?")
        assert delivered(house, accepted.message_id) == ["Yes, within 10 days."]
    finally:
        house.services.close()


def test_a_turn_killed_in_the_middle_is_taken_again_once(url: str, tmp_path: Path) -> None:
    dying = subprocess.Popen(
        [sys.executable, "-m", "tests.agent.dying_service", url, str(tmp_path)], cwd=CHECKOUT,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(tmp_path / "composing")
    finally:
        dying.send_signal(signal.SIGKILL)
        dying.wait()

    house = build(url, tmp_path)
    house.services.start()
    try:
        with house.services.database.read() as uow:
            message = uow.messages.find_inbound("twilio", "SM1")
        assert message is not None
        assert delivered(house, message.id) == ["Yes, within 10 days."]
        assert len(house.sender.sent) == 1
    finally:
        house.services.close()


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < deadline, "the service never came to composing"
        time.sleep(0.05)
