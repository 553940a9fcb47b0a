"""Words and names of a claim: what the statement does not have is light, or it is not held."""

import re
from collections.abc import Sequence
from itertools import islice, pairwise

from agent.replies.claims import Statement
from agent.replies.light import LIGHT, RISKY
from agent.replies.spots import Claim, Spot, likeliest
from agent.replies.value_checks import opening_hours
from agent.replies.values import Bound, ValueKind
from agent.replies.words import Word, content_words, is_row, stem, words


def names_held(claim: Statement, spot: Spot) -> str:
    """Every name of the claim must stand in the statement or above it."""
    for name in claim.names:
        if stem(name.split("'")[0]) not in spot.stems and name not in spot.stems:
            return f"the name {name!r} is not in the evidence"
    return ""


_ALL = frozenset(
    stem(word) for word in ("all", "every", "always", "never", "everything", "everyone", "each")
)


def words_held(claim: Statement, spot: Spot) -> str:  # noqa: PLR0911
    """Words that the statement does not have must be light, and few."""
    if claim.tokens & _ALL and not spot.statement.tokens & _ALL and not _weekly(claim, spot):
        return "the evidence does not speak of all"
    if spot.hangs_on and spot.hangs_on not in claim.stems:
        return f"it does not name {spot.hangs_on!r}"
    missing = [s for s in claim.order if not _akin(s, spot.stems)]
    held = opening_hours(claim, spot.statement) | _held_by_values(claim, spot)
    missing = [word for word in missing if word not in held]
    for word in missing:
        if word in RISKY:
            return f"{word!r} is not in the evidence"
    if claim.opener and stem(claim.opener) in missing and stem(claim.opener) not in LIGHT:
        return f"{claim.opener!r} is not in the evidence"
    unknown = [s for s in missing if s not in LIGHT]
    if missing and not claim.values and not (claim.stems - LIGHT) & spot.stems:
        return f"{', '.join(missing)}: not in the evidence"
    if len(unknown) > _allowed(len(claim.order)):
        return f"{', '.join(unknown)}: not in the evidence"
    swapped = _swapped(claim, spot, frozenset(unknown))
    return f"{swapped!r} stands where the evidence has another word" if swapped else ""


def _akin(word: str, stems: frozenset[str]) -> bool:
    """Whether a stem is there, or who does it: ``paddle`` and ``paddler``."""
    if word in stems or (word.endswith("er") and {word[:-1], word[:-2]} & stems):
        return len(word) >= _SHORTEST_DOER or word in stems
    return len(word) >= _SHORTEST_DOING and not {f"{word}r", f"{word}er"}.isdisjoint(stems)


_SHORTEST_DOER, _SHORTEST_DOING = 5, 4
"""Letters: ``offer`` is nobody who offs."""


def _held_by_values(claim: Statement, spot: Spot) -> frozenset[str]:
    """Return risky words that only say what a value held by the statement says."""
    held = {value.key: value.bound for value in spot.statement.values}
    bounds = {held[value.key] for value in claim.values if value.key in held}
    kinds = {value.kind for value in claim.values}
    found = set(_EVERY) if _weekly(claim, spot) else set()
    if ValueKind.LINK in kinds:
        found.add(stem("online"))
    if ValueKind.MONEY in kinds and not claim.negated:
        found.add(stem("fee"))
    if Bound.LEAST in bounds:
        found.add(stem("minimum"))
    if Bound.MOST in bounds:
        found.add(stem("maximum"))
    if _WITH.search(spot.statement.text) and not claim.negated:
        found |= _INCLUDED
    return frozenset(found)


_WITH = re.compile(r"\bwith\b|\(")
_INCLUDED = frozenset(stem(word) for word in ("include", "included", "includes", "including"))
_NOT_WEEKLY = re.compile(
    r"\b(?:first|second|third|fourth|last|other|alternate|next|this|one)\b", re.IGNORECASE
)


def _weekly(claim: Statement, spot: Spot) -> bool:
    """Whether ``every Friday`` only says what ``on Fridays`` says in the evidence."""
    if claim.tokens & _ALL == {stem("each")} and _has_money(claim):
        return True
    return (
        claim.tokens & _ALL <= _EVERY
        and any(value.kind is ValueKind.WEEKDAY for value in claim.values)
        and _NOT_WEEKLY.search(spot.statement.text) is None
    )


def _has_money(claim: Statement) -> bool:
    return any(value.kind is ValueKind.MONEY for value in claim.values)


_EVERY = frozenset(stem(word) for word in ("every", "each"))


def _allowed(content_words: int) -> int:
    """Return how many unknown words a claim may have: one in eight."""
    return content_words // 8


def _swapped(claim: Statement, spot: Spot, unknown: frozenset[str]) -> str:
    """Return an unknown word that stands between the same neighbours as another in the evidence."""
    held = spot.statement.order
    for place, word in enumerate(claim.order):
        if word not in unknown:
            continue
        before = claim.order[place - 1] if place else ""
        after = claim.order[place + 1] if place + 1 < len(claim.order) else ""
        for there in range(len(held)):
            other_before = held[there - 1] if there else ""
            other_after = held[there + 1] if there + 1 < len(held) else ""
            if held[there] not in claim.stems and (
                (before and before == other_before) or (after and after == other_after)
            ):
                return word
    return ""


_WE_DO = re.compile(
    r"\b(?:(?:[Ww]e|I)(?:'ll|'d)?|"
    r"[Oo]ur [a-z]+(?= (?:will|can|could|shall|also|always|may|would)\b))"
    r"\s+(?:(?:will|can|could|shall|also|always|gladly|happily|then|even|just|may|would|do)\s+)*"
    r"(?P<verb>[a-z]+)",
)


def nothing_promised(claim: Statement, spot: Spot) -> str:
    """What "we" do must be something that the evidence says "we" do, or that is done."""
    hours = opening_hours(claim, spot.statement)
    for match in _WE_DO.finditer(claim.text):
        verb = stem(match["verb"].casefold())
        if verb in LIGHT or verb not in claim.stems or verb in hours:
            continue
        text = spot.statement.text
        done = any(
            stem(found["verb"].casefold()) == verb or verb in _stems_after(found.end(), text)
            for found in _WE_DO.finditer(text)
        )
        passive = any(stem(found[1].casefold()) == verb for found in _PASSIVE.finditer(text))
        if not done and not passive:
            return f"nobody says that we {match['verb']}"
    return ""


_PASSIVE = re.compile(
    r"\b(?:is|are|be|been|get|gets|was|were)\s+(?:not\s+|also\s+|only\s+)?([a-z]+(?:ed|en|t|d))\b",
    re.IGNORECASE,
)


def _stems_after(start: int, text: str) -> frozenset[str]:
    """Return the stems after ``we <verb>``: further verbs of the same sentence follow there."""
    return frozenset(word.stem for word in words(text[start:]))


_WITHOUT = re.compile(r"^(?:un|non)[a-z]{3}", re.IGNORECASE)


def qualifiers_kept(claim: Claim, spot: Spot) -> str:
    """What narrows the subject may not be dropped: ``unworn items``, ``sale items``."""
    said = claim.sentence.stems | claim.sentence.tokens | claim.context
    if is_row(spot.statement.text):
        return ""
    for clause in likeliest(claim.statement, spot):
        listed = words(clause.text)
        if _told_of_another(claim.statement, clause):
            continue
        missing = clause.stems - said - LIGHT
        shared = claim.statement.stems & clause.stems
        head = _subject_words(listed)
        for place, word in enumerate(head[:-1]):
            if word.stem in _ALL or _is_name(head, place) or _is_title(head[place + 1 :], shared):
                continue
            if word.stem in missing and any(w.stem in shared for w in head[place + 1 :]):
                return f"{word.text!r} is dropped"
        for first, second in pairwise(listed):
            if _WITHOUT.match(first.text) and first.stem in missing and second.stem in shared:
                return f"{first.text!r} is dropped"
    return ""


def _told_of_another(claim: Statement, clause: Statement) -> bool:
    """Whether the claimed value comes after another of its kind, so the head is not its own."""
    keys = {value.key for value in claim.values}
    firsts = {value.kind: value for value in reversed(clause.values)}
    return any(value.key in keys and firsts[value.kind].key not in keys for value in clause.values)


def _is_name(head: Sequence[Word], place: int) -> bool:
    """Whether a word is part of a name of several words, which the checks of names judge."""
    beside = (*head[max(0, place - 1) : place], *head[place + 1 : place + 2])
    return head[place].text[0].isupper() and any(word.text[0].isupper() for word in beside)


def _is_title(rest: Sequence[Word], shared: frozenset[str]) -> bool:
    """Whether a full name that the claim has follows: ``master tuner Ann Lee`` is ``Ann Lee``."""
    return any(
        first.text[0].isupper() and second.text[0].isupper() and {first.stem, second.stem} <= shared
        for first, second in pairwise(rest)
    )


def _subject_words(listed: Sequence[Word]) -> list[Word]:
    """Return the words that a clause begins with, up to the first plural or common word."""
    head: list[Word] = []
    for word in islice(listed, _LONGEST_SUBJECT):
        if not content_words(word.text):
            break
        head.append(word)
        if word.text.casefold().endswith("s"):
            break
    return head


_LONGEST_SUBJECT = 4
