"""What several catalogue rows say to a question: which costs less, the least, a list, a choice."""

import re
from collections.abc import Sequence

from agent.replies.drafts import Draft, worded
from agent.replies.evidence import Evidence, listed, money, stock_of
from agent.replies.product_wishes import Wish
from agent.replies.product_words import (
    agree,
    cell,
    lower,
    price_of,
    product_of,
    subject,
    told,
    upper,
)
from agent.replies.questions import Aspect, Question
from knowledge_base.catalogue_columns import (
    Extreme,
    asked_extreme,
    by_extreme,
    column_words,
)
from knowledge_base.catalogue_query import Order, parse_query

MOST_LISTED = 3
_MOST_ALIKE = 4
"""Rows of one name that are told apart in one reply."""
_PAIR = 2
_GAP = re.compile(
    r"\b(?:diff?erence|diff|diffrence|gap|how much (?:more|less|extra|cheaper|dearer)|compare|vs|"
    r"versus|better value|saving|more than|on top)\b",
    re.IGNORECASE,
)


def answer_several(
    question: Question, rows: list[Evidence], wishes: Sequence[Wish], *, sure: bool
) -> Draft | None:
    """Answer from several rows. What is not ``sure`` is a guess to be read."""
    found = _picked(question, rows)
    if found is not None:
        return _draft(*found, guess=not sure)
    if sure and len(rows) <= _MOST_ALIKE and (alike := _alike(wishes, rows)):
        return _draft(alike, rows)
    if not sure and Aspect.ADVICE not in question.aspects:
        return None
    return _choice(question, rows)


def _picked(question: Question, rows: list[Evidence]) -> tuple[str, list[Evidence]] | None:
    """Say which row a superlative, a comparison or a limit picks, None where none is set."""
    query = parse_query(question.text)
    ends = asked_extreme(question.text, [product_of(e) for e in rows])
    if ends is not None:
        return _end(question, ends, rows)
    if query.order is not Order.NONE and len(rows) > _PAIR:
        return _cheapest(rows, query.order)
    if Aspect.COMPARE in question.aspects or query.compares:
        return _compared(question, rows)
    return _within(rows) if query.limits_price else None


def _compared(question: Question, rows: list[Evidence]) -> tuple[str, list[Evidence]]:
    rows = sorted(rows, key=lambda e: product_of(e).price)
    if parse_query(question.text).order is Order.DEAREST:
        return f"The {rows[-1].heading} costs most, {price_of(rows[-1])}.", rows[-1:]
    rows = rows[:MOST_LISTED]
    cheapest, *others = rows
    if len(rows) == _PAIR and product_of(cheapest).price == product_of(others[0]).price:
        return (
            f"The {cheapest.heading} and the {others[0].heading} cost the same, "
            f"{price_of(cheapest)}."
        ), rows
    if len(rows) == _PAIR and _GAP.search(question.text):
        return _gap(cheapest, others[0]), rows
    against = listed([f"{price_of(e)} for the {e.heading}" for e in others])
    return f"The {cheapest.heading} costs least, {price_of(cheapest)}, against {against}.", rows


def _gap(cheaper: Evidence, dearer: Evidence) -> str:
    low, high = product_of(cheaper), product_of(dearer)
    more = money(high.price - low.price, high.currency)
    return (
        f"The {high.name} costs {price_of(dearer)}, {more} more than the {low.name} "
        f"({price_of(cheaper)})."
    )


def _cheapest(rows: list[Evidence], order: Order) -> tuple[str, list[Evidence]]:
    """Name the row that costs least or most, and where it is sold out, the next to be had."""
    sign = 1 if order is Order.CHEAPEST else -1
    rows = sorted(rows, key=lambda e: sign * product_of(e).price)
    word = "least" if order is Order.CHEAPEST else "most"
    first = product_of(rows[0])
    same = [e for e in rows if product_of(e).price == first.price][:MOST_LISTED]
    if len(same) > 1:
        names = listed([f"the {e.heading}" for e in same])
        return f"{upper(names)} cost {word}, {price_of(rows[0])} each.", same
    the, plural = subject(first)
    text = f"{the} {'cost' if plural else 'costs'} {word}, {price_of(rows[0])}."
    had = next((e for e in rows if product_of(e).available), None)
    if first.available or had is None:
        return text, rows[:1]
    stock = agree(stock_of(first), plural=plural)
    text = f"{text} {'They' if plural else 'It'} {stock}; next is the {had.heading}, "
    return f"{text}{price_of(had)}.", [rows[0], had]


def _end(question: Question, extreme: Extreme, rows: list[Evidence]) -> tuple[str, list[Evidence]]:
    """Name the row with the highest or lowest value of a column, with that value.

    Its price is told too where that is asked.
    """
    by_sku = {product_of(e).sku: e for e in rows}
    first = by_extreme([product_of(e) for e in rows], extreme)[0]
    word = "lowest" if extreme.order is Order.CHEAPEST else "highest"
    name = " ".join(column_words(extreme.column))
    the, plural = subject(first)
    text = f"{the} has the {word} {name} of these: {cell(first, extreme.column)}."
    if name in {"weight", "height", "duration", "thickness", "serves"}:
        text = told(first, extreme.column)
        text = f"That is {lower(the)}. {text.replace(the, 'It', 1)}"
    chosen = by_sku[first.sku]
    if Aspect.PRICE in question.aspects:
        text = f"{text} {'They cost' if plural else 'It costs'} {price_of(chosen)}."
    return text, [chosen]


def _within(rows: list[Evidence]) -> tuple[str, list[Evidence]]:
    """List what keeps to a limit on the price, what can be had only where there is any."""
    had = [e for e in rows if product_of(e).available]
    chosen = sorted((had or rows)[:MOST_LISTED], key=lambda e: product_of(e).price)
    shown = listed([f"the {e.heading} ({price_of(e)})" for e in chosen])
    if not had:
        return f"I find {shown}, but sold out at the moment.", chosen
    return f"There {'is' if len(chosen) == 1 else 'are'} {shown}.", chosen


def _alike(wishes: Sequence[Wish], rows: list[Evidence]) -> str:
    """Tell rows of one name apart by what is asked: price, stock or a column; else empty."""
    aspects = wishes[0].aspects
    columns = [wish.columns[0].column for wish in wishes if wish.columns]
    if len(columns) == len(rows) and len(set(columns)) == 1:
        cells = [cell(product_of(e), columns[0]) for e in rows]
        name = " ".join(column_words(columns[0]))
        if len(set(cells)) == 1:
            return f"{upper(name)}: {cells[0]} for {listed([f'the {e.heading}' for e in rows])}."
        each = [f"{one} for the {e.heading}" for one, e in zip(cells, rows, strict=True)]
        return f"{upper(name)}: {listed(each)}."
    if Aspect.PRICE in aspects:
        prices = {price_of(e) for e in rows}
        if len(prices) == 1:
            names = listed([f"the {e.heading}" for e in rows])
            return f"{upper(names)} cost {prices.pop()} each."
        return upper(f"{listed([f'the {e.heading} costs {price_of(e)}' for e in rows])}.")
    if Aspect.STOCK in aspects and len(rows) <= MOST_LISTED:
        each = []
        for e in rows:
            the, plural = subject(product_of(e))
            each.append(f"{lower(the)} {agree(stock_of(product_of(e)), plural=plural)}")
        return upper(f"{listed(each)}.")
    return ""


def _choice(question: Question, rows: list[Evidence]) -> Draft:
    had = [e for e in rows if product_of(e).available]
    chosen = (had or rows)[:MOST_LISTED]
    shown = listed([f"the {e.heading} ({price_of(e)})" for e in chosen])
    text = f"{upper(shown)} {'are' if len(chosen) > 1 else 'is'} in stock."
    if not had:
        text = f"I find {shown}, but sold out at the moment."
    return _draft(text, chosen, guess=Aspect.ADVICE not in question.aspects)


def _draft(text: str, rows: list[Evidence], *, guess: bool = False) -> Draft:
    return Draft(text=text, evidence=tuple(worded(e, text) for e in rows), guess=guess)
