"""Every form in ``intents/corpus/formats`` joins these tests by being there."""

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from intents.corpus.data import Corpus, Labelled, load_corpus
from intents.corpus.formats import forms
from intents.corpus.labelled_files import format_of, import_into, read_labelled, write_labelled
from intents.errors import TrainingDataError

FORMS = sorted(forms())
KEEPS_WRITERS = {"csv", "jsonl"}
LABELS = st.sampled_from(["track_order", "get_refund", "yes", "out_of_scope", "no"])


def plain(text: str) -> bool:
    # Rasa would read [a](b) as an annotation; lines of dashes stand for nothing in its blocks.
    return bool(text.strip().lstrip("-").strip()) and "](" not in text and "]{" not in text


TEXTS = st.one_of(
    st.text(min_size=1, max_size=40),
    st.sampled_from(
        ["yes", "- no", "#2 please", "12", "null", "a: b", '"quoted", twice', "it's 5\u2028ok",
         "two\nlines", "{'a': 1}", "[x] done", "🙏🏽", "ça va ? où", "tab\there", "| pipe", "x\x85y"]
    ),
).filter(plain)  # fmt: skip
ROWS = st.lists(
    st.builds(
        lambda text, label, writer: Labelled(
            text=text, label=label, writer=writer, path=Path("x"), line=1
        ),
        TEXTS,
        LABELS,
        st.sampled_from(["", "ann", "bob"]),
    ),
    min_size=1,
    max_size=8,
)
BLANKS_OF_A_KIND = Labelled(text="\x1b\x1f{", label="yes", writer="", path=Path("x"), line=1)
"""Symbols only, with a character that Python takes for a blank."""


def written_and_read(rows: Sequence[Labelled], form: str) -> list[Labelled]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        assert write_labelled(rows, path, file_format=form) == len(rows)
        return read_labelled(path, file_format=form)


@pytest.mark.parametrize("form", FORMS)
@given(rows=ROWS)
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read_again(form: str, rows: list[Labelled]) -> None:
    read = written_and_read(rows, form)

    def words(row: Labelled) -> tuple[str, str]:
        text = " ".join(row.text.split()) if form == "rasa" else row.text.strip()
        return text.removeprefix("-").strip() if form == "rasa" else text, row.label

    assert sorted(map(words, read)) == sorted(map(words, rows))
    if form in KEEPS_WRITERS:
        assert [row.writer for row in read] == [row.writer for row in rows]


@pytest.mark.parametrize("form", FORMS)
def test_every_row_read_knows_its_line(form: str, tiny_corpus: Corpus, tmp_path: Path) -> None:
    path = tmp_path / "file"
    rows = [row for row in tiny_corpus.intents if row.label in {"track_order", "store_hours"}]
    write_labelled(rows, path, file_format=form)
    lines = path.read_text(encoding="utf-8").split("\n")
    for row in read_labelled(path, file_format=form):
        assert row.text in lines[row.line - 1]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("body", ["", "[1]", "\x00\x01", "{", "a,b\n1,2\n"])
def test_what_is_no_such_file_is_refused(form: str, body: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text(body)
    with pytest.raises(TrainingDataError) as caught:
        read_labelled(path, file_format=form)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.csv", "csv"),
        ("a.jsonl", "jsonl"),
        ("a.YML", "rasa"),
        ("a.yaml", "rasa"),
        ("a.json", "clinc"),
    ],
)
def test_the_ending_says_the_form(name: str, form: str) -> None:
    assert format_of(Path(name)) == form


@given(rows=ROWS)
@example(rows=[BLANKS_OF_A_KIND])
@settings(max_examples=40, deadline=None)
def test_what_is_imported_is_in_the_training_data(rows: list[Labelled]) -> None:
    with TemporaryDirectory() as folder:
        result = import_into(Path(folder), rows, writer="shop")
        again = import_into(Path(folder), rows, writer="shop")
        found = {(row.text, row.label) for row in load_corpus(Path(folder)).intents}
    assert result.added == len(found)
    assert result.added + result.known == len(rows)
    assert found <= {(" ".join(row.text.split()), row.label) for row in rows}
    assert again.added == 0


def test_clinc_leaves_validation_and_test_out_and_names_out_of_scope(tmp_path: Path) -> None:
    path = tmp_path / "data_full.json"
    body = {
        "oos_val": [["what is love", "oos"]],
        "train": [["fly me to rome", "book_flight"]],
        "val": [["any seat to oslo", "book_flight"]],
        "oos_train": [["why is the sky blue", "oos"]],
        "oos_test": [["sing", "oos"]],
    }
    path.write_text(json.dumps(body, indent=1))
    rows = {row.text: row for row in read_labelled(path)}
    assert {text: row.label for text, row in rows.items()} == {
        "fly me to rome": "book_flight",
        "why is the sky blue": "out_of_scope",
    }
    assert "fly me" in path.read_text().split("\n")[rows["fly me to rome"].line - 1]


def test_a_name_that_no_intent_may_have_is_mended_in_banking_files(tmp_path: Path) -> None:
    path = tmp_path / "train.csv"
    path.write_text("text,category\nwhy was it sent back,reverted_card_payment?\n")
    rows = read_labelled(path, file_format="banking")
    assert [row.label for row in rows] == ["reverted_card_payment"]
    assert import_into(tmp_path / "data", rows, writer="bank").added == 1


def test_rasa_examples_may_be_a_list_with_metadata(tmp_path: Path) -> None:
    path = tmp_path / "nlu.yml"
    path.write_text(
        "nlu:\n- intent: chitchat/ask_name\n  examples:\n  - text: |\n      who are you\n"
        "    metadata: {sentiment: neutral}\n  - hello [there](place)\n- synonym: rome\n"
        "  examples: |\n    - roma\n"
    )
    rows = read_labelled(path)
    assert [(row.text, row.label, row.line) for row in rows] == [
        ("who are you", "chitchat_ask_name", 4),
        ("hello there", "chitchat_ask_name", 7),
    ]
