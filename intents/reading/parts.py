"""Several wishes in one message: 'where is my order and can i change the address'.

The message is cut into clauses, each clause is read like a message of its own, and a logistic
regression says from what the clauses and the whole have to say whether these are wishes to be
answered one by one, or one wish told at length.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from intents.corpus.data import OUT_OF_SCOPE
from intents.reading.calibration import Doubles, fit_logistic, sigmoid
from intents.reading.parameters import Parameters, PartsParameters
from intents.types import Part

QUIET = frozenset(
    {"greeting", "thanks", "goodbye", "affirm", "deny", "positive_feedback", "help"}
    | {"opt_out", "opt_in", OUT_OF_SCOPE}
)
"""What may stand beside a wish without being another: courtesy, what no clause can tell, and what
consent hears by itself."""

MOST_CLAUSES = 5
_LONGEST_MESSAGE = 400
"""Characters; a longer message is a story, and cutting it up would cost too much time."""

_LEAST_WORDS = 2
_LEAST_CONFIDENCE = 0.5
"""A clause below it says nothing of its own and stays with the clause before it."""

ONE_TAKEN_FOR_SEVERAL = 0.04
"""Share of messages with one wish, of those written to be mistaken, that may be taken apart."""

_TINY = 1e-4

_JOIN = r"(?:and|but|also|plus|btw|then|so|because|while|if not|if so|if yes|oh and)"
_BOUNDARY = re.compile(
    rf"(?:(?<=[.!?;])\s+|\s*\n+\s*|\s*,\s*(?!\d))(?:{_JOIN}\s+)?"
    rf"|\s+{_JOIN}\s+(?:(?:also|then|if)\s+)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch ``text[start:end]`` and what it would be as a message: P(intent) ``(labels,)``."""

    start: int
    end: int
    chances: Doubles


def clauses(text: str) -> list[tuple[int, int]]:
    """Return the stretches of a message that may hold a wish each; fewer than two for most."""
    if len(text) > _LONGEST_MESSAGE:
        return []
    pieces: list[tuple[int, int]] = []
    start = 0
    for found in (*_BOUNDARY.finditer(text), None):
        end = len(text) if found is None else found.start()
        if end > start:
            _append(pieces, text, start, end)
        start = end if found is None else found.end()
    return pieces if 1 < len(pieces) <= MOST_CLAUSES else []


_LEANS = re.compile(
    r"(?:(?:and|also|so|then)\s+)?(?:how (?:fast|much|long|soon|many|late|far)|when|where|"
    r"(?:what'?s|what is|wats?) the (?:price|cost)|price|cost)?"
    r"(?:\s*(?:is|are|does|do|will|would|can|did)\s+(?:it|they|that|this|these|those|one))?"
    r"(?:\s*(?:be|take|cost|costs|come|arrive|start|last))?\W*",
    re.IGNORECASE,
)
"""A stretch that asks more about what the one before names: "and how fast", "does it cost"."""


def _append(pieces: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    """Add a stretch; one that is too short, or follows one that is, is joined to it."""
    if pieces:
        before = pieces[-1]
        shortest = min(len(text[start:end].split()), len(text[slice(*before)].split()))
        if shortest < _LEAST_WORDS or _LEANS.fullmatch(text, start, end):
            pieces[-1] = before[0], end
            return
    pieces.append((start, end))


def evidence(whole: Doubles, parts: Sequence[Clause], labels: Sequence[str]) -> Doubles | None:
    """Return what the surest two clauses of different intents say; None if there are no two.

    ``(7,)``: the lesser and the greater confidence of the two clauses, the logarithms of the lesser
    and the greater probability that the whole message gives their intents, the sum of those, how
    much each clause also says what the other does, and the number of clauses.
    """
    speaking = [(int(c.chances.argmax()), c) for c in parts]
    speaking = [(best, c) for best, c in speaking if labels[best] not in QUIET]
    pairs = [(a, b) for a, b in combinations(speaking, 2) if a[0] != b[0]]
    if not pairs:
        return None
    (i, first), (j, second) = max(
        pairs, key=lambda p: min(p[0][1].chances[p[0][0]], p[1][1].chances[p[1][0]])
    )
    sure = sorted((float(first.chances[i]), float(second.chances[j])))
    heard = sorted((float(whole[i]), float(whole[j])))
    return np.array(
        [
            *sure,
            *(np.log(chance + _TINY) for chance in heard),
            sum(heard),
            float(first.chances[j] + second.chances[i]),
            len(parts),
        ]
    )


def fit_parts(
    pieces: Doubles, several: "np.ndarray[tuple[int], np.dtype[np.bool_]]"
) -> PartsParameters:
    """Fit on evidence ``(n, 7)``; the threshold is where few single wishes are taken for several.

    ``pieces`` are those of messages that have evidence at all; ``several`` says which of them hold
    several wishes.
    """
    model = fit_logistic(pieces, several)
    coefficients = model.coefficients / model.scales
    chances = model.probability(pieces)
    single = chances[~several]
    return PartsParameters(
        coefficients=tuple(map(float, coefficients)),
        intercept=float(model.intercept - coefficients @ model.means),
        threshold=float(np.quantile(single, 1 - ONE_TAKEN_FOR_SEVERAL)) if len(single) else 0.5,
    )


def probability(pieces: Doubles, parameters: PartsParameters) -> float:
    """Return P(several wishes) of evidence ``(7,)``."""
    odds = float(pieces @ np.array(parameters.coefficients) + parameters.intercept)
    return float(sigmoid(np.array(odds)))


def find_parts(
    text: str, whole: Doubles, read_clauses: Sequence[Clause], parameters: Parameters
) -> tuple[Part, ...]:
    """Return the wishes of a message that holds several, in order; nothing for any other."""
    labels = parameters.intents.labels
    questions = _questions(text, read_clauses, labels)
    if questions:
        return questions
    pieces = evidence(whole, read_clauses, labels)
    if pieces is None or parameters.parts is None:
        return ()
    if probability(pieces, parameters.parts) < parameters.parts.threshold:
        return ()
    return _join(text, read_clauses, labels)


_ASKS = re.compile(
    r"(?:(?:hi|hiya|hey|hello|and|also|so)(?: there)?\W+)*"
    r"(?:do|does|is|are|can|could|may|will|would|how|what(?:'?s)?|wh?ats|"
    r"when|where|wheres|who|whos|which)\s+(?!(?:for|about|with|if)\b)(?=\w+\s+\w)",
    re.IGNORECASE,
)
_POINTS = re.compile(
    r"\b(?:it|its|that|this|they|them|these|those|ones?|there|then|he|she)\b", re.IGNORECASE
)
_OWN_WORDS = re.compile(r"\b(?!(?:the|you|your|and|for|much|many|long|have|any|get)\b)[^\W\d_]{3,}")


def _questions(
    text: str, read_clauses: Sequence[Clause], labels: Sequence[str]
) -> tuple[Part, ...]:
    """Return the clauses of a message where each plainly asks of something else.

    'Can I pay cash and do you take cheques': one intent for both tells nothing against it. A clause
    that means something of the one before belongs to it.
    """
    found: list[Part] = []
    words: list[frozenset[str]] = []
    for place, clause in enumerate(read_clauses):
        best = int(clause.chances.argmax())
        said = text[clause.start : clause.end]
        if labels[best] in QUIET and not place and not _ASKS.match(said):
            continue  # a greeting
        own = frozenset(_OWN_WORDS.findall(_ASKS.sub("", said.casefold(), count=1)))
        known = labels[best] not in QUIET and clause.chances[best] >= _LEAST_CONFIDENCE
        if not (known and own and _ASKS.match(said)) or (place and _POINTS.search(said)):
            return ()
        if any(own <= others for others in words):
            return ()
        words.append(own)
        found.append(
            Part(
                text=said.strip(" ,;"),
                intent=labels[best],
                confidence=round(float(clause.chances[best]), 4),
            )
        )
    return tuple(found) if len(found) > 1 else ()


def _join(text: str, clauses_read: Sequence[Clause], labels: Sequence[str]) -> tuple[Part, ...]:
    """Join neighbours of one intent, and attach what says nothing to what stands before it."""
    starts: list[tuple[int, str, float]] = []
    for clause in clauses_read:
        best = int(clause.chances.argmax())
        intent, confidence = labels[best], float(clause.chances[best])
        if intent in QUIET or confidence < _LEAST_CONFIDENCE:
            continue
        if starts and starts[-1][1] == intent:
            continue
        starts.append((clause.start, intent, confidence))
    ends = [start for start, _, _ in starts[1:]] + [len(text)]
    found: dict[str, Part] = {}
    for (start, intent, confidence), end in zip(starts, ends, strict=True):
        part = Part(
            text=text[start:end].strip(" ,;"), intent=intent, confidence=round(confidence, 4)
        )
        found.setdefault(intent, part)
    return tuple(found.values()) if len(found) > 1 else ()
