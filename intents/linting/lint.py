"""Looks through training data for what spoils a model; every finding names the line to edit."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from intents.corpus.data import Corpus, Labelled, Row
from intents.figures.metrics import Predicted
from intents.linting.findings import Finding, Severity
from intents.linting.labels import border_findings, label_findings
from intents.linting.likeness import leak_findings, template_findings
from intents.normalise import key

FEW = 150
"""Utterances an intent of the shipped data has at least (issue 3)."""

_MOST_IMBALANCE = 10
_SAYS_SO = frozenset({"opt_out", "opt_in"})
"""Consent labels that are intents too: the same words must not be both opt_out and another."""


def lint(
    corpus: Corpus,
    *,
    test: Sequence[Row] = (),
    predictions: Sequence[Predicted] = (),
) -> list[Finding]:
    """Return everything found, errors first.

    ``test`` is a test set that the data must not hold; ``predictions`` are out-of-fold ones of a
    version, from which likely label errors and unclear borders are taken.
    """
    every = (
        *corpus.intents,
        *corpus.topics,
        *corpus.consent,
        *corpus.sentiment,
        *corpus.several,
    )
    found = [
        *_conflicts(corpus.intents),
        *_conflicts(corpus.consent),
        *_sentiment_conflicts(corpus),
        *_consent_conflicts(corpus),
        *template_findings(corpus.intents),
        *leak_findings(every, test),
        *_few(corpus),
        *_few_writers(corpus.intents),
        *border_findings(corpus.intents, predictions),
        *label_findings(corpus.intents, predictions),
    ]
    return sorted(found, key=lambda finding: finding.severity is not Severity.ERROR)


def _conflicts(rows: Sequence[Labelled]) -> Iterator[Finding]:
    """The same words under two labels."""
    first: dict[str, Labelled] = {}
    for row in rows:
        earlier = first.setdefault(key(row.text), row)
        if earlier.label != row.label:
            yield _conflict(row, row.label, earlier, earlier.label)


def _consent_conflicts(corpus: Corpus) -> Iterator[Finding]:
    """Words that the consent data reads otherwise than the intents do."""
    intents = {key(row.text): row for row in corpus.intents}
    for row in corpus.consent:
        other = intents.get(key(row.text))
        if other is None:
            continue
        said = row.label if row.label in _SAYS_SO else ""
        heard = other.label if other.label in _SAYS_SO else ""
        if said != heard:
            yield _conflict(row, row.label, other, other.label, severity=Severity.WARNING)


def _sentiment_conflicts(corpus: Corpus) -> Iterator[Finding]:
    first: dict[str, tuple[Row, str]] = {}
    for row in corpus.sentiment:
        earlier, feeling = first.setdefault(key(row.text), (row, str(row.sentiment)))
        if feeling != row.sentiment:
            yield _conflict(row, str(row.sentiment), earlier, feeling, severity=Severity.WARNING)


def _conflict(
    row: Row, label: str, other: Row, other_label: str, *, severity: Severity = Severity.ERROR
) -> Finding:
    return Finding(
        kind="conflict",
        severity=severity,
        message=f"{row.text!r} is {label} here and {other_label} in {other.where}",
        where=row.where,
    )


def _few(corpus: Corpus) -> Iterator[Finding]:
    counts = Counter(row.label for row in corpus.intents)
    last = {row.label: row for row in corpus.intents}
    for intent, count in sorted(counts.items(), key=lambda item: item[1]):
        if count < FEW:
            yield Finding(
                kind="few",
                severity=Severity.WARNING,
                message=f"{intent} has {count} utterances; {FEW} or more make it reliable",
                where=last[intent].where,
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
            where=last[least[0]].where,
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
                where=row.where,
            )
