"""``textwise up``: what `make run` does once the environment stands.

Each step is skipped when its inputs have not changed, says how long it took, and where it cannot
work says why and what to do.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from agent.cli.console import errors_told, tell
from agent.cli.serve import check_port, run_service
from agent.progress import Steps
from agent.settings import Settings, load_settings


def up(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", envvar="PORT")] = 8000,
    *,
    prepare: Annotated[bool, typer.Option(help="Stop before starting the service.")] = False,
) -> None:
    """Make whatever is missing (encoder, models), then start the service."""
    with errors_told():
        settings = load_settings()
        if not prepare:
            check_port(host, port)
        make_models(settings)
        if not prepare:
            run_service(settings, host=host, port=port)


def make_models(settings: Settings) -> None:
    """Build the encoder's ONNX model and train the models, unless they are up to date.

    Raises:
        ConfigurationError: no weights, a wrong hash, or wrong training data.
    """
    from intents.training.train import ensure_trained

    with step("Models"):
        version = ensure_trained(
            models_dir=settings.models,
            training_data=settings.training_data,
            labels=settings.labels,
            encoder=settings.encoder,
            progress=Steps(tell),
        )
        tell(f"  version {version}")


@contextmanager
def step(title: str) -> Iterator[None]:
    """Show that a step began and how long it took."""
    tell(f"• {title} …")
    began = time.perf_counter()
    yield
    tell(f"  {title} ready ({time.perf_counter() - began:.1f} s)")
