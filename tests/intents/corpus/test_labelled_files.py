from pathlib import Path

import pytest

from intents.corpus.data import Corpus, load_corpus
from intents.corpus.labelled_files import import_into, read_labelled, read_texts, write_labelled
from intents.errors import TrainingDataError


@pytest.mark.parametrize("name", ["all.csv", "all.jsonl", "nlu.yml"])
def test_what_is_written_is_read_again(tiny_corpus: Corpus, tmp_path: Path, name: str) -> None:
    path = tmp_path / "out" / name
    assert write_labelled(tiny_corpus.intents, path) == len(tiny_corpus.intents)
    read = read_labelled(path)
    assert sorted((r.text, r.label) for r in read) == sorted(
        (r.text, r.label) for r in tiny_corpus.intents
    )


def test_rasa_annotations_become_plain_text(tmp_path: Path) -> None:
    path = tmp_path / "nlu.yml"
    path.write_text(
        'version: "3.1"\nnlu:\n- intent: buy\n  examples: |\n    - a [blue](color) hat\n'
        '    - in [large]{"entity": "size"} please\n- lookup: color\n  examples: |\n    - red\n'
    )
    assert [r.text for r in read_labelled(path)] == ["a blue hat", "in large please"]


@pytest.mark.parametrize(
    ("name", "body", "message"),
    [
        ("x.csv", "texts,intent\na,b\n", "no column 'text'"),
        ("x.csv", "", "no column 'text'"),
        ("x.csv", "text,intent\n,b\n", "empty"),
        ("x.jsonl", '{"text": "a", "intent": "b"}\n{"text"\n', r"x.jsonl:2: this is no JSON"),
        ("x.jsonl", "[1]\n", "no text"),
        ("x.jsonl", "\n", "no messages"),
        ("x.yml", "rules: []\n", "no list 'nlu'"),
        ("x.txt", "hello", "none of banking, clinc, csv, jsonl, rasa"),
    ],
)
def test_wrong_files_say_what_is_wrong(tmp_path: Path, name: str, body: str, message: str) -> None:
    path = tmp_path / name
    path.write_text(body)
    with pytest.raises(TrainingDataError, match=message):
        read_labelled(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingDataError, match="cannot be read"):
        read_labelled(tmp_path / "none.csv")


def test_import_adds_new_messages_and_leaves_out_known_ones(
    tiny_data: Path, tmp_path: Path
) -> None:
    path = tmp_path / "new.csv"
    path.write_text(
        "text,intent,writer\nWhere is my order?,track_order,\n"
        "is my rug moving at all,track_order,dee\nyes,affirm,\ncan i pay by check,pay,\n"
    )
    result = import_into(tiny_data, read_labelled(path), writer="shop")
    assert (result.added, result.known) == (2, 2)
    rows = {r.text: r for r in load_corpus(tiny_data).intents}
    assert rows["is my rug moving at all"].writer == "dee"
    assert rows["can i pay by check"].writer == "shop"
    assert rows["can i pay by check"].path.parent.name == "imported"
    assert rows["yes"].label == "affirm"
    assert import_into(tiny_data, read_labelled(path), writer="shop").added == 0


def test_a_label_that_is_no_name_is_refused(tiny_data: Path, tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    path.write_text("text,intent\nhello,../../etc\n")
    with pytest.raises(TrainingDataError, match="no intent's name"):
        import_into(tiny_data, read_labelled(path), writer="shop")


def test_texts_alone_are_read_from_csv_and_jsonl(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('id,message\n1,"hi, you"\n2,\n')
    (tmp_path / "b.jsonl").write_text('{"text": "hi"}\n\n{"text": ""}\n')
    assert read_texts(tmp_path / "a.csv", "message") == ["hi, you", ""]
    assert read_texts(tmp_path / "b.jsonl") == ["hi", ""]
    with pytest.raises(TrainingDataError, match="no column"):
        read_texts(tmp_path / "a.csv")
