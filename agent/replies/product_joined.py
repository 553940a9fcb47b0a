"""Several rows named one by one in a question, each answered: "is the mill in, and the ladle?"."""

from collections.abc import Sequence

from agent.replies.drafts import Draft
from agent.replies.evidence import Evidence
from agent.replies.product_cells import answer_one
from agent.replies.product_sets import told_apart
from agent.replies.product_strange import unexplained
from agent.replies.product_wishes import Wish, wish_of
from agent.replies.product_words import product_of
from agent.replies.questions import Aspect, Question, read_question
from knowledge_base.catalogue_columns import MORE_OR_LESS
from knowledge_base.catalogue_names import Names
from knowledge_base.catalogue_query import parse_query


def answer_joined(question: Question, rows: Sequence[Evidence]) -> Draft | None:
    """Answer for each of several rows that are named one by one; None where they are not."""
    if len(rows) < 2 or _compares(question):  # noqa: PLR2004
        return None
    by_sku = {product_of(e).sku: e for e in rows}
    named = Names([product_of(e) for e in rows]).joined(question.text)
    if not named:
        return None
    chosen = [by_sku[one.product.sku] for one in named]
    wishes = _wishes(question, [read_question(one.text) for one in named], chosen)
    if unexplained(question, [product_of(e) for e in chosen], wishes):
        return None
    alike = len({(w.aspects, bool(w.columns)) for w in wishes}) == 1
    if alike and not any(w.size or w.color for w in wishes):
        return told_apart(wishes, chosen)
    drafts = [answer_one(w, e, sure=True, link=False) for w, e in zip(wishes, chosen, strict=True)]
    if any(draft is None or draft.guess for draft in drafts):
        return None
    told = [draft for draft in drafts if draft is not None]
    text = " ".join(draft.text for draft in told)
    return Draft(text=text, evidence=tuple(e for draft in told for e in draft.evidence))


def _compares(question: Question) -> bool:
    text = question.text
    compares = Aspect.COMPARE in question.aspects or parse_query(text).compares
    return compares or MORE_OR_LESS.search(text) is not None


def _wishes(whole: Question, parts: Sequence[Question], rows: Sequence[Evidence]) -> list[Wish]:
    """Return what is asked of each row; a part that asks nothing asks what the others do."""
    wishes = [wish_of(part, None, product_of(e)) for part, e in zip(parts, rows, strict=True)]
    asks = [bool(w.aspects or w.columns or w.size or w.color) for w in wishes]
    return [
        wish if own else wish_of(whole, None, product_of(e))
        for wish, own, e in zip(wishes, asks, rows, strict=True)
    ]
