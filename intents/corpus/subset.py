"""A smaller corpus for trying things out quickly."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from intents.corpus.data import Corpus, Row

RowT = TypeVar("RowT", bound=Row)


def subset(corpus: Corpus, *, intents: Sequence[str] = (), every: int = 1) -> Corpus:
    """Return only these intents (all if none is named), and every n-th row of all parts.

    The digest names the choice, so that nothing trained on it is taken for the whole.
    """
    kept = tuple(row for row in corpus.intents if not intents or row.label in intents)
    names = {row.label for row in kept}
    mark = f"{corpus.digest} {sorted(names)} {every}"
    return replace(
        corpus,
        intents=_thinned(kept, every),
        topics=_thinned(corpus.topics, every),
        consent=_thinned(corpus.consent, every),
        sentiment=_thinned(corpus.sentiment, every),
        several=_thinned(
            tuple(row for row in corpus.several if not intents or set(row.intents) <= names), every
        ),
        groups={name: group for name, group in corpus.groups.items() if name in names},
        descriptions={n: text for n, text in corpus.descriptions.items() if n in names},
        digest=hashlib.sha256(mark.encode()).hexdigest(),
    )


def _thinned(rows: Sequence[RowT], every: int) -> tuple[RowT, ...]:
    return tuple(rows[::every])
