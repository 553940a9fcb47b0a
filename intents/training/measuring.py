"""Takes the figures of a training from its out-of-fold scores."""

from typing import TYPE_CHECKING

import numpy as np

from intents.corpus.data import OUT_OF_SCOPE
from intents.figures.metrics import (
    ConsentFigures,
    Metrics,
    Predicted,
    SentimentFigures,
    TopicFigures,
    figures,
    share,
)
from intents.reading.calibration import expected_calibration_error, sigmoid, softmax
from intents.reading.consent import read_consent
from intents.reading.out_of_scope import evidence, probability
from intents.reading.readings import intent_probabilities
from intents.types import ConsentReading

if TYPE_CHECKING:
    from intents.training.building import Built


def measure(built: "Built", *, train_seconds: float | None = None) -> Metrics:
    """Return all figures of a training, each on writers that its model had not seen."""
    judged = [p for p in out_of_fold_predictions(built) if p.whole]
    base = figures(judged, measured_on="held-out writers")
    values = {name: getattr(base, name) for name in Metrics.__dataclass_fields__}
    values |= {
        "topics": _topics(built),
        "consent": _consent(built),
        "sentiment": _sentiment(built),
        "train_seconds": train_seconds,
    }
    return Metrics(**values)


def out_of_fold_predictions(built: "Built") -> list[Predicted]:
    """Return for every intent example what the model without its writer predicts.

    Of a deep version only those that calibration held out are judged by all of it.
    """
    found, parameters = built.evidence.intents, built.parameters
    labels = parameters.intents.labels
    scores = found.scores
    probabilities = intent_probabilities(scores, parameters.intents)
    whole = np.full(len(scores), built.deep is None)
    if built.deep is not None:
        held = built.deep.held_out
        whole[held] = True
        probabilities[held] = intent_probabilities(
            scores[held], parameters.intents, tuned=built.deep.logits
        )
    column = labels.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in labels else None
    outside = probability(evidence(scores, found.nearness, column), parameters.out_of_scope)
    best = np.argsort(-probabilities, axis=1)[:, :2]
    rows = []
    for i, example in enumerate(built.examples.intents):
        first, second = int(best[i, 0]), int(best[i, -1])
        rows.append(
            Predicted(
                text=example.text,
                truth=example.label,
                predicted=labels[first],
                confidence=round(float(probabilities[i, first]), 4),
                second=labels[second],
                second_confidence=round(float(probabilities[i, second]), 4),
                out_of_scope_score=round(float(outside[i]), 4),
                out_of_scope=bool(outside[i] >= parameters.out_of_scope.threshold),
                writer=example.writer,
                where=f"{example.path.name}:{example.line}",
                whole=bool(whole[i]),
            )
        )
    return rows


def _topics(built: "Built") -> tuple[TopicFigures, ...]:
    if built.evidence.topics is None:
        return ()
    table = []
    for column, topic in enumerate(built.parameters.topics):
        truth = np.array([topic.topic in e.topics for e in built.examples.topics], bool)
        score = built.evidence.topics[:, column].astype(np.float64)
        flagged = sigmoid(topic.slope * score + topic.intercept) >= topic.threshold
        hits = int((flagged & truth).sum())
        table.append(
            TopicFigures(
                topic=topic.topic,
                positives=int(truth.sum()),
                precision=round(hits / max(int(flagged.sum()), 1), 4),
                recall=round(hits / max(int(truth.sum()), 1), 4),
                threshold=round(topic.threshold, 4),
            )
        )
    return tuple(table)


def _consent(built: "Built") -> ConsentFigures | None:
    parameters = built.parameters.consent
    if built.evidence.consent is None or parameters is None:
        return None
    chances = softmax(built.evidence.consent, parameters.temperature)
    readings = [
        read_consent(
            e.text, dict(zip(parameters.labels, map(float, row), strict=True)), parameters
        )[0]
        for e, row in zip(built.examples.consent, chances, strict=True)
    ]
    labels = np.array([e.label for e in built.examples.consent])
    obeyed = np.array([r is ConsentReading.OPT_OUT for r in readings], bool)
    asked = np.array([r is ConsentReading.UNSURE for r in readings], bool)
    said, others = labels == "opt_out", np.isin(labels, ("none", "opt_in"))
    # Asking someone who wants texts whether they want them is no needless question.
    unrelated = labels == "none"
    return ConsentFigures(
        opt_outs=int(said.sum()),
        obeyed=share(obeyed[said]),
        obeyed_or_asked=share((obeyed | asked)[said]),
        others=int(others.sum()),
        obeyed_wrongly=share(obeyed[others]),
        asked_needlessly=share(asked[unrelated]),
    )


def _sentiment(built: "Built") -> SentimentFigures | None:
    parameters = built.parameters.sentiment
    if built.evidence.sentiment is None or parameters is None:
        return None
    scores = built.evidence.sentiment
    chances = softmax(scores[:, :-1], parameters.temperature)
    truth = np.array([parameters.labels.index(row.sentiment) for row in built.examples.sentiment])
    guess = chances.argmax(axis=1)
    real = np.array([row.frustration for row in built.examples.sentiment])
    raw, values = zip(*parameters.knots, strict=True)
    felt = np.clip(np.interp(scores[:, -1], raw, values), 0, 1)
    f1 = []
    for label in range(len(parameters.labels)):
        hit = int(((guess == label) & (truth == label)).sum())
        f1.append(2 * hit / max(int((guess == label).sum() + (truth == label).sum()), 1))
    varied = bool(felt.std() > 0 and real.std() > 0)
    return SentimentFigures(
        messages=len(truth),
        accuracy=share(guess == truth),
        macro_f1=round(float(np.mean(f1)), 4),
        calibration_error=round(expected_calibration_error(chances.max(axis=1), guess == truth), 4),
        frustration_error=round(float(np.abs(felt - real).mean()), 4),
        frustration_correlation=round(float(np.corrcoef(felt, real)[0, 1]), 4) if varied else 0.0,
    )
