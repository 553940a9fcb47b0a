import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.normalise import LONGEST_CHARS, clean, fold, key
from intents.reading.ngrams import Ngrams, char_grams, word_grams
from intents.reading.signs import SIGNS, signs

TEXTS = [
    "where is my order",
    "Where's my order #48213??",
    "cancel my order please please",
    "can't open the tracking link",
    "a I",
    "👍 ok",
]


def test_weights_are_those_of_scikit_learn() -> None:
    text_module = pytest.importorskip("sklearn.feature_extraction.text")
    ngrams = Ngrams.fit(TEXTS, scales=(1.0, 1.0, 0.0))
    folded = [fold(clean(text)) for text in TEXTS]
    words = text_module.TfidfVectorizer(
        ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"(?u)\w+|[^\w\s]", lowercase=False
    ).fit(folded)
    chars = text_module.TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2, lowercase=False
    ).fit(folded)
    ours = ngrams.matrix(TEXTS).toarray()
    split = len(ngrams.words.places)
    assert list(ngrams.words.places) == list(words.get_feature_names_out())
    assert np.allclose(ours[:, :split], words.transform(folded).toarray(), atol=1e-6)
    assert list(ngrams.chars.places) == list(chars.get_feature_names_out())
    theirs = chars.transform(folded).toarray()
    assert np.allclose(ours[:, split : split + theirs.shape[1]], theirs, atol=1e-6)


def test_word_grams_hold_words_signs_and_pairs() -> None:
    assert list(word_grams("is it ok?")) == ["is", "it", "ok", "?", "is it", "it ok", "ok ?"]


def test_char_grams_stay_within_words() -> None:
    grams = list(char_grams("ab cd"))
    assert " ab" in grams
    assert not any("b c" in gram for gram in grams)


@given(st.text(max_size=200))
def test_weights_of_any_text_are_finite_and_bounded(text: str) -> None:
    ngrams = Ngrams.fit(TEXTS, scales=(1.0, 1.0, 1.0))
    where, weights = ngrams.weigh(text)
    assert len(where) == len(weights)
    assert np.isfinite(weights).all()
    assert float(weights @ weights) <= 3.0001
    assert (where < len(ngrams)).all()


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("Where’s ORDER 48213?", "where's order 000?"),
        ("size 9, 12 of them", "size 9, 12 of them"),
        ("ＦＵＬＬ", "full"),
        ("“quoted”", '"quoted"'),
    ],
)
def test_folding(raw: str, folded: str) -> None:
    assert fold(clean(raw)) == folded


def test_a_long_text_keeps_its_beginning_and_its_end() -> None:
    cleaned = clean("begin " + "x" * 9_000 + " end")
    assert len(cleaned) <= LONGEST_CHARS + 3
    assert cleaned.startswith("begin")
    assert cleaned.endswith("end")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Where is it?", "where is it", True),
        ("can't", "cant", True),
        ("👍", "👎", False),
        ("yes", "yes please", False),
    ],
)
def test_the_key_of_a_text(one: str, other: str, *, same: bool) -> None:
    assert (key(one) == key(other)) is same


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("stop sending me these texts", "stop_texts"),
        ("i dont want any more msgs", "stop_texts"),
        ("the messages have to stop", "texts_end"),
        ("take me off the list", "off_list"),
        ("please lose my number", "lose_number"),
        ("opt me out", "opt_out"),
        ("no quiero mas", "foreign"),
        ("stop the coffee subscription", "other_thing"),
    ],
)
def test_signs_of_opting_out(text: str, sign: str) -> None:
    assert list(SIGNS).index(sign) in signs(text)


def test_an_ordinary_message_shows_no_sign_of_opting_out() -> None:
    shown = {list(SIGNS)[place] for place in signs("where is the blue jacket i ordered")}
    assert not shown & {"stop_texts", "texts_end", "off_list", "lose_number", "opt_out"}
