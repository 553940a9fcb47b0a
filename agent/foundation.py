"""What everything stands on: settings, brand, clock and an open, migrated database."""

from dataclasses import dataclass

import sqlalchemy as sa

from agent.brand import Brand, load_brand
from agent.domain.ports import Clock, Ids, RandomIds, SystemClock
from agent.errors import ConfigurationError
from agent.settings import Settings
from agent.store.engine import create_engine
from agent.store.migrate import upgrade
from agent.store.unit_of_work import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Foundation:
    """What everything stands on: settings, brand, database."""

    settings: Settings
    brand: Brand
    clock: Clock
    ids: Ids
    engine: sa.Engine
    database: Database


def lay_foundation(
    settings: Settings, *, clock: Clock | None = None, database_url: str | None = None
) -> Foundation:
    """Read the brand, open the database and bring it to the present schema.

    Raises:
        ConfigurationError: a file is wrong, or the database cannot be opened.
    """
    brand = load_brand(settings.brand)
    clock, ids = clock or SystemClock(), RandomIds()
    settings.home.mkdir(parents=True, exist_ok=True)
    engine = create_engine(database_url or settings.resolved_database_url)
    try:
        upgrade(engine)
    except sa.exc.OperationalError as error:
        raise ConfigurationError(
            f"The database cannot be opened: {error.orig}",
            hint="Check TEXTWISE_DATABASE_URL, that the server runs, and that there is disk space.",
        ) from None
    return Foundation(
        settings=settings,
        brand=brand,
        clock=clock,
        ids=ids,
        engine=engine,
        database=Database(engine, clock, ids),
    )
