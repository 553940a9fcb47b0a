"""``textwise chat``: talk to the agent in a terminal."""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from agent.cli.console import OUT, errors_told, tell
from agent.domain.messages import Delivery, InboundMessage
from agent.domain.turns import TurnRecord
from agent.foundation import lay_foundation
from agent.settings import load_settings
from agent.wiring.inline import Inline, assemble_inline
from agent.wiring.mind import load_mind


def chat(
    address: Annotated[str, typer.Option("--from", help="Whose number to use.")] = "terminal",
    *,
    why: Annotated[bool, typer.Option(help="Show the decision behind each reply.")] = False,
) -> None:
    """Talk to the agent. /why shows the last decision, /quit ends; so does end of input."""
    with errors_told():
        foundation = lay_foundation(load_settings())
        parts = assemble_inline(foundation, load_mind(foundation, tell))
        tell(f"You are texting {parts.brand.name}. /why shows the last decision, /quit ends.")
        talk(parts, address, OUT, always_why=why)


def talk(parts: Inline, address: str, out: Console, *, always_why: bool = False) -> None:
    """Read texts from standard input and print the replies until the input ends."""
    last: TurnRecord | None = None
    prompt = "> " if sys.stdin.isatty() else ""
    while True:
        try:
            text = input(prompt)
        except (EOFError, KeyboardInterrupt):
            return
        if text.strip() == "/quit":
            return
        if text.strip() == "/why":
            show_decision(last, out)
            continue
        last = say(parts, address, text, out)
        if always_why:
            show_decision(last, out)


def say(parts: Inline, address: str, text: str, out: Console) -> TurnRecord | None:
    """Send one text, print what comes back and return the turn."""
    accepted = parts.inbox.accept(
        InboundMessage(
            provider="cli",
            provider_id=parts.ids.new("cli"),
            channel="web",
            sender=address,
            recipient=parts.brand.numbers[0],
            text=text,
            received_at=parts.clock.now(),
        )
    )
    parts.run_waiting()
    with parts.database.read() as uow:
        turn_id = uow.messages.get(accepted.message_id).turn_id
        turn = None if turn_id is None else uow.turns.get(turn_id)
        thread = uow.messages.thread(accepted.conversation_id)
    for message in thread:
        if turn is not None and message.turn_id == turn.id and message.delivery is not None:
            note = (
                "" if message.delivery is Delivery.DELIVERED else f"  [dim]({message.delivery})[/]"
            )
            out.print(f"[bold cyan]{parts.brand.name}[/]: ", end="")
            out.print(message.text, markup=False, highlight=False, end="")
            out.print(note)
    if turn is not None and not turn.result.get("replies"):
        out.print("[dim](no reply)[/]")
    return turn


def show_decision(turn: TurnRecord | None, out: Console) -> None:
    """Print the decision behind a turn."""
    if turn is None or turn.trace is None:
        out.print("[dim]There is no decision yet.[/]")
        return
    trace, decision = turn.trace, turn.trace.decision_after
    table = Table(show_header=False, box=None, padding=(0, 2))
    table.add_row("route", f"{decision.route} ({decision.rule})")
    table.add_row("why", decision.reason)
    read = trace.signals_before.understanding
    if read is not None:
        best = ", ".join(f"{c.intent} {c.confidence:.0%}" for c in read.candidates[:3])
        table.add_row("intents", best)
        table.add_row("feeling", f"{read.sentiment} ({read.sentiment_score:+.2f}), "
                                 f"frustration {read.frustration:.2f}")  # fmt: skip
        table.add_row("out of scope", f"{read.out_of_scope_score:.0%}")
    for evidence in trace.evidence:
        table.add_row("evidence", f"{evidence.source}: {evidence.heading}")
    for cut in trace.cut:
        table.add_row("cut", f"{cut.claim} ({cut.reason})")
    times = ", ".join(f"{stage} {ms:.0f} ms" for stage, ms in trace.took_ms.items())
    table.add_row("time", times)
    out.print(table)
