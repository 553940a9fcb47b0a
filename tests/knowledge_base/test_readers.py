from datetime import date

import pytest

from knowledge_base.codec import read_product, write_product
from knowledge_base.documents import BlockKind, Reading, SourceFile
from knowledge_base.errors import NoKnowledgeError
from knowledge_base.readers import read_folder, reader_for, readers
from knowledge_base.types import DocumentKind
from tests.knowledge_base.conftest import write_files


def read(name: str, content: str | bytes) -> Reading:
    reader = reader_for(name)
    assert reader is not None
    raw = content.encode() if isinstance(content, str) else content
    return reader.read(SourceFile(name=name, content=raw))


PAGE = """---
title: Shipping
url: https://shop.example/shipping
tags: [delivery, "post"]
valid_from: 2026-01-01
valid_until: 2026-12-31
---
Intro with **bold** and a [link](https://shop.example/x).

## Costs
| Method | Price |
|:--|--:|
| Standard | $5 |
| Express | $15 |

- one item
- two `items`
### Abroad
Not _yet_.
"""


def test_every_format_has_one_reader():
    assert {".md", ".html", ".txt", ".csv", ".jsonl", "products.csv"} <= readers().keys()


def test_markdown_keeps_front_matter():
    (page,) = read("a/shipping.md", PAGE).documents
    assert (page.title, page.url, page.tags) == (
        "Shipping", "https://shop.example/shipping", ("delivery", "post"),
    )  # fmt: skip
    assert str(page.valid_from), str(page.valid_until) == ("2026-01-01", "2026-12-31")
    assert page.source == "a/shipping.md"


def test_markdown_keeps_heading_paths_and_loses_its_marks():
    (page,) = read("shipping.md", PAGE).documents
    assert [(b.headings, b.text) for b in page.blocks] == [
        (("Shipping",), "Intro with bold and a link (https://shop.example/x)."),
        (("Shipping", "Costs"), "Method: Standard; Price: $5"),
        (("Shipping", "Costs"), "Method: Express; Price: $15"),
        (("Shipping", "Costs"), "one item"),
        (("Shipping", "Costs"), "two items"),
        (("Shipping", "Costs", "Abroad"), "Not yet."),
    ]
    assert page.blocks[1].kind is BlockKind.TABLE_ROW


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("---\ntitle: [a\n---\nText", 2, "no valid YAML"),
        ("---\ntitle: A\nvalid_until: soon\n---\nText", 3, "valid_until"),
        ("---\n- a\n---\nText", 2, "no list of fields"),
    ],
)
def test_broken_front_matter_is_named_and_the_page_kept(text: str, line: int, part: str):
    reading = read("p.md", text)
    assert reading.documents[0].blocks[0].text == "Text"
    assert (reading.broken[0].file, reading.broken[0].line) == ("p.md", line)
    assert part in reading.broken[0].message


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf# Caf\xc3\xa9\r\n\r\nOpen daily.\r\n",
        "# Café\n\nOpen daily.".encode("latin-1"),
        "# Café\n\nOpen daily.".encode("utf-16"),
        b"# Caf\xc3\xa9\r\rOpen daily.",
    ],
)
def test_marks_encodings_and_line_ends_make_no_difference(content: bytes):
    (page,) = read("c.md", content).documents
    assert page.title == "Café"
    assert page.blocks[0].text == "Open daily."


def test_a_tables_corner_may_be_empty():
    text = "# Fees\n\n| | Dogs | Cats |\n|---|---|---|\n| First visit | £46 | £38 |\n"
    (row,) = read("fees.md", text).documents[0].blocks
    assert row.text == "What: First visit; Dogs: £46; Cats: £38"


def test_html_leaves_scripts_and_navigation_out_and_reads_tables():
    html = """<html><head><title>Hours | Shop</title><link rel="canonical" href="https://s.example/h">
    <style>p{}</style></head><body><nav><a href="/">Home</a></nav><script>x()</script>
    <p>We are <b>open</b> <a href="https://s.example/b">book</a></p><h2>Times</h2>
    <table><tr><th>Day</th><th>Open</th></tr><tr><td>Monday</td><td>9 to 5</td></tr></table>
    <ul><li>First<li>Second</ul></body></html>"""
    (page,) = read("h.html", html).documents
    assert page.url == "https://s.example/h"
    assert [(b.headings, b.text) for b in page.blocks] == [
        (("Times",), "We are open book (https://s.example/b)"),
        (("Times",), "Day: Monday; Open: 9 to 5"),
        (("Times",), "First"),
        (("Times",), "Second"),
    ]


def test_broken_html_is_read_as_far_as_it_goes():
    (page,) = read("h.html", "<h1>Title<p>One<div>Two</span>").documents
    assert any("Two" in block.text for block in page.blocks)


def test_text_takes_its_short_first_line_as_title():
    (page,) = read("about-us.txt", "Our shop\n\nLine one\nline two.\n\nThird.").documents
    assert page.title == "Our shop"
    assert [b.text for b in page.blocks] == ["Line one line two.", "Third."]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_faq_rows_are_read_and_broken_ones_named(separator: str):
    rows = ["Question,Answer", "How long?,Two days", ",No question", "a,b,c", "Cost?,Free"]
    reading = read("faq.csv", "\n".join(rows).replace(",", separator))
    assert [(d.title, d.blocks[0].text, d.kind) for d in reading.documents] == [
        ("How long?", "Two days", DocumentKind.FAQ),
        ("Cost?", "Free", DocumentKind.FAQ),
    ]
    assert [(b.line, b.message.split(";")[0]) for b in reading.broken] == [
        (4, "3 values for 2 columns"),
        (3, "no question"),
    ]


def test_an_open_quote_is_named_and_the_rows_before_it_kept():
    reading = read("faq.csv", 'question,answer\nA,1\nB,"open\nC,3\n')
    assert [d.title for d in reading.documents] == ["A"]
    assert "quotes" in reading.broken[0].message


def test_a_csv_without_the_columns_is_named():
    reading = read("faq.csv", "a,b\n1,2")
    assert reading.documents == ()
    assert "question and answer are needed" in reading.broken[0].message


def test_an_faq_entry_in_jsonl_may_have_a_last_day():
    lines = (
        '{"question": "Sale?", "answer": "Yes.", "valid_until": "2026-11-30"}\n'
        '{"question": "Open?", "answer": "Yes.", "valid_until": "soon"}\n'
        '{"question": "Gifts?", "answer": "Yes.", "valid_until": ""}'
    )

    reading = read("f.jsonl", lines)

    assert [d.valid_until for d in reading.documents] == [date(2026, 11, 30), None]
    assert [str(b) for b in reading.broken] == [
        "f.jsonl:2: valid_until is no date such as 2026-11-30"
    ]


def test_jsonl_lines_are_read_and_broken_ones_named():
    lines = '{"question":"Q","answer":"A","url":"https://s.example"}\n\nnope\n[1]\n{"question":"B"}'
    reading = read("f.jsonl", lines)
    assert reading.documents[0].url == "https://s.example"
    assert [b.line for b in reading.broken] == [3, 4, 5]


PRODUCTS = """sku,name,category,price,currency,sizes,colors,in_stock,restock_date,description,url,drop_mm
A1,Ridgeline,shoes,"$1,129.95",usd,8|9;10,red|deep blue,3,,Nice,https://s.example/a1,6
A2,Socks,socks,12,USD,,,no,2026-12-05,,,
A3,Bag,bags,abc,USD,,,1,,,,
A1,Again,shoes,5,USD,,,1,,,,
,Nameless,shoes,5,USD,,,1,,,,
A4,Hat,hats,5,USD,,,many,,,,
A5,Mug,mugs,"9,50",EUR,,,yes,soon,,,
A6,Cup,mugs,"9,50",EUR,,,0,,,,
"""


def test_products_are_typed_and_unknown_columns_kept():
    reading = read("products.csv", PRODUCTS)
    first, second, cup = reading.products
    assert str(first.price) == "1129.95"
    assert (first.currency, first.sizes, first.colors) == (
        "USD", ("8", "9", "10"), ("red", "deep blue"),
    )  # fmt: skip
    assert (first.in_stock, first.available, dict(first.attributes)) == (3, True, {"drop_mm": "6"})
    assert (second.available, second.in_stock, str(second.restock_date)) == (
        False, None, "2026-12-05",
    )  # fmt: skip
    assert (str(cup.price), cup.available, cup.in_stock) == ("9.50", False, 0)


def test_each_broken_product_row_is_named_with_what_to_write():
    broken = {b.line: b.message for b in read("products.csv", PRODUCTS).broken}
    assert broken.keys() == {4, 5, 6, 7, 8}
    assert "129.95" in broken[4]
    assert "earlier row" in broken[5]
    assert "no sku" in broken[6]
    assert "in_stock" in broken[7]
    assert "restock_date" in broken[8]


def test_a_folder_keeps_what_can_be_read(tmp_path):
    write_files(
        tmp_path, {"a.md": "# A\n\nText.", "b.csv": "x,y\n1,2", ".hidden.md": "# No\n\nNo."}
    )
    (tmp_path / "c.txt").write_bytes(b"\x00\x01\x02\x03" * 100)
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8")
    reading = read_folder(tmp_path)
    assert [d.source for d in reading.documents] == ["a.md"]
    assert {b.file for b in reading.broken} == {"b.csv", "c.txt"}


@pytest.mark.parametrize("files", [{}, {"empty.md": ""}, {"bad.csv": "x\n1"}])
def test_a_folder_without_knowledge_says_what_to_do(tmp_path, files: dict[str, str]):
    write_files(tmp_path, files)
    with pytest.raises(NoKnowledgeError, match="nothing that can be answered") as caught:
        read_folder(tmp_path)
    assert "TEXTWISE_KNOWLEDGE" in caught.value.hint
    assert all(name in str(caught.value) for name in files)


def test_a_missing_folder_says_so(tmp_path):
    with pytest.raises(NoKnowledgeError, match="does not exist"):
        read_folder(tmp_path / "no")


def test_a_row_without_a_price_is_taken_in_and_tells_none():
    rows = (
        "sku,name,price,sizes,in_stock,restock_date,warranty\n"
        "A1,Arbour,,n/a,-,,2 years\n"
        "A2,Bench,call us,S|M,3,tbc,N/A\n"
        "A3,Stool,POA,,yes,,-\n"
        "A4,Chair,cheap,,yes,,\n"
    )
    reading = read("products.csv", rows)

    told = [(p.sku, p.price, p.price_note) for p in reading.products]
    assert told == [("A1", None, ""), ("A2", None, "call us"), ("A3", None, "POA")]
    assert [dict(p.attributes) for p in reading.products] == [{"warranty": "2 years"}, {}, {}]
    assert [p.sizes for p in reading.products] == [(), ("S", "M"), ()]
    assert [broken.line for broken in reading.broken] == [5]
    assert [read_product(write_product(p)) for p in reading.products] == list(reading.products)
