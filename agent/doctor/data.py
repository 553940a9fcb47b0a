"""The database and what stands on it: there, up to date, enough for the processes that run."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from agent.brand import load_brand
from agent.doctor.finding import Concern, Finding, look
from agent.doctor.knowledge import look_at_knowledge
from agent.domain.ports import RandomIds, SystemClock
from agent.errors import ConfigurationError
from agent.foundation import Foundation
from agent.privacy.fingerprint import Fingerprint
from agent.secrets_file import SUPPRESSION_KEY_FILE
from agent.settings import Settings
from agent.store.engine import create_engine
from agent.store.migrate import is_current
from agent.store.sending_tables import SuppressionRow
from agent.store.service_tables import ProcessRow
from agent.store.tables import MessageRow
from agent.store.unit_of_work import Database

ENGINES = 2
"""A process has the store's engine and DBOS's, each with a pool and as many again in need
(``agent/store/engine.py``)."""
SPARE = 10
"""Connections for superusers (3 by default), backups and commands such as this one."""
ALIVE = timedelta(seconds=15)
"""A process silent for longer counts as dead (``agent/runtime/durable.py``)."""
AHEAD_S, FAR_AHEAD_S = 5.0, 60.0
"""Providers' signatures are refused after five minutes; timers and heartbeats suffer sooner."""


def look_at_data(settings: Settings, *, workers: int) -> Iterator[Finding]:
    """Look at the database, the models and the knowledge; nothing is migrated or indexed."""
    found = look("database", "Every text is stored there first.", lambda: _database(settings))
    yield found
    foundation = _foundation(settings) if _is_ready(settings, found) else None
    if foundation is not None:
        yield look("clock", "Signatures, timers and quiet hours go by it.",
                   lambda: _clock(foundation))  # fmt: skip
        yield look("connections", "PostgreSQL refuses further ones, and texts wait.",
                   lambda: _connections(foundation, workers))  # fmt: skip
        yield look("suppression key", "With another key erased numbers are texted again.",
                   lambda: _suppression(foundation))  # fmt: skip
    yield from look_at_knowledge(settings, foundation)
    if foundation is not None:
        foundation.engine.dispose()


def _sqlite_file(settings: Settings) -> Path | None:
    url = sa.make_url(settings.resolved_database_url)
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def _database(settings: Settings) -> str:
    try:
        url = sa.make_url(settings.resolved_database_url)
    except sa.exc.ArgumentError:
        raise ConfigurationError(
            "TEXTWISE_DATABASE_URL is no address of a database.",
            hint="Write postgresql://user:password@host/name, or leave it unset for SQLite.",
        ) from None
    file = _sqlite_file(settings)
    if file is not None and not file.exists():
        return f"{file} (made at the first start)"
    try:
        engine = create_engine(settings.resolved_database_url)
        current = is_current(engine)
        engine.dispose()
    except (sa.exc.SQLAlchemyError, ImportError) as error:
        reason = getattr(error, "orig", None) or error
        raise ConfigurationError(
            f"The database cannot be opened: {reason}",
            hint="Check TEXTWISE_DATABASE_URL, and that the server runs.",
        ) from None
    shown = url.render_as_string(hide_password=True)
    if not current:
        raise Concern(
            f"{shown} is not of this version.",
            hint="Run `textwise db upgrade`; the next start does it too.",
        )
    return shown


def _is_ready(settings: Settings, found: Finding) -> bool:
    """Whether rows can be read: there, and of this version."""
    file = _sqlite_file(settings) if found.fine else None
    return found.level == "ok" and (file is None or file.exists())


def _foundation(settings: Settings) -> Foundation | None:
    """Open what is there, without migrating it; None where the brand cannot be read."""
    try:
        brand = load_brand(settings.brand)
    except ConfigurationError:
        # Said already where the brand is looked at.
        return None
    engine = create_engine(settings.resolved_database_url)
    clock, ids = SystemClock(), RandomIds()
    return Foundation(
        settings=settings, brand=brand, clock=clock, ids=ids, engine=engine,
        database=Database(engine, clock, ids),
    )  # fmt: skip


def _clock(foundation: Foundation) -> str:
    ours = foundation.clock.now()
    with foundation.engine.connect() as connection:
        newest = connection.scalar(sa.select(sa.func.max(sa.column("created_at"))).select_from(
            sa.table(MessageRow.__tablename__)))  # fmt: skip
        theirs = _server_time(connection)
    stored = _aware(newest)
    if stored is not None and (stored - ours).total_seconds() > FAR_AHEAD_S:
        raise ConfigurationError(
            f"The clock says {ours:%Y-%m-%d %H:%M}, but a text was stored at "
            f"{stored:%Y-%m-%d %H:%M} (UTC).",
            hint="Have the clock set by NTP.",
        )
    apart_s = 0.0 if theirs is None else abs((theirs - foundation.clock.now()).total_seconds())
    if apart_s > AHEAD_S:
        kind = ConfigurationError if apart_s > FAR_AHEAD_S else Concern
        raise kind(
            f"This machine's clock and the database's are {apart_s:.0f} seconds apart.",
            hint="Have both set by NTP.",
        )
    return f"{ours:%Y-%m-%d %H:%M} UTC"


def _server_time(connection: sa.Connection) -> datetime | None:
    if connection.dialect.name != "postgresql":
        return None
    return _aware(connection.scalar(sa.text("SELECT clock_timestamp()")))


def _aware(time: object) -> datetime | None:
    """Return a time of the database's with its zone; SQLite gives text in UTC."""
    if isinstance(time, str):
        time = datetime.fromisoformat(time)
    if not isinstance(time, datetime):
        return None
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)


def _connections(foundation: Foundation, workers: int) -> str:
    if foundation.engine.dialect.name != "postgresql":
        return "SQLite, one process"
    with foundation.engine.connect() as connection:
        most = int(str(connection.scalar(sa.text("SHOW max_connections"))))
        running = connection.scalar(
            sa.select(sa.func.count()).select_from(ProcessRow).where(
                sa.column("heartbeat_at") > foundation.clock.now() - ALIVE)
        ) or 0  # fmt: skip
    pool = foundation.engine.pool
    if not isinstance(pool, sa.pool.QueuePool):
        raise ConfigurationError("The engine has no pool.", hint="This is a bug; report it.")
    each, processes = ENGINES * 2 * pool.size(), max(workers, running)
    if processes * each + SPARE > most:
        raise ConfigurationError(
            f"{processes} processes take up to {processes * each} connections and {SPARE} should "
            f"be spare, but PostgreSQL allows {most}.",
            hint=f"Set max_connections to {processes * each + SPARE} or more in postgresql.conf, "
            "or run fewer processes.",
        )
    return f"{most}, enough for {(most - SPARE) // each} processes ({running} run now)"


def _suppression(foundation: Foundation) -> str:
    with foundation.engine.connect() as connection:
        ids = set(connection.scalars(sa.select(SuppressionRow.key_id).distinct()))  # type: ignore[call-overload]
    home = foundation.settings.home
    if not ids:
        return "nothing is hashed yet"
    there = (home / SUPPRESSION_KEY_FILE).exists()
    if not there or ids != {Fingerprint.of_home(home).key_id}:
        raise ConfigurationError(
            f"The suppression list was made with another key than "
            f"{home / SUPPRESSION_KEY_FILE}" + ("." if there else ", which is not there."),
            hint="Put the file back from your backup, or copy it from the other machines: all "
            "that share a database need the same.",
        )
    return "the list's own"
