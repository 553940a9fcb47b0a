from pathlib import Path

import pytest

from intents.corpus.data import Corpus, data_digest, load_corpus
from intents.errors import TrainingDataError
from intents.types import Sentiment

CHECKOUT = Path(__file__).resolve().parents[3]


def test_every_row_knows_its_writer_file_and_line(tiny_corpus: Corpus) -> None:
    row = next(r for r in tiny_corpus.intents if r.text == "where is my order")
    assert (row.label, row.writer, row.path.name, row.line) == (
        "track_order",
        "ann",
        "track_order.yaml",
        5,
    )
    assert row.where.endswith("track_order.yaml:5")


def test_unquoted_words_stay_words(tiny_data: Path) -> None:
    path = tiny_data / "intents/conversation/affirm.yaml"
    path.write_text(
        "intent: affirm\ndescription: yes\nutterances:\n  ann:\n  - yes\n  - 12\n  - on\n"
    )
    rows = [r.text for r in load_corpus(tiny_data).intents if r.label == "affirm"]
    assert rows == ["yes", "12", "on"]


def test_topics_of_a_line_are_its_files_and_those_it_adds(tiny_corpus: Corpus) -> None:
    both = next(r for r in tiny_corpus.topics if r.text.startswith("pay up"))
    assert both.topics == {"legal_threat", "churn_risk"}
    near = next(r for r in tiny_corpus.topics if r.text.startswith("my lawyer friend"))
    assert near.topics == frozenset()


def test_sentiment_rows(tiny_corpus: Corpus) -> None:
    row = tiny_corpus.sentiment[0]
    assert row.sentiment is Sentiment.NEGATIVE
    assert row.frustration == 0.8
    assert row.writer == "ann"


@pytest.mark.parametrize(
    ("file", "body", "message", "line"),
    [
        ("intents/x.yaml", "", "empty", 0),
        ("intents/x.yaml", "intent: x\ndescription: [\n", "not YAML", 3),
        ("intents/x.yaml", "- a\n", "name: value", 1),
        ("intents/x.yaml", "intent: x\n", "'description' is missing", 1),
        ("intents/x.yaml", "intent: x\ndescription: y\nutterances:\n  ann: hello\n", "a list", 4),
        (
            "intents/x.yaml",
            "intent: x\ndescription: y\nutterances:\n  ann:\n  - ok\n  - ''\n",
            "expected a text",
            6,
        ),
        (
            "intents/x.yaml",
            "intent: x\ndescription: y\nutterances:\n  ann: [a]\n  ann: [b]\n",
            "stands twice",
            5,
        ),
        ("consent/x.yaml", "consent: maybe\ndescription: y\nutterances: {}\n", "one of", 1),
        (
            "sentiment/x.yaml",
            "- text: a\n  sentiment: glad\n  frustration: 0\n",
            "not a valid Sentiment",
            1,
        ),
        (
            "sentiment/x.yaml",
            "- text: a\n  sentiment: neutral\n  frustration: 2\n",
            "between 0 and 1",
            3,
        ),
        ("topics/x.yaml", "topic: x\npositive: {ann: [a]}\n", "'near_miss' is missing", 1),
    ],
)
def test_wrong_files_are_named_with_the_line(
    tiny_data: Path, file: str, body: str, message: str, line: int
) -> None:
    (tiny_data / file).write_text(body)
    with pytest.raises(TrainingDataError, match=message) as caught:
        load_corpus(tiny_data)
    assert caught.value.path == tiny_data / file
    assert caught.value.line == line


def test_a_folder_without_intents_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingDataError, match="no folder 'intents'"):
        load_corpus(tmp_path)


def test_the_digest_follows_the_content(tiny_data: Path, tiny_corpus: Corpus) -> None:
    assert data_digest(tiny_data) == tiny_corpus.digest
    (tiny_data / "README.md").write_text("no data")
    assert data_digest(tiny_data) == tiny_corpus.digest
    path = tiny_data / "intents/conversation/deny.yaml"
    path.write_text(path.read_text() + "  dee: [nuh uh]\n")
    assert data_digest(tiny_data) != tiny_corpus.digest


def test_the_shipped_data_is_as_large_as_promised() -> None:
    corpus = load_corpus(CHECKOUT / "training_data")
    counts: dict[str, int] = {}
    for row in corpus.intents:
        counts[row.label] = counts.get(row.label, 0) + 1
    assert min(counts.values()) >= 60
    assert counts["out_of_scope"] >= 300
    assert len(corpus.sentiment) >= 1200
    topics = [topic for row in corpus.topics for topic in row.topics]
    assert min(topics.count(topic) for topic in set(topics)) >= 60
