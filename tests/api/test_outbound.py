"""``POST /v1/outbound`` through the real application."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from agent.domain.consent import ConsentAction, ConsentSource, Purpose
from agent.wiring.services import Services
from tests.fakes import FakeSender

NUMBER = "+13035550123"


@pytest.fixture
def consented(services: Services) -> None:
    with services.database.begin() as uow:
        customer_id = uow.customers.ensure(NUMBER)
        uow.consents.record(
            customer_id, sender=services.brand.slug, action=ConsentAction.OPT_IN,
            source=ConsentSource.WEB_FORM, evidence="form", purposes=(Purpose.TRANSACTIONAL,),
        )  # fmt: skip


def body(**changes: Any) -> dict[str, Any]:
    return {"to": NUMBER, "text": "Your order has shipped.", "purpose": "transactional"} | changes


@pytest.mark.usefixtures("consented")
def test_a_scheduled_text_is_taken_once_and_looked_up(
    client: TestClient, key: dict[str, str]
) -> None:
    later = (datetime.now(UTC) + timedelta(days=2)).isoformat()

    first = client.post("/v1/outbound", json=body(id="a1", send_at=later), headers=key)
    again = client.post("/v1/outbound", json=body(id="a1", send_at=later), headers=key)
    looked = client.get(f"/v1/outbound/{first.json()['message_id']}", headers=key)

    assert first.status_code == again.status_code == 202
    assert first.json()["state"] == looked.json()["state"] == "waiting"
    assert again.json()["duplicate"]
    assert again.json()["message_id"] == first.json()["message_id"]


@pytest.mark.usefixtures("consented")
def test_a_text_whose_time_has_come_reaches_the_phone(
    client: TestClient, key: dict[str, str], services: Services, twilio_sender: FakeSender
) -> None:
    # A zone in which it is about noon now, whenever this test runs.
    ahead = 12 - datetime.now(UTC).hour
    zone = "Etc/GMT" if ahead == 0 else f"Etc/GMT{-ahead:+d}"
    with services.database.begin() as uow:
        from dataclasses import replace

        customer = uow.customers.find(NUMBER)
        assert customer is not None
        uow.customers.put(replace(customer, time_zone=zone))
    soon = datetime.now(UTC) + timedelta(seconds=1.5)
    if soon.astimezone(UTC).minute == 0:
        pytest.skip("the hour turns while the test runs")

    client.post("/v1/outbound", json=body(send_at=soon.isoformat()), headers=key)

    deadline = time.monotonic() + 15
    while not twilio_sender.sent and time.monotonic() < deadline:
        time.sleep(0.1)
    assert twilio_sender.sent == [(NUMBER, "Your order has shipped.")]
    assert datetime.now(UTC) >= soon


def test_without_consent_it_is_a_conflict(client: TestClient, key: dict[str, str]) -> None:
    answer = client.post("/v1/outbound", json=body(), headers=key)

    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert "not consented" in answer.json()["detail"]


@pytest.mark.usefixtures("consented")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"purpose": "spam"}, "purpose"),
        ({"send_at": "2026-12-01T10:00:00"}, "send_at"),
        ({"to": "nobody"}, "to"),
        ({"text": "word " * 100}, "text"),
        ({"when": "now"}, "when"),
    ],
)
def test_wrong_requests_name_the_field(
    client: TestClient, key: dict[str, str], changes: dict[str, Any], field: str
) -> None:
    answer = client.post("/v1/outbound", json=body(**changes), headers=key)

    assert answer.status_code == 422
    assert field in str(answer.json()["errors"])


def test_it_needs_a_key_and_knows_no_other_ids(client: TestClient, key: dict[str, str]) -> None:
    assert client.post("/v1/outbound", json=body()).status_code == 401
    assert client.get("/v1/outbound/msg_0", headers=key).status_code == 404
