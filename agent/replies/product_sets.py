"""What several catalogue rows say to a question: which costs less, the least, a list, a choice."""
# ruff: noqa: E501 - a pattern is easier to read and to mend in one line

import re
from collections.abc import Sequence

from agent.replies.drafts import Draft, worded
from agent.replies.evidence import Evidence
from agent.replies.product_lists import MOST_LISTED, by_color, none_so
from agent.replies.product_wishes import Wish
from agent.replies.product_words import (
    agree,
    by_price,
    cell,
    cost_of,
    lower,
    price_of,
    priced,
    product_of,
    subject,
    told,
    upper,
)
from agent.replies.questions import Aspect, Question
from agent.replies.row_words import listed, money, stock_of
from agent.replies.words import content_stems
from knowledge_base.catalogue_columns import (
    ENDS,
    Extreme,
    asked_extreme,
    by_extreme,
    column_words,
)
from knowledge_base.catalogue_filters import keeps_to
from knowledge_base.catalogue_query import Order, parse_query

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
    if (none := none_so(question, rows, wishes)) is not None:
        return _draft(*none) if sure else None
    found = _picked(question, rows)
    if found is not None:
        return _draft(*found, guess=not sure)
    if sure and (colored := by_color(rows, wishes)):
        return _draft(*colored)
    if sure and len(rows) <= _MOST_ALIKE and (alike := _alike(wishes, rows)):
        return _draft(alike, rows)
    if not sure and Aspect.ADVICE not in question.aspects:
        return None
    offered = sure and _WHAT_THERE_IS.search(question.text) is not None
    return _choice(rows, guess=not offered and Aspect.ADVICE not in question.aspects)


_WHAT_THERE_IS = re.compile(
    r"^\W*(?:(?:hi|hey|hello|so|ok|and|also|quick question|please|pls|just wondering|wondering if)\W+)*"
    r"(?:(?:do|did|does) (?:you|u|ya|ye|y'?all|you guys|u guys|your shop|the shop)(?: (?:guys|also|still|even|happen to))* "
    r"(?:have|hav|sell|carry|stock|do|got|offer)\b|(?:have )?(?:you|u) got\b|got\b|any\b|"
    r"(?:i|we)(?:'?m| am|'?re| are)? ?(?:need|want|after|looking for|in need of)\b|looking for\b|need\b|show me\b|"
    r"(?:what|which)\b.{0,40}\bdo (?:you|u|ya|y'?all) (?:have|sell|carry|stock|do)\b)",
    re.IGNORECASE,
)  # fmt: skip
"""Whoever asks what there is of a kind is told it; no other question is answered by a list."""


def _picked(question: Question, rows: list[Evidence]) -> tuple[str, list[Evidence]] | None:
    """Say which row a superlative, a comparison or a limit picks, None where none is set."""
    query = parse_query(question.text)
    ends = asked_extreme(question.text, [product_of(e) for e in rows])
    if ends is not None:
        return _end(question, ends, rows)
    if query.order is not Order.NONE and len(rows) > _PAIR and priced(rows):
        return _cheapest(question, rows, query.order)
    if (Aspect.COMPARE in question.aspects or query.compares) and len(priced(rows)) >= _PAIR:
        return _compared(question, rows)
    kept = [e for e in rows if keeps_to(query, product_of(e))]
    return _within(kept) if query.limits_price and kept else None


def _compared(question: Question, rows: list[Evidence]) -> tuple[str, list[Evidence]]:
    rows = [e for _, e in sorted(priced(rows), key=by_price)]
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
    (less, _), (price, _) = priced([cheaper, dearer])
    more = money(price - less, high.currency)
    return (
        f"The {high.name} costs {price_of(dearer)}, {more} more than the {low.name} "
        f"({price_of(cheaper)})."
    )


def _among(question: Question, rows: list[Evidence]) -> str:
    """Say of which kinds a row is picked where several have the word asked for; else empty."""
    kinds = dict.fromkeys(product_of(e).category for e in rows)
    named = [kind for kind in kinds if content_stems(kind) & question.stems]
    if len(named) < _PAIR or len(named) != len(kinds):
        return ""
    return f"Of our {listed([kind[:1].lower() + kind[1:] for kind in named])}, "


def _cheapest(question: Question, rows: list[Evidence], order: Order) -> tuple[str, list[Evidence]]:
    """Name the row that costs least or most, and where it is sold out, the next to be had."""
    sign = 1 if order is Order.CHEAPEST else -1
    rows = [e for _, e in sorted(priced(rows), key=lambda row: sign * row[0])]
    word = "least" if order is Order.CHEAPEST else "most"
    first = product_of(rows[0])
    same = [e for e in rows if product_of(e).price == first.price][:MOST_LISTED]
    if len(same) > 1:
        names = listed([f"the {e.heading}" for e in same])
        return f"{upper(names)} cost {word}, {price_of(rows[0])} each.", same
    the, plural = subject(first)
    text = f"{the} {'cost' if plural else 'costs'} {word}, {price_of(rows[0])}."
    if among := _among(question, rows):
        text = f"{among}{lower(text)}"
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
        it = "They" if plural else "It"
        text = (
            f"{upper(_among(question, rows) + 'that is')} {lower(the)}. {text.replace(the, it, 1)}"
        )
    chosen = by_sku[first.sku]
    if len(rows) == _PAIR and not (ENDS.search(question.text) or Aspect.PRICE in question.aspects):
        other = next(e for e in rows if e is not chosen)
        text = f"{text[:-1]}, against {cell(product_of(other), extreme.column)} for the "
        return f"{text}{other.heading}.", [chosen, other]
    if Aspect.PRICE in question.aspects:
        text = f"{text} {'They cost' if plural else 'It costs'} {price_of(chosen)}."
    return text, [chosen]


def _within(rows: list[Evidence]) -> tuple[str, list[Evidence]]:
    """List what keeps to a limit on the price, what can be had only where there is any."""
    had = [e for e in rows if product_of(e).available]
    chosen = [e for _, e in sorted(priced((had or rows)[:MOST_LISTED]), key=by_price)]
    shown = listed([f"the {e.heading} ({price_of(e)})" for e in chosen])
    if not had:
        return f"I find {shown}, but sold out at the moment.", chosen
    more = ", among others" if len(had) > len(chosen) else ""
    return f"There {'is' if len(chosen) == 1 else 'are'} {shown}{more}.", chosen


def told_apart(wishes: Sequence[Wish], rows: list[Evidence]) -> Draft | None:
    """Tell the same of each row; None where nothing that rows hold is asked."""
    told = _alike(wishes, rows)
    return _draft(told, rows) if told else None


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
        return _prices(rows)
    if Aspect.STOCK in aspects and len(rows) <= MOST_LISTED:
        each = []
        for e in rows:
            the, plural = subject(product_of(e))
            each.append(f"{lower(the)} {agree(stock_of(product_of(e)), plural=plural)}")
        return upper(f"{'; '.join(each) if ' and ' in ''.join(each) else listed(each)}.")
    return ""


def _prices(rows: list[Evidence]) -> str:
    if len(priced(rows)) < len(rows):
        return " ".join(_cost(e) for e in rows)
    prices = {price_of(e) for e in rows}
    if len(prices) == 1:
        names = listed([f"the {e.heading}" for e in rows])
        return f"{upper(names)} cost {prices.pop()} each."
    return upper(f"{listed([f'the {e.heading} costs {price_of(e)}' for e in rows])}.")


def _cost(row: Evidence) -> str:
    the, plural = subject(product_of(row))
    return cost_of(the, row, plural=plural)


def _choice(rows: list[Evidence], *, guess: bool) -> Draft:
    had = [e for e in rows if product_of(e).available]
    chosen = (had or rows)[:MOST_LISTED]
    shown = listed([f"the {e.heading} ({price_of(e)})" for e in chosen])
    text = f"{upper(shown)} {'are' if len(chosen) > 1 else 'is'} in stock."
    if not had:
        text = f"I find {shown}, but sold out at the moment."
    return _draft(text, chosen, guess=guess)


def _draft(text: str, rows: list[Evidence], *, guess: bool = False) -> Draft:
    return Draft(text=text, evidence=tuple(worded(e, text) for e in rows), guess=guess)
