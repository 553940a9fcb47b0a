"""``textwise serve``: the service with its API, webhooks, console and background work."""

import os
import socket
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.console import errors_told, tell
from agent.errors import ConfigurationError
from agent.settings import Settings, load_settings

if TYPE_CHECKING:
    from agent.wiring import Services


STOP_S = 3
"""How long stopping waits for slow requests."""


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Processes; needs PostgreSQL above 1.", min=1)] = 1,
) -> None:
    """Start the service. On an empty home it migrates and indexes the knowledge by itself."""
    with errors_told():
        settings = load_settings()
        run_service(settings, host=host, port=port, workers=workers)


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
    import uvicorn

    if workers > 1:
        # Each worker wires its own services; the factory reads the same environment.
        uvicorn.run("api.main:make_app", factory=True, host=host, port=port, workers=workers,
                    log_config=None, access_log=False,
                    timeout_graceful_shutdown=STOP_S)  # fmt: skip
        return
    from api.main import make_app

    app = make_app(tell)
    print_addresses(app.state.services, host, port)
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=STOP_S,
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


def print_addresses(services: "Services", host: str, port: int) -> None:
    """Say where everything is, and how to get in."""
    at = f"http://{host}:{port}"
    secrets = services.secrets
    tell("")
    tell(f"[bold]{services.brand.name}[/] answers at:")
    tell(f"  phone simulator   {at}/")
    tell(f"  console           {at}/console")
    tell(f"  API               {at}/docs")
    tell("First sign-in:")
    tell(f"  {secrets.first_email}   {secrets.first_password}")
    tell("API key:")
    tell(f"  {secrets.api_key}")
    tell("")
