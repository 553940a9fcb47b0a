"""Turns on DBOS, on SQLite and on PostgreSQL, across restarts and a SIGKILL."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from dbos import DBOS

from agent.domain.consent import ConsentState
from agent.domain.messages import Delivery, Direction
from agent.errors import TransientSendError
from agent.runtime.finished import delete_finished
from agent.runtime.queueing import APP_VERSION
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


@pytest.fixture
def house(url: str, tmp_path: Path) -> Iterator[DurableHouse]:
    built = build(url, tmp_path)
    built.services.start()
    yield built
    built.services.close()


def sends_to(house: DurableHouse) -> list[str]:
    return [words for _, words in house.sender.sent]


def until(true: Callable[[], bool], within_s: float = 20.0) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


def test_a_burst_becomes_one_turn_as_soon_as_its_silence_is_over(house: DurableHouse) -> None:
    began = time.monotonic()
    for number, words in enumerate(("hi", "one more thing", "do you resole boots?")):
        last = text(house, words, f"SM{number}", silence_s=0.6)
    assert house.services.waiting_room.wait(last.message_id, timeout_s=20) is not None
    took_s = time.monotonic() - began

    with house.services.database.read() as uow:
        turns = uow.turns.of_conversation(last.conversation_id)
        texts = uow.messages.of_turn(turns[0].id, Direction.INBOUND)
    assert [len(turns), len(texts)] == [1, 3]
    assert took_s >= 0.6


def test_stop_while_a_reply_is_composed_lets_nothing_leave_but_its_confirmation(
    house: DurableHouse,
) -> None:
    composing, go_on = threading.Event(), threading.Event()

    def slow_llm() -> None:
        composing.set()
        assert go_on.wait(20)

    house.answerer.while_answering = slow_llm
    text(house, "do you resole boots?")
    assert composing.wait(20)
    stopped = text(house, "STOP", "SM2")
    with house.services.database.read() as uow:
        conversation = uow.conversations.get(stopped.conversation_id)
        state = uow.consents.state(conversation.customer_id, sender=house.services.brand.slug)
    assert state is ConsentState.OUT, "at once, not after the reply"
    go_on.set()
    assert house.services.waiting_room.wait(stopped.message_id, timeout_s=20) is not None
    house.services.runtime.close()

    assert not any("10 days" in words for words in sends_to(house))
    assert len(sends_to(house)) == 1
    assert "START" in sends_to(house)[0]


def test_a_conversation_waits_for_its_own_turn_only(house: DurableHouse) -> None:
    composing, go_on = threading.Event(), threading.Event()

    def slow_once() -> None:
        if not composing.is_set():
            composing.set()
            assert go_on.wait(20)

    house.answerer.while_answering = slow_once
    text(house, "do you resole boots?")
    assert composing.wait(20)

    other = text(house, "do you resole boots?", "SM2", sender="+15550100302")

    assert house.services.waiting_room.wait(other.message_id, timeout_s=20) is not None
    until(lambda: [to for to, _ in house.sender.sent] == ["+15550100302"])
    go_on.set()
    until(lambda: len(house.sender.sent) == 2)


def test_whoever_waits_longer_than_they_want_to_gets_nothing_yet(house: DurableHouse) -> None:
    composing, go_on = threading.Event(), threading.Event()

    def slow_llm() -> None:
        composing.set()
        assert go_on.wait(20)

    house.answerer.while_answering = slow_llm
    accepted = text(house, "do you resole boots?")
    assert composing.wait(20)

    assert house.services.waiting_room.wait(accepted.message_id, timeout_s=0.2) is None

    go_on.set()
    assert house.services.waiting_room.wait(accepted.message_id, timeout_s=20) is not None


def test_a_busy_provider_is_tried_again_when_it_said_so(house: DurableHouse) -> None:
    house.sender.errors = [TransientSendError("busy", code="20429", retry_after_s=0.3)]

    text(house, "do you resole boots?")

    until(lambda: sends_to(house) == ["Yes, within 10 days."])


def test_finished_rows_of_the_engine_are_deleted_after_a_while(house: DurableHouse) -> None:
    accepted = text(house, "do you resole boots?")
    delivered(house, accepted.message_id)
    until(lambda: len(DBOS.list_workflows(status="SUCCESS")) == 1)

    assert delete_finished(datetime.now(UTC) - timedelta(days=1)) == 0
    assert delete_finished(datetime.now(UTC) + timedelta(seconds=5)) == 1
    assert DBOS.list_workflows() == []


def test_arguments_and_results_of_the_engine_are_ids_only(house: DurableHouse) -> None:
    accepted = text(house, "do you resole boots?")
    delivered(house, accepted.message_id)
    until(lambda: len(DBOS.list_workflows(status="SUCCESS")) == 1)

    (workflow,) = DBOS.list_workflows()

    assert workflow.input == {"args": [accepted.conversation_id], "kwargs": {}}
    assert workflow.output is None
    assert workflow.app_version == APP_VERSION


def test_a_database_that_drops_every_connection_costs_nobody_an_answer(
    house: DurableHouse,
) -> None:
    engine = house.services.database.engine
    dropped = threading.Event()

    def drop_connections() -> None:
        if not dropped.is_set() and engine.dialect.name == "postgresql":
            dropped.set()
            with engine.connect() as connection:
                connection.execute(
                    sa.text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
                )

    house.answerer.while_answering = drop_connections

    text(house, "do you resole boots?")

    until(lambda: sends_to(house) == ["Yes, within 10 days."], within_s=30)


def test_work_whose_end_the_engine_could_not_note_does_not_block_its_conversation(
    house: DurableHouse,
) -> None:
    engine = house.services.database.engine
    prefix = "dbos." if engine.dialect.name == "postgresql" else ""

    def state() -> list[str]:
        with engine.connect() as connection:
            return list(
                connection.execute(
                    sa.text(f"SELECT status FROM {prefix}workflow_status ORDER BY created_at")  # noqa: S608
                ).scalars()
            )

    accepted = text(house, "do you resole boots?")
    delivered(house, accepted.message_id)
    until(lambda: state() == ["SUCCESS"])
    with engine.begin() as connection:
        # As it stands where the database went away between the send and the note of its end.
        connection.execute(
            sa.text(f"UPDATE {prefix}workflow_status SET status = 'PENDING'")  # noqa: S608
        )

    other = text(house, "do you resole boots?", "SM2")

    assert house.services.waiting_room.wait(other.message_id, timeout_s=20) is not None
    until(lambda: state() == ["SUCCESS", "SUCCESS"])
    assert len(house.sender.sent) == 2


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < deadline, "the service never came to composing"
        time.sleep(0.05)
