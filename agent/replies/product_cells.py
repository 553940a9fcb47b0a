"""What one catalogue row says to a question: its stock, price, sizes, colours and own columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent.replies.drafts import Draft, worded
from agent.replies.evidence import Evidence
from agent.replies.product_strange import ASKING
from agent.replies.product_wishes import Wish
from agent.replies.product_words import (
    agree,
    cost_of,
    lower,
    named_in,
    price_of,
    product_of,
    size_range,
    subject,
    told,
)
from agent.replies.questions import Aspect, Question
from agent.replies.row_words import listed, stock_of
from agent.replies.words import content_stems, units_of
from knowledge_base.catalogue_filters import in_color
from knowledge_base.catalogue_query import Order, normal_size, parse_query
from knowledge_base.types import Product

_ASKS_WHEN = re.compile(
    r"\bwhen\b|\bwhat (?:day|days|date|dates|time)\b|\bkicks? off\b|\bstarts?\b", re.IGNORECASE
)
_MOST_COLUMNS = 2
"""Columns told in one reply, where a question asks when, or joins two."""
_JOINED = re.compile(r"\b(?:and|n|plus|also)\b|&|,", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """Sentences about a row, and the subject that the next one begins with."""

    product: Product
    sentences: list[str]

    @property
    def it(self) -> tuple[str, bool]:
        """Return how the next sentence calls the row, and whether that is a plural."""
        the, plural = subject(self.product)
        return (the if not self.sentences else "They" if plural else "It"), plural


def answer_one(wish: Wish, evidence: Evidence, *, sure: bool, link: bool = True) -> Draft | None:
    """Answer from one row, or None where it does not tell what is asked.

    ``link`` adds the row's page to a short answer. Where the row may be another than is meant
    (not ``sure``), the answer is a guess to be read.
    """
    product, aspects = product_of(evidence), wish.aspects
    said = _Said(product=product, sentences=_columns(wish, product))
    fits = _made_in(wish, product)
    if fits and _is_asked(fits, wish, said):
        said.sentences.append(fits)
    denied = fits.startswith("No")
    if (Aspect.STOCK in aspects and not denied) or (fits in said.sentences and fits and not denied):
        it, plural = said.it
        said.sentences.append(f"{it} {agree(stock_of(product), plural=plural)}.")
    query = parse_query(wish.question.text)
    if (Aspect.PRICE in aspects or query.limits_price) and not denied:
        it, plural = said.it
        said.sentences.append(cost_of(it, evidence, plural=plural))
    if not fits:
        said.sentences.extend(_choices(wish, said))
    if query.order is not Order.NONE and sure and not said.sentences:
        said.sentences.append(_price_and_stock(evidence))
    if not said.sentences and not _is_told(wish.question, evidence):
        return None
    said.sentences.extend(_told_besides(wish.question, evidence, said.sentences))
    several_sizes = Aspect.PRICE in aspects and wish.size and len(product.sizes) > 1
    guess = not said.sentences or not sure or bool(several_sizes)
    sentences = said.sentences or _described(wish.question, evidence)
    if link and product.url and (aspects & {Aspect.LINK, Aspect.ADVICE} or len(sentences) == 1):
        sentences.append(product.url)
    text = " ".join(sentences)
    return Draft(text=text, evidence=(worded(evidence, text),), guess=guess)


def _is_asked(fits: str, wish: Wish, said: _Said) -> bool:
    """Whether a size or colour is asked about, rather than said to tell a row from others."""
    if fits.startswith("No"):
        return True
    asks = wish.aspects & {Aspect.STOCK, Aspect.SIZE, Aspect.COLOR}
    return bool(asks) or not (wish.aspects or said.sentences)


def _columns(wish: Wish, product: Product) -> list[str]:
    text = wish.question.text
    several = _MOST_COLUMNS if _ASKS_WHEN.search(text) or _JOINED.search(text) else 1
    the, plural = subject(product)
    sentences = [told(product, asked.column) for asked in wish.columns[:several]]
    return [*sentences[:1], *(_again(s, the, plural=plural) for s in sentences[1:])]


def _again(sentence: str, the: str, *, plural: bool) -> str:
    """Call a row that has just been named ``It``."""
    it = "They" if plural else "It"
    return f"{it}{sentence[len(the) :]}" if sentence.startswith(f"{the} ") else sentence


def _made_in(wish: Wish, product: Product) -> str:
    """Say whether it is made in the size and colour named."""
    the, plural = subject(product)
    come, do = ("come", "do") if plural else ("comes", "does")
    sizes = {normal_size(size) for size in product.sizes}
    if (
        wish.size
        and sizes
        and not (normal_size(wish.size) in sizes or _is_within(wish.size, product.sizes))
    ):
        sizes_told = size_range(product.sizes)
        return f"No, {lower(the)} {do} not come in {wish.size}. Sizes: {sizes_told}."
    colors = [color.casefold() for color in product.colors]
    if wish.color and colors and not any(wish.color in color for color in colors):
        if in_color(product, wish.color):
            return f"{the} {come} in {listed(product.colors)}."
        return f"No, {lower(the)} {do} not come in {wish.color}. Colors: {listed(product.colors)}."
    width = _width(wish.question, product)
    if width and wish.size and sizes:
        return f"{the} {come} in size {wish.size}, but I find no {width} one of it."
    wanted = [listed(in_color(product, wish.color)) or wish.color] if wish.color and colors else []
    wanted += [_size_said(wish.size)] if wish.size and sizes else []
    return f"Yes, {lower(the)} {come} in {' and in '.join(wanted)}." if wanted else ""


_RANGE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:-|to)\s*(\d+(?:\.\d+)?)\s*([a-z]*)", re.IGNORECASE)


def _is_within(size: str, sizes: Sequence[str]) -> bool:
    """Whether a measure lies in a range that the row names: ``130 cm`` in ``105-135 cm``."""
    asked = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-z]*)", size.strip(), re.IGNORECASE)
    return asked is not None and any(
        float(low) <= float(asked[1]) <= float(high) and unit.casefold() == asked[2].casefold()
        for own in sizes
        for low, high, unit in _RANGE.findall(own)
    )


def _size_said(size: str) -> str:
    """Return ``size 9``; a size that is a word or a measure is said as it is."""
    return f"size {size}" if len(size) <= _SHORT_SIZE or size[:1].isdigit() else size


_SHORT_SIZE = 3
_WIDTH = re.compile(r"\b(?:wide|narrow)\b", re.IGNORECASE)


def _width(question: Question, product: Product) -> str:
    """Return the width asked for where the row tells of none such."""
    asked = _WIDTH.search(question.text)
    row = f"{product.name} {product.description} {' '.join(product.sizes)}".casefold()
    return asked.group().casefold() if asked and asked.group().casefold() not in row else ""


def _choices(wish: Wish, said: _Said) -> list[str]:
    product = said.product
    the, plural = said.it
    it = f"{the} {'come' if plural else 'comes'}"
    found = []
    if Aspect.SIZE in wish.aspects and product.sizes and Aspect.STOCK not in wish.aspects:
        sizes = f"sizes {size_range(product.sizes)}" if len(product.sizes) > 1 else product.sizes[0]
        found.append(f"{it} in {sizes}.")
    if Aspect.COLOR in wish.aspects and product.colors:
        found.append(f"{it} in {listed(product.colors)}.")
    return [*found[:1], *(_again(s, the, plural=plural) for s in found[1:])]


def _is_told(question: Question, evidence: Evidence) -> bool:
    """Whether the row has at least half of the words that the question asks about."""
    product = product_of(evidence)
    asked = question.stems - content_stems(f"{product.name} {product.category}") - ASKING
    return len(asked & content_stems(evidence.text)) * 2 >= len(asked)


_ASKS_ON = re.compile(
    r"(?:\b(?:and|n|plus|also)\b|&|,)\s*(?:whats?|what's|how|hows|does|do|is|are|can|which)\b",
    re.IGNORECASE,
)


def _told_besides(question: Question, evidence: Evidence, said: Sequence[str]) -> list[str]:
    """Return what the description says to the second of two things asked, beside cells."""
    if not said or _JOINED.search(question.text) is None:
        return []
    product = product_of(evidence)
    answered = content_stems(f"{product.name} {product.category} {' '.join(said)}") | ASKING
    units = [u.text for u in units_of(product.description)] if product.description else []
    open_words = content_stems(" ".join(_JOINED.split(question.text)[1:])) - answered
    telling = [text for text in units if content_stems(text) & open_words]
    if not telling and len(units) == 1 and open_words and _ASKS_ON.search(question.text):
        return units  # all there is to it may be what the other words mean
    return telling[:1]


def _described(question: Question, evidence: Evidence) -> list[str]:
    """Return what the row's description says to the question, with its price and stock."""
    product = product_of(evidence)
    units = [u.text for u in units_of(product.description)] if product.description else []
    units.sort(key=lambda text: -len(content_stems(text) & question.stems))
    if not units:
        return [_price_and_stock(evidence)]
    first, it = named_in(product, units[0]), "They" if subject(product)[1] else "It"
    return [first, _price_and_stock(evidence, it if first != units[0] else "")]


def _price_and_stock(evidence: Evidence, it: str = "") -> str:
    product = product_of(evidence)
    the, plural = subject(product)
    the = it or the
    stock = agree(stock_of(product), plural=plural)
    if product.price is None:
        return f"{the} {stock}."
    return f"{the} {'cost' if plural else 'costs'} {price_of(evidence)} and {stock}."
