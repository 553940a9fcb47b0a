"""The console's routes, used as a browser without JavaScript would."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from agent.domain.conversations import ConversationStatus
from agent.domain.ids import ConversationId
from agent.domain.messages import Author
from api.app import create_app
from tests.browser.house import ANGRY, LATE, RETURNS, SECRETS, House, close_house, open_house
from tests.conftest import FakeClock

EVIL = "<script>alert(1)</script> \"'&amp; \u202eשלום😀"


@dataclass
class Rep:
    """A rep's browser: reads pages, and sends the forms it finds there."""

    client: TestClient

    def open(self, path: str, status: int = 200) -> str:
        response = self.client.get(path)
        assert response.status_code == status, response.text
        return response.text

    def token(self, path: str = "/console/sign-in") -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', self.client.get(path).text)
        assert found is not None
        return found[1]

    def sign_in(self, password: str = SECRETS.first_password, **fields: str) -> Any:
        form = {"csrf": self.token(), "email": SECRETS.first_email, "password": password, **fields}
        return self.client.post("/console/sign-in", data=form, follow_redirects=False)

    def act(self, conversation_id: str, action: str, **fields: str) -> Any:
        form = {"csrf": self.token("/console"), **fields}
        path = f"/console/conversations/{conversation_id}/{action}"
        return self.client.post(path, data=form, follow_redirects=False)


@pytest.fixture
def house(tmp_path: Path, clock: FakeClock) -> Iterator[House]:
    house = open_house(tmp_path, clock=clock, burst_silence_s=0)
    yield house
    close_house(house)


@pytest.fixture
def visitor(house: House) -> Iterator[Rep]:
    with TestClient(create_app(house.services, [])) as client:
        yield Rep(client)


@pytest.fixture
def rep(visitor: Rep) -> Rep:
    assert visitor.sign_in().status_code == 303
    return visitor


def status_of(house: House, conversation_id: ConversationId) -> ConversationStatus:
    with house.database.read() as uow:
        return uow.conversations.get(conversation_id).status


# ── signing in ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "path", ["/console", "/console/conversations/con_1", "/console/turns/turn_1"]
)
def test_a_visitor_is_sent_to_the_sign_in_and_back(visitor: Rep, path: str) -> None:
    response = visitor.client.get(path, follow_redirects=False)

    assert response.status_code == 303
    assert response.headers["location"].startswith("/console/sign-in?next=%2Fconsole")


def test_a_visitor_gets_no_news_and_cannot_act(visitor: Rep, house: House) -> None:
    conversation_id = house.text(LATE)
    form = {"csrf": visitor.token(), "text": "hello"}

    reply = visitor.client.post(
        f"/console/conversations/{conversation_id}/replies", data=form, follow_redirects=False
    )

    assert visitor.client.get("/console/events").status_code == 401
    assert reply.headers["location"].startswith("/console/sign-in")
    assert status_of(house, conversation_id) is ConversationStatus.BOT


def test_signing_in_leads_to_the_page_that_was_wanted(visitor: Rep) -> None:
    response = visitor.sign_in(next="/console/conversations/con_1")

    assert response.headers["location"] == "/console/conversations/con_1"
    cookie = response.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


@pytest.mark.parametrize(
    "wanted", ["https://evil.example", "//evil.example", "/\\evil.example", "x", "/a\nb"]
)
def test_signing_in_never_leads_to_another_site(visitor: Rep, wanted: str) -> None:
    assert visitor.sign_in(next=wanted).headers["location"] == "/console"


def test_a_wrong_password_is_refused_and_the_email_kept(visitor: Rep) -> None:
    response = visitor.sign_in(password="wrong")

    assert response.status_code == 401
    assert SECRETS.first_email in response.text
    assert 'role="alert"' in response.text


def test_five_wrong_tries_in_a_minute_close_the_door_for_a_while(
    visitor: Rep, clock: FakeClock
) -> None:
    for _ in range(5):
        assert visitor.sign_in(password="wrong").status_code == 401

    closed = visitor.sign_in()
    clock.forward(61)

    assert closed.status_code == 429
    assert int(closed.headers["retry-after"]) > 0
    assert visitor.sign_in().status_code == 303


def test_signing_out_ends_the_session(rep: Rep) -> None:
    form = {"csrf": rep.token("/console")}

    rep.client.post("/console/sign-out", data=form)

    assert rep.client.get("/console", follow_redirects=False).status_code == 303


def test_the_form_token_of_before_signing_in_is_worth_nothing_after(visitor: Rep) -> None:
    old = visitor.token()
    visitor.sign_in()

    assert visitor.client.post("/console/sign-out", data={"csrf": old}).status_code == 403


@pytest.mark.parametrize("token", ["", "forged"])
@pytest.mark.parametrize("action", ["replies", "notes", "takeover", "return", "resolve"])
def test_a_form_without_the_sessions_token_does_nothing(
    rep: Rep, house: House, action: str, token: str
) -> None:
    conversation_id = house.text(ANGRY)

    response = rep.client.post(
        f"/console/conversations/{conversation_id}/{action}", data={"csrf": token, "text": "hi"}
    )

    assert response.status_code == 403
    assert "reload the page" in response.text
    assert status_of(house, conversation_id) is ConversationStatus.WAITING


# ── the list ─────────────────────────────────────────────────────────────────────────────────


def names(page: str) -> list[str]:
    return re.findall(r'class="row-name"[^>]*>([^<]+)<', page)


def test_the_list_begins_with_who_waits_longest(rep: Rep, house: House, clock: FakeClock) -> None:
    house.text(ANGRY, sender="+13035550101")
    clock.forward(600)
    house.text(ANGRY, sender="+13035550102")
    house.text(RETURNS, sender="+13035550103")

    waiting, everyone = rep.open("/console"), rep.open("/console?status=all")

    assert names(waiting) == ["+13035550101", "+13035550102"]
    assert names(everyone) == ["+13035550101", "+13035550102", "+13035550103"]
    assert "11 min" in waiting
    assert "The customer asked for a person." in waiting
    assert re.search(r"Waiting <span class=\"count\">2<", waiting)


def test_the_list_can_be_narrowed_to_a_queue(rep: Rep, house: House) -> None:
    house.text(ANGRY)

    assert names(rep.open("/console?queue=general")) == ["Rosalind Achterberg"]
    assert names(rep.open("/console?queue=safety")) == []
    assert "Nobody waits" in rep.open("/console?queue=safety")
    assert names(rep.open("/console?queue=no-such-queue&status=nonsense")) == [
        "Rosalind Achterberg"
    ]


def test_texts_in_the_list_are_escaped(rep: Rep, house: House) -> None:
    house.text(EVIL, sender="<b>me</b>")

    page = rep.open("/console?status=all")

    assert "<b>me</b>" not in page
    assert "<script>alert" not in page


# ── one conversation ─────────────────────────────────────────────────────────────────────────


def test_the_whole_story_is_on_one_page(rep: Rep, house: House) -> None:
    house.text(LATE)
    conversation_id = house.text(ANGRY)

    page = rep.open(f"/console/conversations/{conversation_id}")

    for words in (
        "Rosalind Achterberg", "summit", "4,386.40 USD", "61874", "Highmoor Leather Women", "Boot fitting",
        "The customer asked for a person.", "asked_for_person", "Help desk", "getting worse",
        "contact human agent", "track order", "may be texted", "is delayed",
    ):  # fmt: skip
        assert words in page, words


def test_every_text_on_the_page_is_escaped(rep: Rep, house: House) -> None:
    conversation_id = house.text(EVIL + "x" * 9_000)
    rep.act(conversation_id, "notes", text=EVIL)

    response = rep.client.get(f"/console/conversations/{conversation_id}")

    assert "<script>alert" not in response.text
    assert response.text.count("&lt;script&gt;alert(1)") == 2
    assert "שלום😀" in response.text
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", response.text)
    assert "unsafe" not in response.headers["content-security-policy"]
    assert response.headers["cache-control"] == "no-store"


def test_a_decision_opens_as_a_page_and_as_a_fragment(rep: Rep, house: House) -> None:
    conversation_id = house.text(LATE)
    page = rep.open(f"/console/conversations/{conversation_id}")
    (path,) = set(re.findall(r"/console/turns/\w+", page))

    fragment = rep.client.get(path, headers={"X-Fragment": "1"}).text

    assert "<html" in rep.open(path)
    assert "<html" not in fragment
    assert "Cut by the guard" in fragment


@pytest.mark.parametrize("path", ["/console/conversations/con_none", "/console/turns/turn_none"])
def test_what_is_not_there_is_said_on_a_page(rep: Rep, path: str) -> None:
    page = rep.open(path, status=404)

    assert "<html" in page
    assert "none" in page


# ── acting ───────────────────────────────────────────────────────────────────────────────────


def test_a_reply_is_sent_in_the_reps_name_and_takes_over(rep: Rep, house: House) -> None:
    conversation_id = house.text(ANGRY)

    response = rep.act(conversation_id, "replies", text="Hello,\r\nI am here.")
    house.queue.run()

    message = house.thread(conversation_id)[-1]
    assert response.status_code == 303
    assert (message.author, message.author_name, message.text) == (
        Author.REP, "Lead", "Hello,\nI am here.",
    )  # fmt: skip
    assert message.delivery == "delivered"
    assert status_of(house, conversation_id) is ConversationStatus.HUMAN
    assert "With Lead" in rep.open(f"/console/conversations/{conversation_id}")


@pytest.mark.parametrize(
    ("text", "status"), [("   ", 422), ("x" * 1_601, 422), ("y" * 20_001, 422)]
)
def test_a_reply_that_cannot_be_sent_is_explained(
    rep: Rep, house: House, text: str, status: int
) -> None:
    conversation_id = house.text(ANGRY)

    response = rep.act(conversation_id, "replies", text=text)

    assert response.status_code == status
    assert status_of(house, conversation_id) is ConversationStatus.WAITING


def test_a_reply_after_stop_is_refused_and_its_draft_kept(rep: Rep, house: House) -> None:
    conversation_id = house.text("STOP")

    response = rep.act(conversation_id, "replies", text="But wait <b>")

    assert response.status_code == 409
    assert "STOP" in response.text
    assert "But wait &lt;b&gt;</textarea>" in response.text
    assert "opted out (STOP)" in response.text


def test_take_over_hand_back_and_resolve(rep: Rep, house: House) -> None:
    conversation_id = house.text(ANGRY)
    seen = []

    for action in ("takeover", "return", "resolve"):
        assert rep.act(conversation_id, action).status_code == 303
        seen.append(status_of(house, conversation_id))

    assert seen == [ConversationStatus.HUMAN, ConversationStatus.BOT, ConversationStatus.RESOLVED]


def test_an_action_that_makes_no_sense_now_is_explained(rep: Rep, house: House) -> None:
    conversation_id = house.text(RETURNS)
    page = rep.open(f"/console/conversations/{conversation_id}")

    response = rep.act(conversation_id, "return")

    assert "/return" not in page
    assert response.status_code == 409
    assert 'role="alert"' in response.text


def test_a_note_is_kept_for_the_team_and_never_sent(rep: Rep, house: House) -> None:
    conversation_id = house.text(ANGRY)
    before = len(house.thread(conversation_id))

    assert rep.act(conversation_id, "notes", text="Promised a call.").status_code == 303
    empty = rep.act(conversation_id, "notes", text=" ")

    assert "Promised a call." in rep.open(f"/console/conversations/{conversation_id}")
    assert len(house.thread(conversation_id)) == before
    assert empty.status_code == 422
    assert "The note is empty." in empty.text


def test_acting_on_what_is_not_there_is_a_404(rep: Rep) -> None:
    assert rep.act("con_none", "takeover").status_code == 404


def test_texts_that_got_no_reply_say_why(rep: Rep, house: House) -> None:
    house.text(ANGRY)
    conversation_id = house.text("hello?? anyone")

    page = rep.open(f"/console/conversations/{conversation_id}")

    assert "status_waiting" in page
