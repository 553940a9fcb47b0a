"""A zygote for all crash tests, and databases to crash on."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from tests.crash.lives import Zygote, running_zygote

MakeUrl = Callable[[str], str]


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    with running_zygote() as zygote:
        yield zygote


@pytest.fixture(scope="session")
def new_postgres(postgres_url: str) -> MakeUrl:
    """Make an empty database of this name and return its address."""

    def make(name: str) -> str:
        admin = sa.create_engine(postgres_url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
        admin.dispose()
        return sa.make_url(postgres_url).set(database=name).render_as_string(hide_password=False)

    return make
