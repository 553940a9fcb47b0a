"""How a catalogue row is spoken of: its name with the right verb, its price, its cells."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from agent.replies.cell_words import cell_sentence, yes_or_no
from agent.replies.evidence import Evidence
from agent.replies.labels import names
from agent.replies.row_words import in_words, listed, money
from knowledge_base.catalogue_columns import column_words, with_unit
from knowledge_base.cells import is_open, says_no, says_none, says_yes
from knowledge_base.types import Product

_LONG_LIST = 6


def product_of(evidence: Evidence) -> Product:
    """Return the row behind a piece of evidence."""
    if not isinstance(evidence.row, Product):
        raise TypeError(f"{evidence.id} is no product")
    return evidence.row


_NOT_PLURAL = frozenset(
    "kids mens womens ladies plus series days weeks months hours minutes xs".split()  # noqa: SIM905
)
"""Last words of names that tell which one it is, not how many."""


def subject(product: Product) -> tuple[str, bool]:
    """Return ``The Ridgeline Dry`` and whether the name is a plural."""
    last = product.name.split()[-1].casefold()
    plural = last.endswith("s") and not last.endswith(("ss", "us", "is"))
    return f"The {product.name}", plural and last not in _NOT_PLURAL


def agree(stock: str, *, plural: bool) -> str:
    """Return what is said of stock with the verb that a plural takes."""
    return stock.replace("is ", "are ", 1) if plural else stock


def lower(the: str) -> str:
    """Return ``the Ridgeline`` for use inside a sentence."""
    return f"the{the[3:]}"


def upper(text: str) -> str:
    """Return a text with a capital at its beginning."""
    return f"{text[:1].upper()}{text[1:]}"


def price_of(evidence: Evidence) -> str:
    """Return a row's price with its currency; what stands in its place where it has none."""
    product = product_of(evidence)
    if product.price is None:
        return product.price_note or "no price listed"
    return money(product.price, product.currency)


def priced(rows: Sequence[Evidence]) -> list[tuple[Decimal, Evidence]]:
    """Return the rows whose price is known, with it."""
    return [(price, e) for e in rows if (price := product_of(e).price) is not None]


def by_price(priced_row: tuple[Decimal, Evidence]) -> Decimal:
    """Return the price that a row is ordered by."""
    return priced_row[0]


def cost_of(the: str, evidence: Evidence, *, plural: bool) -> str:
    """Say what a row costs after its name, or that no price is known."""
    product = product_of(evidence)
    if product.price is not None:
        return f"{the} {'cost' if plural else 'costs'} {price_of(evidence)}."
    if product.price_note:
        return f"Price of {lower(f'The {product.name}')}: {product.price_note}."
    return f"I find no price listed for {lower(f'The {product.name}')}."


def named_in(product: Product, sentence: str) -> str:
    """Return a sentence of a description with the product's name before it, where it has none."""
    return sentence if names(product.name, sentence) else f"{product.name}: {sentence}"


def size_range(sizes: Sequence[str]) -> str:
    """Return sizes as a list, a long one by its ends."""
    if len(sizes) <= _LONG_LIST:
        return listed(sizes)
    return f"{sizes[0]} to {sizes[-1]}"


def cell(product: Product, column: str) -> str:
    """Return a cell of a brand's own column, with its unit, dates and prices in words."""
    value = product.attributes[column].strip()
    if "price" in column_words(column):
        try:
            return money(Decimal(value), product.currency)
        except InvalidOperation:
            return value
    try:
        return in_words(date.fromisoformat(value))
    except ValueError:
        return with_unit(value, column)


_SAID = {
    "weight": ("weighs", "weigh"), "serves": ("serves", "serve"), "feeds": ("feeds", "feed"),
    "duration": ("takes", "take"), "departs": ("departs at", "depart at"),
    "start date": ("starts on", "start on"), "age": ("is for ages", "are for ages"),
    "flowers": ("flowers", "flower"),
}  # fmt: skip
_TALL = {"height": "tall", "thickness": "thick", "width": "wide"}
_NUMBER = re.compile(r"\d")


def told(product: Product, column: str) -> str:
    """Say a cell in a sentence, such as "The Ridgeline weighs 292 g"."""
    the, plural = subject(product)
    are = "are" if plural else "is"
    name, value = " ".join(column_words(column)), cell(product, column)
    if says_yes(value) or says_no(value):
        answer = "Yes" if says_yes(value) else "No"
        said = yes_or_no(the, name, yes=says_yes(value), plural=plural)
        return f"{answer}, {lower(said)}"
    if says_none(value) or is_open(value):
        return cell_sentence(product.name, name, value)
    if name in _SAID and (_NUMBER.search(value) or name == "flowers"):
        verb = _SAID[name][plural]
        return f"{the} {verb} {value}."
    if name in _TALL and _NUMBER.search(value):
        return f"{the} {are} {value} {_TALL[name]}."
    if name == "allergens":
        return f"Allergens listed for {lower(the)}: {value}."
    said = cell_sentence(product.name, name, value)
    return said if said.startswith("The ") else f"The {said[:1].lower()}{said[1:]}"


_MODEL = re.compile(r"\b([^\W\d_]{3,})[ -]?(\d{2,5})\b")


def is_another_model(question: str, name: str) -> bool:
    """Whether a question names a product by a word of this name with another number.

    Of the Trek 900 nothing is told from the row of the Trek 500.
    """
    asked = {word.casefold(): number for word, number in _MODEL.findall(question)}
    ours = {word.casefold(): number for word, number in _MODEL.findall(name)}
    return any(ours[word] != asked[word] for word in asked.keys() & ours.keys())
