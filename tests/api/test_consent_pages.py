"""The public pages: signing up, choosing topics. Forms are read from the page, as a browser does."""

import re
import time
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from agent.consent.ledger import LedgerOf
from agent.domain.consent import ConsentAction, ConsentState, Purpose, present_state
from agent.domain.ids import CustomerId
from agent.wiring.services import Services
from tests.fakes import FakeSender

PHONE = "+15550100301"


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return unescape(found[1])


def sign_up(client: TestClient, **changes: Any) -> Any:
    page = client.get("/join").text
    form = {"number": PHONE, "topics": ["offers"], "version": field(page, "version"),
            "came_by": field(page, "came_by"), "frequency": "monthly"}  # fmt: skip
    return client.post("/join", data={**form, **changes}, headers={"User-Agent": "Test/1"})


def lines(services: Services) -> list[Any]:
    with services.database.read() as uow:
        customer = uow.customers.find(PHONE)
        return [] if customer is None else uow.consents.ledger(customer.id)


def known_customer(services: Services) -> CustomerId:
    with services.database.begin() as uow:
        return uow.customers.ensure(PHONE)


def state(services: Services, topic: str, purpose: Purpose = Purpose.MARKETING) -> ConsentState:
    return present_state(lines(services), purpose, topic=topic)


def sent(sender: FakeSender) -> list[tuple[str, str]]:
    ends = time.monotonic() + 5
    while not sender.sent and time.monotonic() < ends:
        time.sleep(0.02)
    return sender.sent


# ── signing up ──────────────────────────────────────────────────────────────────────────────


def test_the_sign_up_page_shows_what_is_agreed_to_and_ticks_nothing(client: TestClient) -> None:
    answer = client.get("/join")

    page = unescape(answer.text)
    for needed in ("Consent is not a condition of any purchase", "Msg & data rates may apply",
                   "up to 4 msgs a month", "HELP", "STOP", "By texting JOIN",
                   'href="sms:+15550100200?&body=JOIN"'):  # fmt: skip
        assert needed in page, needed
    assert not re.search(r'type="checkbox"[^>]*checked', page)
    assert "<script" not in page
    assert "set-cookie" not in answer.headers


def test_a_form_texts_the_number_and_waits_for_its_yes(
    client: TestClient, services: Services, twilio_sender: FakeSender
) -> None:
    answer = sign_up(client)

    assert answer.history[0].status_code == 303
    assert "YES" in answer.text
    ((to, text),) = sent(twilio_sender)
    assert to == PHONE
    assert "You asked for news and offers" in text
    (line,) = lines(services)
    assert line.action is ConsentAction.REQUESTED
    assert line.text_shown.startswith("Ticked: news and offers (up to 4 msgs a month). By sending")
    assert dict(line.details)["browser"] == "Test/1"
    assert state(services, "offers") is ConsentState.NONE


def test_the_page_says_the_same_of_a_number_that_has_said_stop(
    client: TestClient, services: Services, twilio_sender: FakeSender
) -> None:
    with services.database.begin() as uow:
        ledger = LedgerOf(
            uow=uow, brand=services.brand, customer_id=uow.customers.ensure(PHONE), evidence="x"
        )
        ledger.stop("keyword")

    answer = sign_up(client)

    assert answer.text == sign_up(client, number="+15550100333").text
    assert [to for to, _ in sent(twilio_sender)] == ["+15550100333"]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"number": "12"}, "phone number"),
        ({"number": "<script>alert(1)</script>"}, "phone number"),
        ({"topics": []}, "at least one"),
        ({"topics": ["gossip"]}, "at least one"),
        ({"version": "old"}, "wording has changed"),
        ({"number": "9" * 400}, ""),
    ],
)
def test_a_wrong_form_comes_back_with_what_is_wrong(
    client: TestClient, services: Services, changes: dict[str, Any], fault: str
) -> None:
    answer = sign_up(client, **changes)

    assert answer.status_code == 422
    assert fault in unescape(answer.text)
    assert "<script>" not in answer.text
    assert lines(services) == []


def test_a_printed_code_leads_to_the_same_page_and_is_remembered(
    client: TestClient, services: Services
) -> None:
    page = client.get("/join?from=qr").text
    sign_up(client, came_by=field(page, "came_by"))

    assert lines(services)[0].source == "qr"


# ── choosing topics ─────────────────────────────────────────────────────────────────────────


def page_of(services: Services) -> str:
    return "/preferences/" + services.consent.links.token(known_customer(services))


def choose(client: TestClient, path: str, **form: Any) -> Any:
    version = field(client.get(path).text, "version")
    return client.post(path, data={"do": "save", "version": version, **form})


def test_a_customer_chooses_topics_and_how_often(client: TestClient, services: Services) -> None:
    path = page_of(services)

    answer = choose(client, path, topics=["offers", "orders"], frequency="monthly")

    assert answer.status_code == 200
    assert "Saved." in answer.text
    assert len(re.findall(r"checkbox[^>]*checked", answer.text)) == 2
    assert state(services, "offers") is ConsentState.IN
    assert state(services, "orders", Purpose.TRANSACTIONAL) is ConsentState.IN
    agreed = next(e for e in lines(services) if e.topic == "offers")
    assert agreed.source == "preference_page"
    assert "Consent is not a condition of any purchase" in agreed.text_shown
    assert lines(services)[-1].frequency == "monthly"


def test_saving_the_same_again_writes_nothing(client: TestClient, services: Services) -> None:
    path = page_of(services)
    choose(client, path, topics=["offers"], frequency="monthly")
    before = len(lines(services))

    choose(client, path, topics=["offers"], frequency="monthly")

    assert len(lines(services)) == before


def test_unticking_gives_a_topic_up(client: TestClient, services: Services) -> None:
    path = page_of(services)
    choose(client, path, topics=["offers", "orders"])

    choose(client, path, topics=["orders"])

    assert state(services, "offers") is ConsentState.OUT
    assert state(services, "orders", Purpose.TRANSACTIONAL) is ConsentState.IN


def test_one_button_stops_all_and_only_the_phone_can_start_again(
    client: TestClient, services: Services
) -> None:
    path = page_of(services)
    version = field(client.get(path).text, "version")

    answer = client.post(path, data={"do": "stop"})
    again = client.post(path, data={"do": "save", "version": version, "topics": ["offers"]})

    assert "no texts" in answer.text
    assert "START" in answer.text
    assert again.status_code == 409
    assert {present_state(lines(services), p) for p in Purpose} == {ConsentState.OUT}


@pytest.mark.parametrize("token", ["x", "A" * 60, "%00", "é", "A" * 5000])
def test_a_forged_link_opens_nothing(client: TestClient, services: Services, token: str) -> None:
    for answer in (
        client.get(f"/preferences/{token}"),
        client.post(f"/preferences/{token}", data={"do": "stop"}),
    ):
        assert answer.status_code == 404
        assert "PREFS" in answer.text


def test_the_page_shows_no_more_of_the_number_than_its_end(
    client: TestClient, services: Services
) -> None:
    page = client.get(page_of(services)).text

    assert "0301" in page
    assert PHONE not in page


def test_the_text_prefs_brings_the_link(
    client: TestClient, services: Services, key: dict[str, str]
) -> None:
    body = {"from": PHONE, "text": "PREFS", "wait": True}
    answer = client.post("/v1/messages", json=body, headers=key).json()

    found = re.search(r"https://sms\.shop\.example(/preferences/\S+)", answer["replies"][0]["text"])
    assert found is not None
    assert answer["turn"]["route"] == "consent"
    assert answer["replies"][0]["segments"] <= 2
    assert client.get(found[1]).status_code == 200


def test_pages_may_load_nothing_from_elsewhere(client: TestClient) -> None:
    policy = client.get("/join").headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
