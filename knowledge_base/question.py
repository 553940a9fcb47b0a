"""A customer's question made ready for searching."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge_base.catalogue_narrowing import narrows_only
from knowledge_base.lexical import LexicalIndex
from knowledge_base.patterns import any_of
from knowledge_base.ports import Mends
from knowledge_base.question_types import QuestionType, question_type
from knowledge_base.words import STOP_WORDS, content_words, numbers, stem, words

LONGEST_QUESTION_CHARACTERS = 600
"""What is longer is cut at both ends' expense: people ask at the beginning or at the end."""

_ELLIPTIC_OPENING = re.compile(
    r"^\W*(?:and|or|but|also|ok(?:ay)?|so|what about|how about|wbu|same for)\b", re.IGNORECASE
)
_POINTING = re.compile(
    r"\b(?:it|its|that|this|these|those|they|them|one|ones|there|then|else|same|other|instead)\b",
    re.IGNORECASE,
)
_NOT_POINTING = any_of(
    r"\b(?:is|are|was|were|if) there\b",
    r"\bis it (?:possible|ok|okay|allowed|true|free to)\b",
    r"\b(?:this|that|these|those|same)[ -](?:day|week|weekend|month|year|morning|afternoon|evening"
    r"|season|winter|summer|spring|autumn|fall|christmas|(?:mon|tues|wednes|thurs|fri|satur|sun)"
    r"day)s?\b",
)
"""Where such words mean nothing said before: ``is there parking``, ``same day delivery``."""
_PUTS_ANOTHER = any_of(
    r"^\W*(?:(?:ok(?:ay)?|so|and|or|but|then|also)\W+)*(?:what about|how about|wbu|same for)\b",
    r"^\W*(?:and|or)\W+(?!(?:do|does|did|can|could|is|are|will|would|how|when|where|what|who|which"
    r"|why|i|we|u|you|also|if|thanks?|thx|bye)\b)",
    r"^\W*(?:in|for|to|with|without|on|from) (?:(?:an?|the) )?\S+(?: \S+)?\W*$",
)
"""The opening of what only puts another thing in the place of one before: ``what about mugs``."""
_KIND_ALONE = frozenset(
    words(
        "price prices cost costs long soon far big size sizes color colors colour colours stock "
        "time times day days date dates cheapest dearest priciest lightest warmest smallest biggest"
    )
)
"""What says only which fact, or which of several, is wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question taken apart.

    ``asked`` is the customer's own text, cut; ``text`` is what is encoded; ``words`` are its
    content words, mended; ``stems`` (repetitions kept) and ``weights`` (by stem) are what BM25
    looks up.
    """

    asked: str
    text: str
    words: tuple[str, ...]
    stems: tuple[str, ...]
    weights: Mapping[str, float]
    type: QuestionType
    numbers: frozenset[str]
    mended: int


def prepare(question: str, *, previous: str, index: LexicalIndex, speller: Mends) -> Question:
    """Cut, complete from the turn before, mend and weigh a question."""
    asked = shorten(question)
    whole = spell_out(complete(asked, shorten(previous)))
    mended = {word: speller.mend(word) for word in content_words(whole)}
    slips = {word: right for word, right in mended.items() if word != right}
    found = [mended[word] for word in content_words(whole)]
    kept = tuple(word for word in found if word not in STOP_WORDS)
    found_stems = tuple(stem(word) for word in kept)
    return Question(
        asked=asked,
        text=_replace(whole, slips) if slips else whole,
        words=kept,
        stems=found_stems,
        weights={term: index.weight(term) for term in dict.fromkeys(found_stems)},
        type=question_type(whole),
        numbers=numbers(asked),
        mended=len(slips),
    )


def mend_words(text: str, speller: Mends) -> str:
    """Return a text with its misspelt words as the knowledge spells them (``retrun polcy``).

    A word with another ending (``officer`` where pages have ``office``) is a word of its own.
    """
    mended = {word: speller.mend(word) for word in content_words(text)}
    slips = {w: right for w, right in mended.items() if w != right and not _ends_alone(w, right)}
    return _replace(text, slips) if slips else text


def _ends_alone(word: str, other: str) -> bool:
    """Whether two words differ only in how they end."""
    shorter = min(len(word), len(other))
    return word[-1] != other[-1] and word[: shorter - 1] == other[: shorter - 1]


_THUMBED = """u you|ur your|r are|pls please|plz please|thx thanks|tmrw tomorrow|tmr tomorrow
2moro tomorrow|2day today|bday birthday|xmas christmas|appt appointment|wk week|wks weeks|hr hour
hrs hours|mins minutes|yr year|yrs years|yo year old|b4 before|idk I don't know|adress address
addy address|pic photo|pics photos|info information|asap soon|wo without|ppl people|msg message
ord order|qty quantity|max maximum|cuz because|gonna going to|wanna want to|lemme let me|dont don't
cant can't|wont won't|wen when|wat what|wher where|hw how|tke take|wud would|cud could
shud should|whats what's|wheres where's|hows how's"""

TEXTESE = dict(pair.split(" ", 1) for pair in _THUMBED.replace("\n", "|").split("|"))
"""How people thumb words into phones, for the encoder, which learnt from written English."""

_TEXTESE = any_of(r"(?<![\w'’])(?:" + "|".join(TEXTESE) + r")(?![\w'’])")


def spell_out(text: str) -> str:
    """Write textese as words: ``where r u`` becomes ``where are you``."""
    return _TEXTESE.sub(lambda match: TEXTESE[match.group().lower()], text)


def shorten(text: str) -> str:
    """Return at most 600 characters: the beginning and the end, where questions stand."""
    text = " ".join(text.split())
    if len(text) <= LONGEST_QUESTION_CHARACTERS:
        return text
    half = LONGEST_QUESTION_CHARACTERS // 2
    return f"{text[:half].rsplit(' ', 1)[0]} {text[-half:].split(' ', 1)[-1]}"


def complete(question: str, previous: str) -> str:
    """Put the previous question before one that cannot stand alone (``and in blue?``)."""
    return f"{previous} {question}" if previous and is_elliptic(question) else question


def is_elliptic(question: str) -> bool:
    """Whether a question needs the one before it to be understood."""
    content = content_words(question)
    if narrows_only(question):
        return True
    if _ELLIPTIC_OPENING.match(question) or _PUTS_ANOTHER.search(question):
        return len(content) <= LONGEST_ELLIPTIC_WORDS
    if len(content) <= 1:
        return len(words(question)) <= LONGEST_ELLIPTIC_WORDS
    return len(content) <= LONGEST_POINTING_WORDS and _points(question)


def leans(question: str) -> bool:
    """Whether a question says by its words that it goes on from the one before.

    Others that are as short may go on too, or stand by themselves (``do you have parking``).
    """
    if not is_elliptic(question):
        return False
    return (
        narrows_only(question)
        or substitutes(question)
        or _points(question)
        or _KIND_ALONE.issuperset(content_words(question))
    )


def substitutes(question: str) -> bool:
    """Whether a question only puts another thing in the place of one before (``and mugs?``)."""
    return _PUTS_ANOTHER.search(question) is not None and is_elliptic(question)


def _points(question: str) -> bool:
    return _POINTING.search(_NOT_POINTING.sub(" ", question)) is not None


def context_of(texts: Sequence[str]) -> str:
    """Return the newest of some texts with those before it that it leans on; newest come first.

    "How much is the lamp", "in black?", "and in white?": the last one still asks for the lamp.
    """
    chain = list(texts[:1])
    for earlier in texts[1:]:
        if not leans(chain[-1]):
            break
        chain.append(earlier)
    return " ".join(reversed(chain))


LONGEST_ELLIPTIC_WORDS = 5
LONGEST_POINTING_WORDS = 3


def _replace(text: str, slips: Mapping[str, str]) -> str:
    pattern = r"\b(?:" + "|".join(map(re.escape, slips)) + r")\b"
    return re.sub(
        pattern, lambda m: slips.get(m.group().casefold(), m.group()), text, flags=re.IGNORECASE
    )
