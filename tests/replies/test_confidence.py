import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.replies.confidence import MODEL_FILE, ConfidenceModel, Logistic
from agent.replies.extractive import ExtractiveComposer
from agent.replies.grounded import GroundedAnswerer
from agent.replies.guard import Guard
from agent.replies.templates import load_templates
from tests.replies.builders import brand, evidence, found, passage

MODEL = ConfidenceModel.load()
SHIPPING = evidence("Shipping", "Standard shipping costs $5.95. Orders over $75 ship free.")


def traits(question, *sources):
    draft = ExtractiveComposer().compose(question, evidence=sources or (SHIPPING,))
    assert draft is not None
    return draft.traits


def test_every_trait_of_an_extract_is_weighed():
    assert set(traits("how much is standard shipping")) <= set(MODEL.sentences.weights)


def test_the_file_names_the_same_traits_throughout():
    values = json.loads(MODEL_FILE.read_text(encoding="utf-8"))

    for model in (values["sentences"], values["rows"]):
        assert set(model["weights"]) == set(model["mean"]) == set(model["scale"])
    assert 0 < values["threshold"] < 1


def test_an_extract_that_has_the_questions_words_is_more_probable():
    fits = MODEL.probability(traits("how much is standard shipping"))
    strays = MODEL.probability(traits("is standard shipping of a crocodile insured"))

    assert fits > strays


@given(st.dictionaries(st.sampled_from(sorted(MODEL.sentences.weights)), st.floats(-1e6, 1e6)))
def test_a_probability_is_one_whatever_is_given(given_traits):
    assert 0.0 <= MODEL.probability(given_traits) <= 1.0


@pytest.mark.parametrize(("threshold", "answered"), [(0.0, True), (1.0, False)])
def test_an_extract_below_the_threshold_is_not_sent(threshold, answered):
    even = Logistic(weights={"near": 0.0}, mean={"near": 0.0}, scale={"near": 1.0}, bias=0.0)
    model = ConfidenceModel(sentences=even, rows=even, threshold=threshold)
    answerer = GroundedAnswerer(
        search=lambda _question, _previous: found(passage("Shipping", SHIPPING.text)),
        extractive=ExtractiveComposer(),
        llm=None,
        guard=Guard(),
        templates=load_templates(brand()),
        brand=brand(),
        min_answerability=0.5,
        confidence=model,
    )

    assert answerer.answer("how much is standard shipping").answered is answered


def test_an_extract_of_a_row_is_judged_by_a_model_of_its_own():
    def certain(bias):
        return Logistic(weights={}, mean={}, scale={}, bias=bias)

    model = ConfidenceModel(sentences=certain(-9.0), rows=certain(9.0), threshold=0.5)
    assert model.probability({"from_row": 1.0}) > 0.9
    assert model.probability({"from_row": 0.0}) < 0.1
