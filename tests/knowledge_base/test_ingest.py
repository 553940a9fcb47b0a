import numpy as np
import pytest

from knowledge_base.base import KnowledgeBase
from knowledge_base.errors import CollectionError, NoKnowledgeError, VectorStoreError
from knowledge_base.index import cache_folder
from knowledge_base.ingest import ingest
from knowledge_base.vectors import VectorStore
from tests.knowledge_base.conftest import HashingEncoder, write_files

FILES = {
    "shipping.md": "# Shipping\n\nStandard delivery takes three days.\n\n## Abroad\n\nWe ship to Canada.",
    "faq.csv": "question,answer\nDo you gift wrap?,Yes for two dollars\n",
    "products.csv": "sku,name,price,in_stock\nA1,Ridgeline,100,3\n",
}


@pytest.fixture
def folder(tmp_path):
    return write_files(tmp_path / "content", FILES)


def test_a_folder_becomes_a_collection(folder, tmp_path, encoder):
    messages: list[str] = []
    report = ingest(folder, home=tmp_path, encoder=encoder, progress=messages.append)
    assert report.collection.startswith("kb_")
    assert (report.passages, report.products, report.broken) == (3, 1, ())
    assert any("Encoding" in message for message in messages)
    stored = VectorStore.open(home=tmp_path, chroma_url=None).collections()
    assert [(c.name, c.passages, c.products) for c in stored] == [(report.collection, 3, 1)]


def test_unchanged_content_builds_nothing(folder, tmp_path, encoder):
    first = ingest(folder, home=tmp_path, encoder=encoder)
    encoder.encoded.clear()
    second = ingest(folder, home=tmp_path, encoder=encoder)
    assert second.collection == first.collection
    assert second.unchanged
    assert len(encoder.encoded) == 1  # the probe by which an encoder is known again


def test_only_what_changed_is_encoded(folder, tmp_path, encoder):
    ingest(folder, home=tmp_path, encoder=encoder)
    encoder.encoded.clear()
    write_files(folder, {"new.md": "# Refunds\n\nRefunds take five days."})
    report = ingest(folder, home=tmp_path, encoder=encoder)
    assert report.reused > 0
    assert not report.unchanged
    assert not any("Canada" in text or "gift" in text for text in encoder.encoded)
    assert any("Refunds take five days" in text for text in encoder.encoded)


def test_an_open_collection_goes_on_serving_while_another_is_made(folder, tmp_path, encoder):
    first = ingest(folder, home=tmp_path, encoder=encoder)
    base = KnowledgeBase.open(home=tmp_path, encoder=encoder, collection=first.collection)
    write_files(folder, {"shipping.md": "# Shipping\n\nStandard delivery takes nine days."})
    second = ingest(folder, home=tmp_path, encoder=encoder)
    question = "how long does standard delivery take"
    assert "three" in base.search(question).hits[0].passage.text
    newest = KnowledgeBase.open(home=tmp_path, encoder=encoder)
    assert newest.version == second.collection
    assert "nine" in newest.search(question).hits[0].passage.text


def test_an_interrupted_write_is_completed(folder, tmp_path, encoder, monkeypatch):
    chroma = VectorStore.open(home=tmp_path, chroma_url=None)
    write = VectorStore.write

    def half(self, name, records, vectors, facts, share):
        write(self, name, records[:2], vectors[:2], facts)
        self._client.get_collection(name).modify(metadata={**facts, "complete": False})
        raise KeyboardInterrupt

    monkeypatch.setattr(VectorStore, "write", half)
    with pytest.raises(KeyboardInterrupt):
        ingest(folder, home=tmp_path, encoder=encoder)
    assert chroma.collections() == []
    monkeypatch.undo()
    report = ingest(folder, home=tmp_path, encoder=encoder)
    records, vectors = chroma.read(report.collection)
    assert len(records) == len(vectors) > 3


def test_a_machine_without_the_files_reads_them_back_from_chroma(folder, tmp_path, encoder):
    report = ingest(folder, home=tmp_path, encoder=encoder)
    options = {"home": tmp_path, "encoder": encoder, "collection": report.collection}
    before = KnowledgeBase.open(**options).search("do you ship to canada")
    cache = cache_folder(tmp_path, report.collection)
    cache.rename(cache.with_name("gone"))
    after = KnowledgeBase.open(**options).search("do you ship to canada")
    assert [h.passage for h in after.hits] == [h.passage for h in before.hits]
    assert np.allclose([h.score for h in after.hits], [h.score for h in before.hits], atol=1e-3)
    assert (cache / "complete").exists()


def test_a_collection_of_another_encoder_is_refused(folder, tmp_path, encoder):
    ingest(folder, home=tmp_path, encoder=encoder)
    with pytest.raises(CollectionError, match="another encoder") as caught:
        KnowledgeBase.open(home=tmp_path, encoder=HashingEncoder(salt="other"))
    assert "kb ingest" in caught.value.hint


@pytest.mark.parametrize("collection", [None, "kb_0000000000000000"])
def test_a_missing_collection_says_what_to_do(tmp_path, encoder, collection):
    with pytest.raises(CollectionError) as caught:
        KnowledgeBase.open(home=tmp_path, encoder=encoder, collection=collection)
    assert "kb ingest" in caught.value.hint


def test_broken_input_is_reported_and_the_rest_is_kept(folder, tmp_path, encoder):
    write_files(folder, {"bad.csv": "question,answer\nNo answer,\nOpen?,Daily\n"})
    report = ingest(folder, home=tmp_path, encoder=encoder)
    assert [str(b) for b in report.broken] == ["bad.csv:2: no answer"]
    assert report.passages == 4


def test_an_empty_folder_makes_no_collection(tmp_path, encoder):
    (tmp_path / "empty").mkdir()
    with pytest.raises(NoKnowledgeError):
        ingest(tmp_path / "empty", home=tmp_path, encoder=encoder)
    assert encoder.encoded == []


def test_a_server_that_does_not_answer_is_named(tmp_path):
    with pytest.raises(VectorStoreError, match=r"127\.0\.0\.1:9") as caught:
        VectorStore.open(home=tmp_path, chroma_url="http://127.0.0.1:9")
    assert "TEXTWISE_CHROMA_URL" in caught.value.hint


def test_deleting_leaves_other_collections(folder, tmp_path, encoder):
    first = ingest(folder, home=tmp_path, encoder=encoder)
    write_files(folder, {"b.md": "# B\n\nText."})
    second = ingest(folder, home=tmp_path, encoder=encoder)
    store = VectorStore.open(home=tmp_path, chroma_url=None)
    store.delete([first.collection, "kb_none"])
    assert [c.name for c in store.collections()] == [second.collection]


def test_chroma_itself_finds_a_record_by_its_vector(folder, tmp_path, encoder):
    report = ingest(folder, home=tmp_path, encoder=encoder)
    store = VectorStore.open(home=tmp_path, chroma_url=None)
    records, vectors = store.read(report.collection)
    collection = store._client.get_collection(report.collection, embedding_function=None)
    found = collection.query(query_embeddings=vectors, n_results=1, include=["distances"])
    assert [near for [near] in found["distances"]] == pytest.approx([0.0] * len(records), abs=1e-5)
    assert collection.configuration_json["hnsw"]["ef_construction"] < 100
