"""Rows of a kind by colour or by a limit on the price, and an honest "none" where none is so."""

from collections.abc import Sequence

from agent.replies.evidence import Evidence
from agent.replies.product_wishes import Wish
from agent.replies.product_words import (
    agree,
    by_price,
    lower,
    price_of,
    priced,
    product_of,
    subject,
    upper,
)
from agent.replies.questions import Question
from agent.replies.row_words import listed, stock_of
from knowledge_base.catalogue_filters import asked_colors, in_color, keeps_to
from knowledge_base.catalogue_query import CatalogueQuery, parse_query

MOST_LISTED = 3

Told = tuple[str, list[Evidence]]
"""A reply and the rows it stands on."""


def none_so(question: Question, rows: list[Evidence], wishes: Sequence[Wish]) -> Told | None:
    """Say that no row has the colour or keeps to the price asked for; None where one does.

    The catalogue hands out such rows only where the whole kind has none.
    """
    color = next((wish.color for wish in wishes if wish.color), "")
    products = [product_of(e) for e in rows]
    if color in asked_colors(question.text) and any(p.colors for p in products):
        if any(in_color(p, color) for p in products):
            return None
        shown = [e for e in rows if product_of(e).colors][:MOST_LISTED]
        each = [f"the {e.heading} comes in {listed(product_of(e).colors)}" for e in shown]
        return f"I find none in {color}. {upper('; '.join(each))}.", shown
    query = parse_query(question.text)
    # "The gap between 15 and 20 lessons" limits no price.
    if query.limits_price and not query.compares and not any(keeps_to(query, p) for p in products):
        return _nearest_in_price(query, rows)
    return None


def _nearest_in_price(query: CatalogueQuery, rows: list[Evidence]) -> Told | None:
    below = query.most is not None
    rows = [e for _, e in sorted(priced(rows), key=by_price, reverse=not below)]
    if not rows:
        return None
    first = next((e for e in rows if product_of(e).available), rows[0])
    product = product_of(first)
    the, plural = subject(product)
    end = "least" if below else "most"
    of = "that I can offer now " if product_of(rows[0]).sku != product.sku else ""
    text = f"{the} {'cost' if plural else 'costs'} {end} {of}at {price_of(first)}"
    if not product.available:
        text = f"{text} and {agree(stock_of(product), plural=plural)}"
    return f"I find none at that price. {text}.", [first]


def by_color(rows: list[Evidence], wishes: Sequence[Wish]) -> Told | None:
    """List rows that come in the colour asked for, each with its own word for it."""
    told = [(e, wish.color) for e, wish in zip(rows, wishes, strict=True) if wish.color]
    if len(told) != len(rows):
        return None
    fitting = [(e, own) for e, color in told if (own := in_color(product_of(e), color))]
    had = [(e, own) for e, own in fitting if product_of(e).available]
    shown = (had or fitting)[:MOST_LISTED]
    if not shown:
        return None
    each = []
    for e, own in shown:
        the, plural = subject(product_of(e))
        come = "come" if plural else "comes"
        each.append(f"{lower(the)} ({price_of(e)}) {come} in {listed(own)}")
    text = f"{upper(listed(each))}."
    if not had:
        text = f"{text} Sold out at the moment."
    return text, [e for e, _ in shown]
