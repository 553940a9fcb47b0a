"""The web chat's routes: who a visitor is, what is told, how fast one may write."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.consent import ConsentState
from agent.domain.conversations import Conversation
from agent.domain.messages import Author, Delivery
from api.channels.web.rates import MOST_KEYS, Buckets
from api.channels.web.routes import Limits
from api.channels.web.views import chat_news
from api.channels.web.visitors import COOKIE, Visitors
from tests.api.gateways import Home, channel_home

QUESTION, ANSWER = "do you resole boots?", "Yes, within 10 days."


@pytest.fixture
def house(tmp_path: Path) -> Iterator[tuple[Home, TestClient]]:
    with channel_home(tmp_path / "home", {QUESTION: ANSWER}) as (home, app):
        yield home, TestClient(app, raise_server_exceptions=False)


def open_chat(client: TestClient) -> str:
    """Open the page, as a browser does first; return the visitor's address."""
    page = client.get("/chat")
    assert page.status_code == 200
    return client.cookies[COOKIE].rpartition(".")[0]


def write(client: TestClient, text: str = QUESTION, key: str = "k1") -> Any:
    return client.post("/chat/messages", json={"id": key, "text": text})


def read(client: TestClient) -> Any:
    answer = client.get("/chat/thread")
    assert answer.status_code == 200
    return answer.json()


def conversation_of(home: Home, address: str) -> Conversation:
    with home.database.read() as uow:
        found = uow.conversations.find(
            channel="web", customer_address=address, brand_address=home.services.brand.numbers[0]
        )
    assert found is not None
    return found


# ── talking ─────────────────────────────────────────────────────────────────────────────────


def test_a_visitor_asks_and_is_answered(house: tuple[Home, TestClient]) -> None:
    home, client = house
    open_chat(client)

    taken = write(client)
    home.inline.run_waiting()
    thread = read(client)

    assert taken.status_code == 202
    assert [(m["author"], m["text"]) for m in thread["messages"]] == [
        ("customer", QUESTION), ("agent", ANSWER),
    ]  # fmt: skip
    assert thread["messages"][0]["id"] == taken.json()["message_id"]
    assert thread["expecting"] is False


def test_sending_again_after_a_broken_connection_doubles_nothing(
    house: tuple[Home, TestClient],
) -> None:
    home, client = house
    open_chat(client)

    first, again = write(client), write(client)
    home.inline.run_waiting()

    assert again.json() == first.json()
    assert len(read(client)["messages"]) == 2


def test_visitors_see_only_their_own_thread_and_cannot_use_up_each_others_ids(
    house: tuple[Home, TestClient],
) -> None:
    _, client = house
    open_chat(client)
    write(client, "mine")
    other = TestClient(client.app)

    assert open_chat(other) != open_chat(client)
    assert read(other)["messages"] == []
    assert write(other, "theirs").status_code == 202
    assert [m["text"] for m in read(other)["messages"]] == ["theirs"]
    assert [m["text"] for m in read(client)["messages"]] == ["mine"]


def test_stop_works_as_on_the_phone(house: tuple[Home, TestClient]) -> None:
    home, client = house
    address = open_chat(client)
    write(client, "STOP")
    home.inline.run_waiting()

    with home.database.read() as uow:
        customer = uow.customers.find(address)
        assert customer is not None
        state = uow.consents.state(customer.id, sender=home.services.brand.slug)
    assert state is ConsentState.OUT


def test_what_has_not_left_or_never_will_is_not_told(house: tuple[Home, TestClient]) -> None:
    home, client = house
    address = open_chat(client)
    write(client, "hello")
    conversation = conversation_of(home, address)
    for text, delivery in (
        ("draft", None),
        ("voided", Delivery.CANCELLED),
        ("here", Delivery.SENT),
    ):
        with home.database.begin() as uow:
            message = uow.messages.add_outbound(
                conversation.id, author=Author.AGENT, text=text, provider="web", encoding="GSM-7",
                segments=1,
            )  # fmt: skip
            if delivery is not None:
                uow.sends.set_delivery(message.id, delivery)

    thread = read(client)

    assert [m["text"] for m in thread["messages"]] == ["hello", "here"]
    assert thread["expecting"] is True


def test_nothing_of_how_it_was_decided_is_told(house: tuple[Home, TestClient]) -> None:
    home, client = house
    open_chat(client)
    write(client)
    home.inline.run_waiting()

    shown = {"id", "direction", "author", "author_name", "text", "at", "delivery"}
    assert all(set(message) == shown for message in read(client)["messages"])


def test_news_are_the_visitors_own_without_the_consoles(house: tuple[Home, TestClient]) -> None:
    home, client = house
    address = open_chat(client)
    news = chat_news(home.services, address)
    assert news(0) == ()
    write(client)
    other = TestClient(client.app)
    open_chat(other)
    write(other)
    conversation = conversation_of(home, address)
    with home.database.begin() as uow:
        uow.live.publish(conversation.id, "typing", on=True, rep="Ann")
        uow.live.publish(conversation.id, "label", secret="x")

    told = news(0)

    assert [item.kind for item in told] == ["message", "typing"]
    assert [dict(item.data) for item in told] == [{}, {"on": True}]
    assert {item.conversation_id for item in told} == {conversation.id}
    assert news(0) == []


# ── who a visitor is ────────────────────────────────────────────────────────────────────────


def test_a_visitor_who_comes_back_is_the_same(house: tuple[Home, TestClient]) -> None:
    _, client = house

    assert open_chat(client) == open_chat(client)


def test_visitors_addresses_cannot_be_guessed(house: tuple[Home, TestClient]) -> None:
    _, client = house
    addresses = {open_chat(TestClient(client.app)) for _ in range(5)}

    assert len(addresses) == 5
    assert all(re.fullmatch(r"visitor-[0-9a-f]{32}", address) for address in addresses)


@pytest.mark.parametrize("cookie", ["", "visitor-1", "visitor-1.x", ".", "é", "a.b.c", "x" * 5000])
def test_a_forged_cookie_is_no_visitor(house: tuple[Home, TestClient], cookie: str) -> None:
    _, client = house
    headers = {"cookie": f"{COOKIE}={cookie}".encode()}

    for answer in (
        client.get("/chat/thread", headers=headers),
        client.post("/chat/messages", json={"id": "1", "text": "hi"}, headers=headers),
        client.get("/chat/events", headers=headers),
    ):
        assert answer.status_code == 403
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("settings", "expected", "missing"),
    [
        ({}, ["HttpOnly", "SameSite=Lax"], ["Secure"]),
        ({"public_url": "https://sms.shop.example"}, ["Secure", "SameSite=Lax"], ["Partitioned"]),
        (
            {"public_url": "https://sms.shop.example", "chat_origins": "https://shop.example"},
            ["Secure", "SameSite=None", "Partitioned", "HttpOnly", "Path=/chat"],
            [],
        ),
    ],
)
def test_the_cookie_fits_where_the_chat_is_shown(
    tmp_path: Path, settings: dict[str, str], expected: list[str], missing: list[str]
) -> None:
    with channel_home(tmp_path / "home", {}, **settings) as (_, app):
        cookie = TestClient(app).get("/chat").headers["set-cookie"]

    attributes = [part.strip() for part in cookie.split(";")]
    assert set(expected) <= set(attributes)
    assert not set(missing) & set(attributes)


def test_a_cookie_of_another_service_is_worth_nothing() -> None:
    ours = Visitors(secret="a" * 32, secure=True, embedded=False)
    theirs = Visitors(secret="b" * 32, secure=True, embedded=False)

    assert ours.cookie("visitor-1") != theirs.cookie("visitor-1")


# ── the page and the script ─────────────────────────────────────────────────────────────────


def test_the_page_allows_nothing_inline_and_frames_of_the_named_sites_only(tmp_path: Path) -> None:
    origins = "https://shop.example, https://www.shop.example"
    with channel_home(tmp_path / "home", {}, chat_origins=origins) as (_, app):
        page = TestClient(app).get("/chat")

    policy = page.headers["content-security-policy"]
    assert "frame-ancestors 'self' https://shop.example https://www.shop.example" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page.text)
    assert all('src="/' in tag for tag in re.findall(r"<script[^>]*>", page.text))


def test_only_our_own_pages_frame_it_unless_told(house: tuple[Home, TestClient]) -> None:
    _, client = house

    assert "frame-ancestors 'self'" in client.get("/chat").headers["content-security-policy"]


def test_the_script_may_be_loaded_by_other_sites_and_is_one_file(
    house: tuple[Home, TestClient],
) -> None:
    _, client = house
    script = client.get("/chat/widget.js")

    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["access-control-allow-origin"] == "*"
    assert "import " not in script.text.replace("import.meta", "")
    assert len(script.content) < 8_000


@pytest.mark.parametrize(
    ("setting", "demo", "status"),
    [(None, True, 200), (None, False, 404), (True, False, 200), (False, True, 404)],
)
def test_the_chat_is_off_unless_wanted(
    tmp_path: Path, *, setting: bool | None, demo: bool, status: int
) -> None:
    with channel_home(tmp_path / "home", {}, chat=setting) as (home, app):
        home.services.brand = home.services.brand.model_copy(update={"demo": demo})
        client = TestClient(app)

        assert client.get("/chat").status_code == status
        assert client.get("/chat/widget.js").status_code == status
        if status == 404:
            assert write(client).status_code == 404


# ── what is refused ─────────────────────────────────────────────────────────────────────────


def test_a_form_of_another_site_cannot_write(house: tuple[Home, TestClient]) -> None:
    """Another site's page can send plain text with our cookie without asking; JSON it cannot."""
    _, client = house
    open_chat(client)

    answer = client.post(
        "/chat/messages", content=json.dumps({"id": "1", "text": "hi"}),
        headers={"content-type": "text/plain"},
    )  # fmt: skip

    assert answer.status_code == 415


def test_whoever_writes_too_fast_is_told_when_to_go_on(house: tuple[Home, TestClient]) -> None:
    _, client = house
    open_chat(client)

    answers = [write(client, "hi", key=str(number)) for number in range(10)]
    other = TestClient(client.app)
    open_chat(other)

    assert [answer.status_code for answer in answers] == [202] * 6 + [429] * 4
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 3
    assert "wait" in answers[-1].json()["detail"]
    assert len(read(client)["messages"]) == 6
    assert write(other, "hi").status_code == 202


def test_one_place_with_ever_new_cookies_is_slowed_down_too(tmp_path: Path) -> None:
    with channel_home(tmp_path / "home", {}) as (_, app):
        statuses = []
        for number in range(62):
            client = TestClient(app, client=("192.0.2.7", 5000))
            open_chat(client)
            statuses.append(write(client, "hi", key=str(number)).status_code)

    assert statuses[:60] == [202] * 60
    assert statuses[61] == 429


@given(st.lists(st.floats(0, 20), max_size=60))
def test_a_bucket_never_gives_more_than_its_rate(pauses: list[float]) -> None:
    now = 0.0
    buckets = Buckets(burst=5, refill_s=3.0, now=lambda: now)
    taken: list[float] = []
    for pause in pauses:
        now += pause
        wait_s = buckets.take("one")
        if wait_s == 0:
            taken.append(now)
        else:
            assert 1 <= wait_s <= 3

    for place, at in enumerate(taken):
        later = taken[place:]
        assert all(n + 1 <= 5 + (t - at) / 3.0 + 1e-6 for n, t in enumerate(later))


def test_forgotten_buckets_are_the_least_used_ones() -> None:
    buckets = Buckets(burst=1, refill_s=1000.0, now=lambda: 0.0)
    for number in range(MOST_KEYS + 1):
        assert buckets.take(str(number)) == 0

    assert buckets.take(str(MOST_KEYS)) > 0
    assert buckets.take("0") == 0


def test_streams_are_counted_while_they_run() -> None:
    limits = Limits()

    async def run() -> list[int]:
        async def parts() -> Any:
            yield "a"
            yield "b"

        return [limits.streams async for _ in limits.counted(parts())]

    assert anyio.run(run) == [1, 1]
    assert limits.streams == 0
