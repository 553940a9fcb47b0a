"""``textwise send``: a text of the brand's own accord, in the hours and as often as is lawful."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from agent.cli.console import errors_told, print_json, tell
from agent.domain.consent import Purpose
from agent.errors import InvalidInputError
from agent.foundation import lay_foundation
from agent.sending.outbound import IfQuiet, Outbound, OutboundReceipt, OutboundState
from agent.settings import load_settings
from agent.wiring.proactive import proactive_texts_from_outside


def send(
    to: Annotated[str, typer.Argument(help="The customer's number.")],
    text: Annotated[str, typer.Argument(help="What to send.")],
    *,
    purpose: Annotated[
        Purpose, typer.Option(help="What it is for; the customer's consent is asked by it.")
    ],
    topic: Annotated[
        str, typer.Option(help="One of the brand's topics; without it, any of the purpose.")
    ] = "",
    key: Annotated[str, typer.Option("--id", help="Yours; the same one twice sends once.")] = "",
    if_quiet: Annotated[
        IfQuiet, typer.Option(help="In quiet hours or over a cap: wait, or lapse.")
    ] = IfQuiet.WAIT,
    send_at: Annotated[str, typer.Option(help="Not before this time, ISO 8601.")] = "",
    lapses_at: Annotated[str, typer.Option(help="Never after this time, ISO 8601.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print what became of it.")] = False,
) -> None:
    """Send a text to a customer who has agreed to such texts; the running service sends it."""
    # Only here: which channels are set up is known above the agent.
    from api.channels import discover

    with errors_told():
        settings = load_settings()
        foundation = lay_foundation(settings)
        found = {name: channel.sender for name, channel in discover(settings).items()}
        senders = {name: sender for name, sender in found.items() if sender is not None}
        receipt = proactive_texts_from_outside(foundation, senders).send(
            Outbound(
                to=to,
                text=text,
                purpose=purpose,
                topic=topic,
                id=key or None,
                if_quiet=if_quiet,
                send_at=_time(send_at, foundation.brand.zone),
                lapses_at=_time(lapses_at, foundation.brand.zone),
            )
        )
        if as_json:
            print_json(receipt_view(receipt))
        else:
            tell(_said(receipt))


def receipt_view(receipt: OutboundReceipt) -> dict[str, object]:
    """Return what became of a text, as ``--json`` prints it."""
    return {
        "message_id": receipt.message.id,
        "state": receipt.state,
        "duplicate": receipt.duplicate,
        "not_before": receipt.not_before,
        "reason": receipt.reason,
        "segments": receipt.message.segments,
    }


def _said(receipt: OutboundReceipt) -> str:
    again = " (taken before)" if receipt.duplicate else ""
    if receipt.state is OutboundState.WAITING and receipt.not_before is not None:
        why = f": {receipt.reason}" if receipt.reason else ""
        until = f"{receipt.not_before:%Y-%m-%d %H:%M} UTC"
        return f"{receipt.message.id} waits until {until}{why}{again}."
    why = f" ({receipt.reason})" if receipt.reason else ""
    return f"{receipt.message.id} is {receipt.state}{why}{again}."


def _time(written: str, zone: ZoneInfo) -> datetime | None:
    """Read a time; one without an offset is in the brand's time zone."""
    if not written:
        return None
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        raise InvalidInputError(
            f"{written!r} is no time; write one such as 2026-11-24T09:30."
        ) from None
    return at if at.tzinfo is not None else at.replace(tzinfo=zone)
