"""The simulator's routes, on a real store with scripted models."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from agent.domain.messages import InboundMessage
from api.app import create_app
from api.simulator.suggestions import suggestions
from tests.browser.house import LATE, RETURNS, ROSALIND, SECRETS, House, close_house, open_house
from tests.conftest import FakeClock

STRANGER = "+13035550188"


@pytest.fixture
def house(tmp_path: Path, clock: FakeClock) -> Iterator[House]:
    house = open_house(tmp_path, clock=clock, burst_silence_s=0)
    yield house
    close_house(house)


@pytest.fixture
def phone(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house.services, [])) as client:
        yield client


def send(phone: TestClient, text: str, address: str = ROSALIND) -> Any:
    return phone.post("/simulator/messages", json={"address": address, "text": text})


def read(phone: TestClient, address: str = ROSALIND) -> Any:
    response = phone.get("/simulator/thread", params={"address": address})
    assert response.status_code == 200
    return response.json()


def test_the_page_offers_the_seeded_customers_and_a_new_number(phone: TestClient) -> None:
    page = phone.get("/")

    assert page.status_code == 200
    assert "Rosalind Achterberg" in page.text
    assert "A new number" in page.text


def test_pages_allow_nothing_inline_and_nothing_from_elsewhere(phone: TestClient) -> None:
    page = phone.get("/")

    policy = page.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page.text)
    assert all('src="/' in tag for tag in re.findall(r"<script[^>]*>", page.text))


def test_assets_are_cached_for_ever_under_their_version_only(phone: TestClient) -> None:
    (path,) = set(re.findall(r"/simulator/assets/\w+/simulator\.js", phone.get("/").text))

    current = phone.get(path)
    stale = phone.get(re.sub(r"assets/\w+", "assets/old", path))

    assert current.headers["content-type"].startswith("text/javascript")
    assert "immutable" in current.headers["cache-control"]
    assert stale.content == current.content
    assert stale.headers["cache-control"] == "no-store"
    assert phone.get(path.replace("simulator.js", "..%2Froutes.py")).status_code == 404


def test_customers_are_listed_with_what_introduces_them(phone: TestClient) -> None:
    customers = phone.get("/simulator/customers").json()

    rosalind = next(c for c in customers if c["address"] == ROSALIND)
    assert rosalind["tier"] == "summit"
    assert rosalind["note"]
    assert "where is my order 61874?" in rosalind["suggestions"]
    assert customers[-1]["name"] == ""


def test_a_strangers_thread_is_empty_until_they_write(phone: TestClient) -> None:
    assert read(phone, STRANGER) == {
        "conversation_id": None, "status": None, "cursor": 0, "messages": [],
    }  # fmt: skip


def test_a_text_is_taken_and_answered_in_the_thread(phone: TestClient, house: House) -> None:
    taken = send(phone, RETURNS)
    house.queue.run()

    thread = read(phone)
    text, reply = thread["messages"]
    assert taken.status_code == 202
    assert taken.json() == {"conversation_id": thread["conversation_id"], "message_id": text["id"]}
    assert (text["direction"], text["author"], text["text"]) == ("inbound", "customer", RETURNS)
    assert (reply["direction"], reply["author"], reply["delivery"]) == (
        "outbound",
        "agent",
        "delivered",
    )
    assert (reply["segments"], reply["encoding"]) == (1, "GSM-7")
    assert reply["turn_id"] == text["turn_id"]
    assert thread["status"] == "bot"
    assert thread["cursor"] > 0


def test_an_unescaped_plus_in_the_address_is_understood(phone: TestClient) -> None:
    send(phone, "hi")

    assert phone.get(f"/simulator/thread?address={ROSALIND}").json()["conversation_id"]


def test_stop_is_a_text_like_any_other_and_works(phone: TestClient, house: House) -> None:
    send(phone, "STOP")
    house.queue.run()
    send(phone, RETURNS)
    house.queue.run()

    authors = [message["author"] for message in read(phone)["messages"]]
    assert authors == ["customer", "agent", "customer"]


def test_a_reps_reply_carries_their_name(phone: TestClient, house: House) -> None:
    conversation_id = house.text("hi")
    with house.database.read() as uow:
        rep = uow.users.sign_in(SECRETS.first_email, SECRETS.first_password)
    house.services.desk.reply(conversation_id, text="Here I am.", rep=rep)
    house.queue.run()

    thread = read(phone)
    assert thread["status"] == "human"
    assert (thread["messages"][-1]["author"], thread["messages"][-1]["author_name"]) == (
        "rep",
        "Lead",
    )


@pytest.mark.parametrize(
    "body",
    [
        {"address": "", "text": "hi"},
        {"address": "   ", "text": "hi"},
        {"address": "+1" + "5" * 80, "text": "hi"},
        {"address": ROSALIND},
        {"address": ROSALIND, "text": "hi", "extra": 1},
        {"address": ROSALIND, "text": "x" * 20_001},
    ],
)
def test_a_wrong_text_is_refused_with_the_reason(phone: TestClient, body: dict[str, Any]) -> None:
    response = phone.post("/simulator/messages", json=body)

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"]


def test_a_form_from_another_site_cannot_text(phone: TestClient) -> None:
    """Another site's page can send plain text without asking; JSON it cannot."""
    response = phone.post(
        "/simulator/messages",
        content='{"address": "+15550101001", "text": "hi"}',
        headers={"content-type": "text/plain"},
    )

    assert response.status_code == 422


@pytest.mark.parametrize(
    "text", ["", "   ", "😀", "x" * 10_000, "\u202eשלום", "<b>&amp;", "a\x00b"]
)
def test_odd_texts_come_back_as_they_were_sent(phone: TestClient, house: House, text: str) -> None:
    assert send(phone, text).status_code == 202
    house.queue.run()

    assert read(phone)["messages"][0]["text"] == text.replace("\x00", "")


def test_the_decision_behind_a_reply_is_told(phone: TestClient, house: House) -> None:
    send(phone, LATE)
    house.queue.run()
    turn_id = read(phone)["messages"][-1]["turn_id"]

    told = phone.get(f"/simulator/turns/{turn_id}").json()

    assert told["decision"]["route"] == "knowledge"
    assert told["reading"]["candidates"][0] == {"name": "track_order", "share": 0.93}
    assert told["reading"]["entities"][0]["value"] == "61874"
    assert told["evidence"][0]["source"] == "returns.md"
    assert told["cut"][0]["claim"] == "We pay for everything."
    assert told["versions"]["model"] == "fake-1"
    assert sum(stage["width"] for stage in told["stages"]) == pytest.approx(100, abs=0.1)


def test_the_panel_shows_the_decision_escaped(phone: TestClient, house: House) -> None:
    evil = "<img src=x onerror=alert(1)>"
    send(phone, evil)
    house.queue.run()
    turn_id = read(phone)["messages"][-1]["turn_id"]

    panel = phone.get(f"/simulator/turns/{turn_id}/panel")

    assert panel.status_code == 200
    assert "&lt;img src=x" in panel.text
    assert "<img" not in panel.text
    assert "style=" not in panel.text


def test_a_keywords_decision_needs_no_model_and_says_so(phone: TestClient, house: House) -> None:
    send(phone, "STOP")
    house.queue.run()
    turn_id = read(phone)["messages"][-1]["turn_id"]

    assert phone.get(f"/simulator/turns/{turn_id}").json()["reading"] is None
    assert "No model ran" in phone.get(f"/simulator/turns/{turn_id}/panel").text


def test_turns_of_other_channels_are_not_shown(phone: TestClient, house: House) -> None:
    house.services.inbox.accept(
        InboundMessage(
            provider="twilio", provider_id="SM1", channel="sms", sender=STRANGER,
            recipient="+15550100200", text=RETURNS, received_at=house.clock.now(),
        )
    )  # fmt: skip
    house.queue.run()
    with house.database.read() as uow:
        (conversation,) = uow.conversations.list()
        (turn,) = uow.turns.of_conversation(conversation.id)

    assert phone.get(f"/simulator/turns/{turn.id}").status_code == 404
    assert phone.get("/simulator/turns/turn_none/panel").status_code == 404


@pytest.mark.parametrize(
    ("setting", "demo", "is_open"),
    [(None, True, True), (None, False, False), (True, False, True), (False, True, False)],
)
def test_who_may_use_the_simulator(
    tmp_path: Path, clock: FakeClock, *, setting: bool | None, demo: bool, is_open: bool
) -> None:
    house = open_house(tmp_path, clock=clock, simulator=setting)
    house.services.brand = house.services.brand.model_copy(update={"demo": demo})
    with TestClient(create_app(house.services, []), follow_redirects=False) as phone:
        page = phone.get("/")
        data = phone.get("/simulator/thread", params={"address": ROSALIND})
        news = None if is_open else phone.get("/simulator/events", params={"address": ROSALIND})
    close_house(house)

    assert page.status_code == (200 if is_open else 303)
    assert data.status_code == (200 if is_open else 401)
    if news is not None:
        assert page.headers["location"] == "/console/sign-in?next=/"
        assert news.status_code == 401


def test_first_texts_fit_the_customer(house: House) -> None:
    with house.database.read() as uow:
        rosalind = uow.customers.find(ROSALIND)

    own = suggestions(rosalind)
    assert own[0] == "where is my order 61874?"
    assert "can I move my boot fitting appointment?" in own
    assert "STOP" in suggestions(None)
