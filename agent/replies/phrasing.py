"""Wording units of a page as a person would text them: lists, table rows, yes and no."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent.replies.cutting import cut_row, cut_sentence
from agent.replies.questions import Question
from agent.replies.row_words import listed
from agent.replies.words import STOP_WORDS, Unit, content_stems, is_fragment, is_whole

_SENTENCE_WORDS = 6
_LISTED_CHARS = 140


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A unit to say, its passage's heading and, for a list item, the whole list.

    ``first``: it is the one that answers best; ``place``: whose it is, where others have the like.
    """

    unit: Unit
    heading: str
    siblings: tuple[Unit, ...]
    first: bool
    place: str = ""


def spoken(question: Question, piece: Piece) -> str:
    """Return the unit as a sentence that stands alone."""
    unit = piece.unit
    if unit.kind == "row":
        text = row_said(cut_row(question, unit.text))
    elif unit.kind == "item":
        text = _item(unit, piece.siblings)
    elif is_fragment(unit.text) and piece.heading:
        # Under "What we cannot take back" stands "Used socks": alone that says nothing, or worse.
        text = f"{piece.heading.rsplit(' > ', 1)[-1].rstrip('?:.')}: {unit.text}"
    else:
        text = cut_sentence(question, unit.text)
    text = _without_others_answer(question, piece.heading, text)
    if piece.place:
        text = f"{piece.place} {text if piece.place.endswith(':') else _lowered(text)}"
    if piece.first and unit.kind == "sentence" and not is_fragment(unit.text):
        text = _opened(question, text)
    return _ended(text)


def _without_others_answer(question: Question, heading: str, text: str) -> str:
    """Leave off a page's own yes or no: it answers the page's question, seldom the customer's."""
    own = _YES.match(text)
    if own is None:
        return text
    asked = content_stems(heading.rsplit(" > ", 1)[-1])
    shared = len(question.stems & asked)
    numbers = set(re.findall(r"\d+", question.text))
    same = (
        bool(asked)
        and shared >= _SAME_QUESTION * max(len(question.stems), 1)
        and numbers <= set(re.findall(r"\d+", f"{heading} {text}"))
    )
    if same and question.yes_no and not question.negated:
        return text
    rest = text[own.end() :]
    return rest[:1].upper() + rest[1:]


def join(sentences: Sequence[str]) -> str:
    """Join sentences; what is said already (one list, said once) is not said again."""
    kept: list[str] = []
    for sentence in sentences:
        if sentence and not any(sentence in said for said in kept):
            kept.append(sentence)
    return re.sub(r"\s+", " ", " ".join(kept)).strip()


def row_said(text: str) -> str:
    """Word ``Way: Standard; Time: 3 days; Cost: $5`` as ``Standard: time 3 days, cost $5``."""
    if "|" in text:
        cells = [cell.strip() for cell in text.strip("| ").split("|") if cell.strip()]
        return f"{cells[0]}: {', '.join(cells[1:])}" if len(cells) > 1 else text
    pairs = [cell.partition(":") for cell in text.split(";") if cell.strip()]
    (_, _, subject), *others = pairs
    if len(others) == 1 and not is_plain(others[0][0]) and _DAY.match(subject.strip()):
        # "Day: Sunday; Leith: 10 to 4": the column is whose hours they are.
        return f"{others[0][0].strip()}: {subject.strip()} {others[0][2].strip()}"
    told = [
        f"{_uncapped(header.strip())} {_uncapped(value.strip())}"
        for header, _, value in others
        if value.strip()
    ]
    return f"{subject.strip()}: {', '.join(told)}" if told else subject.strip()


def _uncapped(header: str) -> str:
    """Lower a plain header's first letter, but leave ``US size`` and ``Fort Collins`` alone."""
    return _lowered(header) if is_plain(header) else header


def is_plain(header: str) -> bool:
    """Whether a header says what its cells are, not whose or what they belong to by name."""
    first = re.split(r"[\s(,/]", header.strip(), maxsplit=1)[0].casefold()
    return first in _PLAIN_HEADERS and not header.strip()[:2].isupper()


_DAY = re.compile(
    r"(?:(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:days?)?|weekdays?|weekends?|daily"
    r"|every day)\b",
    re.IGNORECASE,
)


_PLAIN = """
    price prices cost costs fee fees charge charges rate rates time times day days date dates
    when where who whom what which why how per each every size sizes weight height width
    length depth level levels age ages from to until by register written part parts minute
    minutes hour hours week weeks month months year years duration discount discounts deposit
    deposits included includes include minimum maximum min max least most free carrier
    delivery shipping postage zone zones postcode postcodes area areas distance order orders
    over under above below up one two three four five six ten all any no yes note notes cover
    covers guarantee warranty method way ways payment refund refunds money cancellation
    cancelling teacher teachers instructor place places room rooms seats people person persons
    adult adults child children kids student students senior seniors member members non-
    members first second additional extra both single double standard express plants meals
    meal breakfast lunch dinner screen battery labour labor material materials color colour
    colors colours valid expires points spending events event good use uses number amount
    amounts total value service services treatment treatments item items product products
    package packages plan plans type types kind kinds model models small medium large your you
    address addresses phone telephone email online offline proof contact in on at by with
    subscription website opening hours closing result status none unlimited available yes not
    after before between within takes taken lasts needs need open opens closes closed weekday
    weekdays weekend weekends morning afternoon evening night nights holds hold"""
_PLAIN_HEADERS = frozenset(_PLAIN.split())


def _item(unit: Unit, siblings: tuple[Unit, ...]) -> str:
    """Word an item with its list: all of it where it is short or holds only as a whole."""
    texts = [sibling.text.rstrip(".;,") for sibling in siblings] or [unit.text]
    whole = is_whole(unit.lead_in)
    length = sum(len(text) for text in texts)
    if length <= (_LISTED_CHARS_WHOLE if whole else _LISTED_CHARS):
        if any(len(text.split()) >= _SENTENCE_WORDS for text in texts):
            return f"{unit.lead_in}: {'; '.join(texts)}"
        return f"{unit.lead_in}: {listed(texts)}"
    complete = len(unit.text.split()) >= _SENTENCE_WORDS and unit.text.endswith((".", "!", "?"))
    if complete and not whole:
        return unit.text
    return f"{unit.lead_in}: {unit.text}"


_LISTED_CHARS_WHOLE = 240


# "No climbing barefoot" is a rule, not a page's own answer: a mark must set the word apart.
_YES = re.compile(r"^(yes|no|yep|nope)\s?(?:[,.!:;]|\s-)\s*", re.IGNORECASE)
_SAME_QUESTION = 0.75
"""Share of the question's words that a page's own question must hold for its yes to be ours."""
_ASKS_BACK = 0.6
"""Share of the question's words that a sentence must hold before it may open with yes or no."""
_NOT = re.compile(
    r"\b(?:not|cannot|never|no longer|nothing|none|nobody|neither)\b|n't\b|^no\b", re.IGNORECASE
)
_UNLESS = re.compile(
    r"\b(?:if|unless|only|except|but|depends?|however|until|some|most|when|from|over|below|up to|"
    r"depending|once|after)\b",
    re.IGNORECASE,
)
_CAN = re.compile(
    r"^we \w+|\b(?:can|may|do|does|is|are|have|has|offer|ship|accept|take|sell|carry|welcome)\b",
    re.IGNORECASE,
)


_CLAUSES = re.compile(r",\s+(?:and|so|but|yet|or)\s+|;\s+")


def _opened(question: Question, text: str) -> str:
    """Open with yes or no where the sentence plainly says so, and never where it may not."""
    if (
        _YES.match(text)
        or text.startswith("No ")
        or not question.yes_no
        or question.negated
        or not question.stems
        or _UNLESS.search(text)
    ):
        return text
    held = len(question.stems & content_stems(text)) / len(question.stems)
    if held < _ASKS_BACK + 0.2:
        return text
    denied = {_NOT.search(clause) is not None for clause in _CLAUSES.split(text)}
    if len(denied) > 1:
        return text  # "Entry is free, and you need not book" denies nothing of the entry
    if denied == {True}:
        return _said("No", text)
    return _said("Yes", text) if _CAN.search(text) else text


def _said(word: str, text: str) -> str:
    """Return ``Yes, we ...``; ``Yes. Standard ...`` where the first word may be a name."""
    first = text.split(maxsplit=1)[0].casefold().split("'")[0] if text else ""
    if first in _OPENERS or (first in STOP_WORDS and first != "i"):
        return f"{word}, {_lowered(text)}"
    return f"{word}. {text}"


def _lowered(text: str) -> str:
    """Lower the first letter, but that of ``USB`` and ``GPS`` not."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


_OPENERS = frozenset(
    """we you the our your it they this these those all any every most a an if no not there each
    returns orders items shipping delivery refunds gift""".split()  # noqa: SIM905
)


def _ended(text: str) -> str:
    text = text.strip().rstrip(",;:")
    return (
        text if not text or text[-1] in ".!?" or text.split()[-1].startswith("http") else f"{text}."
    )
