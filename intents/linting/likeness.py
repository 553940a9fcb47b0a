"""Messages that are too much like one another: templates within an intent, leaks into a test."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from intents.corpus.data import Labelled, Row
from intents.linting.findings import Finding, Severity
from intents.normalise import key

MOST_NEAR_DUPLICATES = 0.05
"""Share of an intent's utterances that may resemble another of them (issue 3)."""

MOST_LEAKED = 0.1
"""Share of a test set that may be worded as in the training data, all of it short messages."""

_MOST_WORDS_BY_CHANCE = 6
"""Words up to which two people word a message alike by chance: of the shipped test set, written
apart, 8% is in the training data too, nearly all of it as short."""

_ALIKE = 88.0
"""Of 100, rapidfuzz's ratio over the sorted words: the same sentence with a word or two changed."""

_FEWEST_WORDS = 3
_LEAKED = 95.0
_LISTED_EACH = 5
_BLOCK_ROWS = 1000


def template_findings(rows: Sequence[Labelled]) -> Iterator[Finding]:
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
            where=pairs[0][0].where,
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


def leak_findings(rows: Sequence[Row], test: Sequence[Row]) -> Iterator[Finding]:
    """Training messages that the test set holds too, word for word or nearly.

    Two people both write 'are you a bot' without having seen each other's lines: a short message in
    both is a warning, unless more than a tenth of the test is in the training data.
    """
    if not test:
        return
    tested = {key(row.text): row for row in reversed(test)}
    long_enough = [text for text in tested if len(text.split()) >= _FEWEST_WORDS]
    found: dict[str, tuple[Row, str, Row]] = {}
    for row, text, like in _nearest([(row, key(row.text)) for row in rows], tested, long_enough):
        found.setdefault(row.where, (row, text, like))
    share = len({like.where for _, _, like in found.values()}) / len(test)
    if share > MOST_LEAKED:
        yield Finding(
            kind="leaks",
            severity=Severity.ERROR,
            message=f"{share:.0%} of the test set is in the training data too "
            f"({MOST_LEAKED:.0%} at most)",
            where=next(iter(found)),
        )
    for row, text, like in found.values():
        chance = len(text.split()) <= _MOST_WORDS_BY_CHANCE
        yield Finding(
            kind="leak",
            severity=Severity.WARNING if chance else Severity.ERROR,
            message=f"{row.text!r} is in the test set too: {like.where}",
            where=row.where,
        )


def _nearest(
    rows: Sequence[tuple[Row, str]], tested: dict[str, Row], long_enough: Sequence[str]
) -> Iterator[tuple[Row, str, Row]]:
    """Yield each row that a test message equals or nearly equals, its key, and that message."""
    from rapidfuzz import fuzz, process

    others: list[tuple[Row, str]] = []
    for row, text in rows:
        if text in tested:
            yield row, text, tested[text]
        elif len(text.split()) >= _FEWEST_WORDS:
            others.append((row, text))
    for start in range(0, len(others) if long_enough else 0, _BLOCK_ROWS):
        part = others[start : start + _BLOCK_ROWS]
        alike = process.cdist(
            [text for _, text in part],
            long_enough,
            scorer=fuzz.ratio,
            score_cutoff=_LEAKED,
            dtype=np.float32,
            workers=2,
        )
        for place in np.flatnonzero(alike.any(axis=1)):
            row, text = part[int(place)]
            yield row, text, tested[long_enough[int(alike[place].argmax())]]
