import time

import pytest

from agent.replies.llm_calls import LlmEndpoint, LlmSettings, LlmUnavailableError
from agent.replies.llm_prompt import Prompt
from tests.replies.llm_server import GOOD, llm_server

PROMPT = Prompt(system="s", user="u", name="reply", schema={"type": "object"}, most_tokens=10)


@pytest.fixture(scope="module")
def server():
    with llm_server() as running:
        yield running


@pytest.fixture
def play(server):
    played = server[1]
    played.does, played.answer = "good", GOOD
    played.asked.clear()
    played.turned_away.clear()
    played.release.clear()
    return played


def endpoint(server, *, timeout_s=5.0):
    return LlmEndpoint(LlmSettings(base_url=server[0], model="m", timeout_s=timeout_s))


def form(asked):
    given = asked["response_format"]
    return given["type"], "schema" in given


def test_structured_output_is_asked_for_by_schema(server, play):
    endpoint(server).complete(PROMPT)

    given = play.asked[0]["response_format"]
    assert given["type"] == "json_schema"
    assert given["json_schema"]["schema"] == {"type": "object"}


@pytest.mark.parametrize("status", [400, 422])
def test_an_endpoint_of_older_forms_is_asked_in_the_form_that_it_takes(server, play, status):
    play.turned_away[:] = [status, status, status]
    llm = endpoint(server)

    llm.complete(PROMPT)
    llm.complete(PROMPT)

    assert [form(asked) for asked in play.asked] == [
        ("json_schema", False),
        ("json_object", True),
        ("json_object", False),
        ("text", False),
        ("text", False),  # what it takes is remembered
    ]


def test_a_server_error_that_names_the_form_is_one_of_form(server, play):
    play.turned_away[:] = [500]
    play.message = "validation error: response_format type"

    endpoint(server).complete(PROMPT)

    assert len(play.asked) == 2
    play.message = "broken"


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_endpoint_is_asked_once_more(server, play, status):
    play.turned_away[:] = [status]

    assert endpoint(server).complete(PROMPT).tokens == 100
    assert len(play.asked) == 2


def test_an_endpoint_that_stays_busy_is_given_up(server, play):
    play.turned_away[:] = [429, 429, 429]

    with pytest.raises(LlmUnavailableError, match="status 429"):
        endpoint(server).complete(PROMPT)
    assert len(play.asked) == 2


def test_no_second_try_begins_after_the_deadline(server, play):
    play.turned_away[:] = [503]
    play.retry_after = "30"
    began = time.monotonic()

    with pytest.raises(LlmUnavailableError, match="status 503"):
        endpoint(server, timeout_s=1.0).complete(PROMPT)
    play.retry_after = ""
    assert time.monotonic() - began < 1.0
    assert len(play.asked) == 1


@pytest.mark.parametrize("status", [500, 502, 401])
def test_what_may_have_been_answered_or_never_will_be_is_not_tried_again(server, play, status):
    play.turned_away[:] = [status]

    with pytest.raises(LlmUnavailableError, match=f"status {status}"):
        endpoint(server).complete(PROMPT)
    assert len(play.asked) == 1


def test_a_timeout_is_not_tried_again(server, play):
    play.does = "never"

    with pytest.raises(LlmUnavailableError, match="timeout"):
        endpoint(server, timeout_s=0.3).complete(PROMPT)
    assert len(play.asked) == 1
