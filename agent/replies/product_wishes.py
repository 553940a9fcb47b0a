"""What is asked of catalogue rows: their size, colour and columns, and what rows cannot explain."""

import re
from dataclasses import dataclass, replace

from agent.replies.questions import Aspect, Question
from agent.replies.words import content_stems
from intents.types import EntityType, Understanding
from knowledge_base.catalogue_columns import (
    AskedColumn,
    asked_columns,
)
from knowledge_base.catalogue_filters import PLAIN_COLORS, SHADES
from knowledge_base.catalogue_query import AMOUNTS, halved, normal_size
from knowledge_base.catalogue_words import row_words, stems_of, words_of
from knowledge_base.question import spell_out
from knowledge_base.types import Product
from knowledge_base.words import stem as plain_stem

COLOR_STEMS = content_stems(" ".join(PLAIN_COLORS))
_SIZE = re.compile(
    r"\bsizes?\s+(?P<a>\d{1,2}(?:\.5)?|[2345]?xx?[sl]|[sml]|small|medium|large)\b|"
    r"\bin (?:an? |size |us |uk |eu )?"
    r"(?P<b>\d{1,2}(?:\.5)?|[2345]?xx?[sl]|[sml]|small|medium|large)\b"
    r"(?! ?(?:days?|weeks?|minutes?|hours?|colou?rs?|inch|%|euros?|dollars?))"
    r"|\b(?P<c>\d{1,2}(?:\.5)?)(?:'s|s)?\s*(?:\?|$)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\s*(?:us|uk|eu)?\s*\d+(?:[.,]5)?\s*", re.IGNORECASE)
_LETTERS = {"small": "S", "medium": "M", "large": "L"}
_LETTER_SIZES = frozenset("xxs xs s m l xl xxl".split())  # noqa: SIM905
_MEASURE = re.compile(r"(\d+(?:[.,]\d+)?)\s*(\"|[a-z]+)", re.IGNORECASE)
_INCHES = {'"': "inch"}
_AGAIN = re.compile(
    r"\b(?:back|again|restock\w*|next|full|sold out)\b|\bwhen can (?:we|i) (?:get|book|have|do)\b",
    re.IGNORECASE,
)
_WHEN = re.compile(r"\bwhen\b|\byet\b|\bfull\b", re.IGNORECASE)
_PRICE_OUTRIGHT = re.compile(
    r"\bprices?\b|\bcosts?\b|\bhow much (?:is|are|r|for|and|n)\b|\bhow much\W*(?:$|[&,+])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked of a row. ``size`` and ``color`` are empty where none is named."""

    question: Question
    size: str
    color: str
    columns: tuple[AskedColumn, ...]

    @property
    def aspects(self) -> frozenset[Aspect]:
        """What about the row is asked, the columns apart."""
        asked = self.question.aspects
        if self.columns and not _PRICE_OUTRIGHT.search(self.question.text):
            return asked - {Aspect.PRICE}
        return asked


def wish_of(question: Question, understanding: Understanding | None, product: Product) -> Wish:
    """Read what a question asks of a row."""
    return Wish(
        question=question,
        size=_size(question, understanding, product),
        color=_color(question, understanding, product),
        columns=columns_of(question, product),
    )


def carried_on(wish: Wish, before: Wish) -> Wish:
    """Return a wish with the size, colour and columns of the one it leans on, where it has none."""
    return replace(
        wish,
        size=wish.size or before.size,
        color=wish.color or before.color,
        columns=wish.columns or before.columns,
    )


def columns_of(question: Question, product: Product) -> tuple[AskedColumn, ...]:
    """Return the row's own columns asked for; those that tell when only if not "when again"."""
    if _AGAIN.search(question.text) and _WHEN.search(question.text):
        return ()
    named = words_of(product).naming
    return tuple(
        asked
        for asked in asked_columns(spell_out(question.text), product)
        if not asked.words or not asked.words <= named or _asked_outright(question, asked)
    )


def _asked_outright(question: Question, asked: AskedColumn) -> bool:
    """Whether "how much" or "which" stands before the column's word, though a name has it too."""
    near = re.findall(r"\b(?:how (?:much|many)|what|which)\s+(?:is the )?(\w+)", question.text)
    return any(plain_stem(word.casefold()) in asked.words for word in near)


# ── size and colour ────────────────────────────────────────────────────────────────────────────


def _size(question: Question, understanding: Understanding | None, product: Product) -> str:
    """Return the size asked for as the row writes it, else as the customer does."""
    if not product.sizes:
        return ""
    text = AMOUNTS.sub(" ", halved(question.text))
    question = replace(question, text=text)
    name = stems_of(f"{product.name} {product.category}")
    if literal := _literal(text, product):
        return literal
    if _is_of_another_system(text, product):
        return ""
    return (
        _own_size(question, product, name)
        or _measured(question, product, name)
        or _other_size(question, understanding, product, name)
    )


def _other_size(
    question: Question,
    understanding: Understanding | None,
    product: Product,
    name: frozenset[str],
) -> str:
    """Return a size asked for that the row need not have."""
    entity = None if understanding is None else understanding.entity(EntityType.SIZE)
    if entity is not None:
        found = re.sub(r"^(?:us |uk |eu )?size\s+", "", entity.value.strip(), flags=re.IGNORECASE)
    else:
        match = _SIZE.search(question.text)
        found = (match["a"] or match["b"] or match["c"]) if match else ""
        if match and match["c"] and not any(map(_NUMBERED.fullmatch, product.sizes)):
            return ""  # "have you got 6" asks for no pot of 6 cm
    unlike = found.isdigit() and not any(re.search(r"\d", size) for size in product.sizes)
    lettered = any(size.casefold() in _LETTER_SIZES for size in product.sizes)
    single = len(found) == 1 and found.isalpha()
    unlike = unlike or (single and not lettered)
    if not found or unlike or (not single and stems_of(found) <= name):
        return ""
    return _LETTERS.get(found.casefold(), found.upper())


_OTHER_SYSTEMS = re.compile(
    r"\b(?P<system>eu|euro|uk|wom[ea]n'?s|ladies|men'?s)\s*(?:size\s*)?\d", re.IGNORECASE
)


def _literal(text: str, product: Product) -> str:
    """Return a size of letters and digits (``13K``, ``L-XL``) that stands in the text as such."""
    for size in sorted(product.sizes, key=len, reverse=True):
        plain = size.isalpha() or not any(c.isalpha() for c in size)
        written = re.escape(size).replace("\\ ", r"\s?")
        if not plain and re.search(rf"(?<![\w.-]){written}(?![\w-])", text, re.IGNORECASE):
            return size
    return ""


def _is_of_another_system(text: str, product: Product) -> bool:
    """Whether a size is asked for in a system that the row's own sizes are not in."""
    match = _OTHER_SYSTEMS.search(text)
    if match is None:
        return False
    system = match["system"].casefold().replace("'", "").replace("euro", "eu")
    row = f"{product.name} {' '.join(product.sizes)}".casefold().replace("'", "")
    return system[:3] not in row


def _own_size(question: Question, product: Product, name: frozenset[str]) -> str:
    """Return the row's longest size that stands in the question and not in the name."""
    text = f" {' '.join(row_words(spell_out(question.text)))} "
    for size in sorted(product.sizes, key=len, reverse=True):
        written = " ".join(row_words(size))
        plain = written.isdigit() or len(written) <= _SHORT
        if not written or stems_of(size) <= name or (plain and not _sized(question, written)):
            continue
        if f" {written} " in text:
            return size
    return ""


_SHORT = 2


def _sized(question: Question, size: str) -> bool:
    """Whether a bare number or letter is asked for as a size."""
    return any(
        normal_size(found) == normal_size(size)
        for match in _SIZE.finditer(question.text)
        if (found := match["a"] or match["b"] or match["c"])
    )


def _measured(question: Question, product: Product, name: frozenset[str]) -> str:
    """Return a measure in the question in a unit of the row's sizes: ``80 ml``."""
    units = {u.casefold() for size in product.sizes for _, u in _MEASURE.findall(size)}
    for number, written in _MEASURE.findall(question.text):
        unit = _INCHES.get(written, written.casefold())
        if unit in units and number not in name:
            return f"{number} {unit}"
    return ""


def _color(question: Question, understanding: Understanding | None, product: Product) -> str:
    # A colour in the product's name is no wish ("the Blue Ridge tent").
    name = set(row_words(product.name))
    entity = None if understanding is None else understanding.entity(EntityType.COLOR)
    if entity is not None and not set(row_words(entity.value)) <= name:
        return entity.value.casefold()
    text = question.text.casefold()
    own = [
        c.casefold() for c in product.colors if re.search(rf"\b{re.escape(c.casefold())}\b", text)
    ]
    own = [c for c in own if not set(row_words(c)) <= name]
    asked = set(re.findall(r"[a-z]+", text)) - name
    named = set(_IN_A_COLOR.findall(text)) & SHADES - name
    return own[0] if own else next(iter(sorted(asked & PLAIN_COLORS or named)), "")


_IN_A_COLOR = re.compile(r"\bin (?:the |a )?([a-z]+)\b")
