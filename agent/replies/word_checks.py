"""Words of a claim: what the statement does not have is light, or it is not held."""

import re
from collections.abc import Sequence

from agent.replies.claims import Statement, read_statement
from agent.replies.free_words import FREE
from agent.replies.light import LIGHT, RISKY
from agent.replies.promise_checks import PAID, has_money
from agent.replies.spots import Spot
from agent.replies.value_checks import opening_hours
from agent.replies.values import Bound, ValueKind
from agent.replies.words import stem


def words_held(claim: Statement, spot: Spot) -> str:  # noqa: PLR0911
    """Words that the statement does not have must be light, and few."""
    if claim.universals and not _speaks_of_all(claim, spot):
        return "the evidence does not speak of all"
    if spot.hangs_on and spot.hangs_on not in claim.stems:
        return f"it does not name {spot.hangs_on!r}"
    missing = words_missing(claim, spot)
    for word in missing:
        if word in RISKY:
            return f"{word!r} is not in the evidence"
    opener = stem(claim.opener) if claim.opener and not _COMMON.search(claim.opener) else ""
    if opener in missing and opener not in LIGHT | (FREE - spot.subjects):
        return f"{claim.opener!r} is not in the evidence"
    unknown = [
        s
        for s in missing
        if s not in LIGHT | (FREE - spot.subjects) and not (claim.values and s in spot.topic)
    ]
    if claim.values and len(claim.stems & spot.stems - LIGHT) >= _KNOWN_ENOUGH:
        # What the customer does around a value that is held: "you add it for $5".
        done = _done_by_customer(claim.text)
        unknown = [s for place, s in enumerate(unknown) if place or s not in done]
    beyond = claim.stems - spot.statement.stems
    if beyond and not claim.values and not (claim.stems - LIGHT) & spot.statement.stems:
        return f"{', '.join(sorted(beyond))}: not in the evidence"
    if unknown and len(unknown) > max(
        _allowed(len(claim.order)), _paraphrased(claim, spot, unknown)
    ):
        return f"{', '.join(unknown)}: not in the evidence"
    swapped = swapped_word(claim, spot, frozenset(unknown))
    return f"{swapped!r} stands where the evidence has another word" if swapped else ""


def words_missing(claim: Statement, spot: Spot) -> list[str]:
    """Return the stems of a claim that neither the statement nor its values say."""
    missing = [s for s in claim.order if not _akin(s, spot.stems)]
    held = opening_hours(claim, spot.statement) | _held_by_values(claim, spot)
    held |= _said_by_times(claim) | _order_of_time(claim, spot)
    if claim.values and all(value.kind in _WHERE_TO for value in claim.values):
        held |= spot.page - RISKY  # where to book what the page tells of
    return [word for word in missing if word not in held]


_COMMON = re.compile(r"(?:ing|ment|tion|age|ly|ness|ity)$|^(?:none|inside|outside|within)$")
"""What a word ends with that is hardly a name."""
_KNOWN_ENOUGH = 2
_CUSTOMER_DOES = re.compile(
    r"\b(?:(?:you|they)(?:'d|'ll)?(?: (?:can|may|could|will|would|only|just|must|might))*|to|if you"
    r"|please|when|by)\s+([a-z]+)"
)


def _done_by_customer(text: str) -> frozenset[str]:
    """Return the stems of what "you" do, or of what is done "to" something."""
    return frozenset(stem(match[1].casefold()) for match in _CUSTOMER_DOES.finditer(text))


_HALVES = (("morning", 0, 720), ("afternoon", 720, 1080), ("evening", 1020, 1440))
"""Parts of the day: minutes after midnight from, and before."""


def _said_by_times(claim: Statement) -> frozenset[str]:
    """Return the parts of the day that a claim's times lie in: 9:45 AM is in the morning."""
    minutes = [int(v.amount) for v in claim.values if v.kind is ValueKind.TIME]
    return frozenset(
        stem(name) for name, begin, end in _HALVES if any(begin <= m < end for m in minutes)
    )


_BEFORE, _AFTER = stem("before"), stem("after")


def _order_of_time(claim: Statement, spot: Spot) -> frozenset[str]:
    """Return "after" or "before" where a value is held and the evidence has not the other."""
    if not claim.values:
        return frozenset()
    return (
        frozenset({_BEFORE, _AFTER})
        - ({_AFTER} if _BEFORE in spot.statement.tokens else set())
        - ({_BEFORE} if _AFTER in spot.statement.tokens else set())
    )


def _akin(word: str, stems: frozenset[str]) -> bool:
    """Whether a stem is there, or who does it: ``paddle`` and ``paddler``."""
    if word.endswith("li") and word[:-2] in stems:
        return True  # "heavily" and "heavy"
    if word in stems or (word.endswith("er") and {word[:-1], word[:-2]} & stems):
        return len(word) >= _SHORTEST_DOER or word in stems
    return len(word) >= _SHORTEST_DOING and not {f"{word}r", f"{word}er"}.isdisjoint(stems)


_SHORTEST_DOER, _SHORTEST_DOING = 5, 4
"""Letters: ``offer`` is nobody who offs."""


_WHERE_TO = frozenset({ValueKind.LINK, ValueKind.PHONE, ValueKind.EMAIL})


def _held_by_values(claim: Statement, spot: Spot) -> frozenset[str]:
    """Return risky words that only say what a value held by the statement says."""
    held = {value.key: value.bound for value in spot.statement.values}
    bounds = {held[value.key] for value in claim.values if value.key in held}
    kinds = {value.kind for value in claim.values}
    found = set(_EVERY) if _weekly(claim) or _speaks_of_all(claim, spot) else set()
    if ValueKind.LINK in kinds:
        found.add(stem("online"))
    if ValueKind.CODE in kinds:
        found.add(stem("code"))
    if not claim.negated and any(v.kind is ValueKind.MONEY for v in spot.statement.values):
        found |= PAID
    found |= _said_by_offer(claim, spot)
    if Bound.LEAST in bounds:
        found.add(stem("minimum"))
    if Bound.MOST in bounds:
        found.add(stem("maximum"))
    if "cover" in spot.statement.tokens or (
        _WITH.search(spot.statement.text) and not claim.negated
    ):
        found |= _INCLUDED
    return frozenset(found)


def _said_by_offer(claim: Statement, spot: Spot) -> frozenset[str]:
    """Return risky words that say no more than a price, a discount or a denial held does."""
    found: frozenset[str] = frozenset()
    kinds = {value.kind for value in claim.values}
    discounted = spot.statement.stems & _OFF or spot.statement.tokens & _OFF_WORDS
    if ValueKind.PERCENT in kinds and discounted:
        found |= _OFF
    if ValueKind.MONEY in kinds and not claim.negated:
        found |= _ON_TOP
    if claim.values and not (claim.negated or spot.statement.negated):
        found |= _TO_BE_HAD if spot.evidence.kind == "passage" else frozenset()
    return found | _LEFT_OUT if spot.statement.negated else found


_OFF_WORDS = frozenset({stem("off")})
_OFF = frozenset(stem(w) for w in ("discount", "save", "saves", "saving", "savings", "deal", "off"))
_ON_TOP = frozenset(stem(w) for w in ("extra", "further", "additional"))
_TO_BE_HAD = frozenset(stem(w) for w in ("available", "availability"))
_LEFT_OUT = frozenset(stem(w) for w in ("except", "excluding", "excluded", "exclude"))
_WITH = re.compile(r"\bwith\b|\(|\bfor (?:a|one|two|three|\d+)\b|\binclu|\bcover")
_INCLUDED = frozenset(
    stem(word) for word in ("include", "included", "includes", "including", "cover", "covers")
)


def _speaks_of_all(claim: Statement, spot: Spot) -> bool:
    """Whether the evidence speaks of all as the claim does: ``classes have 16 places`` does."""
    if spot.statement.universals or _weekly(claim):
        return True
    plurals = {
        stem(m[1].casefold())
        for pattern in (_BARE_PLURAL, _ONE_OF_A_KIND)
        for m in pattern.finditer(spot.statement.text)
    }
    quantified = [stem(match[1].casefold()) for match in _OF_ALL.finditer(claim.text)]
    return bool(quantified) and plurals.issuperset(quantified)


_BARE_PLURAL = re.compile(r"(?:^|[.;] )(?:from [A-Z]\w+ to [A-Z]\w+ )?([A-Za-z]{3,}s)\b")
_ONE_OF_A_KIND = re.compile(
    r"\b(?:an?|per)(?: (?=\w+ (?!costs?|is|are|takes?|has|lasts?|comes?|"
    r"needs?)[a-z])\w+)? ([a-z]{3,})\b",
    re.IGNORECASE,
)
_OF_ALL = re.compile(r"\b(?:all|each|every)(?: (?:the|our|of (?:the|our)))? (\w+)", re.IGNORECASE)


def _weekly(claim: Statement) -> bool:
    """Whether ``every Friday`` only says what ``on Fridays`` says in the evidence."""
    if claim.universals == {stem("each")} and has_money(claim):
        return True
    return claim.universals <= _EVERY and any(v.kind is ValueKind.WEEKDAY for v in claim.values)


_EVERY = frozenset(stem(word) for word in ("every", "each"))


def _allowed(content_words: int) -> int:
    """Return how many unknown words a claim may have: one in eight."""
    return content_words // 8


def _paraphrased(claim: Statement, spot: Spot, unknown: Sequence[str]) -> int:
    """Return how many unknown words may be another wording of what the statement says.

    None may stand in a part that shares nothing with the statement: it says something more.
    """
    if in_added_part(claim, spot, unknown):
        return 0
    shared = (claim.stems & spot.statement.stems) - LIGHT
    keys = {value.key for value in spot.statement.values}
    held = [value for value in claim.values if value.key in keys]
    return (len(shared) + len(held)) // (2 if held else 3)


def in_added_part(claim: Statement, spot: Spot, unknown: Sequence[str]) -> bool:
    """Whether an unknown word stands in a part of the claim that shares nothing with a statement.

    ``Tickets include a glass of wine and a signed copy``: the copy is something more.
    """
    shared = (claim.stems & spot.statement.stems) - LIGHT
    keys = {value.key for value in spot.statement.values}
    for part in _ADDING.split(claim.text):
        read = read_statement(part)
        if set(unknown) & read.stems and not (
            read.stems & shared or any(value.key in keys for value in read.values)
        ):
            return True
    return False


_ADDING = re.compile(
    r"\s(?:and|plus|with|including|along with|as well as|or|but)\s|[,;:]\s", re.IGNORECASE
)


def swapped_word(claim: Statement, spot: Spot, unknown: frozenset[str]) -> str:
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
