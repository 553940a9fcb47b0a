"""``textwise escalation``: what changed rules would have done."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from agent.cli.console import OUT, errors_told, print_json
from agent.deciding.policy import Policy
from agent.escalation.replay import Replay, replay
from agent.escalation.ruleset import load_rules
from agent.foundation import lay_foundation
from agent.routing import load_routing
from agent.settings import load_settings

app = typer.Typer(no_args_is_help=True)


@app.callback()
def group() -> None:
    """When a person takes over."""


@app.command("replay")
def replay_command(
    rules: Annotated[Path, typer.Option(help="The rules file to try.")],
    since: Annotated[datetime | None, typer.Option(help="Only turns from then on (UTC).")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Show what other rules would have done with past conversations."""
    with errors_told():
        policy = Policy(rules=load_rules(rules), routing=load_routing())
        with lay_foundation(load_settings()).database.read() as uow:
            turns = uow.turns.traces_since(None if since is None else since.replace(tzinfo=UTC))
        result = replay(turns, policy)
        if as_json:
            print_json(_as_json(result))
        else:
            _print(result)


def _as_json(result: Replay) -> dict[str, object]:
    return {
        "turns": result.turns,
        "escalated_then": dict(result.escalated_then),
        "escalated_now": dict(result.escalated_now),
        "changes": [
            {
                "conversation_id": c.turn.conversation_id,
                "turn_id": c.turn.id,
                "then": c.then.rule,
                "now": c.now.rule,
                "reason": c.now.reason,
            }
            for c in result.changes
        ],
    }


def _print(result: Replay) -> None:
    OUT.print(f"{result.turns} turns replayed; {len(result.changes)} would go another way.")
    table = Table("rule", "then", "now")
    for rule in sorted(result.escalated_then.keys() | result.escalated_now.keys()):
        table.add_row(rule, str(result.escalated_then[rule]), str(result.escalated_now[rule]))
    OUT.print(table)
