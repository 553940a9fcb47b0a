from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import pytest

from intents.reading import mixing
from intents.reading.parameters import (
    IntentParameters,
    MixingParameters,
    OutOfScopeParameters,
    Parameters,
)
from intents.reading.readers import MixedReader, SingleReader, retrieval_encoder, tiers
from intents.reading.scoring import Raw
from intents.training import mixing_bounds
from intents.training.evidence import Evidence
from intents.training.examples import Examples
from intents.training.heads import IntentScores

SCORES = np.array([[0.9, 0.1, 0.0], [0.5, 0.45, 0.0], [0.2, 0.7, 0.1]], np.float32)
NOTHING = OutOfScopeParameters(
    means=(0.0,) * 4, scales=(1.0,) * 4, coefficients=(0.0,) * 4, intercept=0.0, threshold=0.5
)
PARAMETERS = Parameters(
    intents=IntentParameters(labels=("a", "b", "c"), temperature=1.0, too_low=0.3, too_close=0.1),
    out_of_scope=NOTHING,
    mixing=MixingParameters(intent_margin=0.2),
)


@dataclass
class Canned:
    """A reader that gives the same scores whatever it reads, and notes what it was asked."""

    scores: np.ndarray[tuple[int, int], np.dtype[np.float32]]
    asked: list[str] = field(default_factory=list)

    def score(self, texts: Sequence[str]) -> list[Raw]:
        self.asked += texts
        return [Raw(row, 0.5) for row in self.scores[: len(texts)]]


def mixed(fast: Canned, accurate: Canned) -> MixedReader:
    return MixedReader(cast(SingleReader, fast), cast(SingleReader, accurate), PARAMETERS)


def test_only_what_leaves_doubt_is_asked_about() -> None:
    accurate = Canned(np.array([[0.1, 0.95, 0.0]], np.float32))
    found = mixed(Canned(SCORES), accurate).score(["one", "two", "three"])
    assert accurate.asked == ["two"]
    assert found[0].scores == pytest.approx(SCORES[0])
    assert found[1].scores == pytest.approx([0.3, 0.7, 0.0])


def test_without_doubt_the_accurate_model_rests() -> None:
    accurate = Canned(SCORES)
    mixed(Canned(SCORES[:1]), accurate).score(["one"])
    assert accurate.asked == []


def test_no_messages_are_no_scores() -> None:
    assert mixed(Canned(SCORES), Canned(SCORES)).score([]) == []


def test_the_bound_asks_about_the_share_that_is_wanted() -> None:
    rng = np.random.default_rng(0)
    scores = rng.random((1000, 5)).astype(np.float32)
    evidence = Evidence(
        intents=IntentScores(scores, scores[:, 0], scores, scores[:, 0]),
        topics=None,
        consent=None,
        sentiment=None,
    )
    nothing = Examples(intents=(), views=(), topics=(), consent=(), sentiment=())
    bounds = mixing_bounds.fit_bounds(nothing, evidence)
    asked = mixing.doubtful_intents(scores, bounds)
    assert asked.mean() == pytest.approx(mixing_bounds.INTENTS_ASKED, abs=0.01)


def test_mixing_averages_only_the_rows_asked_about() -> None:
    fast, accurate = np.zeros((2, 2), np.float32), np.ones((2, 2), np.float32)
    assert mixing.mix(fast, accurate, np.array([True, False])).tolist() == [[0.5, 0.5], [0, 0]]


@pytest.mark.parametrize(
    ("setting", "encoders", "finds_passages"),
    [
        ("fast", ("fast",), "fast"),
        ("accurate", ("accurate",), "fast"),
        ("mixed", ("fast", "accurate"), "fast"),
        ("org/model", ("org/model",), "org/model"),
    ],
)
def test_a_setting_names_its_encoders(
    setting: str, encoders: tuple[str, ...], finds_passages: str
) -> None:
    assert tiers(setting) == encoders
    assert retrieval_encoder(setting) == finds_passages
