"""The statements of the evidence, read for the guard, and the claims they may hold."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice, takewhile

from agent.replies.canonical import canonical_form
from agent.replies.claims import Statement, opener_of, read_statement
from agent.replies.clauses import spot_clauses
from agent.replies.evidence import Evidence
from agent.replies.light import LIGHT, RISKY
from agent.replies.values import Value, ValueKind
from agent.replies.words import (
    Word,
    content_stems,
    content_words,
    is_fragment,
    stem,
    units_of,
    words,
)

_HANGING_OPENERS = frozenset({"it", "they", "this", "these", "those", "that", "he", "she", "both"})


_REFERRING_OPENERS = _HANGING_OPENERS | {"the", "there", "later"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One statement of the evidence with what is known around it.

    ``around`` are the stems of heading and lead-in; ``elsewhere`` the values of the whole
    evidence; ``own`` the later of two sentences read as one, whose values and names the claim may
    not take from the earlier instead; ``topic`` what all the evidence is about; ``page`` what its
        evidence says anywhere, ``denied`` what it only denies; ``subjects`` what any of its
    statements begins with; ``clauses`` the statement's parts that may differ in negation and
    condition;
    ``hangs_on`` the word that ties it to the statement before, which a claim must then name.
    """

    evidence: Evidence
    statement: Statement
    around: frozenset[str]
    elsewhere: tuple[Value, ...]
    clauses: tuple[Statement, ...]
    hangs_on: str = ""
    own: Statement | None = None
    topic: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    page: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()

    @property
    def stems(self) -> frozenset[str]:
        """All stems a claim may use: the statement's own and those around it."""
        return self.statement.stems | self.around | self.statement.tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What must be held: the clause, the whole sentence it is from, and what it hangs on.

    ``context`` are stems of the statement (or question) before, where the clause itself does not
    name what it speaks of; ``told`` the keys of that statement's values.
    """

    statement: Statement
    sentence: Statement
    context: frozenset[str]
    told: frozenset[tuple[ValueKind, str, str]] = frozenset()


def spots_of(evidence: Sequence[Evidence]) -> tuple[Spot, ...]:
    """Return all statements of the evidence."""
    read = [(item, _spots(item)) for item in evidence]
    told = Counter(
        word
        for _, spots in read
        for word in frozenset().union(*(spot.statement.stems for spot in spots))
    )
    topic = frozenset(word for word, times in told.items() if times >= _SHARED) - RISKY
    subjects = frozenset().union(*(_own_subject(spot) for _, spots in read for spot in spots))
    return tuple(
        replace(spot, evidence=item, topic=topic, subjects=subjects - LIGHT, denied=denied)
        for item, spots in read
        for denied in [_denied_in(spots)]
        for spot in spots
    )


def _denied_in(spots: Sequence[Spot]) -> frozenset[str]:
    """Return what the statements of a page only deny."""
    clauses = [clause for spot in spots for clause in spot.clauses]
    denied = frozenset().union(
        *(c.negated | (c.denied_of & c.stems) for c in clauses if c.negated or c.denied_of)
    )
    stated = frozenset().union(*(c.stems for c in clauses if not (c.negated or c.denied_of)))
    return denied - stated


_SHARED = 3
"""Passages or rows that use a word, from which on it is what the evidence is about."""


@lru_cache(maxsize=1_024)
def _spots(item: Evidence) -> tuple[Spot, ...]:
    units = units_of(item.text)
    called = canonical_form(item.heading)
    heading = content_stems(called) | {word.stem for word in words(called)}
    heading |= _topic(unit.text for unit in units)
    elsewhere = tuple(value for unit in units for value in read_statement(unit.text).values)
    found: list[Spot] = []
    for place, unit in enumerate(units):
        texts = [unit.text]
        opener = unit.text.split(maxsplit=1)[0].casefold().strip(",'") if unit.text else ""
        before = units[place - 1].text if place else ""
        parallel = opener == "the" and _tells_of_another(unit.text, before)
        refers = opener in _REFERRING_OPENERS or _REFERS.search(unit.text) is not None
        if unit.kind == "sentence" and refers and before and not parallel:
            thing = next(iter(read_statement(unit.text).order), "") if opener == "the" else ""
            found.append(
                replace(
                    _spot(item, f"{before} {unit.text}", heading, "", elsewhere, hangs_on=thing),
                    own=read_statement(unit.text),
                )
            )
        if unit.kind == "sentence" and before and not parallel:
            found.append(_told_of_before(item, unit.text, before, heading, elsewhere))
        if is_fragment(unit.text) and not unit.lead_in and item.heading:
            texts.append(f"{item.heading.rsplit(' > ', 1)[-1].rstrip('?:.')}: {unit.text}")
        if unit.lead_in:
            texts.append(f"{unit.lead_in}: {unit.text}")
            siblings = [u.text for u in units if u.lead_in == unit.lead_in]
            if siblings[0] == unit.text:
                texts.append(f"{unit.lead_in}: {', '.join(siblings)}")
        found.extend(_spot(item, text, heading, unit.lead_in, elsewhere) for text in texts)
    if item.kind == "product":
        # Every sentence of a row speaks of the same product, so they may be told together.
        found.append(_spot(item, item.text, heading, "", elsewhere))
    return tuple(found)


def _topic(texts: Iterable[str]) -> frozenset[str]:
    """Return what a passage is about: the words that two of its sentences share."""
    read = [read_statement(text) for text in texts]
    told = Counter(word for statement in read for word in statement.stems)
    names = {stem(name) for statement in read for name in (*statement.names, statement.opener)}
    return frozenset(word for word, times in told.items() if times > 1) - RISKY - names


_REFERS = re.compile(
    r"^(?:\S+ ){0,3}(?:they|it|he|she|both|either)\b|\b(?:between|of|to|for|with) them\b"
    r"|\b(?:after|below|above|beyond|under|over) that\b",
    re.IGNORECASE,
)
"""A pronoun near the beginning: ``Abroad they take 10 days``, ``hire between them``."""


def _tells_of_another(text: str, before: str) -> bool:
    """Whether two sentences tell of two things side by side: the second hangs on nothing.

    ``The harbour tour ... . The whale tour ...``; ``A monthly ticket ... . The yearly ticket ...``.
    """
    if before.startswith("The "):
        return True
    subject = takewhile(lambda w: _is_subject_word(w) or w.text[0].isdigit(), words(text))
    read = read_statement(" ".join(word.text for word in subject))
    return before.startswith(("A ", "An ", "Our ")) and (
        len(read.order) + len(read.values) > 1 and not read.stems <= read_statement(before).stems
    )


def _told_of_before(
    item: Evidence, text: str, before: str, heading: frozenset[str], elsewhere: tuple[Value, ...]
) -> Spot:
    """Read a sentence that may speak of the subject of the one before it.

    ``The winter concert is in the hall. Admission is free`` tells of admission to the winter
    concert. Only the earlier subject's words count, and the claim must name the later one.
    """
    subject = set(subject_of(before))
    if read_statement(text).names:
        # Who or what is named now stands where the one before stood.
        subject -= {stem(name) for name in (*read_statement(before).names, opener_of(before))}
    own = next(iter(read_statement(text).order), "")
    return _spot(item, text, heading | subject, "", elsewhere, hangs_on=own)


def _own_subject(spot: Spot) -> frozenset[str]:
    text = (spot.own or spot.statement).text
    told = takewhile(_is_subject_word, words(text))
    return frozenset(word.stem for word in islice(told, _SUBJECT_WORDS))


_SUBJECT_WORDS = 4


def subject_of(text: str) -> frozenset[str]:
    """Return the stems that a sentence begins with, up to its first common word."""
    return frozenset(word.stem for word in takewhile(_is_subject_word, words(text)))


def _is_subject_word(word: Word) -> bool:
    return word.text in {"The", "A", "An", "Our"} or bool(content_words(word.text))


def _spot(
    item: Evidence,
    text: str,
    heading: frozenset[str],
    lead_in: str,
    elsewhere: tuple[Value, ...],
    *,
    hangs_on: str = "",
) -> Spot:
    return Spot(
        evidence=item,
        statement=read_statement(text),
        around=heading | content_stems(lead_in),
        page=read_statement(item.text).stems,
        elsewhere=elsewhere,
        clauses=tuple(read_statement(c) for c in spot_clauses(read_statement(text).text)),
        hangs_on=hangs_on,
    )


def likeliest(claim: Statement, spot: Spot) -> list[Statement]:
    """Return the clauses of the statement that share most with the claim."""
    if len(spot.clauses) < 2:  # noqa: PLR2004
        return list(spot.clauses)

    def shared(clause: Statement) -> int:
        keys = {value.key for value in clause.values}
        return len(claim.stems & clause.stems) + sum(2 for v in claim.values if v.key in keys)

    most = max(shared(clause) for clause in spot.clauses)
    return [clause for clause in spot.clauses if shared(clause) == most]
