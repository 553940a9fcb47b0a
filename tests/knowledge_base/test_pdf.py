import pytest

from knowledge_base.documents import Reading, SourceFile
from knowledge_base.readers import reader_for
from tests.knowledge_base.pdf_writer import pdf


def read(content: bytes) -> Reading:
    reader = reader_for("terms.pdf")
    assert reader is not None
    return reader.read(SourceFile(name="docs/terms.pdf", content=content))


PAGE = [
    "Returns",
    "Boots that were not worn outside may be sent back within sixty days of",
    "their arrival, and the refund reaches your card five working days later.",
    "Shipping abroad",
    "- Canada and Mexico, from ten dol-",
    "lars on",
    "- nowhere else",
]


def test_lines_become_paragraphs_under_their_headings():
    (document,) = read(pdf(PAGE, title="Terms of sale")).documents
    assert document.title == "Terms of sale"
    assert [(b.headings, b.text) for b in document.blocks] == [
        (
            ("Terms of sale", "Returns"),
            "Boots that were not worn outside may be sent back within sixty days of their arrival, and the refund reaches your card five working days later.",
        ),
        (("Terms of sale", "Shipping abroad"), "Canada and Mexico, from ten dollars on"),
        (("Terms of sale", "Shipping abroad"), "nowhere else"),
    ]


def test_a_file_without_a_title_is_called_by_its_name():
    (document,) = read(pdf(PAGE, title="terms_v3.docx")).documents
    assert document.title == "Terms"


def test_running_titles_and_page_numbers_are_left_out():
    pages = [["Our shop", f"This is what page {word} has to say.", str(n)] for n, word in
             enumerate(("one", "two", "three", "four"), start=1)]  # fmt: skip
    (document,) = read(pdf(*pages, title="Handbook")).documents
    said = " ".join(block.text for block in document.blocks)
    assert "Our shop" not in said
    assert not any(character.isdigit() for character in said)
    assert said.count("has to say") == 4


def test_a_page_without_text_is_named_and_the_rest_kept():
    reading = read(pdf(PAGE, [], title="Terms"))
    assert len(reading.documents) == 1
    assert [str(b) for b in reading.broken] == ["docs/terms.pdf: page 2 holds no text (a picture?)"]


@pytest.mark.parametrize("content", [b"", b"no pdf at all", b"%PDF-1.7\nbroken", pdf(PAGE)[:300]])
def test_what_is_no_pdf_is_named(content: bytes):
    reading = read(content)
    assert reading.documents == ()
    assert str(reading.broken[0]).startswith("docs/terms.pdf: ")


def test_a_scan_says_what_to_do():
    assert "OCR" in str(read(pdf([], title="Scan")).broken[0])
