import json

import numpy as np
import pytest

from knowledge_base.candidates import LARGE, MOST_CANDIDATES
from knowledge_base.lexical import LexicalIndex
from knowledge_base.ranking import FEATURES, MODEL_FILE, RankingModel
from knowledge_base.sentences import embedded_sentence, sentences_of
from knowledge_base.types import DocumentKind, Passage
from tests.knowledge_base.conftest import HashingEncoder, Opened


def passage(text: str, *, heading: str = "Shop > Returns", table: bool = False) -> Passage:
    return Passage(
        id=text[:8], kind=DocumentKind.PAGE, source="a.md", heading=heading, text=text, table=table
    )


def test_sentences_are_encoded_under_their_last_heading():
    one = passage("Boots last. They are $5.50 a pair.\nFree from $50.")
    assert sentences_of(one) == ("Boots last.", "They are $5.50 a pair.", "Free from $50.")
    assert embedded_sentence(one, "Boots last.") == "Returns: Boots last."


def test_rows_of_a_table_stay_whole():
    rows = "Size: 9. Wide; Price: $80. Sale\nSize: 10; Price: $90"
    assert len(sentences_of(passage(rows, table=True))) == 2


def test_a_fact_in_the_middle_of_a_long_passage_is_found(open_folder: Opened):
    filler = "Our mountain house tells long stories about granite and rivers of the valley. "
    files = {
        "story.md": f"# Story\n\n{filler * 3}Dogs must wear muzzles aboard ferries. {filler * 3}",
        "dogs.md": "# Animals\n\nAnimals of all kinds visit the valley, dogs and cats and horses.",
    }
    hit = open_folder(files).search("do dogs have to wear muzzles aboard the ferries").hits[0]
    assert hit.passage.source == "story.md"


def test_the_shipped_ranking_fits_the_code():
    model = RankingModel.load()
    assert model.hidden.shape[0] == 2 * len(FEATURES) + 1 == len(model.mean) == len(model.direct)
    assert (model.scale > 0).all()


def test_numbers_for_other_features_are_refused(tmp_path):
    values = json.loads(MODEL_FILE.read_text()) | {"features": ["cosine"]}
    (tmp_path / "r.json").write_text(json.dumps(values))
    with pytest.raises(ValueError, match="fitted for other features"):
        RankingModel.load(tmp_path / "r.json")


def test_stems_can_be_looked_up_both_ways():
    index = LexicalIndex.build(["red boots", "blue boots and laces", "the"])
    held = [{index.terms[n] for n in index.terms_of(i)} for i in range(3)]
    assert held[:2] == [{"red", "boot"}, {"blue", "boot", "lace"}]
    assert sorted(index.holding("boot")) == [0, 1]
    assert len(index.holding("hat")) == 0


def test_a_large_collection_finds_what_a_small_one_does():
    from knowledge_base.candidates import Shortlist
    from knowledge_base.index import build_index, records_of
    from knowledge_base.question import prepare

    words = [
        f"{a}{b}" for a in "bdfgklmn" for b in ("oran", "elit", "usim", "atom", "iver", "egal")
    ]
    rng = np.random.default_rng(0)
    texts = [" ".join(rng.choice(words, 8)) for _ in range(LARGE + 50)]
    passages = tuple(
        Passage(id=str(i), kind=DocumentKind.PAGE, source="a.md", heading="Page", text=text)
        for i, text in enumerate(texts)
    )
    encoder = HashingEncoder()
    records = records_of(passages, ())
    index = build_index(records, encoder.encode([r.embedded for r in records]))
    shortlist = Shortlist(index)
    for wanted in (3, 700, LARGE + 20):
        asked = prepare(texts[wanted], previous="", index=index.texts, speller=index.speller)
        vector = encoder.encode([asked.text])[0]
        scores = [i.score(asked.stems, asked.weights) for i in (index.texts, index.titles)]
        picked = shortlist.pick(vector, *scores)
        assert len(picked) == MOST_CANDIDATES
        assert wanted in picked


def test_words_are_compared_alike_in_a_small_and_in_a_large_vocabulary(
    open_folder: Opened, monkeypatch: pytest.MonkeyPatch
):
    files = {
        "kiln.md": "# Kilns\n\nGlaze firings start on Fridays.\n\n## Clay\n\nBring stoneware only.",
        "hall.md": "# Hall\n\nThe hall seats ninety. Chairs are stacked afterwards.",
    }
    base = open_folder(files)
    asked = "when do you fire glazed stoneware in the hall"
    small = base.evidence_for(asked)[2]
    monkeypatch.setattr("knowledge_base.ranking.FEW_WORDS", 0)
    large = base.evidence_for(asked)[2]
    assert small is not None
    assert large is not None
    assert small.candidates.column("meanings").max() > 0
    assert large.candidates.values == pytest.approx(small.candidates.values, abs=1e-5)
