"""Questions that go on from the one before: what they take over from it, what they replace."""

from collections.abc import Sequence
from dataclasses import replace

from agent.replies.candidates import Candidate
from agent.replies.nearness import ASKING_STEMS, Matter, stems_in
from agent.replies.questions import Asked, Question, read_question
from agent.replies.values import values_of
from knowledge_base.question import is_elliptic, leans, substitutes


def earlier_questions(question: str, previous: str) -> tuple[str, ...]:
    """Return what a question may go on from, the likeliest first; empty is nothing.

    One that says so goes on. One that is merely short may stand by itself: that is tried first.
    """
    if not previous:
        return ("",)
    if leans(question):
        return (previous,)
    return ("", previous) if is_elliptic(question) else ("",)


def without_neighbours(before: str, question: str, headings: Sequence[str]) -> str:
    """Take out of an earlier question the place or thing that stands beside the one now named.

    Headings side by side (two branches, two courses) tell what may be replaced by what.
    """
    named = stems_in(question) if substitutes(question) else frozenset()
    paths = {heading.rpartition(" > ")[::2] for heading in headings}
    parents = {above for above, leaf in paths if above and named and named <= stems_in(leaf)}
    beside = (leaf for above, leaf in paths if above in parents and not named <= stems_in(leaf))
    replaced = frozenset().union(*map(stems_in, beside))
    kept = (word for word in before.split() if not stems_in(word) & replaced)
    return " ".join(kept)


def read_follow_up(question: str, before: str) -> Question:
    """Read a question together with the one it goes on from.

    It asks what it asks itself, else what the one before asked ('and on sundays?'), and what it
    names (a day, a number) takes the place of what was named before.
    """
    own, earlier = read_question(question), read_question(_without_replaced(before, question))
    whole = f"{earlier.text.strip(' ?.!,')} {own.text}"
    values_alone = substitutes(question) and bool(values_of(question))
    if own.asked is Asked.OTHER or values_alone:
        return replace(
            own,
            text=whole,
            asked=earlier.asked,
            yes_no=earlier.yes_no,
            aspects=own.aspects or earlier.aspects,
            negated=own.negated or earlier.negated,
        )
    return replace(own, text=whole)


def _without_replaced(before: str, question: str) -> str:
    """Take out of the earlier question the values of the kinds that this one names."""
    kinds = {value.kind for value in values_of(question)}
    for value in reversed(values_of(before)):
        if value.kind in kinds:
            begin, end = value.span
            before = f"{before[:begin].rstrip()} {before[end:].lstrip()}"
    return before.strip()


def of_what_is_named(
    question: str, candidates: Sequence[Candidate], matter: Matter
) -> list[Candidate]:
    """Return what speaks of the thing that a follow-up puts in the place of the one before.

    'And to Mexico?' is not answered by what a page says of Canada: where nothing speaks of it,
    nothing is left. Other questions leave all.
    """
    named = stems_in(question) - ASKING_STEMS if substitutes(question) else frozenset()
    if not named:
        return list(candidates)
    return [one for one in candidates if _speaks_of(named, one, matter)]


_AS_GOOD_AS = 0.5
"""Closeness in meaning from which on another word counts as naming the thing."""


def _speaks_of(named: frozenset[str], one: Candidate, matter: Matter) -> bool:
    told = stems_in(f"{one.evidence.heading} {one.unit.lead_in} {one.unit.text}")
    near = (matter.near.get(stem, {}) for stem in named - told)
    return all(any(close.get(s, 0.0) >= _AS_GOOD_AS for s in told) for close in near)
