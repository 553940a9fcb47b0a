"""The guard: nothing is said that the evidence does not hold.

A reply is cut into claims (sentences, and clauses with a subject of their own). Each must be held
by one statement of the evidence with the same values and units, about the same subject, with the
same negation and under the same conditions. What is not held is cut out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from agent.replies.claims import Statement, read_statement
from agent.replies.clauses import clauses_of, joints, limits, opening
from agent.replies.courtesies import POLITE, is_courtesy, lead_agrees
from agent.replies.discourse import matter_of_speech
from agent.replies.entailment import why_not
from agent.replies.evidence import Evidence
from agent.replies.free_words import FREE
from agent.replies.light import LIGHT, RISKY
from agent.replies.spots import Claim, Spot, spots_of, subject_of
from agent.replies.values import ValueKind
from agent.replies.words import content_stems, plain, split_sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardResult:
    """What is left of a reply.

    ``cut`` are the claims taken out, each with the reason; ``evidence`` holds the kept ones.
    ``text`` is empty where nothing of substance is left.
    """

    text: str
    kept: tuple[str, ...]
    cut: tuple[tuple[str, str], ...]
    evidence: tuple[Evidence, ...]


@dataclass(slots=True)
class _Work:
    """What the guard gathers while it reads a reply."""

    spots: tuple[Spot, ...]
    kept: list[str]
    cut: list[tuple[str, str]]
    holders: dict[str, Evidence]
    sentences: list[str]
    context: frozenset[str]
    freely: bool
    told: frozenset[tuple[ValueKind, str, str]] = frozenset()


_HANGS = re.compile(
    r"^(?:and |but |so |plus )?(?:(?:for|in|on|at|after|from|with|within|during|before|until) "
    r"[^,]{1,30}?,? )?(?:it|they|this|these|those|that|he|she|both|its|who|which|where|"
    r"their|there(?!'s|(?: (?:is|are|was|were|will)\b)))\b",
    re.IGNORECASE,
)
_SAME_OF_ANOTHER = re.compile(
    r"^(?:and |but |plus )?(?:so|neither|nor|likewise) (?:is|are|do|does|can|will|has|have|was)\b"
    r"|^(?:and |but |plus )?(?!(?:it|they|we|you|this|that|"
    r"there)\b)[^,]{2,40}\b(?:too|as well)[.!]?$",
    re.IGNORECASE,
)
"""What carries over what was said to something else: ``and so is registration``."""
_MOST_CUTS = 8
"""Places where a sentence is tried to be cut."""


class Guard:
    """Checks replies of any composer against their evidence. Keeps nothing between checks.

    Args:
        known_names: names that need no evidence, such as the brand's own.
    """

    def __init__(self, *, known_names: Sequence[str] = ()) -> None:
        self._known = frozenset().union(*(content_stems(name) for name in known_names))

    def check(
        self, text: str, evidence: Sequence[Evidence], *, question: str = "", freely: bool = False
    ) -> GuardResult:
        """Return the reply without what the evidence does not hold.

        ``question`` only tells what the reply's first words hang on; it is never evidence.
        ``freely``: the reply is a language model's, whose wording is its own.
        """
        work = _Work(
            spots=spots_of(evidence),
            kept=[],
            cut=[],
            holders={},
            sentences=[],
            context=content_stems(question),
            freely=freely,
        )
        for sentence in _sentences(text):
            self._sentence(sentence, work)
        substance = bool(work.holders)
        return GuardResult(
            text=" ".join(work.sentences) if substance else "",
            kept=tuple(work.kept) if substance else (),
            cut=tuple(work.cut),
            evidence=tuple(work.holders.values()),
        )

    def _sentence(self, sentence: str, work: _Work) -> None:
        polite = POLITE.match(sentence)
        start = polite.end() if polite else 0
        lead, body = opening(sentence[start:])
        lead = sentence[:start] + lead
        if is_courtesy(body):
            work.kept.append(sentence)
            work.sentences.append(sentence)
            return
        whole = read_statement(body)
        reason, spot = self._judge(whole, whole, work)
        if not reason:
            self._keep(body, lead, whole, spot, work)
            return
        if work.freely and self._joined(body, whole, work):
            self._keep(body, lead, whole, None, work)
            return
        held = self._clauses(body, whole, work)
        if held:
            self._keep(held, lead, read_statement(held), None, work)
        if not held and len(clauses_of(body)) < 2:  # noqa: PLR2004
            work.cut.append((sentence, reason))

    def _clauses(self, body: str, whole: Statement, work: _Work) -> str:
        """Return the longest beginning of a sentence whose clauses are all held."""
        clauses = clauses_of(body)
        if len(clauses) < 2:  # noqa: PLR2004
            return ""
        held_until = 0
        for place, (clause, end) in enumerate(clauses):
            statement = read_statement(clause)
            reason, spot = self._judge(statement, whole, work)
            if place and _SAME_OF_ANOTHER.search(clause):
                reason = "says the same of something else"
            if reason:
                work.cut.append((clause, reason))
                rest = clauses[place + 1 :]
                if limits(clause) or any(limits(other) for other, _ in rest):
                    held_until = 0
                work.cut.extend((other, "stands behind a claim that was cut") for other, _ in rest)
                break
            held_until = end
            if spot is not None:
                work.holders[spot.evidence.id] = spot.evidence
        text = body[:held_until].rstrip(" ,;-")
        return f"{text}." if text and text[-1] not in ".!?" else text

    def _joined(self, body: str, whole: Statement, work: _Work) -> bool:
        """Whether a sentence that joins a few facts is held, each fact by a statement of its own.

        What follows a cut speaks of the subject that the sentence began with.
        """
        cuts = [match.span() for match in joints(body)]
        for chosen in (c for n in (1, 2) for c in combinations(cuts[:_MOST_CUTS], n)):
            ends = [*(begin for begin, _ in chosen), len(body)]
            starts = [0, *(end for _, end in chosen)]
            parts = [body[a:b].strip(" ,;-") for a, b in zip(starts, ends, strict=True)]
            spots = self._hold_each(parts, whole, work)
            if spots:
                for spot in spots:
                    work.holders[spot.evidence.id] = spot.evidence
                return True
        return False

    def _hold_each(self, parts: Sequence[str], whole: Statement, work: _Work) -> list[Spot] | None:
        found: list[Spot] = []
        subject = subject_of(matter_of_speech(parts[0]))
        for place, part in enumerate(parts):
            statement = read_statement(part)
            if place and _SAME_OF_ANOTHER.search(part):
                return None
            if not statement.values and len(statement.stems - LIGHT - FREE) <= 1:
                return None
            bare = self._without_known(statement)
            context = work.context if _HANGS.match(statement.text) else frozenset()
            context |= subject if place else frozenset()
            claim = Claim(statement=bare, sentence=whole, context=context)
            reason, spot = why_not(claim, work.spots, freely=work.freely)
            if reason or spot is None:
                return None
            found.append(spot)
        return found

    def _judge(
        self, statement: Statement, whole: Statement, work: _Work
    ) -> tuple[str, Spot | None]:
        if _states_nothing(statement):
            return "", None
        as_told = None if work.freely else _as_told(statement, work.spots)
        if as_told is not None:
            return "", as_told
        bare = self._without_known(statement)
        hanging = not bare.stems or _HANGS.match(statement.text) is not None
        context = work.context if hanging else frozenset()
        if hanging and statement is not whole:
            context |= whole.stems
        told = work.told if hanging else frozenset()
        claim = Claim(statement=bare, sentence=whole, context=context, told=told)
        return why_not(claim, work.spots, freely=work.freely)

    def _without_known(self, statement: Statement) -> Statement:
        if not self._known & statement.stems:
            return statement
        return replace(
            statement,
            stems=statement.stems - self._known,
            order=tuple(s for s in statement.order if s not in self._known),
            names=frozenset(n for n in statement.names if not content_stems(n) <= self._known),
        )

    def _keep(
        self, body: str, lead: str, statement: Statement, spot: Spot | None, work: _Work
    ) -> None:
        if spot is not None:
            work.holders[spot.evidence.id] = spot.evidence
        work.kept.append(body)
        if lead and not lead_agrees(lead, statement):
            lead, body = "", body[0].upper() + body[1:]
        work.sentences.append(f"{lead}{body}")
        if statement.stems:
            work.context = statement.stems
            work.told = frozenset(value.key for value in statement.values)


def _as_told(statement: Statement, spots: Sequence[Spot]) -> Spot | None:
    """Return the statement of the evidence that is said word for word and leans on none before."""
    if _HANGS.match(statement.text):
        return None
    return next((spot for spot in spots if spot.statement.text == statement.text), None)


def _sentences(text: str) -> list[str]:
    lines = (line.strip() for line in plain(text).splitlines())
    return [sentence for line in lines if line for sentence in split_sentences(line)]


def _states_nothing(statement: Statement) -> bool:
    """Whether a clause has no word or value that could be wrong, or only asks."""
    if statement.values or statement.names or statement.tokens & RISKY or statement.negated:
        return False
    return (
        not statement.stems - LIGHT
        if statement.text.rstrip().endswith("?")
        else not statement.stems
    )
