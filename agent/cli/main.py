"""``textwise``: every command, mounted."""

import typer

from agent.cli import (
    ask,
    chat,
    consent,
    customers,
    db,
    doctor,
    escalation,
    flows,
    intents,
    intents_data,
    intents_gate,
    intents_label,
    intents_shadow,
    kb,
    sending,
    serve,
    simulate,
    up,
    users,
)
from agent.logs import configure_logs

app = typer.Typer(
    help="An agent for conversational SMS that knows when a person must take over.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def quiet() -> None:
    """Keep logs out of the way of people and programs: warnings only, and to stderr."""
    configure_logs("WARNING")


app.command("up")(up.up)
app.command("serve")(serve.serve)
app.command("send")(sending.send)
app.command("chat")(chat.chat)
app.command("ask")(ask.ask)
app.command("simulate")(simulate.simulate)
app.command("doctor")(doctor.doctor)
intents.app.command("shadow")(intents_shadow.shadow)
intents.app.command("gate")(intents_gate.gate)
intents_data.app.command("label")(intents_label.label)
app.add_typer(intents.app, name="intents", help="Train, judge and choose the models.")
app.add_typer(kb.app, name="kb", help="The knowledge base.")
app.add_typer(flows.app, name="flows", help="Dialogues described in YAML.")
app.add_typer(escalation.app, name="escalation", help="When a person takes over.")
app.add_typer(db.app, name="db", help="The database.")
app.add_typer(users.app, name="users", help="Who may sign in.")
app.add_typer(customers.app, name="customers", help="Customers' data.")
app.add_typer(consent.app, name="consent", help="What customers agreed to, and proof of it.")


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
