from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge_base.errors import QuestionFileError
from knowledge_base.evaluation import auroc, calibration_error, evaluate, read_questions
from knowledge_base.evaluation_page import page
from knowledge_base.types import Audience
from tests.knowledge_base.conftest import Opened

FILES = {
    "returns.md": "---\nurl: https://s.example/returns\n---\n# Returns\n\nSend unworn boots back within 60 days.\n\n"
    "## Refunds\n\nRefunds reach your card in five working days.",
    "visit.md": "# Visit\n\nThe shop is at 12 Mill Street. Parking behind the building is free.",
    "faq.csv": "question,answer\nDo you gift wrap?,Yes for two dollars a parcel\n",
    "products.csv": "sku,name,category,price,currency,sizes,in_stock\n"
    "A1,Ridgeline,shoes,100,USD,9|10,3\nA2,Larkrun,shoes,80,USD,9,0\n",
}


def test_the_passage_that_answers_comes_first(open_folder: Opened):
    base = open_folder(FILES)
    hit = base.search("when do refunds reach my card").hits[0]
    assert hit.passage.heading == "Returns > Refunds"
    assert hit.passage.url == "https://s.example/returns"
    assert -1 <= hit.cosine <= 1
    assert hit.bm25 > 0


def test_slips_in_writing_do_not_matter(open_folder: Opened):
    base = open_folder(FILES)
    assert (
        base.search("pls when do refnuds reach the card").hits[0].passage.heading
        == "Returns > Refunds"
    )
    assert base.search("can i send unworn bootts back").hits[0].passage.heading == "Returns"


def test_products_come_with_the_passages(open_folder: Opened):
    result = open_folder(FILES).search("is the ridgline in stock in 9")
    assert [p.sku for p in result.products] == ["A1"]


def test_the_question_before_completes_an_elliptic_one(open_folder: Opened):
    base = open_folder(FILES)
    result = base.search("and the larkrun?", previous="how much is the ridgeline")
    assert [p.sku for p in result.products] == ["A2"]
    assert base.search("and how long?", previous="do refunds reach my card").hits[
        0
    ].passage.heading == ("Returns > Refunds")


def test_an_answered_question_scores_above_one_that_is_not(open_folder: Opened):
    base = open_folder(FILES)
    assert (
        base.search("within how many days can i send boots back").answerability
        > base.search("do you rent kayaks on the lake").answerability
    )


def test_pages_hold_only_within_their_dates(open_folder: Opened):
    files = {
        "old.md": "---\nvalid_until: 2026-01-31\n---\n# Sale\n\nWinter sale prices are reduced.",
        "new.md": "---\nvalid_from: 2026-02-01\n---\n# Sale\n\nSpring sale prices are reduced.",
    }
    for day, season in ((date(2026, 1, 31), "Winter"), (date(2026, 2, 1), "Spring")):
        base = open_folder(files, today=lambda day=day: day)
        hits = base.search("sale prices").hits
        assert [h.passage.text.split()[0] for h in hits] == [season]


def test_passages_that_say_the_same_are_shown_once(open_folder: Opened):
    text = "# {}\n\nParking behind the building is free all day for customers."
    base = open_folder({"a.md": text.format("Visit"), "b.md": text.format("Contact")})
    assert len(base.search("is parking free").hits) == 1


@pytest.mark.parametrize("question", ["", "   ", "👍👍", "?!", "\x00\x01"])
def test_a_question_without_words_finds_nothing(open_folder: Opened, question: str):
    result = open_folder(FILES).search(question)
    assert (result.hits, result.products, result.answerability) == ((), (), 0.0)


def test_only_products_can_be_known_too(open_folder: Opened):
    base = open_folder({"products.csv": FILES["products.csv"]})
    result = base.search("how much is the larkrun")
    assert result.hits == ()
    assert result.products[0].sku == "A2"
    assert 0 < result.answerability < 1


def test_a_very_long_question_is_cut_and_still_answered(open_folder: Opened):
    question = "so basically " * 800 + " when do refunds reach my card"
    assert open_folder(FILES).search(question).hits[0].passage.heading == "Returns > Refunds"


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(question=st.text(max_size=300), previous=st.text(max_size=50), k=st.integers(1, 8))
def test_no_text_breaks_the_search(shared_base, question: str, previous: str, k: int):
    result = shared_base.search(question, k=k, previous=previous)
    assert len(result.hits) <= k
    assert 0 <= result.answerability <= 1
    scores = [hit.score for hit in result.hits]
    assert scores == sorted(scores, reverse=True)


@pytest.fixture(scope="module")
def shared_base(tmp_path_factory):
    from knowledge_base.base import KnowledgeBase
    from knowledge_base.ingest import ingest
    from tests.knowledge_base.conftest import HashingEncoder, write_files

    home = tmp_path_factory.mktemp("shared")
    encoder = HashingEncoder()
    ingest(write_files(home / "content", FILES), home=home, encoder=encoder)
    return KnowledgeBase.open(home=home, encoder=encoder)


def test_evaluation_counts_ranks_products_and_refusals(open_folder: Opened, tmp_path):
    base = open_folder(FILES)
    path = tmp_path / "q.jsonl"
    path.write_text(
        '{"question":"when do refunds reach my card","source":"returns.md","text":"five working"}\n'
        '{"question":"price of the larkrun","product":"A2"}\n'
        '{"question":"do you rent kayaks","answerable":false}\n'
        '{"question":"where can i park","source":"returns.md"}\n',
        encoding="utf-8",
    )
    result = evaluate(base, read_questions(path))
    assert (result.questions, result.ranked, result.products_found) == (4, 2, 1.0)
    assert result.recall_at_1 in (0.5, 1.0)
    assert result.refusal_rate is not None


def test_a_broken_question_is_named_with_its_line(tmp_path):
    path = tmp_path / "q.jsonl"
    path.write_text('{"question":"a"}\n{"q":1}\n', encoding="utf-8")
    with pytest.raises(QuestionFileError, match=r"q\.jsonl:2"):
        read_questions(path)


def test_figures_of_known_cases():
    assert auroc([0.9, 0.8], [0.1, 0.8]) == pytest.approx(0.875)
    assert auroc([], [0.1]) is None
    assert calibration_error([(0.75, True), (0.75, True), (0.75, True), (0.75, False)]) == 0


LIMITED = {
    "uk.md": "---\nregion: UK\n---\n# Returns\n\nBoots go back within 14 days.",
    "gold.md": "---\ntiers: [gold, platinum]\n---\n# Returns\n\nBoots go back within 90 days.",
    "all.md": "# Returns\n\nBoots go back within 30 days.",
}


@pytest.mark.parametrize(
    ("audience", "days"),
    [
        (Audience(), {"30"}),
        (Audience(region="uk"), {"14", "30"}),
        (Audience(region="US", tier="Gold"), {"90", "30"}),
    ],
)
def test_limited_pages_are_for_their_customers_only(open_folder: Opened, audience, days):
    hits = open_folder(LIMITED).search("how many days to send boots back", audience=audience).hits
    assert {h.passage.text.split()[4] for h in hits} == days


def test_sold_out_products_come_with_what_can_be_had(open_folder: Opened):
    rows = (
        "sku,name,category,price,sizes,in_stock,goes_with\n"
        "A1,Ridgeline,shoes,100,9|10,3,S1\nA2,Larkrun,shoes,80,9,0,\n"
        "A3,Cinder,shoes,85,10,2,\nS1,Wool Socks,socks,12,,5,\n"
    )
    base = open_folder({"products.csv": rows})
    result = base.search("is the larkrun in stock")
    assert [p.sku for p in result.alternatives] == ["A3", "A1"]
    assert [p.sku for p in base.search("larkrun in size 9?").alternatives] == ["A1"]
    assert base.search("is the ridgeline in stock").alternatives == ()
    assert [p.sku for p in base.search("what goes with the ridgeline").companions] == ["S1"]
    assert [p.sku for p in base.search("got wool socks?").companions] == ["A1"]


def test_questions_of_ask_files_are_judged_by_their_facts(open_folder: Opened, tmp_path):
    path = tmp_path / "q.jsonl"
    path.write_text(
        '{"id": 1, "text": "when do refunds reach my card", "must": [["5 working", "five working"]]}\n',
        encoding="utf-8",
    )
    result = evaluate(open_folder(FILES), read_questions(path))
    assert result.recall_at_1 == 1.0


def test_an_evaluation_becomes_a_page(open_folder: Opened, tmp_path):
    path = tmp_path / "q.jsonl"
    path.write_text(
        '{"question":"when do refunds reach my card","text":"five working"}\n'
        '{"question":"do you rent <kayaks>","source":"kayaks.md"}\n',
        encoding="utf-8",
    )
    told = page(evaluate(open_folder(FILES), read_questions(path)), title="q", version="kb_1")
    assert told.count("<svg") == 3
    assert "&lt;kayaks&gt;" in told
    assert "<kayaks>" not in told
    assert "http" not in told


def test_a_search_tells_which_words_of_its_hits_come_near_to_the_questions(shared_base):
    found = shared_base.search("how long is a delivery")

    assert found.closeness
    assert all(0 < near <= 1 for held in found.closeness.values() for near in held.values())
