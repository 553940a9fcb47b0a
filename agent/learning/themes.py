"""Emerging topics: what customers write about that no intent covers yet. Pure but for NumPy."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

LEAST_LIKE = 0.4
"""Mean cosine similarity from which two clusters are one. Measured on 248 strangers' messages (14
intents, and 80 out of scope) with all-MiniLM-L6-v2: 0.3 gathers 50% of them into topics at a purity
of 66%, 0.4 26% at 77%, 0.5 12% at 79%."""

LEAST_MESSAGES = 3
MOST_MESSAGES = 1_500
"""Texts clustered at once: their distances take 18 MB, their tree about a second."""

NAME_WORDS = 3
TREND_DAYS = 14

_WORD = re.compile(r"[^\W\d_][\w']+")
_STOP = frozenset(
    """
    a about after again all also am an and any are aren't as at be been before being but by can
    can't could did didn't do does doesn't don't dont down for from get got had has have haven't he
    hello her here hey hi him his how i'd i'll i'm i've if im in into is isn't it it's its just let
    like me more my need no not now of off ok okay on one only or our out over please pls said see
    she should so some still than thank thanks that that's the their them then there these they
    this those to too up us very want was wasn't way we were what what's when where which who why
    will with won't would you you're your yours u ur ive
    """.split()  # noqa: SIM905 - a list of words is easier to read and to diff than of literals
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A message that the model was unsure of. ``seen`` is how often its words have come."""

    id: str
    text: str
    on: date
    seen: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Messages that belong together.

    ``words`` tell it from the others, ``example`` is the id of the most central message.
    ``days`` counts messages a day over the last ``TREND_DAYS``, today last; ``lately`` and
    ``before`` are the sums of the later and the earlier half.
    """

    words: tuple[str, ...]
    example: str
    members: tuple[str, ...]
    messages: int
    days: tuple[int, ...]
    lately: int
    before: int


def find_themes(
    sightings: Sequence[Sighting], vectors: NDArray[np.float32], *, today: date
) -> list[Theme]:
    """Cluster messages and name the clusters, the largest first.

    ``vectors`` is ``(n, d) float32``, rows of length 1, in the order of ``sightings``.
    """
    if len(sightings) < LEAST_MESSAGES:
        return []
    places = clusters(vectors)
    names = telling_words([[sightings[p].text for p in cluster] for cluster in places])
    found = [
        _theme([sightings[p] for p in cluster], vectors[cluster], words, today)
        for cluster, words in zip(places, names, strict=True)
    ]
    return sorted(found, key=lambda theme: (-theme.messages, theme.words))


def clusters(
    vectors: NDArray[np.float32], *, least: int = LEAST_MESSAGES, like: float = LEAST_LIKE
) -> list[list[int]]:
    """Return the places of the members of each cluster (average linkage over cosine distance).

    Those of fewer than ``least`` members are left out; ``like`` is the mean cosine similarity from
    which two clusters are one.
    """
    from scipy.cluster.hierarchy import fcluster, linkage

    # Not metric="cosine": that has no number for a text of which nothing is encoded.
    distances = np.clip(1 - vectors.astype(np.float64) @ vectors.T, 0, 2)
    tree = linkage(distances[np.triu_indices(len(vectors), 1)], method="average")
    labels = fcluster(tree, t=1 - like, criterion="distance")
    grouped: dict[int, list[int]] = {}
    for place, label in enumerate(labels):
        grouped.setdefault(int(label), []).append(place)
    return [members for members in grouped.values() if len(members) >= least]


def telling_words(groups: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Return for each group the words that tell it from the others.

    Class-based TF-IDF (Grootendorst 2022, arXiv 2203.05794): the share of a word in its group
    times ``log(1 + A / f)``, ``f`` its frequency in all groups and ``A`` the mean words a group.
    A word counts once a message, so that one long message does not name the group.
    """
    counts = [Counter(w for text in group for w in words_of(text)) for group in groups]
    overall: Counter[str] = sum(counts, Counter())
    mean = sum(overall.values()) / max(len(groups), 1)
    named = []
    for count in counts:
        total = max(sum(count.values()), 1)
        score = {w: n / total * math.log(1 + mean / overall[w]) for w, n in count.items()}
        best = sorted(score, key=lambda w: (-score[w], w))
        named.append(tuple(best[:NAME_WORDS]))
    return named


def words_of(text: str) -> set[str]:
    """Return a message's words of meaning, plural and singular as one."""
    found = (
        w.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'") for w in _WORD.findall(text)
    )
    return {
        _singular(w.rstrip("'").removesuffix("'s")) for w in found if w not in _STOP and len(w) > 1
    }


def _singular(word: str) -> str:
    plural = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us"))  # noqa: PLR2004
    return word[:-1] if plural else word


def _theme(
    members: Sequence[Sighting],
    vectors: NDArray[np.float32],
    words: tuple[str, ...],
    today: date,
) -> Theme:
    central = int(np.argmax(vectors @ vectors.mean(axis=0)))
    first = today - timedelta(days=TREND_DAYS - 1)
    days = [0] * TREND_DAYS
    for member in members:
        place = (member.on - first).days
        if 0 <= place < TREND_DAYS:
            days[place] += member.seen
    half = TREND_DAYS // 2
    return Theme(
        words=words,
        example=members[central].id,
        members=tuple(member.id for member in members),
        messages=sum(member.seen for member in members),
        days=tuple(days),
        lately=sum(days[half:]),
        before=sum(days[:half]),
    )
