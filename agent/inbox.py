"""The inbox: a text is stored once, its consent words take effect at once, its turn is enqueued.

All of it in one transaction, so that a provider's retry, a crash or a second process changes
nothing. The turn itself runs elsewhere.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Protocol

import phonenumbers
import structlog
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session

from agent.brand import Brand
from agent.consent.intake import ConsentIntake, Said
from agent.domain.ids import ConversationId, CustomerId, MessageId, TurnId
from agent.domain.messages import InboundMessage, Message
from agent.domain.ports import Ids
from agent.errors import InvalidInputError
from agent.store.unit_of_work import Database, UnitOfWork
from intents.types import ConsentReading

_log = structlog.get_logger(__name__)

MAX_TEXT = 10_000
"""Characters kept of one message; SMS providers deliver at most 1,600."""


class TurnQueue(Protocol):
    """Where turns wait."""

    def enqueue_turn(
        self, session: Session, turn_id: TurnId, conversation_id: ConversationId, *, delay_s: float
    ) -> None:
        """Enqueue a turn in the session's transaction; it runs after the commit and the delay."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A stored text. ``duplicate``: it was already stored, and nothing was done again."""

    conversation_id: ConversationId
    message_id: MessageId
    duplicate: bool


ConsentReader = Callable[[str], tuple[ConsentReading | None, float]]
"""Reads consent out of free text: the reading and its probability."""


_RACES = 2
"""How often a text is tried again that met another of the same instant, or a connection that had
gone while nobody used it: there are others, unless the database is away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """Accepts customers' texts from every channel."""

    database: Database
    queue: TurnQueue
    brand: Brand
    ids: Ids
    read_consent: ConsentReader
    silence_s: float
    returning: Callable[[UnitOfWork, CustomerId, str], None]
    """Told of whoever texts; knows those whose data were erased (``agent.privacy.returning``)."""
    arriving: Callable[[], AbstractContextManager[None]] = nullcontext
    """Entered while a text is taken in (``agent.runtime.right_of_way``)."""

    def accept(self, inbound: InboundMessage, *, silence_s: float | None = None) -> Accepted:
        """Store a text and enqueue its turn.

        Args:
            inbound: the text as its channel hands it over.
            silence_s: seconds without another text after which the turn begins; the service's
                setting if None.

        Raises:
            InvalidInputError: there is no sender.
        """
        with self.arriving():
            return self._accept(_clean(inbound), silence_s)

    def _accept(self, inbound: InboundMessage, silence_s: float | None) -> Accepted:
        # Read before the transaction: the models take their time, and writers wait for each other.
        said = self._consent.listen(inbound.text)
        silence_s = self.silence_s if silence_s is None else silence_s
        for _ in range(_RACES):
            # At the same instant came a copy of it, or another first text of a new customer: what
            # that one has stored is there at the next try.
            try:
                return self._take(inbound, said, silence_s)
            except IntegrityError:
                continue
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
        return self._take(inbound, said, silence_s)

    def _take(self, inbound: InboundMessage, said: Said, silence_s: float) -> Accepted:
        with self.database.begin() as uow:
            return self._store(uow, inbound, said, silence_s)

    @property
    def _consent(self) -> ConsentIntake:
        return ConsentIntake(brand=self.brand, read=self.read_consent)

    def _store(
        self,
        uow: UnitOfWork,
        inbound: InboundMessage,
        said: Said,
        silence_s: float,
    ) -> Accepted:
        known = uow.messages.find_inbound(inbound.provider, inbound.provider_id)
        if known is not None:
            return _duplicate(known)
        customer_id = uow.customers.ensure(inbound.sender)
        self.returning(uow, customer_id, inbound.sender)
        conversation = uow.conversations.ensure(
            customer_id,
            channel=inbound.channel,
            customer_address=inbound.sender,
            brand_address=inbound.recipient,
        )
        message = uow.messages.add_inbound(conversation.id, inbound)
        changed = self._consent.apply(uow, customer_id, conversation, message, said)
        uow.deliveries.reachable_again(customer_id)
        delay_s = uow.conversations.text_arrived(
            conversation.id, silence_s=0.0 if changed else silence_s
        )
        uow.live.publish(
            conversation.id, "message", message_id=message.id, direction=message.direction
        )
        turn_id = TurnId(self.ids.new("turn"))
        self.queue.enqueue_turn(uow.session, turn_id, conversation.id, delay_s=delay_s)
        _log.info("text_accepted", conversation=conversation.id, message=message.id)
        return Accepted(conversation_id=conversation.id, message_id=message.id, duplicate=False)


def normalise_address(address: str) -> str:
    """Return a phone number in E.164, anything else stripped.

    Raises:
        InvalidInputError: there is nothing.
    """
    bare = address.strip()
    if not bare:
        raise InvalidInputError("There is no sender.", field="from")
    if not bare.startswith("+"):
        return bare
    try:
        return phonenumbers.format_number(
            phonenumbers.parse(bare, None), phonenumbers.PhoneNumberFormat.E164
        )
    except phonenumbers.NumberParseException:
        return bare


def _clean(inbound: InboundMessage) -> InboundMessage:
    # PostgreSQL cannot store NUL in text; nobody means one.
    text = inbound.text.replace("\x00", "")[:MAX_TEXT]
    return replace(inbound, sender=normalise_address(inbound.sender), text=text)


def _duplicate(message: Message) -> Accepted:
    return Accepted(conversation_id=message.conversation_id, message_id=message.id, duplicate=True)
