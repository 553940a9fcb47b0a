import numpy as np
import pytest

from intents.reading.out_of_scope import evidence
from intents.reading.parameters import (
    ConsentParameters,
    IntentParameters,
    OutOfScopeParameters,
    Parameters,
    SentimentParameters,
    TopicParameters,
)
from intents.reading.readings import doubt_of, intent_probabilities, read
from intents.reading.scoring import Raw
from intents.types import Candidate, Doubt, EntityType, Expected, Sentiment

INTENTS = IntentParameters(
    labels=("affirm", "deny", "out_of_scope", "track_order"),
    temperature=0.2,
    too_low=0.4,
    too_close=0.2,
)
PARAMETERS = Parameters(
    intents=INTENTS,
    out_of_scope=OutOfScopeParameters(
        means=(0.5, 0.3, 0.5, -0.4),
        scales=(0.2, 0.2, 0.1, 0.3),
        coefficients=(-1.0, -1.0, -1.0, 2.0),
        intercept=-2.0,
        threshold=0.5,
    ),
    topics=(TopicParameters(topic="minor", slope=8.0, intercept=-4.0, threshold=0.6),),
    consent=ConsentParameters(
        labels=("opt_out", "unsure", "opt_in", "none"),
        temperature=0.2,
        certain=0.7,
        unsure=0.3,
        opt_in=0.5,
    ),
    sentiment=SentimentParameters(
        labels=("negative", "neutral", "positive"), temperature=0.2, knots=((0.0, 0.0), (1.0, 0.8))
    ),
)


def scores(*intents: float, topic: float = 0.0, frustration: float = 0.0) -> Raw:
    rest = [topic, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, frustration]
    return Raw(np.array([*intents, *rest], np.float32), nearness=0.7)


def test_the_highest_score_is_the_intent_and_the_candidates_are_ranked() -> None:
    reading = read(scores(0.0, 0.1, 0.0, 1.0), PARAMETERS)
    assert [c.intent for c in reading.candidates][:2] == ["track_order", "deny"]
    assert reading.doubt is Doubt.NONE
    assert not reading.out_of_scope


def test_yes_and_no_are_likelier_where_a_question_awaits_them() -> None:
    raw = np.array([0.3, 0.0, 0.0, 0.4], np.float32)
    plain = intent_probabilities(raw, INTENTS)
    awaited = intent_probabilities(raw, INTENTS, Expected(kind="yes_no"))
    assert plain.argmax() == 3
    assert awaited.argmax() == 0
    assert awaited.sum() == pytest.approx(1)


def test_a_question_for_an_entity_leaves_the_intents_as_they_are() -> None:
    raw = np.array([0.3, 0.0, 0.0, 0.4], np.float32)
    size = Expected(kind="entity", entity_type=EntityType.SIZE)
    assert intent_probabilities(raw, INTENTS, size) == pytest.approx(
        intent_probabilities(raw, INTENTS)
    )


def test_what_was_offered_is_likelier_after_a_choice() -> None:
    raw = np.array([0.0, 0.3, 0.0, 0.4], np.float32)
    choice = Expected(kind="choice", options=(INTENTS.labels[1],))
    assert intent_probabilities(raw, INTENTS).argmax() == 3
    assert intent_probabilities(raw, INTENTS, choice).argmax() == 1


@pytest.mark.parametrize(
    ("best", "second", "doubt"),
    [
        (0.9, 0.05, Doubt.NONE),
        (0.5, 0.35, Doubt.TOO_CLOSE),
        (0.39, 0.1, Doubt.TOO_LOW),
        (0.39, 0.38, Doubt.TOO_LOW),
        (0.6, 0.39, Doubt.NONE),
    ],
)
def test_the_two_kinds_of_doubt(best: float, second: float, doubt: Doubt) -> None:
    candidates = (
        Candidate(intent="a", confidence=best),
        Candidate(intent="b", confidence=second),
    )
    assert doubt_of(candidates, INTENTS) is doubt


def test_a_sure_out_of_scope_intent_is_out_of_scope() -> None:
    assert read(scores(0.0, 0.0, 1.0, 0.0), PARAMETERS).out_of_scope


def test_a_topic_counts_from_its_own_threshold() -> None:
    assert read(scores(1, 0, 0, 0, topic=0.5), PARAMETERS).topics == ()
    (topic,) = read(scores(1, 0, 0, 0, topic=0.9), PARAMETERS).topics
    assert topic.topic == "minor"
    assert topic.probability > 0.9


@pytest.mark.parametrize(("raw", "felt"), [(-1.0, 0.0), (0.5, 0.4), (1.0, 0.8), (9.0, 0.8)])
def test_frustration_follows_its_curve_and_stays_in_bounds(raw: float, felt: float) -> None:
    reading = read(scores(1, 0, 0, 0, frustration=raw), PARAMETERS)
    assert reading.frustration == pytest.approx(felt, abs=1e-3)
    assert reading.sentiment is Sentiment.NEGATIVE or reading.sentiment is Sentiment.NEUTRAL


def test_heads_without_data_stay_silent() -> None:
    bare = Parameters(intents=INTENTS, out_of_scope=PARAMETERS.out_of_scope)
    reading = read(Raw(np.array([0, 0, 0, 1], np.float32), nearness=0.7), bare)
    assert reading.topics == ()
    assert reading.consent == {}
    assert reading.sentiment is Sentiment.NEUTRAL


def test_evidence_takes_best_margin_nearness_and_lead_of_out_of_scope() -> None:
    table = np.array([[0.9, 0.2, 0.5]], np.float32)
    (pieces,) = evidence(table, np.array([0.6], np.float32), 2)
    assert pieces == pytest.approx([0.9, 0.7, 0.6, -0.4], abs=1e-6)
    (without,) = evidence(table, np.array([0.6], np.float32), None)
    assert without == pytest.approx([0.9, 0.4, 0.6, 0.0], abs=1e-6)
