"""Services with their channels set up by files and settings, around a fake mind."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import yaml
from fastapi import FastAPI

from agent.channels import Sender
from agent.domain.ports import RandomIds, SystemClock
from agent.foundation import Foundation
from agent.secrets_file import load_secrets
from agent.store.engine import create_engine
from agent.store.migrate import upgrade
from agent.store.unit_of_work import Database
from agent.wiring.inline import Inline, assemble_inline
from agent.wiring.services import Services, assemble
from api import errors
from api.app import create_app
from api.channels import Channel, discover
from tests.fakes import FakeAnswerer, FakeUnderstander, fake_mind, foundation

CUSTOMER, SHOP = "+15550100301", "+15550100200"
SECRET = "a-secret-of-the-shop"


def gateway(**changes: Any) -> dict[str, Any]:
    """Return one entry of a gateways' file."""
    entry = {
        "name": "kannel", "kind": "kannel", "numbers": [SHOP], "username": "shop", "password": "pw",
        "send_url": "http://127.0.0.1:9/cgi-bin/sendsms", "secret": SECRET,
        "callback_url": "http://127.0.0.1:8000",
    }  # fmt: skip
    return {name: value for name, value in {**entry, **changes}.items() if value is not None}


def write_gateways(folder: Path, entries: Sequence[dict[str, Any]]) -> Path:
    path = folder / "gateways.yaml"
    path.write_text(yaml.safe_dump({"gateways": list(entries)}))
    return path


@dataclass(frozen=True)
class Home:
    """What the channels' routes need of a service; its turns run when a test says so."""

    services: Any
    inline: Inline

    @property
    def database(self) -> Database:
        return self.inline.database


@contextmanager
def gateway_home(
    folder: Path, entries: Sequence[dict[str, Any]], answers: dict[str, str], **settings: Any
) -> Iterator[tuple[Home, FastAPI]]:
    """Open a home that sends through these gateways."""
    folder.mkdir(exist_ok=True)
    path = write_gateways(folder, entries)
    with channel_home(folder, answers, gateways=path, **settings) as home:
        yield home


@contextmanager
def channel_home(
    folder: Path, answers: dict[str, str], **settings: Any
) -> Iterator[tuple[Home, FastAPI]]:
    """Open a home with every channel and nothing else: making the whole app takes longer."""
    with _ground(folder, **settings) as (base, channels):
        mind = fake_mind(FakeUnderstander(), FakeAnswerer(answers=answers), base.clock)
        inline = assemble_inline(base, mind, _senders(channels))
        services = SimpleNamespace(
            settings=base.settings, secrets=load_secrets(folder), brand=base.brand,
            clock=base.clock, ids=base.ids, database=base.database, inbox=inline.inbox,
            outbox=inline.outbox,
        )  # fmt: skip
        app = FastAPI()
        app.state.services = services
        errors.install(app)
        for channel in channels.values():
            app.include_router(channel.router)
        yield Home(services, inline), app


@contextmanager
def gateway_service(
    folder: Path, entries: Sequence[dict[str, Any]], answers: dict[str, str], **settings: Any
) -> Iterator[tuple[Services, FastAPI]]:
    """Put a service together that sends through these gateways, with DBOS."""
    folder.mkdir(exist_ok=True)
    path = write_gateways(folder, entries)
    with channel_service(folder, answers, gateways=path, **settings) as service:
        yield service


@contextmanager
def channel_service(
    folder: Path, answers: dict[str, str], **settings: Any
) -> Iterator[tuple[Services, FastAPI]]:
    """Put a service with every channel together, with DBOS; the app starts and stops it."""
    with _ground(folder, **settings) as (base, channels):
        mind = fake_mind(FakeUnderstander(), FakeAnswerer(answers=answers), base.clock)
        services = assemble(base, mind, load_secrets(folder), _senders(channels))
        yield services, create_app(services, list(channels.values()))


@contextmanager
def _ground(folder: Path, **settings: Any) -> Iterator[tuple[Foundation, Mapping[str, Channel]]]:
    folder.mkdir(exist_ok=True)
    (folder / "gateways.db").write_bytes(_migrated())
    engine = create_engine(f"sqlite:///{folder / 'gateways.db'}")
    clock, ids = SystemClock(), RandomIds()
    base = foundation(
        engine, Database(engine, clock, ids), clock, ids, folder,
        **{"burst_silence_s": 0.0, **settings},
    )  # fmt: skip
    channels = discover(base.settings)
    yield base, channels
    for channel in channels.values():
        if channel.close is not None:
            channel.close()
    engine.dispose()


def _senders(channels: Mapping[str, Channel]) -> dict[str, Sender]:
    return {name: c.sender for name, c in channels.items() if c.sender is not None}


@cache
def _migrated() -> bytes:
    """Return a migrated SQLite file, made once a process."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "migrated.db"
        engine = create_engine(f"sqlite:///{path}")
        upgrade(engine)
        # Closing the last connection moves the write-ahead log into the file.
        engine.dispose()
        return path.read_bytes()
