"""Which sentences answer: the likeliest by words and meaning are read together with the question.

Words and vectors find what a sentence is about. Whether it says what was asked (the price of this,
not of that; when, not where) shows only when both are read together, which the cross-encoder in
``selection.safetensors`` does; ``models/selection.md`` says how it was trained.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from agent.replies.candidates import Candidate, headings_of, with_lead_in
from agent.replies.scoring import HANGING, Scored

LAYERS = Path(__file__).with_name("selection.safetensors")
"""The cross-encoder's layers."""

Read = Callable[[str, Sequence[str]], list[float]]
"""A question and sentences to the log-odds that each sentence answers it."""

MOST_READ = 8
"""Sentences read for one question, about 5 ms each on one thread. On the brands that no reader has
learnt from the best of eight, with four of rows, is right for 134 of 193 questions, of four and two
for 127; of sixteen for 134 again. Reading the second half only where none of the first answers
costs a quarter less, and 8 of 565 right replies on the brands for practice."""

MOST_OF_ROWS = 4
"""Sentences of catalogue rows that are read beside them."""

_TOO_FAR = 6.0
"""How far behind the best by words and meaning (log-odds) no reading makes up for."""

_UNREAD = -8.0
"""Log-odds of a sentence that was not worth reading."""

WORDS_COUNT, READING_COUNTS = 0.3, 0.45
"""What a sentence's order by words and its reading count for, chosen on the brands for practice."""

CASES_MISSED_COUNT = -0.5
"""What a sentence about other cases than the question's loses beside, which no reading tells."""


def read_again(
    question: str, candidates: Sequence[Candidate], scores: Sequence[Scored], read: Read
) -> list[Scored]:
    """Score the likeliest candidates again by reading them; ``read`` becomes a trait of each."""
    order = sorted(range(len(scores)), key=lambda i: -scores[i].total)
    near = [i for i in order if scores[i].total > scores[order[0]].total - _TOO_FAR]
    rows = [i for i in order if candidates[i].evidence.kind == "product"]
    likeliest = [i for i in near if i not in rows][:MOST_READ] + rows[:MOST_OF_ROWS]
    log_odds = dict(
        zip(likeliest, read(question, [as_read(candidates, i) for i in likeliest]), strict=True)
    )
    return [_with_reading(one, log_odds.get(i, _UNREAD)) for i, one in enumerate(scores)]


def as_read(candidates: Sequence[Candidate], index: int) -> str:
    """Return a sentence with its headings, and with the one before it where it leans on that."""
    one = candidates[index]
    before = candidates[index - 1] if index else None
    said = with_lead_in(one.unit)
    if before and before.evidence.id == one.evidence.id and HANGING.match(one.unit.text):
        said = f"{before.unit.text} {one.unit.text}"
    return f"{headings_of(one, _HEADINGS)}: {said}"


_HEADINGS = 2
"""Headings that are read with a sentence: the last often names only what it tells of."""


def _with_reading(one: Scored, log_odds: float) -> Scored:
    total = (
        WORDS_COUNT * one.total
        + READING_COUNTS * log_odds
        + CASES_MISSED_COUNT * one.traits.get("case_missed", 0.0)
    )
    return replace(one, traits={**one.traits, "read": log_odds}, total=total)


def reading_traits(
    candidates: Sequence[Candidate], scores: Sequence[Scored], chosen: Sequence[int]
) -> dict[str, float]:
    """Return what reading tells of an extract made of the chosen sentences, the best one first.

    ``read_share`` is the share of the best among all that were read and of 'none of them',
    ``read_passage`` that of its whole passage: of a table several rows may be read as the answer.
    """
    reads = [one.traits.get("read") for one in scores]
    known = [value for value in reads if value is not None]
    if len(known) < len(scores) or not known:
        return {}
    raised = [math.exp(value) for value in known]
    best = known[chosen[0]]
    others = [value for i, value in enumerate(known) if i not in chosen]
    own = candidates[chosen[0]].evidence.id
    elsewhere = [value for c, value in zip(candidates, known, strict=True) if c.evidence.id != own]
    return {
        "read": best,
        "read_share": raised[chosen[0]] / (1.0 + sum(raised)),
        "read_chosen": sum(raised[i] for i in chosen) / (1.0 + sum(raised)),
        "read_most": max(known),
        "read_ahead": best - max(others, default=_UNREAD),
        "read_passage": 1.0 - sum(map(math.exp, elsewhere)) / (1.0 + sum(raised)),
        "read_elsewhere": max(elsewhere, default=_UNREAD),
    }
