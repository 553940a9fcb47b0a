"""What the outbox needs from a channel. Implementations live in ``api/channels`` and below."""

import secrets
from dataclasses import dataclass
from typing import Protocol

from agent.domain.ids import MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A provider took a message. ``delivered``: it is already where it should be."""

    provider_id: str
    delivered: bool = False


class Sender(Protocol):
    """Sends texts through one provider."""

    def send(self, *, message_id: MessageId, to: str, sender: str, text: str) -> Receipt:
        """Hand one text to the provider. ``message_id`` is ours, for delivery news that come first.

        Raises:
            TransientSendError: surely not taken; try again later.
            PermanentSendError: surely not taken; never try again.
            UnknownSendError: nobody knows.
        """
        ...


class LocalSender:
    """Web chat, simulator and terminal: what is stored is delivered, pages read it from there."""

    def send(self, *, message_id: MessageId, to: str, sender: str, text: str) -> Receipt:
        """Deliver at once."""
        del message_id, to, sender, text
        return Receipt(provider_id=f"local_{secrets.token_hex(8)}", delivered=True)


LOCAL_PROVIDERS = ("web", "simulator", "cli")
"""Providers whose messages never leave this machine."""
