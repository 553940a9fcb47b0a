"""The outbox: each text leaves at most once, and only if it still may.

A send commits ``sending`` before the provider is called. Found ``sending`` later, after a crash,
nobody knows whether the provider took it: it becomes ``unknown`` and is shown to a rep, never
blindly repeated.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from agent.brand import Brand
from agent.channels import Receipt, Sender
from agent.domain.consent import ConsentAction, ConsentState
from agent.domain.conversations import Conversation, ConversationStatus
from agent.domain.ids import MessageId
from agent.domain.messages import Author, Delivery, Message
from agent.errors import (
    PermanentSendError,
    SendError,
    SendProblem,
    TransientSendError,
    UnknownSendError,
)
from agent.store.unit_of_work import Database, UnitOfWork

_log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 5
"""Tries of one message before it counts as failed."""
_BACKOFF_S = 2.0
"""Wait after the first failed try; doubled each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """Sends stored messages through the channel that each belongs to."""

    database: Database
    senders: Mapping[str, Sender]
    brand: Brand

    def send(self, message_id: MessageId) -> float | None:
        """Send one message if it still may leave.

        Returns:
            Seconds after which to try again, or None where there is nothing more to do.
        """
        claimed = self._claim(message_id)
        if claimed is None:
            return None
        message, conversation = claimed
        try:
            receipt = self._sender(message).send(
                message_id=message.id,
                to=conversation.customer_address,
                sender=conversation.brand_address,
                text=message.text,
            )
        except SendError as error:
            return self._record_error(message, conversation, error)
        self._record_sent(message, receipt)
        return None

    def _sender(self, message: Message) -> Sender:
        sender = self.senders.get(message.provider)
        if sender is None:
            raise PermanentSendError(f"The channel {message.provider} is not set up for sending.")
        return sender

    def _claim(self, message_id: MessageId) -> tuple[Message, Conversation] | None:
        """Mark the message ``sending``, unless it was already tried or must not leave."""
        with self.database.begin() as uow:
            message = uow.messages.get(message_id)
            conversation = uow.conversations.get(message.conversation_id)
            if message.delivery is Delivery.SENDING:
                self._news(uow, message, Delivery.UNKNOWN, error="crashed while sending")
                return None
            if message.delivery not in {Delivery.PENDING, Delivery.QUEUED}:
                return None
            forbidden = self._forbidden(uow, message, conversation)
            if forbidden:
                self._news(uow, message, Delivery.CANCELLED, error=forbidden)
                return None
            uow.messages.begin_sending(message_id)
            return message, conversation

    def _forbidden(self, uow: UnitOfWork, message: Message, conversation: Conversation) -> str:
        """Say why a message may not leave now; empty if it may."""
        state = uow.consents.state(conversation.customer_id, sender=self.brand.slug)
        if state is ConsentState.OUT and not message.essential:
            return "the customer has said STOP"
        taken_over = conversation.status is ConversationStatus.HUMAN
        if taken_over and message.author is Author.AGENT and not message.essential:
            return "a person has taken over"
        return ""

    def _record_sent(self, message: Message, receipt: Receipt) -> None:
        with self.database.begin() as uow:
            self._news(uow, message, Delivery.SENT, provider_id=receipt.provider_id)
            if receipt.delivered:
                self._news(uow, message, Delivery.DELIVERED)

    def _record_error(
        self, message: Message, conversation: Conversation, error: SendError
    ) -> float | None:
        _log.warning("send_failed", message=message.id, code=error.code, kind=type(error).__name__)
        with self.database.begin() as uow:
            if isinstance(error, TransientSendError):
                attempts = uow.messages.retry_later(message.id, error=str(error))
                if attempts < MAX_ATTEMPTS:
                    return error.retry_after_s or _BACKOFF_S * 2 ** (attempts - 1)
            if error.problem is SendProblem.OPTED_OUT:
                uow.consents.record(
                    conversation.customer_id,
                    sender=self.brand.slug,
                    action=ConsentAction.OPT_OUT,
                    source="provider",
                    evidence=message.id,
                )
            unknown = isinstance(error, UnknownSendError)
            self._news(
                uow, message, Delivery.UNKNOWN if unknown else Delivery.FAILED, error=str(error)
            )
        return None

    def _news(
        self,
        uow: UnitOfWork,
        message: Message,
        news: Delivery,
        *,
        provider_id: str | None = None,
        error: str = "",
    ) -> None:
        state = uow.messages.set_delivery(message.id, news, provider_id=provider_id, error=error)
        uow.live.publish(message.conversation_id, "delivery", message_id=message.id, delivery=state)
