"""``POST /v1/messages`` and what reps do over HTTP."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from agent.wiring.services import Services
from tests.api.conftest import post_text
from tests.fakes import FakeAnswerer, FakeUnderstander


def test_a_waiting_call_gets_the_replies_and_the_turn(
    client: TestClient, key: dict[str, str]
) -> None:
    answer = post_text(client, key, "do you resole boots?")

    assert answer.status_code == 200
    body = answer.json()
    assert [r["text"] for r in body["replies"]] == ["Yes, within 10 days."]
    assert body["replies"][0]["encoding"] == "GSM-7"
    assert body["replies"][0]["segments"] == 1
    assert not body["duplicate"]
    turn = body["turn"]
    assert turn["route"] == "knowledge"
    assert turn["intent"] == {"name": "product_info", "confidence": 0.9}
    assert turn["escalation"] == {"escalated": False, "rule": None, "queue": None, "reason": None}
    assert set(turn["took_ms"]) == {"total", "understanding", "retrieval", "composing"}


def test_the_same_id_twice_gives_the_first_answer_again(
    client: TestClient, key: dict[str, str]
) -> None:
    first = post_text(client, key, "do you resole boots?", id="m-1").json()
    again = post_text(client, key, "do you resole boots?", id="m-1").json()

    assert again["duplicate"]
    assert again["replies"] == first["replies"]
    assert again["message_id"] == first["message_id"]


def test_calls_at_once_with_one_id_store_one_message(
    client: TestClient, key: dict[str, str]
) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda _: post_text(client, key, "hello", id="same").json(), range(8))
        )

    assert len({a["message_id"] for a in answers}) == 1
    assert sorted(a["duplicate"] for a in answers) == [False] + [True] * 7
    assert len({r["id"] for a in answers for r in a["replies"]}) == 1


def test_without_wait_the_text_is_taken_and_answered_later(
    client: TestClient, key: dict[str, str], services: Services
) -> None:
    taken = client.post(
        "/v1/messages", json={"from": "+15550100301", "text": "hello", "id": "x"}, headers=key
    )
    assert taken.status_code == 202

    assert services.waiting_room.wait(taken.json()["message_id"], timeout_s=10) is not None


@pytest.mark.parametrize(
    "header", [{}, {"Authorization": "Bearer nope"}, {"Authorization": "Basic x"}]
)
def test_without_a_known_key_nothing_is_taken(client: TestClient, header: dict[str, str]) -> None:
    answer = post_text(client, header, "hello")

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Bearer" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"from": "+1", "text": 5}, "text"),
        ({"from": "+1"}, "text"),
        ({"text": "hi"}, "from"),
        ({"from": "", "text": "hi"}, "from"),
        ({"from": "   ", "text": "hi"}, "from"),
        ({"from": "+1", "text": "hi", "color": "red"}, "color"),
        ({"from": "+1", "text": "x" * 20_001}, "text"),
        ({"from": "+1", "text": "hi", "channel": "fax"}, "channel"),
        ([], "body"),
    ],
)
def test_wrong_requests_are_problems_that_name_the_field(
    client: TestClient, key: dict[str, str], body: object, field: str
) -> None:
    answer = client.post("/v1/messages", json=body, headers=key)

    assert answer.status_code == 422
    problem = answer.json()
    assert problem["title"]
    assert field in {e["field"] for e in problem["errors"]}


def test_a_body_that_is_no_json_is_a_problem(client: TestClient, key: dict[str, str]) -> None:
    answer = client.post(
        "/v1/messages", content=b"{nope", headers={**key, "content-type": "application/json"}
    )

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_huge_body_is_refused_before_it_is_read(client: TestClient, key: dict[str, str]) -> None:
    answer = post_text(client, key, "x" * 400_000)

    assert answer.status_code == 413


@pytest.mark.parametrize(
    "text", ["", "   ", "🙈", "\x00\x01", "x" * 10_000, "¿dónde está mi pedido?", "订单在哪里"]
)
def test_odd_texts_are_answered(client: TestClient, key: dict[str, str], text: str) -> None:
    answer = post_text(client, key, text)

    assert answer.status_code == 200
    assert answer.json()["replies"]


def test_a_conversation_shows_the_decision_behind_each_turn(
    client: TestClient, key: dict[str, str]
) -> None:
    conversation = post_text(client, key, "do you resole boots?").json()["conversation_id"]

    story = client.get(f"/v1/conversations/{conversation}", headers=key).json()

    assert [m["author"] for m in story["messages"]] == ["customer", "agent"]
    (turn,) = story["turns"]
    assert turn["trace"]["decision_before"]["route"] == "knowledge"
    assert turn["trace"]["versions"]["model"] == "fake-1"


def test_a_rep_takes_over_answers_and_hands_back(client: TestClient, key: dict[str, str]) -> None:
    conversation = post_text(client, key, "speak to a person").json()["conversation_id"]
    waiting = client.get(
        "/v1/conversations", params={"status": "waiting", "queue": "general"}, headers=key
    )
    assert [c["id"] for c in waiting.json()["conversations"]] == [conversation]

    at = f"/v1/conversations/{conversation}"
    reply = client.post(f"{at}/replies", json={"text": "Robin here"}, headers=key)
    assert reply.status_code == 201
    assert post_text(client, key, "do you resole boots?").json()["turn"]["route"] == "human"
    assert client.post(f"{at}/notes", json={"text": "nice person"}, headers=key).status_code == 204
    assert client.post(f"{at}/return", headers=key).status_code == 204
    assert post_text(client, key, "do you resole boots?").json()["turn"]["route"] == "knowledge"
    assert client.post(f"{at}/resolve", headers=key).status_code == 204
    again = client.post(f"{at}/resolve", headers=key)
    assert again.status_code == 409
    assert "cannot be resolved" in again.json()["detail"]


def test_an_unknown_conversation_is_not_found(client: TestClient, key: dict[str, str]) -> None:
    answer = client.get("/v1/conversations/con_none", headers=key)

    assert answer.status_code == 404


def test_a_broken_model_hands_over_and_no_traceback_leaves(
    client: TestClient, key: dict[str, str], understander: FakeUnderstander
) -> None:
    understander.fails = 99

    answer = post_text(client, key, "hello there friend")

    assert answer.status_code == 200
    assert "Traceback" not in answer.text
    assert "went wrong" in answer.text


def test_health_says_what_is_live(client: TestClient) -> None:
    assert client.get("/health/live").json() == {"status": "ok"}
    ready = client.get("/health/ready").json()
    assert ready["models"] == "fake-1"
    figures = client.get("/metrics")
    assert figures.status_code == 200
    assert "textwise_processes 1.0" in figures.text
    assert f'pid="{os.getpid()}"' in figures.text
    assert "process_resident_memory_bytes" in figures.text


def test_texts_of_one_burst_share_their_replies(
    client: TestClient, key: dict[str, str], answerer: FakeAnswerer
) -> None:
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda n: post_text(client, key, f"text {n}").json(), range(3)))

    replies = {tuple(r["id"] for r in a["replies"]) for a in answers}
    assert len(replies) == len(answerer.asked)


def test_a_call_that_waits_too_long_is_accepted_and_asked_for_again_later(
    client: TestClient, key: dict[str, str], services: Services, answerer: FakeAnswerer
) -> None:
    go_on = threading.Event()
    answerer.while_answering = lambda: bool(go_on.wait(20))
    services.waiting_room.longest_s = 0.5

    began = time.monotonic()
    late = post_text(client, key, "do you resole boots?", id="slow")
    took_s = time.monotonic() - began

    assert late.status_code == 202
    assert (late.json()["replies"], late.json()["turn"]) == ([], None)
    assert late.json()["message_id"].startswith("msg_")
    assert 0.5 <= took_s < 5
    go_on.set()
    services.waiting_room.longest_s = 20
    again = post_text(client, key, "do you resole boots?", id="slow")
    assert again.status_code == 200
    assert again.json()["duplicate"]
    assert again.json()["message_id"] == late.json()["message_id"]
    assert [r["text"] for r in again.json()["replies"]] == ["Yes, within 10 days."]


def test_calls_that_wait_hold_neither_a_connection_nor_the_webhooks_threads(
    client: TestClient, key: dict[str, str], services: Services, answerer: FakeAnswerer
) -> None:
    composing, go_on = threading.Event(), threading.Event()

    def while_answering() -> None:
        composing.set()
        assert go_on.wait(30)

    answerer.while_answering = while_answering
    services.waiting_room.longest_s = 30
    pool: Any = services.database.engine.pool

    # More than the 40 threads in which everything else runs.
    with ThreadPoolExecutor(48) as callers:
        calls = [
            callers.submit(post_text, client, key, "do you resole boots?", id="one")
            for _ in range(48)
        ]
        assert composing.wait(20)
        time.sleep(1.0)
        began = time.monotonic()
        assert client.get("/health/ready").status_code == 200
        took_s = time.monotonic() - began
        held = min(_checked_out(pool) for _ in range(100))
        go_on.set()
        answers = [call.result() for call in calls]

    assert took_s < 5
    assert held == 0
    assert {answer.status_code for answer in answers} == {200}
    assert len({r["id"] for answer in answers for r in answer.json()["replies"]}) == 1


def _checked_out(pool: Any) -> int:
    time.sleep(0.005)
    return int(pool.checkedout())
