"""Answering from catalogue rows, in the rows' own values.

Price, stock, sizes, colours, attributes, comparison and a short list. Nothing here reads prose.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from agent.replies.drafts import Draft
from agent.replies.evidence import Evidence
from agent.replies.product_cells import answer_one
from agent.replies.product_joined import answer_joined
from agent.replies.product_sets import answer_several
from agent.replies.product_strange import ASKING, covers_all, unexplained
from agent.replies.product_wishes import COLOR_STEMS, Wish, carried_on, columns_of, wish_of
from agent.replies.product_words import product_of
from agent.replies.questions import Aspect, Question, read_question
from agent.replies.scoring import respelled
from agent.replies.words import content_stems, words
from intents.types import Understanding
from knowledge_base.asking_slips import mend_asking
from knowledge_base.catalogue_columns import asked_extreme
from knowledge_base.catalogue_filters import keeps_to
from knowledge_base.catalogue_query import parse_query
from knowledge_base.catalogue_words import words_of
from knowledge_base.types import Product

PRODUCT_INTENTS = frozenset(
    {
        "product_info",
        "product_availability",
        "price_inquiry",
        "product_recommendation",
        "place_order",
        "price_objection",
    }
)
_SERVICE = content_stems(
    """shipping delivery return refund exchange warranty repair resole resoling appointment booking
    fitting discount coupon code promotion sale match points subscription pause skip birthday
    expire policy hours location parking order tracking payment invoice account newsletter class
    event rental rent guarantee"""
)
"""Matters that pages answer, even where a product is named."""


def answer_from_products(
    question: Question,
    understanding: Understanding | None,
    evidence: Sequence[Evidence],
    *,
    earlier: Question | None = None,
) -> Draft | None:
    """Answer from catalogue rows, or None where the question is not about products.

    ``earlier`` is the question that this one leans on ("and in blue?"): it names the product, and
    says what is asked where this one does not ("and the dry one?").
    """
    rows = [e for e in evidence if isinstance(e.row, Product)]
    question = _mended(question, rows)
    if earlier is not None and not any(_is_named(question, e) for e in rows):
        rows = _named(earlier, rows)
        named = bool(rows) and any(_is_named(earlier, e) for e in rows)
        rows = rows if _goes_on_from_rows(question, earlier, rows, named=named) else []
    else:
        named = any(_is_named(question, e) for e in rows)
    names_only = earlier is not None and _ASKS_ITSELF.search(question.text) is None
    asks = question.aspects or any(columns_of(question, product_of(e)) for e in rows)
    if earlier is not None and (names_only or not asks):
        question = replace(question, aspects=question.aspects | earlier.aspects)
    if earlier is not None:
        rows = _still_limited(question, earlier, rows)
    if not rows:
        return None
    if (joined := answer_joined(question, rows)) is not None:
        return joined
    rows = _named(question, rows)
    wishes = [wish_of(question, understanding, product_of(e)) for e in rows]
    if earlier is not None and names_only:
        before = [wish_of(earlier, None, product_of(e)) for e in rows]
        wishes = [carried_on(wish, old) for wish, old in zip(wishes, before, strict=True)]
    products = [product_of(e) for e in rows]
    strange = unexplained(question, products, wishes)
    if any(word.isdigit() for word in strange) or _is_rented(question, rows):
        # A number that the rows have not: another size, or another thing altogether.
        return None
    sure = not strange and _are_meant(question, products)
    if not sure and not _is_about_products(question, understanding, rows, named=named):
        return _far(question, strange, rows, wishes)
    if len(rows) > 1:
        return answer_several(question, rows, wishes, sure=sure)
    return answer_one(wishes[0], rows[0], sure=sure)


def _goes_on_from_rows(
    question: Question, earlier: Question, rows: list[Evidence], *, named: bool
) -> bool:
    """Whether a question goes on from one about these rows.

    What goes on from a question about a service means that service; "and on an e-bike?" after the
    price of a puncture asks for no bike.
    """
    if _is_about_service(earlier, rows):
        return False
    named_now = named or any(question.stems & content_stems(e.heading) for e in rows)
    return named_now or _strangeness(earlier, rows) <= _MOST_STRANGE


def _far(
    question: Question, strange: set[str], rows: list[Evidence], wishes: Sequence[Wish]
) -> Draft | None:
    """Answer from the one row found in spite of words that it does not explain, to be read.

    Not where one of those words may tell it from another row, nor to deny anything.
    """
    names = content_stems(f"{rows[0].heading} {product_of(rows[0]).category}")
    compares = Aspect.COMPARE in question.aspects or parse_query(question.text).compares
    if len(rows) > 1 or compares or (question.stems & _SERVICE) - names:
        return None
    if strange & _TELLS_APART or _SEVERAL.search(question.text):
        return None
    draft = answer_one(wishes[0], rows[0], sure=False)
    if draft is None or draft.text.startswith("No,"):
        return None
    return replace(draft, guess=True, far=True)


_APART = """big bigger biggest small smaller smallest little large larger long short tall mini wee
    tiny plus pro max ultra lite jumbo half double single other another different just only alone
    adult kids child student senior set pack pair bundle together"""
_TELLS_APART = frozenset(_APART.split())
"""Words that tell one row from another of its kind; where the row has them not, it is another."""
_SEVERAL = re.compile(r"\b(?:each|both|vs|versus|instead of|against|or)\b", re.IGNORECASE)

_ASKS_ITSELF = re.compile(
    r"\b(?:sizes?|sz|colou?rs?|fits?|come|comes|coming|is|are|do|does|how|when|which|heavy|weigh\w*|"
    r"price|cost|stock|cheap\w*)\b|\bwhat (?!about)|\bwhats\b|\bwhat's\b",
    re.IGNORECASE,
)
"""What a question has that asks something itself; "and in black?" asks what the one before did."""


def _still_limited(question: Question, earlier: Question, rows: list[Evidence]) -> list[Evidence]:
    """Keep to the earlier question's limit on the price among several rows ("and in black?")."""
    limit = parse_query(earlier.text)
    if len(rows) == 1 or parse_query(question.text).limits_price or not limit.limits_price:
        return rows
    return [e for e in rows if keeps_to(limit, product_of(e))]


def _mended(question: Question, rows: Sequence[Evidence]) -> Question:
    """Read a question again whose asking words are misspelt."""
    known = frozenset().union(*(words_of(product_of(e)).all for e in rows))
    text = mend_asking(question.text, known)
    return question if text == question.text else read_question(text)


def _are_meant(question: Question, products: Sequence[Product]) -> bool:
    """Whether each row has every naming word; rows set against each other need not."""
    compares = Aspect.COMPARE in question.aspects or parse_query(question.text).compares
    two = asked_extreme(question.text, products) is not None and len(products) == _PAIR
    return compares or two or covers_all(question, products)


def _is_about_products(
    question: Question, understanding: Understanding | None, rows: list[Evidence], *, named: bool
) -> bool:
    if _is_about_service(question, rows):
        return False
    if named:
        return True
    # Found by part of a name, by a filter or by likeness: what is asked must be the rows' business.
    strange = _strangeness(question, rows)
    intent = "" if understanding is None else understanding.intent
    if intent in PRODUCT_INTENTS:
        return strange <= _MOST_STRANGE
    return bool(question.aspects) and not strange


def _strangeness(question: Question, rows: Sequence[Evidence]) -> float:
    """Return the share of a question's words that none of the rows has."""
    told = frozenset().union(*(content_stems(f"{e.text} {product_of(e).category}") for e in rows))
    told = told.union(*(words_of(product_of(e)).values for e in rows))
    known = told | _names_in(rows) | COLOR_STEMS
    matter = question.stems - ASKING
    strange = len(respelled(matter, Counter(known)) - known)
    return strange / len(matter) if matter else 0.0


def _is_about_service(question: Question, rows: Sequence[Evidence]) -> bool:
    """Whether a question names a matter of pages that none of these rows is named for."""
    return bool((question.stems & _SERVICE) - _names_in(rows))


def _is_rented(question: Question, rows: Sequence[Evidence]) -> bool:
    """Whether a question is about renting what these rows only sell."""
    told = frozenset().union(*(content_stems(e.text) for e in rows)) | _names_in(rows)
    return bool(question.stems & _RENTING) and not told & _RENTING


_RENTING = content_stems("rent rental hire")


def _names_in(rows: Sequence[Evidence]) -> frozenset[str]:
    return frozenset().union(
        *(content_stems(f"{e.heading} {product_of(e).category}") for e in rows)
    )


_MOST_STRANGE = 0.34
"""Share of a question's words that may be none of the rows', where its intent is a product."""


def _named(question: Question, rows: list[Evidence]) -> list[Evidence]:
    """Keep the rows whose name stands in the question, the longest names first.

    A name within a longer one counts only where it stands by itself too; where no name stands as
    written, all its words anywhere will do.
    """
    if len(rows) == _PAIR and parse_query(question.text).compares:
        return rows
    rest = _phrase(question.text)
    written: list[Evidence] = []
    for row in sorted(rows, key=lambda e: -len(_phrase(e.heading))):
        if _phrase(row.heading) in rest:
            written.append(row)
            rest = rest.replace(_phrase(row.heading), " | ")
    if written:
        return [row for row in rows if row in written]
    whole = [e for e in rows if _is_named(question, e)]
    longest = [e for e in whole if not any(_name_of(e) < _name_of(other) for other in whole)]
    return longest or rows


_PAIR = 2


def _phrase(text: str) -> str:
    return f" {' '.join(word.stem for word in words(text))} "


def _is_named(question: Question, evidence: Evidence) -> bool:
    return _name_of(evidence) <= {word.stem for word in words(question.text)}


def _name_of(evidence: Evidence) -> frozenset[str]:
    """Return the words of a name with its numbers: a card of 25 is not one of 50."""
    return frozenset(word.stem for word in words(evidence.heading))
