"""``textwise serve``: the service with its API, webhooks, console and background work."""

import os
import socket
import subprocess
import sys
from typing import Annotated

import typer

from agent.brand import Brand, load_brand
from agent.cli.console import errors_told, tell
from agent.errors import ConfigurationError
from agent.foundation import lay_foundation
from agent.secrets_file import Secrets, load_secrets, load_suppression_key
from agent.settings import Settings, load_settings
from agent.wiring.mind import load_mind
from agent.wiring.services import seed

STOP_S = 3
"""How long stopping waits for slow requests."""

SILENT_WORKER_S = 30
"""A worker that gives no sign of life for so long is replaced; loading the models on a busy machine
takes several seconds."""


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Processes; needs PostgreSQL above 1.", min=1)] = 1,
    *,
    prepare: Annotated[
        bool,
        typer.Option(
            "--prepare",
            help="Migrate, make secrets, index the knowledge, try the models; then end.",
        ),
    ] = False,
) -> None:
    """Start the service. On an empty home it migrates and indexes the knowledge by itself."""
    with errors_told():
        settings = load_settings()
        if prepare:
            prepare_home(settings)
        else:
            run_service(settings, host=host, port=port, workers=workers)


def prepare_home(settings: Settings) -> None:
    """Do once, before several processes start, what each of them would do at its start.

    Raises:
        ConfigurationError: models are missing, or a file or a setting is wrong.
    """
    foundation = lay_foundation(settings)
    secrets = load_secrets(settings.home)
    load_suppression_key(settings.home)
    seed(foundation, secrets)
    mind = load_mind(foundation, tell)
    tell(f"Ready to serve: models {mind.understander.version}, knowledge {mind.answerer.version}.")


def run_service(settings: Settings, *, host: str, port: int, workers: int = 1) -> None:
    """Run until interrupted.

    Raises:
        ConfigurationError: the port is taken, the models are missing, or the settings are wrong.
    """
    if workers > 1 and settings.resolved_database_url.startswith("sqlite"):
        raise ConfigurationError(
            "Several workers need PostgreSQL; SQLite serves one process.",
            hint="Set TEXTWISE_DATABASE_URL, or leave --workers at 1.",
        )
    check_port(host, port)
    if workers > 1:
        _run_workers(settings, host=host, port=port, workers=workers)
        return
    import uvicorn

    from api.main import make_app

    app = make_app(tell)
    services = app.state.services
    print_addresses(services.brand, services.secrets, host, port)
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        # uvicorn would believe every caller on this machine; TEXTWISE_TRUSTED_PROXIES says whom.
        proxy_headers=False,
        timeout_graceful_shutdown=STOP_S,
    )


def _run_workers(settings: Settings, *, host: str, port: int, workers: int) -> None:
    """Run several processes behind one port; one that dies is replaced."""
    # In a process of its own: this one only watches, and need not hold the models.
    prepared = subprocess.run(
        [sys.executable, "-m", "agent.cli.main", "serve", "--prepare"], check=False
    )
    if prepared.returncode:
        # It has said itself what is wrong.
        raise typer.Exit(prepared.returncode)
    print_addresses(load_brand(settings.brand), load_secrets(settings.home), host, port)
    import uvicorn

    # Each worker wires its own services; the factory reads the same environment.
    uvicorn.run(
        "api.main:make_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        timeout_graceful_shutdown=STOP_S,
        timeout_worker_healthcheck=SILENT_WORKER_S,
    )


def check_port(host: str, port: int) -> None:
    """See that the port is free.

    Raises:
        ConfigurationError: it is taken, or the address is not this machine's.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigurationError(
                f"Cannot listen on {host}:{port}: {os.strerror(error.errno or 0)}.",
                hint="Stop the other program, or choose another port with --port "
                "(with make: make run PORT=8001).",
            ) from None


def print_addresses(brand: Brand, secrets: Secrets, host: str, port: int) -> None:
    """Say where everything is, and how to get in."""
    at = f"http://{host}:{port}"
    tell("")
    tell(f"[bold]{brand.name}[/] answers at:")
    tell(f"  phone simulator   {at}/")
    tell(f"  console           {at}/console")
    tell(f"  API               {at}/docs")
    tell("First sign-in:")
    tell(f"  {secrets.first_email}   {secrets.first_password}")
    tell("API key:")
    tell(f"  {secrets.api_key}")
    tell("")
