"""Which words of a question rows cannot explain: the asked product may be another, or none."""

import re
from collections.abc import Sequence
from itertools import pairwise

from agent.replies.product_wishes import Wish
from agent.replies.questions import Question
from agent.replies.words import STOP_WORDS, content_stems, stem
from knowledge_base.catalogue_columns import MORE_OR_LESS, asked_extreme
from knowledge_base.catalogue_names import clauses_of
from knowledge_base.catalogue_query import AMOUNTS, spoken_amounts
from knowledge_base.catalogue_words import Vocabulary, row_words, words_of
from knowledge_base.question import spell_out
from knowledge_base.types import Product
from knowledge_base.words import stem as plain_stem
from knowledge_base.words import words

_LIMITING = frozenset({"no", "not", "nor", "without", "only", "neither", "until", "either"})
_SAYS_NOTHING = frozenset(map(stem, STOP_WORDS)) | STOP_WORDS
_ASKS_FOR = """
    actually advice afternoon again all already alright anything apiece around ask asking
    availability available back best better between boet book booked buck budget buy carry
    charge charged cheap cheaper cheapest choice class color come compare cost course
    currency currently damage date dear dearer dearest diff difference dollar each empty
    euro evening ever exactly exist exists expensive extra finally find free full gap gimme
    goes gone good guys hire hm hold hon instead item join kind know kr later left lemme
    less lesson lessons link list lol long looking love mate moment money month more morning
    much need new next one ones open option order over page pair pay person piece place
    places pound pp present price prices pricey priciest product question quick quid
    recommend regular rent reserve restock restocked room roughly saving seat seats sell
    show since size slot slots sold soon sort space spaces spot spots start still stock
    stuff suggest sz than thing tmr tmrw today tomorrow tonight total tour trip under ur
    value version versus vs waiting want website week weekend whatever whats which whichever
    wot wots yall ye yer yet yous yr"""

ASKING = content_stems(_ASKS_FOR) | {"left", "hm", "kr", "pp", "vs"} | (_SAYS_NOTHING - _LIMITING)
"""Words that ask, and name nothing."""


def unexplained(
    question: Question, products: Sequence[Product], wishes: Sequence[Wish]
) -> set[str]:
    """Return the words of a question that neither ask nor are any of the rows' words.

    Only clauses that name a row or ask something of it count; the rest is a story. A word that
    stands in a row's description alone is not explained: the row may tell of it, its price and
    stock do not.
    """
    rows = [words_of(product) for product in products]
    known = Vocabulary(frozenset().union(*(row.all for row in rows)))
    naming = frozenset().union(*(row.naming for row in rows))
    described = frozenset().union(*(row.told for row in rows))
    explained = _explained(wishes)
    text = AMOUNTS.sub(" ", spoken_amounts(spell_out(question.text)))
    if asked_extreme(text, products) is not None:
        text = MORE_OR_LESS.sub(" ", text)
    short = len(row_words(text)) <= SHORT_QUESTION
    strange: set[str] = set()
    for clause in clauses_of(text):
        read = known.read(row_words(clause))
        if _STORY.search(clause) and not (
            _ASKS.search(clause) or any(term in naming for _, term in read)
        ):
            continue
        if not (short or _ASKS.search(clause) or any(term in naming for _, term in read)):
            continue
        # "The grandad cardigan": before a naming word a word of the description tells which.
        telling = _before_names(clause, known, described)
        strange |= {
            word
            for word, term in read
            if not (term or stem(word) in ASKING or word in telling)
            and plain_stem(word) not in explained
        }
    return strange


_STORY = re.compile(r"^\W*(?:my|i|i'?ve|im|i'm|we|our|she|he|been)\b", re.IGNORECASE)
SHORT_QUESTION = 12
"""Content words up to which every word counts; longer texts hold stories beside the question."""


def _before_names(clause: str, known: Vocabulary, described: frozenset[str]) -> frozenset[str]:
    """Return the words of rows' descriptions that stand right before a word of their names."""
    spoken = words(clause)
    return frozenset(
        word
        for word, after in pairwise(spoken)
        if plain_stem(word) in described and (after in _THINGS or known.means(after))
    )


_THINGS = frozenset({"one", "ones", "thing", "things", "stuff"})


_ASKS = re.compile(
    r"\b(?:is|are|does|can|will) (?:it|they|that|this|these|those)\b|"
    r"\bhow (?:much|many|long|big|tall|heavy)\b|\bwhen\b|\bprice|\bcost|\bstock|\bavail|\bleft\b|"
    r"\bwhich\b|\bhave you\b|\bdo (?:you|u|ye)\b|\bgot\b|\bcheap|\bpay\b",
    re.IGNORECASE,
)


def _explained(wishes: Sequence[Wish]) -> frozenset[str]:
    """Return the stems of what is asked: sizes, colours and words that ask for a column."""
    found: set[str] = set()
    for wish in wishes:
        found |= {plain_stem(w) for w in row_words(f"{wish.size} {wish.color}".casefold())}
        if wish.size:
            found |= {plain_stem(w) for w in ("size", "inch", "us", "uk", "eu", "wide", "narrow")}
        for asked in wish.columns:
            found |= asked.words
            if asked.column.casefold() in {"age", "ages"}:
                found |= _FAMILY
    return frozenset(found)


_WHO = """kid kids child son daughter boy girl grandson granddaughter nephew niece old year years
    yr young suitable allowed turned"""
_FAMILY = frozenset(map(plain_stem, _WHO.split()))
"""Who is spoken of where an age is asked for."""


def covers_all(question: Question, products: Sequence[Product]) -> bool:
    """Whether each of the rows has every naming word of the question that any of them has."""
    rows = [words_of(product) for product in products]
    known = Vocabulary(frozenset().union(*(row.all for row in rows)))
    text = AMOUNTS.sub(" ", spoken_amounts(spell_out(question.text)))
    terms = {term for _, term in known.read(row_words(text)) if term}
    return all(terms <= row.all for row in rows)
