"""Fits how the second reader's opinion counts beside the heads, on sentences fair to both."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from intents.corpus.data import CONSENT_LABELS, Corpus, Row, SentimentRow
from intents.reading import mixing
from intents.reading.calibration import (
    Doubles,
    Floats,
    Integers,
    fit_logistic,
    fit_temperature,
    log_loss,
    softmax,
)
from intents.reading.mixing import Flags
from intents.reading.parameters import SecondParameters
from intents.reading.second_reader import Said, SecondReader, Seen, layers_sha256, marks_of
from intents.training.evidence import Evidence
from intents.training.examples import Examples
from intents.training.heads import SENTIMENTS, topic_names
from intents.training.mixing_bounds import fit_bounds

SHARES = (0.0, 0.25, 0.5, 0.75)
"""What the second reader's opinion may count for. Not for all: it does not know what the data
scientist has taught the heads since."""

CALM_ASKED = 0.3
"""Share of messages without a topic, without a word on texting, or without anger, that the second
reader is asked about all the same. What it adds lies mostly in opt-outs that the first reading
does not hear at all: with .1 at 99% of them heard 8% of other messages were asked about needlessly,
with .3 4%. It costs those messages 3 ms."""

RowT = TypeVar("RowT", bound=Row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seconded:
    """The examples of which both readers have a fair opinion, with what they say together."""

    examples: Examples
    evidence: Evidence
    parameters: SecondParameters


def fits(corpus: Corpus) -> bool:
    """Whether the second reader reads what this data teaches.

    It needs consent and sentiment, and its own topics and no other.
    """
    named = corpus.topics and corpus.consent and corpus.sentiment
    return bool(named) and topic_names(corpus.topics) == Seen.read().outputs.topics


def second_opinion(
    examples: Examples, evidence: Evidence, reader: SecondReader, seen: Seen
) -> Seconded:
    """Return the evidence that serving would have, for data that it fits."""
    topics, consent, sentiment = evidence.topics, evidence.consent, evidence.sentiment
    if topics is None or consent is None or sentiment is None:
        message = "the second reader needs topics, consent and sentiment"
        raise ValueError(message)
    bounds = fit_bounds(examples, evidence, calm_asked=CALM_ASKED)
    t_rows, t_said = _fair(examples.topics, reader, seen)
    c_rows, c_said = _fair(examples.consent, reader, seen)
    s_rows, s_said = _fair(examples.sentiment, reader, seen)
    fair = replace(
        examples,
        topics=tuple(examples.topics[row] for row in t_rows),
        consent=tuple(examples.consent[row] for row in c_rows),
        sentiment=tuple(examples.sentiment[row] for row in s_rows),
    )
    topics, consent, sentiment = topics[t_rows], consent[c_rows], sentiment[s_rows]
    of_topics = _Head(topics, t_said.topics, mixing.doubtful_topics(topics, bounds))
    about = mixing.about_texts(consent)
    of_consent = _Head(consent, c_said.consent, mixing.doubtful_consent(about, bounds))
    felt = mixing.doubtful_feeling(sentiment[:, -1], bounds)
    of_sentiment = _Head(sentiment, s_said.sentiment, felt)
    parameters = SecondParameters(
        layers_sha256=layers_sha256(),
        topics=of_topics.best_share(lambda mixed: _topic_loss(fair, mixed)),
        consent=of_consent.best_share(
            lambda mixed: _class_loss(
                mixed, [CONSENT_LABELS.index(row.label) for row in fair.consent]
            )
        ),
        sentiment=of_sentiment.best_share(lambda mixed: _feeling_loss(fair.sentiment, mixed)),
        bounds=bounds,
    )
    mixed = replace(
        evidence,
        topics=of_topics.mixed(parameters.topics),
        consent=of_consent.mixed(parameters.consent),
        sentiment=of_sentiment.mixed(parameters.sentiment),
    )
    return Seconded(examples=fair, evidence=mixed, parameters=parameters)


@dataclass(frozen=True, slots=True)
class _Head:
    """One head's scores ``(n, k)``, what the second reader says, and where it would be asked."""

    scores: Floats
    said: Floats
    asked: Flags

    def mixed(self, share: float) -> Floats:
        return mixing.second(self.scores, self.said, self.asked, share)

    def best_share(self, loss: Callable[[Floats], float]) -> float:
        """Return the share of least loss."""
        return min(SHARES, key=lambda share: loss(self.mixed(share)))


def _fair(rows: Sequence[RowT], reader: SecondReader, seen: Seen) -> tuple[Integers, Said]:
    """Return the rows that are fair to judge by, with what the second reader says of them.

    Of the sentences that it has never met only so large a share is taken as of those that it has
    met, or else the many easy ones, which come from the intents, would push the thresholds down.
    """
    texts = [row.text for row in rows]
    marks = marks_of(texts)
    met = np.isin(marks, seen.learnt) | np.isin(marks, seen.left_out)
    left_out = np.isin(marks, seen.left_out)
    every = max(1, round(int(met.sum()) / max(int(left_out.sum()), 1)))
    new = np.flatnonzero(~met)[::every]
    chosen = np.sort(np.concatenate([np.flatnonzero(left_out), new]))
    found, said = seen.evidence([texts[row] for row in chosen], reader)
    return chosen[found], said


def _class_loss(mixed: Floats, truth: Sequence[int]) -> float:
    right = np.array(truth, np.int64)
    return log_loss(softmax(mixed, fit_temperature(mixed, right)), right)


def _topic_loss(examples: Examples, mixed: Floats) -> float:
    """Return the mean log loss of all topics, each scaled as it will be."""
    losses = []
    for column, name in enumerate(topic_names(examples.topics)):
        positive = np.array([name in row.topics for row in examples.topics], bool)
        score = mixed[:, column : column + 1].astype(np.float64)
        chance = fit_logistic(score, positive).probability(score)
        both: Doubles = np.column_stack([1 - chance, chance])
        losses.append(log_loss(both, positive.astype(np.int64)))
    return float(np.mean(losses))


def _feeling_loss(rows: Sequence[SentimentRow], mixed: Floats) -> float:
    """Return the loss of the sentiments, and beside it how far frustration strays."""
    felt = np.array([row.frustration for row in rows])
    line = np.polyfit(mixed[:, -1].astype(np.float64), felt, 1)
    strays = float(np.abs(np.polyval(line, mixed[:, -1]) - felt).mean())
    return _class_loss(mixed[:, :-1], [SENTIMENTS.index(row.sentiment) for row in rows]) + strays
