"""The brands' files are sound; ranking with a real encoder is a benchmark, not a test."""

import pytest

from knowledge_base.answerability import FEATURES, AnswerabilityModel
from knowledge_base.catalogue import Catalogue
from knowledge_base.chunking import passages_of
from knowledge_base.evaluation import read_questions
from knowledge_base.readers import read_folder
from tests.knowledge_base.conftest import BRANDS

NAMES = sorted(path.name for path in BRANDS.iterdir() if path.is_dir())


@pytest.mark.parametrize("name", NAMES)
def test_each_answer_stands_in_one_place_of_the_pages(name: str):
    reading = read_folder(BRANDS / name / "pages")
    assert reading.broken == ()
    passages = passages_of(reading.documents)
    skus = {product.sku for product in reading.products}
    for question in read_questions(BRANDS / name / "questions.jsonl"):
        if question.names_passage:
            fitting = [
                p for p in passages if question.text in p.text and p.source == question.source
            ]
            assert fitting, question
        assert not question.product or question.product in skus


@pytest.mark.parametrize("name", NAMES)
def test_products_asked_for_are_found(name: str):
    catalogue = Catalogue(read_folder(BRANDS / name / "pages").products)
    for question in read_questions(BRANDS / name / "questions.jsonl"):
        if question.product:
            found = [p.sku for p in catalogue.look_up(question.question)]
            assert question.product in found, question.question


def test_the_shipped_coefficients_fit_the_code():
    model = AnswerabilityModel.load()
    assert set(model.weights) == set(model.mean) == set(model.scale) == set(FEATURES)
    assert all(scale > 0 for scale in model.scale.values())


def test_coefficients_for_other_features_are_refused(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('{"weights": {"cosine": 1}, "bias": 0, "mean": {}, "scale": {}}')
    with pytest.raises(ValueError, match="fitted for other features"):
        AnswerabilityModel.load(path)
