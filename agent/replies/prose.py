"""Prose that names catalogue products: its prices, sizes and stock are not to be quoted."""

import re
from collections.abc import Sequence
from dataclasses import replace

from agent.replies.evidence import Evidence
from agent.replies.values import ValueKind, values_of
from agent.replies.words import content_stems, units_of
from knowledge_base.types import Product

_STOCK = re.compile(
    r"\b(?:in stock|sold out|out of stock|available|restock\w*|sizes?)\b", re.IGNORECASE
)


def without_catalogue_facts(evidence: Evidence, products: Sequence[Product]) -> Evidence:
    """Leave out what a passage says of a catalogue product's price, size or stock."""
    names = [content_stems(product.name) for product in products]
    names = [name for name in names if name]
    if not names or evidence.kind != "passage":
        return evidence
    units = units_of(evidence.text)
    barred = {unit.text for unit in units if _is_catalogue_fact(unit.text, names)}
    if not barred:
        return evidence
    lines = (_without(line, barred) for line in evidence.text.splitlines())
    return replace(evidence, text="\n".join(line for line in lines if line.strip()))


def _is_catalogue_fact(text: str, names: list[frozenset[str]]) -> bool:
    stems = content_stems(text)
    if not any(name <= stems for name in names):
        return False
    priced = any(value.kind is ValueKind.MONEY for value in values_of(text))
    return priced or _STOCK.search(text) is not None


def _without(line: str, barred: set[str]) -> str:
    for text in barred:
        line = line.replace(text, "")
    return line
