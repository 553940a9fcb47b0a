"""``textwise intents``: every command for training, judging and choosing the models, mounted."""

import typer

from agent.cli import (
    intents_data,
    intents_judging,
    intents_reading,
    intents_training,
    intents_versions,
)

app = typer.Typer(no_args_is_help=True)

app.command("train")(intents_training.train)
app.command("evaluate")(intents_judging.evaluate)
app.command("compare")(intents_judging.compare)
app.command("promote")(intents_versions.promote)
app.command("rollback")(intents_versions.rollback)
app.command("list")(intents_versions.list_versions)
app.command("classify")(intents_reading.classify)
app.command("benchmark")(intents_training.benchmark)
app.add_typer(intents_data.app, name="data", help="Check and exchange training data.")
