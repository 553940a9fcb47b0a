"""``textwise users``: who may sign in."""

from typing import Annotated

import typer

from agent.cli.console import errors_told, print_json, tell
from agent.errors import InvalidInputError
from agent.foundation import lay_foundation
from agent.settings import load_settings

app = typer.Typer(no_args_is_help=True)

LEAST_PASSWORD = 10
"""Characters."""


@app.callback()
def group() -> None:
    """Who may sign in."""


@app.command()
def add(
    email: Annotated[str, typer.Argument(help="Their email address.")],
    name: Annotated[str, typer.Option(help="How customers and colleagues see them.")] = "",
    role: Annotated[str, typer.Option(help="rep or lead.")] = "rep",
    password: Annotated[
        str,
        typer.Option(help="Asked for if not given.", prompt=True, hide_input=True,
                     confirmation_prompt=True, envvar="TEXTWISE_NEW_PASSWORD"),
    ] = "",
) -> None:  # fmt: skip
    """Add someone who may sign in to the console."""
    with errors_told():
        if "@" not in email or role not in {"rep", "lead"}:
            raise InvalidInputError("The email needs an @, and the role is rep or lead.")
        if len(password) < LEAST_PASSWORD:
            raise InvalidInputError(f"A password has at least {LEAST_PASSWORD} characters.")
        with lay_foundation(load_settings()).database.begin() as uow:
            user = uow.users.add(email=email, name=name, role=role, password=password)
        tell(f"{user.email} may sign in as {user.role}.")


@app.command("api-key")
def api_key(name: Annotated[str, typer.Argument(help="What it is for.")]) -> None:
    """Make a key of the API; it is shown once."""
    with errors_told():
        with lay_foundation(load_settings()).database.begin() as uow:
            key = uow.users.add_api_key(name)
        print_json({"name": name, "api_key": key})
