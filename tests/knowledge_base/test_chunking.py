from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.chunking import LARGEST_TABLE_WORDS, LARGEST_WORDS, passages_of
from knowledge_base.documents import Block, BlockKind, Document
from knowledge_base.types import DocumentKind


def document(*blocks: Block, kind: DocumentKind = DocumentKind.PAGE) -> Document:
    return Document(source="p.md", title="Title", blocks=blocks, kind=kind, url="https://s.example")


def test_no_passage_crosses_a_heading():
    passages = passages_of(
        [
            document(
                Block(text="One.", headings=("T", "A")),
                Block(text="Two.", headings=("T", "A")),
                Block(text="Three.", headings=("T", "B")),
            )
        ]
    )
    assert [(p.heading, p.text) for p in passages] == [("T > A", "One.\nTwo."), ("T > B", "Three.")]
    assert passages[0].url == "https://s.example"


def test_table_rows_stay_whole_and_apart_from_prose():
    rows = [Block(text=f"Name: n{i}; Price: ${i}", kind=BlockKind.TABLE_ROW) for i in range(40)]
    passages = passages_of([document(Block(text="Prices."), *rows)])
    assert passages[0].text == "Prices."
    assert all(p.table for p in passages[1:])
    lines = [line for p in passages[1:] for line in p.text.split("\n")]
    assert lines == [row.text for row in rows]
    assert all(len(p.text.split()) <= LARGEST_TABLE_WORDS for p in passages)


def test_an_faq_entry_is_one_passage_however_long():
    long = document(Block(text="word " * 500), kind=DocumentKind.FAQ)
    (passage,) = passages_of([long])
    assert passage.heading == "Title"


def test_the_line_that_leads_a_list_in_goes_with_each_part_of_it():
    items = [Block(text=f"{'item ' * 20}{i}", kind=BlockKind.LIST_ITEM) for i in range(12)]
    passages = passages_of([document(Block(text="You need:"), *items)])
    assert len(passages) > 1
    assert all(p.text.startswith("You need:") for p in passages)


def test_what_stands_twice_is_kept_once():
    assert len(passages_of([document(Block(text="Same."))] * 2)) == 1


sentence_lengths = st.lists(st.integers(1, 60), min_size=1, max_size=30)


@given(st.lists(sentence_lengths, min_size=1, max_size=8))
def test_no_word_is_lost_and_passages_stay_short(paragraphs: list[list[int]]):
    number = count()
    blocks = [
        Block(text=" ".join(f"W{' '.join(f'w{next(number)}' for _ in range(n))}." for n in lengths))
        for lengths in paragraphs
    ]
    passages = passages_of([document(*blocks)])
    words = [word for passage in passages for word in passage.text.split()]
    assert words == [word for block in blocks for word in block.text.split()]
    assert all(len(p.text.split()) <= LARGEST_WORDS for p in passages)
