"""The guard's cases, read from YAML into evidence and replies."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from agent.domain.customers import Appointment, Order
from agent.replies.evidence import Evidence, from_appointment, from_order, from_product
from knowledge_base.types import Product

CASES = Path(__file__).with_name("guard_cases.yaml")


@dataclass(frozen=True)
class Trade:
    name: str
    evidence: tuple[Evidence, ...]
    holds: tuple[str, ...]
    near: tuple[tuple[str, str], ...]


def trades() -> list[Trade]:
    return [_trade(raw) for raw in yaml.safe_load(CASES.read_text(encoding="utf-8"))]


def _trade(raw: dict[str, Any]) -> Trade:
    return Trade(
        name=raw["trade"],
        evidence=evidence_of(raw),
        holds=tuple(raw["holds"]),
        near=tuple((kind, text) for kind, text in raw["near"]),
    )


def evidence_of(raw: dict[str, Any]) -> tuple[Evidence, ...]:
    """Make evidence of a brand's pages and rows as a case file writes them."""
    passages = [
        Evidence(id=f"p{i}", kind="passage", source="page.md", heading=heading, text=text)
        for i, (heading, text) in enumerate(raw["evidence"])
    ]
    products = [from_product(_product(row)) for row in raw.get("products", [])]
    orders = [from_order(_order(row)) for row in raw.get("orders", [])]
    booked = [from_appointment(Appointment(**row)) for row in raw.get("appointments", [])]
    return (*passages, *products, *orders, *booked)


def _product(row: dict[str, Any]) -> Product:
    row = {"currency": "USD", "category": "", **row}
    lists = {key: tuple(row.pop(key, ())) for key in ("sizes", "colors")}
    return Product(**{**row, **lists, "price": Decimal(row["price"])})


def _order(row: dict[str, Any]) -> Order:
    return Order(**{**row, "items": tuple(row["items"]), "total": Decimal(row["total"])})
