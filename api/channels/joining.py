"""Long texts that come in parts become one message.

The parts wait in the database, not in the burst of a turn: they may come in any order and to any
process, a turn joins texts as separate sentences, and STOP is looked for in each message as it is
accepted, which a torn-off part must not be. What misses a part for half a minute is taken as it
is: better a text with a hole than none.
"""

from collections.abc import Sequence
from datetime import timedelta

import structlog
from sqlalchemy.exc import IntegrityError

from agent.domain.messages import InboundMessage
from agent.domain.parts import MessagePart, first_of_each
from agent.wiring.services import Services

_log = structlog.get_logger(__name__)

MAX_PARTS = 255
"""Parts of one text (GSM 03.40: the count is one octet)."""

PATIENCE = timedelta(seconds=30)
"""How long a text waits for its parts; they are sent within a second of one another."""

KNOWN_FOR = timedelta(hours=48)
"""How long a joined part's id is kept; providers retry for a day."""


def take_part(services: Services, part: MessagePart) -> None:
    """Keep a part, and accept the text if it was the last one missing.

    Kept, accepted and closed are three transactions. A crash between them leaves open parts, which
    the next part or the sweep takes up again; the text's id then says that it is already there.
    """
    try:
        with services.database.begin() as uow:
            uow.parts.add(part)
    except IntegrityError:
        _log.info("part_came_twice", provider=part.provider)
    with services.database.read() as uow:
        parts = first_of_each(uow.parts.beside(part))
    if len(parts) == part.total:
        _accept(services, parts)


def sweep(services: Services, provider: str) -> None:
    """Accept texts whose parts do not come, and forget old ids."""
    now = services.clock.now()
    with services.database.read() as uow:
        late = uow.parts.open_since(provider, now - PATIENCE)
    seen: set[str] = set()
    for part in late:
        if part.part_id in seen:
            continue
        with services.database.read() as uow:
            parts = first_of_each(uow.parts.beside(part))
        if len(parts) < part.total:
            _log.warning("text_misses_parts", provider=provider, came=len(parts), of=part.total)
        if parts:
            _accept(services, parts)
            seen |= {one.part_id for one in parts}
    with services.database.begin() as uow:
        uow.parts.forget(provider, now - KNOWN_FOR)


def _accept(services: Services, parts: Sequence[MessagePart]) -> None:
    accepted = services.inbox.accept(_message(services, parts))
    if accepted.duplicate:
        # A sweep elsewhere may have taken the text in the instant before its last part came.
        with services.database.read() as uow:
            stored = uow.messages.get(accepted.message_id).text
        for part in parts:
            if part.text not in stored:
                services.inbox.accept(_message(services, [part]))
    with services.database.begin() as uow:
        uow.parts.close(parts)


def _message(services: Services, parts: Sequence[MessagePart]) -> InboundMessage:
    """Make one message of parts; its id is that of the first."""
    first = parts[0]
    return InboundMessage(
        provider=first.provider,
        provider_id=first.part_id,
        channel="sms",
        sender=first.sender,
        recipient=first.recipient,
        text="".join(part.text for part in parts),
        received_at=services.clock.now(),
    )
