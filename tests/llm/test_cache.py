from dataclasses import replace

import pytest

from agent.replies.drafts import Draft
from agent.replies.llm import LlmComposer, LlmSettings, LlmUnavailableError
from agent.replies.llm_cache import DraftCache, cache_key
from tests.replies.builders import brand, evidence
from tests.replies.llm_server import GOOD, INVENTED, llm_server

FACT = evidence("Shipping", "Standard shipping costs $5.95.", 1)


class Spent:
    """A budget that counts, and refuses from the first call on where told to."""

    def __init__(self, *, calls=100):
        self.left = calls
        self.tokens = 0

    def allow(self):
        self.left -= 1
        return self.left >= 0

    def spend(self, tokens):
        self.tokens += tokens


@pytest.fixture(scope="module")
def server():
    with llm_server() as running:
        yield running


@pytest.fixture
def play(server):
    played = server[1]
    played.does, played.answer = "good", GOOD
    played.asked.clear()
    return played


def composer(server, *, budget=None, model="m", cache=None):
    return LlmComposer(
        LlmSettings(base_url=server[0], model=model),
        brand=brand(),
        budget=budget or Spent(),
        cache=cache,
    )


def test_the_same_question_on_the_same_evidence_is_asked_once(server, play):
    budget = Spent(calls=1)
    llm = composer(server, budget=budget)

    first = llm.compose("How much is shipping?", evidence=[FACT])
    again = llm.compose("how much  is shipping?", evidence=[FACT])

    assert again == first
    assert len(play.asked) == 1
    assert budget.tokens == 100


@pytest.mark.parametrize(
    "changed",
    [
        replace(FACT, text="Standard shipping costs $6.95."),
        replace(FACT, heading="Delivery"),
        replace(FACT, id="p9"),
    ],
    ids=["text", "heading", "passage"],
)
def test_evidence_that_changed_is_asked_about_again(server, play, changed):
    llm = composer(server)
    llm.compose("q", evidence=[FACT])
    llm.compose("q", evidence=[changed])

    assert len(play.asked) == 2


def test_another_model_is_another_answer(server, play):
    cache = DraftCache()
    composer(server, cache=cache).compose("q", evidence=[FACT])
    composer(server, cache=cache, model="other").compose("q", evidence=[FACT])

    assert len(play.asked) == 2
    assert len(cache) == 2


@pytest.mark.parametrize("kind", ["order", "appointment", "customer"])
def test_a_customers_own_rows_are_never_kept(server, play, kind):
    cache = DraftCache()
    own = replace(FACT, kind=kind)
    llm = composer(server, cache=cache)

    llm.compose("q", evidence=[FACT, own])
    llm.compose("q", evidence=[FACT, own])

    assert len(cache) == 0
    assert len(play.asked) == 2


def test_a_failure_is_not_kept(server, play):
    llm = composer(server)
    play.does = "error"
    with pytest.raises(LlmUnavailableError):
        llm.compose("q", evidence=[FACT])
    play.does = "good"

    assert llm.compose("q", evidence=[FACT]).text


def test_a_kept_draft_is_still_only_a_draft(server, play):
    play.answer = INVENTED
    llm = composer(server)

    assert llm.compose("q", evidence=[FACT]) == llm.compose("q", evidence=[FACT])
    assert len(play.asked) == 1


def test_the_draft_not_asked_for_the_longest_goes_first():
    cache = DraftCache(most=2)
    draft = Draft(text="x", evidence=())
    for key in ("a", "b"):
        cache.put(key, draft)
    cache.get("a")
    cache.put("c", draft)

    assert cache.get("a") is not None
    assert cache.get("b") is None
    assert len(cache) == 2


def test_a_key_tells_nothing_of_the_question():
    assert "shipping" not in cache_key("how much is shipping", [FACT], "prompt")
