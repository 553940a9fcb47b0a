"""Live models: swapped whole, followed from row and file, refused where they cannot be loaded."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest

from agent.errors import ConfigurationError
from agent.learning.ledger import MODELS, SharedLedger
from agent.models import LiveModels
from agent.store.unit_of_work import Database
from intents.errors import VersionError
from intents.versions.registry import Active, Change, FileLedger, active_as_json
from tests.conftest import FakeClock
from tests.fakes import FakeUnderstander


def active(*versions: str, at: str = "2026-11-24T10:00:00+00:00") -> Active:
    history = tuple(Change(version=v, action="promote", by="test", at=at) for v in versions)
    return Active(stack=versions, history=history)


@dataclass
class Versions:
    """Loads fakes by name; what is broken says so."""

    broken: set[str] = field(default_factory=set)
    loaded: list[FakeUnderstander] = field(default_factory=list)

    def __call__(self, version: str) -> FakeUnderstander:
        if version in self.broken:
            raise VersionError(f"The version {version} is broken.", hint="Train again.")
        self.loaded.append(FakeUnderstander(version=version))
        return self.loaded[-1]


@pytest.fixture
def file(tmp_path: Path) -> FileLedger:
    ledger = FileLedger(tmp_path)
    ledger.write(active("one"))
    return ledger


@pytest.fixture
def ledger(sqlite_database: Database, file: FileLedger) -> SharedLedger:
    return SharedLedger(sqlite_database, file)


@pytest.fixture
def versions() -> Versions:
    return Versions()


@pytest.fixture
def live(ledger: SharedLedger, versions: Versions, clock: FakeClock) -> LiveModels:
    models = LiveModels(ledger=ledger, load=versions, clock=clock)
    models.open()
    return models


def row(database: Database) -> str | None:
    with database.read() as uow:
        return uow.live.active(MODELS)


def test_the_file_seeds_the_row(live: LiveModels, sqlite_database: Database) -> None:
    assert live.version == "one"
    assert row(sqlite_database) == active_as_json(active("one")).decode()


def test_a_version_promoted_on_the_command_line_is_followed(
    live: LiveModels, file: FileLedger, sqlite_database: Database
) -> None:
    file.write(active("one", "two", at="2026-11-24T11:00:00+00:00"))

    live.follow()

    assert live.version == "two"
    assert '"two"' in (row(sqlite_database) or "")


def test_a_version_promoted_elsewhere_is_followed_and_the_file_agrees(
    live: LiveModels, ledger: SharedLedger, file: FileLedger, tmp_path: Path,
    sqlite_database: Database,
) -> None:  # fmt: skip
    other_machine = FileLedger(tmp_path / "nowhere")
    SharedLedger(sqlite_database, other_machine).write(
        active("one", "two", at="2026-11-24T12:00:00+00:00")
    )

    live.follow()

    assert live.version == "two"
    assert file.read().version == "two"
    assert ledger.read().version == "two"


def test_an_older_file_does_not_undo_what_the_row_says(
    live: LiveModels, ledger: SharedLedger, file: FileLedger
) -> None:
    ledger.write(active("one", "two", at="2026-11-24T12:00:00+00:00"))
    file.write(active("one", "three", at="2026-11-24T09:00:00+00:00"))

    live.follow()

    assert live.version == "two"


def test_a_version_that_cannot_be_loaded_is_refused_and_the_old_one_stays(
    live: LiveModels, versions: Versions, file: FileLedger, clock: FakeClock
) -> None:
    versions.broken.add("two")
    file.write(active("one", "two", at="2026-11-24T11:00:00+00:00"))

    live.follow()

    assert live.version == "one"
    assert live.refused is not None
    assert live.refused.version == "two"
    assert "Train again." in live.refused.why
    assert live.understand("hello").intent == "product_info"
    versions.broken.clear()
    live.follow()
    assert live.version == "one", "it is not tried at each look"
    clock.forward(31)
    live.follow()
    assert live.version == "two"
    assert live.refused is None


def test_a_version_that_breaks_on_its_first_message_is_refused(
    ledger: SharedLedger, file: FileLedger, clock: FakeClock
) -> None:
    def load(version: str) -> FakeUnderstander:
        return FakeUnderstander(version=version, fails=1 if version == "two" else 0)

    live = LiveModels(ledger=ledger, load=load, clock=clock)
    live.open()
    file.write(active("one", "two", at="2026-11-24T11:00:00+00:00"))

    live.follow()

    assert live.version == "one"
    assert live.refused is not None


def test_a_broken_file_is_refused_too(live: LiveModels, file: FileLedger) -> None:
    file.path.write_text("not json", encoding="utf-8")

    live.follow()

    assert live.version == "one"
    assert live.refused is not None


@pytest.mark.parametrize("stack", [(), ("broken",)])
def test_at_the_start_a_version_that_cannot_be_loaded_stops_it(
    sqlite_database: Database, tmp_path: Path, clock: FakeClock, stack: tuple[str, ...]
) -> None:
    file = FileLedger(tmp_path)
    file.write(active(*stack))
    live = LiveModels(
        ledger=SharedLedger(sqlite_database, file), load=Versions({"broken"}), clock=clock
    )

    with pytest.raises(ConfigurationError) as error:
        live.open()

    assert error.value.hint


def test_product_names_are_carried_over(
    live: LiveModels, versions: Versions, file: FileLedger
) -> None:
    live.know_products(("Ridgeline",))
    file.write(active("one", "two", at="2026-11-24T11:00:00+00:00"))

    live.follow()

    assert [v.product_names for v in versions.loaded] == [("Ridgeline",), ("Ridgeline",)]


def test_who_holds_a_version_does_not_see_the_swap(live: LiveModels, file: FileLedger) -> None:
    held = live.held()
    file.write(active("one", "two", at="2026-11-24T11:00:00+00:00"))

    live.follow()

    assert (held.version, live.version, live.held().version) == ("one", "two", "two")
    assert held.held() is held


def test_readers_see_one_whole_version_while_it_is_swapped(
    ledger: SharedLedger, file: FileLedger, clock: FakeClock
) -> None:
    @dataclass
    class Named(FakeUnderstander):
        def read_consent(self, text: str) -> tuple[None, float]:
            return None, float(self.version)

    def load(version: str) -> Named:
        return Named(version=version)

    file.write(active("0", at="2026-11-24T10:30:00+00:00"))
    live = LiveModels(ledger=ledger, load=load, clock=clock)
    live.open()
    torn: list[tuple[str, float]] = []
    stop: list[bool] = []

    def read() -> None:
        while not stop:
            held = live.held()
            seen = held.version, held.read_consent("x")[1]
            if float(seen[0]) != seen[1]:
                torn.append(seen)

    readers = [Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(1, 15):
        at = datetime(2026, 11, 24, 11, number, tzinfo=UTC).isoformat()
        ledger.write(active(*map(str, range(number + 1)), at=at))
        live.follow()
    stop.append(True)
    for reader in readers:
        reader.join()

    assert live.version == "14"
    assert torn == []
