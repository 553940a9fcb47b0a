"""Figures of topics, consent and sentiment from what a version read out of labelled messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from intents.figures.metrics import (
    ConsentFigures,
    SentimentFigures,
    TopicFigures,
    interval,
    share,
)
from intents.types import Sentiment


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicJudged:
    """A message with its true topics and those found."""

    text: str
    truth: tuple[str, ...]
    found: tuple[str, ...]
    where: str = ""

    @property
    def right(self) -> bool:
        """Whether exactly the true topics were found."""
        return set(self.truth) == set(self.found)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentJudged:
    """A message with its consent label and the reading; ``read`` is ``none`` if there was none."""

    text: str
    truth: str
    read: str
    score: float
    where: str = ""

    @property
    def harmful(self) -> bool:
        """An opt-out not heard at all, or another message obeyed as one."""
        if self.truth == "opt_out":
            return self.read not in {"opt_out", "unsure"}
        return self.read == "opt_out" and self.truth in {"none", "opt_in"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SentimentJudged:
    """A message with its sentiment and frustration in [0, 1], true and read.

    ``score`` is P(positive) - P(negative).
    """

    text: str
    truth: Sentiment
    read: Sentiment
    frustration: float
    frustration_read: float
    score: float
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveralJudged:
    """A message that wants several things, with the best intents of the whole and of its parts."""

    text: str
    truth: tuple[str, ...]
    candidates: tuple[str, ...]
    parts: tuple[str, ...] = ()
    where: str = ""

    @property
    def first_right(self) -> bool:
        """Whether the best candidate is one of them."""
        return self.candidates[0] in self.truth

    @property
    def all_found(self) -> bool:
        """Whether the parts found carry just these wishes."""
        return set(self.truth) == set(self.parts)

    @property
    def all_among_three(self) -> bool:
        """Whether all of them stand among the best three."""
        return set(self.truth) <= set(self.candidates[:3])


def topic_figures(
    rows: Sequence[TopicJudged], thresholds: Mapping[str, float]
) -> tuple[TopicFigures, ...]:
    """Return the table by topic, of those that the version knows or the truth names."""
    names = sorted({*thresholds, *(topic for row in rows for topic in row.truth)})
    table = []
    for name in names:
        positives = sum(name in row.truth for row in rows)
        flagged = sum(name in row.found for row in rows)
        hits = sum(name in row.truth and name in row.found for row in rows)
        recall_low, recall_high = interval(hits, positives)
        precision_low, precision_high = interval(hits, flagged)
        table.append(
            TopicFigures(
                topic=name,
                positives=positives,
                precision=round(hits / max(flagged, 1), 4),
                recall=round(hits / max(positives, 1), 4),
                threshold=round(thresholds.get(name, 1.0), 4),
                recall_low=round(recall_low, 4),
                recall_high=round(recall_high, 4),
                precision_low=round(precision_low, 4),
                precision_high=round(precision_high, 4),
            )
        )
    return tuple(table)


def topic_recall(rows: Sequence[TopicJudged]) -> float:
    """Return the share of all true topics that were found."""
    true = sum(len(row.truth) for row in rows)
    return sum(len(set(row.truth) & set(row.found)) for row in rows) / max(true, 1)


def consent_figures(rows: Sequence[ConsentJudged]) -> ConsentFigures:
    """Return the shares; messages labelled ``unsure`` count as neither side."""
    truth = np.array([row.truth for row in rows])
    obeyed = np.array([row.read == "opt_out" for row in rows], bool)
    asked = np.array([row.read == "unsure" for row in rows], bool)
    said, others = truth == "opt_out", np.isin(truth, ("none", "opt_in"))
    return ConsentFigures(
        opt_outs=int(said.sum()),
        obeyed=share(obeyed[said]),
        obeyed_or_asked=share((obeyed | asked)[said]),
        others=int(others.sum()),
        obeyed_wrongly=share(obeyed[others]),
        # Asking someone who wants texts whether they want them is no needless question.
        asked_needlessly=share(asked[truth == "none"]),
    )


def sentiment_figures(rows: Sequence[SentimentJudged]) -> SentimentFigures:
    """Return the figures."""
    truth, read = [row.truth for row in rows], [row.read for row in rows]
    right = np.array([row.truth is row.read for row in rows], bool)
    real = np.array([row.frustration for row in rows], np.float64)
    felt = np.array([row.frustration_read for row in rows], np.float64)
    f1 = [
        2 * sum(t is s and r is s for t, r in zip(truth, read, strict=True))
        / max(truth.count(s) + read.count(s), 1)
        for s in Sentiment
        if s in truth
    ]  # fmt: skip
    varied = bool(len(rows) > 1 and felt.std() > 0 and real.std() > 0)
    return SentimentFigures(
        messages=len(rows),
        accuracy=share(right),
        macro_f1=round(float(np.mean(f1)), 4) if f1 else 0.0,
        calibration_error=None,
        frustration_error=round(float(np.abs(felt - real).mean()), 4) if rows else 0.0,
        frustration_correlation=round(float(np.corrcoef(felt, real)[0, 1]), 4) if varied else 0.0,
    )
