"""Whether a sentence tells of a thing of another name than the one that a question names.

"Can you pick us up from Shannon airport" is not answered by the fare from Kerry airport, nor the
last bus to Ludlow by that to Craven Arms, however much else the two share.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from agent.replies.candidates import Candidate
from agent.replies.product_strange import ASKING
from agent.replies.questions import WANTED, Question
from agent.replies.value_readers import DAYS
from agent.replies.words import STOP_WORDS, Word, content_stems, content_words, stem, words

_TELLS_NO_NAME = ASKING | content_stems(
    """many much nearest next main local other same new old whole best right first last big small
    nice good international national free cheap early late public private full real extra normal
    regular usual actual current certain special single double"""
)
"""What may stand before a thing without being its name."""
_WAYS = frozenset({"to", "from", "in", "at"})
_LITTLE = frozenset(map(stem, STOP_WORDS))
_REGIONS = """austria belgium bulgaria croatia cyprus czech denmark estonia finland france germany
    greece hungary ireland italy latvia lithuania luxembourg malta netherlands norway poland
    portugal romania slovakia slovenia spain sweden switzerland turkey england scotland wales
    britain kingdom uk gb eu europe union usa us states america canada mexico brazil argentina
    australia zealand asia africa india china japan korea singapore emirates saudi israel egypt
    continent mainland islands"""
_EVERYWHERE = re.compile(
    r"\b(?:all|any|every\w*|anywhere|elsewhere|rest|other|others|worldwide|only|not|no|"
    rf"{'|'.join(_REGIONS.split())})\b",
    re.IGNORECASE,
)
"""What a place may lie in, named or not: of Utrecht the Netherlands tell."""


def of_the_same_name(question: Question, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Leave out the sentences that name another one of what the question names.

    Only a name that stands nowhere in what was found can be another.
    """
    known = frozenset[str]().union(*(one.stems | one.above for one in candidates))
    spoken = words(question.text)
    strange = {
        word.start
        for word in content_words(question.text)
        if word.stem not in known | _TELLS_NO_NAME and word.text.isalpha()
    }
    things = {thing.stem for name, thing in pairwise(spoken) if name.start in strange} - _LITTLE
    ways = {way.text.casefold() for way, name in pairwise(spoken) if name.start in strange}
    ways &= _WAYS if question.asked in WANTED else frozenset()
    if not (things or ways):
        return list(candidates)
    return [
        one
        for one in candidates
        if one.unit.kind == "row" or not _names_another(one.unit.text, things, ways)
    ]


def _names_another(sentence: str, things: set[str], ways: set[str]) -> bool:
    if _EVERYWHERE.search(sentence):
        return False
    told = words(sentence)
    return any(_always_named(thing, told) for thing in things) or any(
        _leads_to_name(way, told) for way in ways
    )


def _always_named(thing: str, told: list[Word]) -> bool:
    """Whether a thing stands in a sentence, and with a name before it every time."""
    before = [name for name, word in pairwise(told) if word.stem == thing]
    first = told[:1] and told[0].stem == thing
    return bool(before) and not first and all(_is_name(name, told) for name in before)


def _leads_to_name(way: str, told: list[Word]) -> bool:
    return any(
        one.text.casefold() == way and _is_name(other, told) for one, other in pairwise(told)
    )


def _is_name(word: Word, told: list[Word]) -> bool:
    """Whether a word is written as a name, inside the sentence."""
    return (
        word is not told[0]
        and word.text[:1].isupper()
        and word.text[:3].casefold() not in DAYS
        and word.text.casefold() not in STOP_WORDS
    )
