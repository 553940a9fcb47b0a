"""Looks through training data for what spoils a model; every finding names the line to edit."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from intents.data import Corpus, Labelled
from intents.metrics import Predicted
from intents.normalise import key

MOST_NEAR_DUPLICATES = 0.05
"""Share of an intent's utterances that may resemble another of them (issue 2)."""

_ALIKE = 88.0
"""Of 100, rapidfuzz's ratio over the sorted words: the same sentence with a word or two changed."""

_FEWEST_WORDS = 3
_FEW = 60
_MOST_IMBALANCE = 10
_LEAKED = 95.0
_SURELY_WRONG = 0.9
_LISTED_EACH = 5


class Severity(StrEnum):
    """An error fails ``data validate``; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing wrong. ``where`` is ``file:line`` where it has a line."""

    kind: str
    severity: Severity
    message: str
    where: str


def lint(
    corpus: Corpus,
    *,
    test: Sequence[Labelled] = (),
    predictions: Sequence[Predicted] = (),
) -> list[Finding]:
    """Return everything found, errors first.

    ``test`` is a test set that the data must not hold; ``predictions`` are out-of-fold ones of a
    version trained on this data, from which likely label errors are taken.
    """
    found = [
        *_conflicts(corpus.intents),
        *_near_duplicates(corpus.intents),
        *_leaks(corpus.intents, test),
        *_few(corpus),
        *_few_writers(corpus.intents),
        *_label_errors(corpus.intents, predictions),
    ]
    return sorted(found, key=lambda finding: finding.severity is not Severity.ERROR)


def _conflicts(rows: Sequence[Labelled]) -> Iterator[Finding]:
    """The same words under two intents."""
    first: dict[str, Labelled] = {}
    for row in rows:
        earlier = first.setdefault(key(row.text), row)
        if earlier.label != row.label:
            yield Finding(
                kind="conflict",
                severity=Severity.ERROR,
                message=f"{row.text!r} is {row.label} here and {earlier.label} in {earlier.where}",
                where=row.where,
            )


def _near_duplicates(rows: Sequence[Labelled]) -> Iterator[Finding]:
    """More than 5% of an intent's utterances are alike: the sign of a template."""
    by_intent: dict[str, list[Labelled]] = defaultdict(list)
    for row in rows:
        by_intent[row.label].append(row)
    for intent, members in sorted(by_intent.items()):
        pairs = near_duplicates(members)
        share = len(pairs) / len(members)
        if share <= MOST_NEAR_DUPLICATES:
            continue
        yield Finding(
            kind="near_duplicates",
            severity=Severity.ERROR,
            message=f"{intent}: {share:.0%} of its utterances resemble another "
            f"({MOST_NEAR_DUPLICATES:.0%} at most)",
            where=str(members[0].path),
        )
        for row, like in pairs[:_LISTED_EACH]:
            yield Finding(
                kind="near_duplicate",
                severity=Severity.WARNING,
                message=f"{row.text!r} resembles line {like.line}: {like.text!r}",
                where=row.where,
            )


def near_duplicates(rows: Sequence[Labelled]) -> list[tuple[Labelled, Labelled]]:
    """Return the rows that resemble an earlier one, with that one.

    Of messages under three words only the very same count: 'yes' and 'yes!!' must both be allowed
    to be short.
    """
    from rapidfuzz import fuzz, process

    keys = [" ".join(sorted(key(row.text).split())) for row in rows]
    alike = process.cdist(keys, keys, scorer=fuzz.ratio, score_cutoff=_ALIKE, dtype=np.float32)
    found = []
    for place, row in enumerate(rows):
        short = len(keys[place].split()) < _FEWEST_WORDS
        for earlier in np.flatnonzero(alike[place, :place]):
            if not short or keys[place] == keys[earlier]:
                found.append((row, rows[int(earlier)]))
                break
    return found


def _leaks(rows: Sequence[Labelled], test: Sequence[Labelled]) -> Iterator[Finding]:
    """Training messages that the test set holds too, word for word or nearly."""
    if not test:
        return
    from rapidfuzz import fuzz, process

    tested = [key(row.text) for row in test]
    exact = dict(zip(tested, test, strict=True))
    long_enough = [i for i, text in enumerate(tested) if len(text.split()) >= _FEWEST_WORDS]
    choices = [tested[i] for i in long_enough]
    for row in rows:
        text = key(row.text)
        hit = exact.get(text)
        if hit is None and len(text.split()) >= _FEWEST_WORDS:
            best = process.extractOne(text, choices, scorer=fuzz.ratio, score_cutoff=_LEAKED)
            hit = test[long_enough[best[2]]] if best is not None else None
        if hit is not None:
            yield Finding(
                kind="leak",
                severity=Severity.ERROR,
                message=f"{row.text!r} is in the test set too: {hit.where}",
                where=row.where,
            )


def _few(corpus: Corpus) -> Iterator[Finding]:
    counts = Counter(row.label for row in corpus.intents)
    paths = {row.label: row.path for row in corpus.intents}
    for intent, count in sorted(counts.items(), key=lambda item: item[1]):
        if count < _FEW:
            yield Finding(
                kind="few",
                severity=Severity.WARNING,
                message=f"{intent} has {count} utterances; {_FEW} or more make it reliable",
                where=str(paths[intent]),
            )
    for intent in sorted(set(corpus.groups) - set(counts)):
        yield Finding(
            kind="few", severity=Severity.ERROR, message=f"{intent} has no utterances", where=intent
        )
    most, least = counts.most_common(1)[0], counts.most_common()[-1]
    if most[1] > _MOST_IMBALANCE * least[1]:
        yield Finding(
            kind="imbalance",
            severity=Severity.WARNING,
            message=f"{most[0]} has {most[1]} utterances and {least[0]} only {least[1]}",
            where=str(paths[least[0]]),
        )


def _few_writers(rows: Sequence[Labelled]) -> Iterator[Finding]:
    writers: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        writers[row.label].add(row.writer)
    every = {writer for names in writers.values() for writer in names}
    for row in {row.label: row for row in rows}.values():
        if len(every) > 1 and len(writers[row.label]) == 1:
            yield Finding(
                kind="one_voice",
                severity=Severity.WARNING,
                message=f"{row.label} has only one writer; others word it in other ways",
                where=str(row.path),
            )


def _label_errors(rows: Sequence[Labelled], predictions: Sequence[Predicted]) -> Iterator[Finding]:
    """Lines that a model which never saw their writer surely reads as another intent."""
    places = {(row.text, row.label): row for row in rows}
    doubtful = [p for p in predictions if not p.right and p.confidence >= _SURELY_WRONG]
    for predicted in sorted(doubtful, key=lambda p: -p.confidence):
        row = places.get((predicted.text, predicted.truth))
        if row is not None:
            yield Finding(
                kind="label",
                severity=Severity.WARNING,
                message=f"{row.text!r} is {row.label} here, but reads as {predicted.predicted} "
                f"({predicted.confidence:.0%})",
                where=row.where,
            )
