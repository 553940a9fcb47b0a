from knowledge_base.readers import read_folder
from tests.knowledge_base.conftest import write_files

SITEMAP = """<?xml version="1.0"?>
<urlset>
  <url><loc>https://shop.example/help/returns</loc></url>
  <url><loc>https://shop.example/</loc></url>
  <url><loc><![CDATA[https://shop.example/gone?a=1&amp;b=2]]></loc></url>
</urlset>"""


def test_saved_pages_get_their_addresses_and_missing_ones_are_named(tmp_path):
    folder = write_files(
        tmp_path,
        {
            "sitemap.xml": SITEMAP,
            "shop.example/help/returns.html": "<h1>Returns</h1><p>Sixty days.</p>",
            "shop.example/index.html": "<h1>Home</h1><p>Welcome.</p>",
            "own.md": "---\nurl: https://shop.example/own\n---\n# Own\n\nText.",
        },
    )
    reading = read_folder(folder)
    assert {d.title: d.url for d in reading.documents} == {
        "Returns": "https://shop.example/help/returns",
        "Home": "https://shop.example/",
        "Own": "https://shop.example/own",
    }
    assert [str(b) for b in reading.broken] == [
        "sitemap.xml:5: https://shop.example/gone?a=1&b=2 is listed but not saved here"
    ]


def test_a_sitemap_that_lists_nothing_is_named(tmp_path):
    folder = write_files(tmp_path, {"sitemap.xml": "<urlset/>", "a.md": "# A\n\nText."})
    assert "lists no page" in str(read_folder(folder).broken[0])
