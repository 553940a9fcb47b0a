"""``textwise db``: the database's schema."""

import typer

from agent.cli.console import errors_told, tell
from agent.foundation import lay_foundation
from agent.settings import load_settings

app = typer.Typer(no_args_is_help=True)


@app.callback()
def group() -> None:
    """The database."""


@app.command()
def upgrade() -> None:
    """Bring the database to the present schema; safe to run again."""
    with errors_told():
        foundation = lay_foundation(load_settings())
        tell(f"{foundation.engine.url.render_as_string(hide_password=True)} is up to date.")
