"""What narrows a subject may not be dropped."""

import re
from collections.abc import Sequence
from itertools import islice, pairwise

from agent.replies.claims import UNIVERSALS, Statement
from agent.replies.light import LIGHT
from agent.replies.spots import Claim, Spot, likeliest
from agent.replies.words import Word, content_words, is_row, words

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
            if (
                word.stem in UNIVERSALS
                or _is_name(head, place)
                or _is_title(head[place + 1 :], shared)
            ):
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
