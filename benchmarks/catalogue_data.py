"""The questions of ``training_data/catalogues``: rows of a shop's catalogue, and what asks of them.

A file holds a catalogue and questions for the brand of the same name in ``training_data/answers``,
whose pages stand beside it. The reader of sentences is not trained on them, so that replies can be
judged by them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from agent.replies.product_words import cell
from agent.replies.row_words import money
from agent.replies.words import units_of
from agent.settings import CHECKOUT
from knowledge_base.documents import SourceFile
from knowledge_base.readers.products import read
from knowledge_base.types import Product

CATALOGUES = CHECKOUT / "training_data" / "catalogues"
ANSWERS = CHECKOUT / "training_data" / "answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """A brand's rows by SKU, and the questions with the cells that answer."""

    name: str
    products: Mapping[str, Product]
    csv: str
    pages: Sequence[Mapping[str, str]]
    questions: Sequence[Mapping[str, Any]]

    def write(self, folder: Path) -> None:
        """Write pages and rows as the files that a shop would bring."""
        for number, page in enumerate(self.pages):
            text = f"# {page['title']}\n\n{page['text']}\n"
            (folder / f"page-{number}.md").write_text(text, encoding="utf-8")
        (folder / "products.csv").write_text(self.csv, encoding="utf-8")


def catalogues() -> Iterator[Catalogue]:
    """Yield every catalogue with its questions."""
    for file in sorted(CATALOGUES.glob("*.yaml")):
        own = yaml.safe_load(file.read_text(encoding="utf-8"))
        brand = yaml.safe_load((ANSWERS / file.name).read_text(encoding="utf-8"))
        source = SourceFile(name="products.csv", content=own["products"].encode())
        products = {product.sku: product for product in read(source).products}
        yield Catalogue(
            name=file.stem,
            products=products,
            csv=own["products"],
            pages=brand["pages"],
            # A row that is not taken in is one that nobody can be told of.
            questions=[
                q for q in own["questions"] if {*map(_sku, q.get("rows", ()))} <= {*products}
            ],
        )


def _sku(named: str) -> str:
    return named.rsplit(maxsplit=1)[0]


def is_right(catalogue: Catalogue, question: Mapping[str, Any], reply: str) -> bool:
    """Whether a reply holds all cells that answer, or one of the sentences."""
    if question.get("rows"):
        return all(map(partial(_holds, catalogue, reply.casefold()), question["rows"]))
    said = _plain(reply)
    return any(_plain(s) in said or said in _plain(s) for s in question.get("answer", ()))


def _plain(text: str) -> str:
    return " ".join(text.replace("*", "").split()).casefold()


def _holds(catalogue: Catalogue, said: str, named: str) -> bool:
    sku, column = named.rsplit(maxsplit=1)
    return any(words.casefold() in said for words in _told(catalogue.products[sku], column))


def _told(product: Product, column: str) -> Sequence[str]:
    """Return the words by any of which a reply tells a cell."""
    stock = ["in stock", " left"] if product.available else ["sold out"]
    known: dict[str, Sequence[str]] = {
        "price": [] if product.price is None else [money(product.price, product.currency)],
        "in_stock": stock,
        "restock_date": stock,
        "sizes": product.sizes,
        "colors": product.colors,
        "description": [unit.text.rstrip(".") for unit in units_of(product.description)],
        "url": [product.url],
    }
    if column in known:
        return known[column]
    value = product.attributes[column].casefold()
    if value in {"yes", "true"}:
        return ["yes", column.replace("_", " ")]
    return ["no,", " not "] if value in {"no", "false"} else [value, cell(product, column)]
