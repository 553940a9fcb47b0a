"""Sentences, words and stems: the small reading that composer and guard share."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol

_QUOTES = str.maketrans("’‘‛´`“”–—‑−\u00a0\u202f", "'''''\"\"----  ")
_WORD = re.compile(r"[^\W_]+(?:['.,-]?[^\W_]+)*", re.UNICODE)
_MARKS = re.compile(r"\*\*|__|^#{1,6}\s+.*$|^\s*[-*•]\s+|^\s*\d+[.)]\s+(?=\S)", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]+)\]\((https?://[^)\s]+)[^)]*\)")

# A closing mark, closing brackets, a blank, then something that can begin a sentence.
_END = re.compile(r"[.!?]+[\"')\]]*(?=\s+[\"'(\[]?[A-Z0-9$€£¡¿])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Dr|Mr|Mrs|Ms|St|Ave|Blvd|Rd|Mt|No|vs|approx|ca|incl|excl|max|min|e\.g|i\.e|etc|"
    r"Mon|Tue|Tues|Wed|Thu|Thurs|Fri|Sat|Sun|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|"
    r"U\.S|[A-Z])|\b[ap]\.m)\.$"
)

# "4 p.m. The shop ...": a half of the day ends a sentence where a common word goes on in capitals.
_HALF_DAY_END = re.compile(
    r"[ap]\.m\.\s+(?:The|We|You|It|They|On|In|At|Our|Your|There|This|If|For|From|After|Before|All|"
    r"Please)\b"
)

STOP_WORDS = frozenset(
    """a about ain all already also am an and any anyone anything are aren as at be because been
    being both but by can cannot could couldn did didn do does doesn doing don down each
    either else even ever for from get gets getting give go goes going gonna got guys had has
    hasn have haven having he hello help her here hers hey hi him his hope how however i id if
    ii ill im in into is isn it its itself ive just kindly know least let like ll lol may me might
    mine more most much must my need needs neither no nor not now of off oh ok okay on once one
    only onto or other our ours out over own per please pls possible quite rather re really
    right s say see shall she should shouldn simply since so some someone something soon still
    such sure t take takes tell than thank thanks that the their them then there these they
    thing things this those though through thru thx to too u under until up upon ur us use
    using ve very via want wanted was wasn way we well were weren what when where whether
    which while who whom whose why will with within without won wondering would wouldn yes yet
    you your yours
    whats hows wheres whens whos thats theres theyre youre dont doesnt didnt cant wont isnt arent
    havent hasnt wasnt couldnt""".split()  # noqa: SIM905
)
"""Words that say nothing about the matter. Negations and limits among them are read apart."""


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802


@lru_cache(maxsize=1)
def _stemmer() -> _Stemmer:
    import Stemmer

    stemmer: _Stemmer = Stemmer.Stemmer("english")
    return stemmer


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return the stem of a lower-case word (Snowball English); words for one idea share a stem."""
    found = _stemmer().stemWord(word)
    return _ONE_IDEA.get(found, found)


# Stems that customers and pages use for the same thing. Kept narrow: what stands here, the guard
# takes as equal.
_GROUPS = (
    "deliv deliveri deliver ship shipment shipping", "cost price", "fee charg surcharg",
    "buy purchas",
    "store shop", "open opening", "close closur shut", "parcel packag", "return send-back",
    "pay payment paid", "sign-up regist registr enrol enroll join", "cancel cancell",
    "exchang swap", "repair mend fix", "ask question enquiri inquiri", "phone call ring telephon",
    "email e-mail mail", "restock back-in-stock", "colour color", "booking book reserv", "size",
    "photo pictur", "bike bicycl", "begin start", "finish end", "kid child children", "hour hrs hr",
    "min minut", "vet veterinarian", "member membership", "item product", "receiv get got",
    "parcel packet", "lead led", "rent hire rental", "teach taught", "fall drop fell",
    "unus unworn", "weekday monday-friday",
)  # fmt: skip
_ONE_IDEA = {word: group.split()[0] for group in _GROUPS for word in group.split()[1:]}


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: as written, its stem, and where it begins."""

    text: str
    stem: str
    start: int


def normalise(text: str) -> str:
    """Return straight quotes, plain hyphens and plain blanks; every character keeps its place."""
    return text.translate(_QUOTES)


def words(text: str) -> list[Word]:
    """Return all words in order. ``don't`` is one word, ``9.50`` and ``48213-B`` too."""
    return [
        Word(match.group(), stem(_bare(match.group())), match.start())
        for match in _WORD.finditer(normalise(text))
    ]


def content_words(text: str) -> list[Word]:
    """Return the words that carry the matter, numbers left out, repetitions kept."""
    return [
        word
        for word in words(text)
        if not word.text[0].isdigit()
        and _bare(word.text) not in STOP_WORDS
        and (len(word.text) > 1)
    ]


# The same sentences and headings are read again for every question that finds their page.
@lru_cache(maxsize=16_000)
def content_stems(text: str) -> frozenset[str]:
    """Return the stems of the words that carry the matter."""
    return frozenset(word.stem for word in content_words(text))


def _bare(word: str) -> str:
    """Fold case and leave off what follows an apostrophe (``shop's``, ``we'll``)."""
    if word in {"US", "U.S"}:
        return "usa"
    return word.casefold().split("'")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What can be said by itself: a sentence, a list item or a table row.

    ``lead_in`` is the line that leads a list in, without its colon; empty elsewhere.
    """

    text: str
    kind: Literal["sentence", "item", "row"] = "sentence"
    lead_in: str = ""


def plain(text: str) -> str:
    """Return a text without Markdown: no marks, no heading lines; a link shows its address."""
    text = _LINK.sub(r"\1: \2", text)
    return _MARKS.sub("", text)


@lru_cache(maxsize=4_000)
def units_of(text: str) -> tuple[Unit, ...]:
    """Cut a passage into what can be said by itself, in order."""
    return tuple(_units(plain(text)))


def _units(text: str) -> Iterator[Unit]:
    lead_in, plain_items, begun = "", False, ""
    lines = text.splitlines()
    for place, raw in enumerate(lines):
        line = raw.strip()
        if not line or set(line) <= set("|-: "):
            lead_in = lead_in if line else ""
            continue
        if begun and line[:1].islower():
            yield Unit(text=f"{begun} {_JOINS_NEXT.sub('', line)}.")
            continue
        begun = line if _breaks_off(line, "".join(lines[place + 1 : place + 2])) else ""
        if begun:
            continue
        if line.endswith(":"):
            lead_in, plain_items = line.rstrip(": "), False
            continue
        sentences = split_sentences(line)
        if plain_items and len(sentences) > 1:
            # Marks are gone: after items of one sentence each, a paragraph is none of them.
            lead_in, plain_items = "", False
        if is_row(line):
            yield Unit(text=line, kind="row")
        elif lead_in:
            plain_items = len(sentences) == 1
            yield Unit(text=line, kind="item", lead_in=lead_in)
        else:
            yield from (Unit(text=sentence) for sentence in _with_their_yes(sentences))


def _breaks_off(line: str, following: str) -> bool:
    """Whether a line begins a sentence that each item below ends: ``Come at once if your pet``."""
    begun = line[-1:].isalpha() and line[:1].isupper() and len(line.split()) >= _FEWEST_BEGUN
    return begun and following.strip()[:1].islower() and not is_row(line)


_FEWEST_BEGUN = 4
_JOINS_NEXT = re.compile(r"[\s,;.]*(?:\b(?:and|or)\b)?[\s,;.]*$", re.IGNORECASE)


def _with_their_yes(sentences: list[str]) -> Iterator[str]:
    """Leave no yes or no standing alone: it belongs to the sentence after it."""
    held = ""
    for sentence in sentences:
        if sentence.casefold() in {"yes.", "no.", "yes!", "no!"}:
            held = f"{sentence} "
            continue
        yield held + sentence
        held = ""
    if held:
        yield held.strip()


_CELL = re.compile(r"^[^:;|]{1,40}:\s[^;|]+;\s[^:;|]{1,40}:\s")


def is_row(line: str) -> bool:
    """Whether a line is a table row: ``Header: value; Header: value`` or cells between bars."""
    return line.count("|") > 1 or _CELL.match(line) is not None


def first_cell(row: str) -> str:
    """Return what stands in a row's first cell, without its header."""
    cell = next((part for part in re.split(r"[|;]", row) if part.strip()), "")
    return cell.partition(":")[2] or cell


_AS_A_WHOLE = re.compile(
    r"\b(?:if|unless|all of|hold|conditions?|not|cannot|except)\b|n't\b", re.IGNORECASE
)


def is_whole(lead_in: str) -> bool:
    """Whether a lead-in sets conditions: an item without the others would say too much."""
    return _AS_A_WHOLE.search(lead_in) is not None


def is_fragment(text: str) -> bool:
    """Whether a text is a heading's item rather than a sentence: short, and with no end mark."""
    return text[-1:] not in ".!?:" and len(text.split()) <= _FRAGMENT_WORDS and "http" not in text


_FRAGMENT_WORDS = 14


def split_sentences(text: str) -> list[str]:
    """Split a paragraph at the ends of its sentences; abbreviations and numbers end none."""
    sentences: list[str] = []
    start = 0
    for match in _END.finditer(text):
        if _ABBREVIATION.search(text, max(start, match.end() - 10), match.end()) and not (
            _HALF_DAY_END.match(text, match.end() - 4)
        ):
            continue
        sentences.append(text[start : match.end()].strip())
        start = match.end()
    sentences.append(text[start:].strip())
    return [sentence for sentence in sentences if sentence]
