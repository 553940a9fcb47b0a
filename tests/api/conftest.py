"""The real application around a fake mind, on SQLite, with DBOS running."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from agent.domain.ports import RandomIds, SystemClock
from agent.secrets_file import load_secrets
from agent.seeding import seed_sign_in
from agent.store.engine import create_engine
from agent.store.migrate import upgrade
from agent.store.unit_of_work import Database
from agent.wiring.services import Services, assemble
from api.app import create_app
from api.channels import discover
from tests.fakes import FakeAnswerer, FakeSender, FakeUnderstander, fake_mind, foundation

TWILIO_TOKEN = "12345"
PUBLIC_URL = "https://sms.shop.example"


@pytest.fixture
def understander() -> FakeUnderstander:
    return FakeUnderstander()


@pytest.fixture
def answerer() -> FakeAnswerer:
    return FakeAnswerer(answers={"do you resole boots?": "Yes, within 10 days."})


@pytest.fixture
def twilio_sender() -> FakeSender:
    return FakeSender()


@pytest.fixture
def services(
    tmp_path: Path,
    understander: FakeUnderstander,
    answerer: FakeAnswerer,
    twilio_sender: FakeSender,
) -> Iterator[Services]:
    engine = create_engine(f"sqlite:///{tmp_path / 'api.db'}")
    upgrade(engine)
    clock, ids = SystemClock(), RandomIds()
    database = Database(engine, clock, ids)
    base = foundation(
        engine, database, clock, ids, tmp_path,
        twilio_auth_token=TWILIO_TOKEN, twilio_account_sid="AC1", public_url=PUBLIC_URL,
        burst_silence_s=0.0,
    )  # fmt: skip
    secrets = load_secrets(tmp_path)
    seed_sign_in(database, secrets)
    yield assemble(
        base, fake_mind(understander, answerer, clock), secrets, {"twilio": twilio_sender}
    )
    engine.dispose()


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    app = create_app(services, list(discover(services.settings).values()))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def key(services: Services) -> dict[str, str]:
    return {"Authorization": f"Bearer {services.secrets.api_key}"}


def post_text(client: TestClient, key: dict[str, str], text: Any, **more: Any) -> Any:
    body = {"from": "+15550100301", "text": text, "wait": True, **more}
    return client.post("/v1/messages", json=body, headers=key)
