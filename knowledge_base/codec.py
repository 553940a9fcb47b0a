"""Passages and products as JSON rows and back, for the store."""

import json
from datetime import date
from decimal import Decimal

from pydantic import BaseModel

from knowledge_base.types import DocumentKind, Passage, Product


class _PassageRow(BaseModel):
    id: str
    kind: DocumentKind
    source: str
    heading: str
    text: str
    url: str
    tags: tuple[str, ...]
    table: bool
    valid_from: date | None
    valid_until: date | None
    regions: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()


class _ProductRow(BaseModel):
    sku: str
    name: str
    category: str
    price: Decimal | None
    currency: str
    sizes: tuple[str, ...]
    colors: tuple[str, ...]
    available: bool
    in_stock: int | None
    restock_date: date | None
    description: str
    url: str
    attributes: dict[str, str]
    price_note: str = ""


def write_passage(passage: Passage) -> str:
    """Return the passage as one line of JSON."""
    return _PassageRow.model_validate(passage, from_attributes=True).model_dump_json()


def read_passage(row: str) -> Passage:
    """Return the passage of such a line."""
    return Passage(**dict(_PassageRow.model_validate_json(row)))


def write_product(product: Product) -> str:
    """Return the product as one line of JSON."""
    values = _ProductRow.model_validate(product, from_attributes=True)
    return json.dumps(values.model_dump(mode="json"), sort_keys=True)


def read_product(row: str) -> Product:
    """Return the product of such a line."""
    return Product(**dict(_ProductRow.model_validate_json(row)))
