"""What is live follows the files, and can be gone back to."""

import threading
import time
from datetime import date

import pytest

from agent.errors import ConfigurationError
from agent.knowledge import LiveKnowledge
from tests.knowledge_base.conftest import HashingEncoder, write_files

QUESTION = "how many days does standard delivery take"


@pytest.fixture
def folder(tmp_path):
    return write_files(tmp_path / "content", {"a.md": "# Delivery\n\nIt takes three days."})


@pytest.fixture
def live(folder, tmp_path, sqlite_database) -> LiveKnowledge:
    knowledge = LiveKnowledge(
        database=sqlite_database,
        home=tmp_path / "home",
        folder=folder,
        fallback=folder,
        encoder=HashingEncoder(),
        chroma_url=None,
        today=lambda: date(2026, 11, 24),
    )
    knowledge.ensure_indexed(lambda message: None)
    return knowledge


def said(live: LiveKnowledge) -> str:
    return live.search(QUESTION).hits[0].passage.text


def test_a_changed_file_is_live_without_a_command(live, folder):
    stop = threading.Event()
    thread = live.follow_files(stop, every_s=0.05)
    write_files(folder, {"a.md": "# Delivery\n\nIt takes nine days now."})
    until = time.monotonic() + 20
    while "nine" not in said(live) and time.monotonic() < until:
        time.sleep(0.05)
    stop.set()
    thread.join(5)
    assert "nine" in said(live)


def test_files_that_cannot_be_indexed_leave_what_is_live(live, folder):
    stop = threading.Event()
    (folder / "a.md").unlink()
    thread = live.follow_files(stop, every_s=0.02)
    time.sleep(0.3)
    assert thread.is_alive()
    stop.set()
    thread.join(5)
    assert "three" in said(live)


def test_the_index_before_can_be_made_live_again(live, folder):
    first = live.version
    write_files(folder, {"a.md": "# Delivery\n\nIt takes nine days now."})
    live.ensure_indexed(lambda message: None)
    assert [v.name for v in live.versions()] == [live.version, first]
    assert "nine" in said(live)
    assert live.roll_back().name == first
    assert "three" in said(live)
    # The files have not changed since, so a start does not undo it; a change does.
    assert live.ensure_indexed(lambda message: None) is None
    write_files(folder, {"a.md": "# Delivery\n\nIt takes four days."})
    live.ensure_indexed(lambda message: None)
    assert "four" in said(live)


@pytest.mark.parametrize("version", [None, "kb_0000"])
def test_where_nothing_can_be_gone_back_to_it_says_so(live, version):
    with pytest.raises(ConfigurationError) as caught:
        live.roll_back(version)
    assert "kb versions" in caught.value.hint
