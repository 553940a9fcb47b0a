"""``products.csv``: the catalogue, typed row by row."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from knowledge_base.cells import is_open, is_untold
from knowledge_base.documents import BrokenInput, Reader, Reading, SourceFile
from knowledge_base.readers.faq_csv import read_rows
from knowledge_base.types import Product

COLUMNS = (
    "sku", "name", "category", "price", "currency", "sizes", "colors",
    "in_stock", "restock_date", "description", "url",
)  # fmt: skip
"""The contract's columns. Others are kept as attributes."""

_REQUIRED = ("sku", "name", "price")
_FILLED = ("sku", "name")
"""Columns that no row may leave empty; a price may be unknown."""
_YES = frozenset({"yes", "y", "true", "in stock", "available"})
_NO = frozenset({"no", "n", "false", "out of stock", "sold out"})
_ON_REQUEST = re.compile(
    r"^[^\d]*\b(?:call|ask|text|e-?mail|contact|request|enquir\w*|inquir\w*|quote\w*|poa|por|tba|tbc|"
    r"tbd|var(?:y|ies|iable|ied)|depends|market price|seasonal)\b[^\d]*$",
    re.IGNORECASE,
)
"""What shops write where a price is not fixed: "call us", "price on request"."""
_T = TypeVar("_T")
_E = TypeVar("_E")


class _CellError(ValueError):
    """A cell does not hold what its column says."""


@dataclass(frozen=True, slots=True)
class _Stock:
    available: bool = True
    pieces: int | None = None


def read(file: SourceFile) -> Reading:
    """Read one product a row. A broken row is named and the rest is kept."""
    rows, broken = read_rows(file)
    if not rows:
        return Reading(broken=broken)
    missing = [name for name in _REQUIRED if name not in _lowered(rows[0][1])]
    if missing:
        message = f"columns are missing: {', '.join(missing)}"
        return Reading(broken=(BrokenInput(file=file.name, line=1, message=message),))
    products: dict[str, Product] = {}
    problems = list(broken)
    for line, row in rows:
        try:
            product = _product(_lowered(row), taken=products.keys())
        except _CellError as error:
            problems.append(BrokenInput(file=file.name, line=line, message=str(error)))
        else:
            products[product.sku] = product
    return Reading(products=tuple(products.values()), broken=tuple(problems))


def _lowered(row: dict[str, str]) -> dict[str, str]:
    return {name.strip().lower(): value for name, value in row.items() if name.strip()}


def _product(row: dict[str, str], *, taken: Collection[str]) -> Product:
    for name in _FILLED:
        if not row.get(name):
            raise _CellError(f"no {name}")
    if row["sku"] in taken:
        raise _CellError(f"the sku {row['sku']} stands in an earlier row already")
    row = {name: "" if is_untold(value) else value for name, value in row.items()}
    stock = _cell(row, "in_stock", _stock, _Stock())
    note = row.get("price", "") if _ON_REQUEST.search(row.get("price", "")) else ""
    return Product(
        sku=row["sku"],
        name=row["name"],
        category=row.get("category", ""),
        price=None if note else _cell(row, "price", _price, None),
        currency=row.get("currency", "").upper(),
        sizes=_several(row.get("sizes", "")),
        colors=_several(row.get("colors", "")),
        available=stock.available,
        in_stock=stock.pieces,
        restock_date=_cell(row, "restock_date", _restock_date, None),
        description=row.get("description", ""),
        url=row.get("url", ""),
        attributes={name: value for name, value in row.items() if name not in COLUMNS and value},
        price_note=note,
    )


def _cell(row: dict[str, str], name: str, convert: Callable[[str], _T], empty: _E) -> _T | _E:
    value = row.get(name, "")
    if not value:
        return empty
    try:
        return convert(value)
    except (ValueError, InvalidOperation):
        raise _CellError(f"{name} is {value!r}; write {_EXAMPLES[name]}") from None


_EXAMPLES = {
    "price": "a number such as 129.95",
    "in_stock": "a number of pieces, yes or no",
    "restock_date": "a date such as 2026-12-05",
}


def _price(text: str) -> Decimal:
    """Read 129.95, $129.95, 1,299.00 and 129,95."""
    digits = re.sub(r"[^\d.,-]", "", text)
    if re.fullmatch(r"-?\d{1,3}(\.\d{3})*,\d{1,2}", digits) or re.fullmatch(r"\d+,\d{1,2}", digits):
        digits = digits.replace(".", "").replace(",", ".")
    price = Decimal(digits.replace(",", ""))
    if price < 0:
        raise ValueError("a price below zero")
    return price


def _stock(text: str) -> _Stock:
    lowered = text.strip().lower()
    if lowered in _YES:
        return _Stock(available=True)
    if lowered in _NO:
        return _Stock(available=False)
    pieces = int(lowered)
    if pieces < 0:
        raise ValueError("stock below zero")
    return _Stock(available=pieces > 0, pieces=pieces)


def _restock_date(text: str) -> date | None:
    return None if is_open(text) else date.fromisoformat(text)


def _several(text: str) -> tuple[str, ...]:
    parts = (part.strip() for part in re.split(r"[|;]", text))
    return tuple(part for part in parts if part and not is_untold(part))


READER = Reader(read=read, names=("products.csv",))
