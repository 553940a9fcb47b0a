"""What is said beside the sentence that answers best: what it hangs on, limits it, or goes on."""

import re
from collections.abc import Sequence

from agent.replies.candidates import Candidate, with_lead_in
from agent.replies.cases import fit_of
from agent.replies.cutting import asks_for_several
from agent.replies.questions import WANTED, Aspect, Question
from agent.replies.row_words import sentences_of
from agent.replies.scoring import HANGING, Scored
from agent.replies.values import values_of
from agent.replies.words import Unit, content_stems, first_cell
from knowledge_base.types import Product

_FOLLOWS = 3.0
"""How far behind the best one (log-odds) a sentence of its passage is still worth its place."""
_ALSO_LIKELY = 1.2
"""The same for a sentence of another passage."""
MAY_ANSWER = -1.5
"""What reading must say of it (log-odds). A guess: stricter loses facts, laxer adds chatter."""
_TELLS_BESIDES = -2.5
"""The same of what tells the second of two things asked. A guess."""
_LEAST_RELEVANCE = 0.2
"""Below this a sentence shares hardly a word with the question."""


_LIMITS = re.compile(
    r"^(?:however|but|except|unless|otherwise|only|exceptions?|this (?:does not|doesn't)|(?:sale|"
    r"final|custom) )"
    r"|\b(?:does not apply|not included|excluded|are excluded|must be|cannot be)\b",
    re.IGNORECASE,
)


def followers(
    asked: Question, candidates: list[Candidate], scores: list[Scored], best: int
) -> list[int]:
    """Return what may be added: what a sentence hangs on, what limits it, more of the same."""
    chosen = candidates[best]
    wanted: list[int] = []
    before, after = best - 1, best + 1
    same = [
        i
        for i in (before, after)
        if 0 <= i < len(candidates) and candidates[i].evidence.id == chosen.evidence.id
    ]
    if before in same and HANGING.match(chosen.unit.text):
        wanted.append(before)
    if after in same and _limits(candidates[after].unit):
        wanted.append(after)
    wanted += _cells_asked_for(asked, candidates, best)
    wanted += _asked_besides(asked, candidates, scores, best)
    others = sorted(range(len(candidates)), key=lambda i: -scores[i].total)
    wanted += [i for i in others if _adds(asked, candidates, scores, i, best)]
    return [i for place, i in enumerate(wanted) if i != best and i not in wanted[:place]]


def _limits(unit: Unit) -> bool:
    """Whether a sentence limits the one before it; a table's row is about its own item."""
    return unit.kind != "row" and _LIMITS.search(unit.text) is not None


_COLUMNS = {
    Aspect.PRICE: "price",
    Aspect.STOCK: "in_stock",
    Aspect.SIZE: "sizes",
    Aspect.COLOR: "colors",
}


def _cells_asked_for(asked: Question, candidates: list[Candidate], best: int) -> list[int]:
    """Return what else a catalogue row tells of what is asked: its price, its stock.

    The best sentence may only say which row is meant ("the lacy one, how much and any left").
    """
    row = candidates[best].evidence.row
    if not isinstance(row, Product):
        return []
    told = sentences_of(row)
    cells = {told[c] for a, c in _COLUMNS.items() if a in asked.aspects and c in told}
    return [
        i
        for i, one in enumerate(candidates)
        if one.evidence.id == candidates[best].evidence.id and one.unit.text in cells
    ]


def _asked_besides(
    asked: Question, candidates: list[Candidate], scores: list[Scored], best: int
) -> list[int]:
    """Return what tells the second of two things asked: the best sentence may tell one only.

    It must speak of what the best one and the question speak of. Read against both questions it
    seems to answer neither, so less is asked of it.
    """
    if not asked.also:
        return []
    told = {value.kind for value in values_of(candidates[best].unit.text)}
    matter = (candidates[best].stems | candidates[best].above) & asked.stems
    found = []
    for kind in sorted(asked.also | {asked.asked} & WANTED.keys()):
        fitting = [
            i
            for i, one in enumerate(candidates)
            if not told & WANTED[kind]
            and WANTED[kind] & {value.kind for value in values_of(one.unit.text)}
            and matter & (one.stems | one.above)
            and scores[i].total >= scores[best].total - _FOLLOWS
            and scores[i].traits.get("read", 0.0) >= _TELLS_BESIDES
        ]
        found += [max(fitting, key=lambda i: scores[i].total)] if fitting else []
    return found


def is_torn(candidates: list[Candidate], i: int) -> bool:
    """Whether a sentence hangs on one before it that its passage does not hold."""
    one = candidates[i]
    first = i == 0 or candidates[i - 1].evidence.id != one.evidence.id
    return first and HANGING.match(one.unit.text) is not None


def _adds(
    asked: Question, candidates: list[Candidate], scores: list[Scored], i: int, best: int
) -> bool:
    """Whether another sentence is worth its place beside the best one.

    An entry of questions and answers is an answer as a whole; a section is told further where it
    goes on about the question; another page must be about as likely the right one.
    """
    one, chosen = candidates[i], candidates[best]
    same = one.evidence.id == chosen.evidence.id
    if _repeats(one, chosen) or (i - 1 != best and HANGING.match(one.unit.text)):
        return False
    if _is_row_beside(one, chosen) and not (
        asks_for_several(asked) or _names_none(asked, one, chosen)
    ):
        return False
    if same and one.evidence.faq:
        return True
    bar = scores[best].total - (_FOLLOWS if same else _ALSO_LIKELY)
    return (
        scores[i].total >= bar
        and is_about(scores[i])
        and scores[i].traits.get("read", 0.0) >= _bar(one, chosen)
        and _as_much_to_the_point(asked, one, chosen)
    )


def _is_row_beside(one: Candidate, chosen: Candidate) -> bool:
    """Whether two are rows of one table; a long one stands in several passages."""
    table = (one.evidence.source, one.evidence.heading)
    both = one.unit.kind == chosen.unit.kind == "row"
    return both and table == (chosen.evidence.source, chosen.evidence.heading)


def _names_none(asked: Question, one: Candidate, chosen: Candidate) -> bool:
    """Whether a question names neither of two rows by what tells them apart: it means both."""
    first, second = (first_cell(row.unit.text) for row in (one, chosen))
    apart = content_stems(first) ^ content_stems(second)
    return not (apart & asked.stems or fit_of(asked.text, second).met)


def _bar(one: Candidate, chosen: Candidate) -> float:
    """Return what reading must say of another sentence: more where only one is a catalogue's."""
    alike = (one.evidence.kind == "product") == (chosen.evidence.kind == "product")
    return MAY_ANSWER if alike else 0.0


def is_about(one: Scored) -> bool:
    """Whether a sentence has to do with the question: reading says so, or words and meaning do."""
    return one.traits.get("read", -1.0) > 0 or one.relevance >= _LEAST_RELEVANCE


def _as_much_to_the_point(asked: Question, one: Candidate, best: Candidate) -> bool:
    """Another row of a table must have what the question named in the best one."""
    if best.unit.kind == "sentence":
        return True
    return (best.stems & asked.stems) <= one.stems


def says_again(asked: Question, one: Candidate, chosen: Sequence[Candidate]) -> bool:
    """Whether another page's sentence only tells the figures that those chosen tell already.

    Rows of tables look alike and tell of different things, and so do sentences of one passage; what
    has a word of the question that those chosen lack tells of another thing too.
    """
    if one.unit.kind == "row":
        return False
    others = [c for c in chosen if c.evidence.id != one.evidence.id]
    figures = {value.key for value in values_of(one.unit.text)}
    told = {value.key for other in others for value in values_of(with_lead_in(other.unit))}
    if not figures or not figures <= told:
        return False
    stems = frozenset[str]().union(*(other.stems | other.above for other in others))
    another = (one.stems | one.above) & asked.stems - stems
    return not another and len(one.stems & stems) >= _SAME_MATTER * len(one.stems)


_SAME_MATTER = 0.5
"""Share of a sentence's words that stand in those told, for equal figures to be the same fact."""


def _repeats(one: Candidate, other: Candidate) -> bool:
    """Whether two sentences say much the same, and the one no figure that the other lacks."""
    figures = {value.key for value in values_of(one.unit.text)}
    if not figures <= {value.key for value in values_of(other.unit.text)}:
        return False
    shared = len(one.stems & other.stems)
    return shared > 0.75 * max(1, min(len(one.stems), len(other.stems)))
