"""``/v1/consent``: a checkout's consents with their evidence, withdrawals, and what holds now."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from agent.wiring.services import Services

NUMBER = "+13035550123"
SHOWN = "By ticking this you agree to get news and offers by text from us. Reply STOP to stop."
GIVEN = {
    "number": NUMBER, "purpose": "marketing", "topic": "offers", "text_shown": SHOWN,
    "version": "checkout-7", "at": "2026-11-20T10:00:00-07:00", "id": "order-48213",
    "details": {"page": "https://shop.example/checkout", "ip": "203.0.113.7"},
}  # fmt: skip


def post(client: TestClient, key: dict[str, str], path: str = "", **body: Any) -> Any:
    return client.post(f"/v1/consent{path}", json=body, headers=key)


def look(client: TestClient, key: dict[str, str]) -> Any:
    return client.get(f"/v1/consent/{NUMBER}", headers=key).json()


def test_a_checkout_writes_down_consent_with_all_its_evidence(
    client: TestClient, key: dict[str, str]
) -> None:
    answer = post(client, key, **GIVEN)

    assert answer.status_code == 201
    body = answer.json()
    assert not body["duplicate"]
    assert (body["number"], body["state"]["marketing"]) == (NUMBER, "in")
    assert body["topics"]["offers"]["on"]
    (line,) = look(client, key)["ledger"]
    assert line["text_shown"] == SHOWN
    assert len(line["text_version"]) == 12
    assert (line["source"], line["topic"], line["actor"]) == ("checkout", "offers", "API")
    assert line["evidence"] == "order-48213"
    assert line["at"] == "2026-11-20T17:00:00+00:00"
    assert line["details"] | {"salt": ""} == {
        "page": "https://shop.example/checkout", "ip": "203.0.113.7", "version": "checkout-7",
        "salt": "",
    }  # fmt: skip
    assert look(client, key)["chain"]["intact"]


def test_the_same_consent_twice_is_written_down_once(
    client: TestClient, key: dict[str, str]
) -> None:
    post(client, key, **GIVEN)

    again = post(client, key, **GIVEN)

    assert (again.status_code, again.json()["duplicate"]) == (200, True)
    assert len(look(client, key)["ledger"]) == 1


@pytest.mark.parametrize(
    ("scope", "marketing", "transactional", "offers"),
    [
        ({"topic": "offers"}, "in", "in", False),
        ({"purpose": "marketing"}, "out", "in", False),
        ({}, "out", "out", False),
    ],
    ids=["topic", "purpose", "all"],
)
def test_consent_is_taken_back_as_far_as_the_customer_said(
    client: TestClient,
    key: dict[str, str],
    scope: dict[str, str],
    marketing: str,
    transactional: str,
    offers: bool,  # noqa: FBT001
) -> None:
    post(client, key, **GIVEN)
    post(client, key, number=NUMBER, purpose="transactional")

    answer = post(client, key, "/withdrawals", number=NUMBER, by="Robin", **scope)
    again = post(client, key, "/withdrawals", number=NUMBER, by="Robin", **scope)

    body = answer.json()
    assert answer.status_code == 201
    assert body["state"]["marketing"] == marketing
    assert body["state"]["transactional"] == transactional
    assert body["topics"]["offers"]["on"] is offers
    assert (again.status_code, again.json()["duplicate"]) == (200, True)
    sent = client.post(
        "/v1/outbound", json={"to": NUMBER, "text": "New boots.", "purpose": "marketing"},
        headers=key,
    )  # fmt: skip
    assert sent.status_code == 409


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": "12"}, "number"),
        ({"purpose": "conversational"}, "purpose"),
        ({"text_shown": "  "}, "text_shown"),
        ({"topic": "orders"}, "topic"),
        ({"at": "2126-01-01T00:00:00Z"}, "time"),
        ({"at": "2026-11-20T10:00:00"}, "at"),
        ({"source": "dream"}, "source"),
        ({"details": {"mood": "good"}}, "details.mood"),
    ],
)
def test_a_consent_that_would_prove_nothing_is_refused(
    client: TestClient, key: dict[str, str], changes: dict[str, Any], field: str
) -> None:
    answer = post(client, key, **GIVEN | changes)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_nothing_is_known_of_a_stranger_and_nobody_asks_without_a_key(
    client: TestClient, key: dict[str, str], services: Services
) -> None:
    assert client.get(f"/v1/consent/{NUMBER}", headers=key).status_code == 404
    assert client.get(f"/v1/consent/{NUMBER}").status_code == 401
    assert client.post("/v1/consent", json=GIVEN).status_code == 401
    with services.database.read() as uow:
        assert uow.customers.find(NUMBER) is None
