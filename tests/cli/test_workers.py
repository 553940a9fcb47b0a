"""``serve --workers``: two real processes on PostgreSQL, one of which is killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from agent.doctor.data import look_at_data
from agent.doctor.finding import Level
from agent.settings import CHECKOUT, Settings

KEY = "a-key-for-the-workers-test"
PATIENCE_S = 240
"""Three processes load the models; a busy machine needs many times the usual."""


@dataclass
class Running:
    """The command, and where it answers."""

    process: subprocess.Popen[bytes]
    port: int
    engine: sa.Engine
    settings: Settings

    def ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = httpx.request(
            "GET" if body is None else "POST",
            f"http://127.0.0.1:{self.port}{path}",
            json=body,
            headers={"Authorization": f"Bearer {KEY}"},
            timeout=60,
        )
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    def executors(self) -> set[str]:
        with self.engine.connect() as connection:
            return set(connection.scalars(sa.text("SELECT executor_id FROM processes")))

    def children(self) -> set[int]:
        """Return the processes that serve: those with many threads, not Python's own helper."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        found = {int(pid) for pid in path.read_text().split()}
        return {pid for pid in found if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()}


def until(holds: Callable[[], bool], running: Running) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        assert running.process.poll() is None, "the service ended"
        try:
            if holds():
                return
        except (httpx.HTTPError, sa.exc.SQLAlchemyError):
            pass  # not yet
        time.sleep(0.3)
    pytest.fail("waited too long")


@pytest.fixture
def running(postgres_url: str, tmp_path: Path) -> Iterator[Running]:
    if not (CHECKOUT / "models/active.json").is_file():
        pytest.skip("no trained models: make run")
    admin = sa.create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE workers"))
    admin.dispose()
    url = sa.make_url(postgres_url).set(database="workers").render_as_string(hide_password=False)
    knowledge = tmp_path / "knowledge"
    knowledge.mkdir()
    (knowledge / "shipping.md").write_text("# Shipping\n\nWe ship to Canada for $24.\n")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = Settings(
        home=tmp_path / "home", database_url=url, knowledge=knowledge,
        models=CHECKOUT / "models", api_key=SecretStr(KEY),
    )  # fmt: skip
    environment = {
        **os.environ, "TEXTWISE_HOME": str(settings.home), "TEXTWISE_DATABASE_URL": url,
        "TEXTWISE_KNOWLEDGE": str(knowledge), "TEXTWISE_API_KEY": KEY,
        "TEXTWISE_MODELS": str(settings.models),
    }  # fmt: skip
    command = [sys.executable, "-m", "agent.cli.main", "serve", "--workers", "2", "--port"]
    process = subprocess.Popen([*command, str(port)], env=environment, cwd=CHECKOUT)
    engine = sa.create_engine(url)
    try:
        yield Running(process, port, engine, settings)
    finally:
        process.terminate()
        try:
            process.wait(60)
        finally:
            process.kill()
            engine.dispose()


@pytest.mark.timeout(3 * PATIENCE_S)
def test_two_workers_serve_and_a_killed_one_is_replaced(running: Running) -> None:
    until(lambda: len(running.executors()) == 2, running)
    until(lambda: running.ask("/health/ready")["status"] == "ok", running)
    before, executors = running.children(), running.executors()
    assert len(before) == 2

    def text(number: int) -> dict[str, Any]:
        return running.ask("/v1/messages", {
            "from": f"+1555010{number:04}", "id": f"in-{number}", "wait": True,
            "text": "how much is shipping to canada?",
        })  # fmt: skip

    first = text(1)
    assert "$24" in first["replies"][0]["text"]
    again = text(1)
    assert again["duplicate"]
    assert again["message_id"] == first["message_id"]

    killed = min(before)
    os.kill(killed, signal.SIGKILL)

    # The other one answers meanwhile; a connection to the dead one is refused and asked again.
    until(lambda: "$24" in text(2)["replies"][0]["text"], running)
    until(lambda: len(running.children() - before) == 1, running)
    until(lambda: len(running.executors() - executors) == 1, running)
    assert killed not in running.children()

    # A changed page is live in each process, without a command.
    old = running.ask("/health/ready")["knowledge"]
    (running.settings.knowledge or Path()).joinpath("shipping.md").write_text(
        "# Shipping\n\nWe ship to Canada for $31.\n"
    )
    live: dict[str, str] = {}

    def both_have_followed() -> bool:
        told = running.ask("/health/ready")
        live[told["process"]] = told["knowledge"]
        return sum(version != old for version in live.values()) == 2

    until(both_have_followed, running)
    assert "$31" in text(3)["replies"][0]["text"]

    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(60) == 0

    # Now nobody follows the files, and the doctor notices.
    (running.settings.knowledge or Path()).joinpath("returns.md").write_text(
        "# Returns\n\n30 days.\n"
    )
    found = {f.what: f.level for f in look_at_data(running.settings, workers=2)}
    assert found.pop("knowledge") is Level.WARNING
    # The killed one's heartbeat still counts for a while, and three would be too many here.
    found.pop("connections")
    assert set(found.values()) == {Level.OK}, found
    assert "models" in found
