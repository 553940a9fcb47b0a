"""The questions about catalogues name cells that are there, and replies are judged by them."""

import pytest

from benchmarks.catalogue_data import Catalogue, catalogues, is_right

ALL = list(catalogues())


@pytest.mark.parametrize("catalogue", ALL, ids=lambda each: each.name)
def test_every_cell_named_is_there(catalogue: Catalogue) -> None:
    lines = [line for page in catalogue.pages for line in page["text"].splitlines()]
    for question in catalogue.questions:
        for named in question.get("rows", ()):
            sku, column = named.rsplit(maxsplit=1)
            product = catalogue.products[sku]
            assert hasattr(product, column) or product.attributes[column], named
        for sentence in (*question.get("answer", ()), *question.get("near", ())):
            assert any(sentence in line for line in lines), sentence


def test_there_are_questions_that_rows_answer_and_others_that_they_do_not() -> None:
    asked = [bool(q.get("rows")) for catalogue in ALL for q in catalogue.questions]
    assert len(asked) > 2_000
    assert 0.4 < sum(asked) / len(asked) < 0.7


def test_a_reply_is_right_that_holds_every_cell() -> None:
    sushi = next(each for each in ALL if each.name == "kaze-sushi")
    asked = {"rows": ["HR-SA price", "HR-SA in_stock"]}
    assert is_right(sushi, asked, "The Salmon Hand Roll costs €5.20 and is in stock.")
    assert not is_right(sushi, asked, "The Salmon Hand Roll is in stock.")
    assert not is_right(sushi, {"rows": ["SP-RE in_stock"]}, "The Rebel Roll is in stock.")
