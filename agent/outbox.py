"""The outbox: each text leaves at most once, and only if it still may.

A send commits ``sending`` before the provider is called. Found ``sending`` later, after a crash,
nobody knows whether the provider took it: it becomes ``unknown``, the provider is asked where it
can be (``agent.runtime.watch``), else a rep is shown; it is never blindly repeated.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import structlog

from agent.brand import Brand
from agent.channels import LooksUp, Receipt, Sender
from agent.delivery_news import FIRST_LOOK, alarm, record_news, show_unknown
from agent.domain.conversations import Conversation
from agent.domain.ids import MessageId
from agent.domain.messages import Delivery, Message
from agent.errors import (
    PermanentSendError,
    SendError,
    SendProblem,
    TransientSendError,
    UnknownSendError,
)
from agent.runtime.patience import Patience, is_outage
from agent.sending.gate import Gate
from agent.sending.holding import held
from agent.sending.verdicts import Cancel
from agent.sending.waits import next_morning, with_jitter
from agent.store.unit_of_work import Database, UnitOfWork

_log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 5
"""Tries of one message before it counts as failed."""
_BACKOFF_S = 2.0
"""Wait after the first failed try; doubled each time."""
_MISCONFIGURED_S = 60.0
"""Wait after a refusal that is our own fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """A claimed message: ``sending`` is committed, and the provider is called next."""

    message: Message
    conversation: Conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """Sends stored messages through the channel that each belongs to."""

    database: Database
    senders: Mapping[str, Sender]
    brand: Brand
    gate: Gate
    patience: Patience = field(default_factory=Patience)

    def send(self, message_id: MessageId) -> float | None:
        """Send one message if it still may leave.

        Returns:
            Seconds after which to try again, or None where there is nothing more to do.
        """
        try:
            return self._send(message_id)
        except Exception as error:
            if is_outage(error) or not self._is_erased(message_id):
                raise
            _log.info("send_of_erased_message", message=message_id)
            return None

    def _is_erased(self, message_id: MessageId) -> bool:
        """Whether the customer's data were erased while the text was about to leave."""
        with self.database.read() as uow:
            return not uow.messages.exists(message_id)

    def _send(self, message_id: MessageId) -> float | None:
        ready = self.patience.through(partial(self._claim, message_id))
        if not isinstance(ready, _Ready):
            return ready
        try:
            receipt = self._call(ready)
        except SendError as error:
            return self.patience.through(partial(self._record_error, ready, error))
        self.patience.through(partial(self._record_sent, ready, receipt))
        return None

    def looker(self, provider: str) -> LooksUp | None:
        """Return who can be asked what became of a message, None where nobody can."""
        sender = self.senders.get(provider)
        return sender if isinstance(sender, LooksUp) else None

    def _call(self, ready: _Ready) -> Receipt:
        message, conversation = ready.message, ready.conversation
        sender = self.senders.get(message.provider)
        if sender is None:
            raise PermanentSendError(f"The channel {message.provider} is not set up for sending.")
        try:
            return sender.send(
                message_id=message.id,
                to=conversation.customer_address,
                sender=conversation.brand_address,
                text=message.text,
                media=message.media,
            )
        except SendError:
            raise
        except Exception as error:
            _log.exception("sender_broke", message=message.id, provider=message.provider)
            raise UnknownSendError(f"The channel {message.provider} broke.") from error

    # ── claiming ───────────────────────────────────────────────────────────────────────────

    def _claim(self, message_id: MessageId) -> _Ready | float | None:
        """Mark the message ``sending``, unless it was already tried or must not leave.

        Returns:
            The message, or seconds after which to ask again where it is held, or None.
        """
        with self.database.begin() as uow:
            message = uow.messages.get(message_id)
            conversation = uow.conversations.get(message.conversation_id)
            if message.delivery is Delivery.SENDING:
                self._unknown(uow, message, "crashed while sending")
                return None
            if message.delivery not in {Delivery.PENDING, Delivery.QUEUED}:
                return None
            verdict = held(uow, message, conversation, gate=self.gate, brand=self.brand)
            if isinstance(verdict, Cancel):
                self._news(uow, message, Delivery.CANCELLED, error=verdict.reason)
                return None
            if verdict is not None:
                return verdict
            if not uow.sends.begin_sending(message_id):
                return None
            return _Ready(message=message, conversation=conversation)

    # ── what came of it ────────────────────────────────────────────────────────────────────

    def _record_sent(self, ready: _Ready, receipt: Receipt) -> None:
        with self.database.begin() as uow:
            record_news(
                uow,
                ready.message.id,
                delivery=Delivery.DELIVERED if receipt.delivered else Delivery.SENT,
                problem=None,
                code="",
                provider_id=receipt.provider_id,
                brand=self.brand,
                brand_address=ready.conversation.brand_address,
            )

    def _record_error(self, ready: _Ready, error: SendError) -> float | None:
        message = ready.message
        _log.warning("send_failed", message=message.id, code=error.code, problem=error.problem)
        with self.database.begin() as uow:
            if isinstance(error, UnknownSendError):
                self._unknown(uow, message, str(error))
                return None
            passing = isinstance(error, TransientSendError)
            if passing or error.problem in {SendProblem.LATER, SendProblem.CONFIGURATION}:
                attempts = uow.sends.retry_later(message.id, error=str(error))
                if attempts < MAX_ATTEMPTS:
                    return self._again_in_s(uow, ready, error, attempts)
            self._news(
                uow,
                message,
                Delivery.FAILED,
                error=str(error),
                code=error.code,
                problem=error.problem,
            )
        return None

    def _again_in_s(self, uow: UnitOfWork, ready: _Ready, error: SendError, attempts: int) -> float:
        message, conversation = ready.message, ready.conversation
        now = self.gate.clock.now()
        # It has had its slot; a later try asks for one again.
        uow.deliveries.wait(message.id, until=None)
        if error.problem is SendProblem.LATER:
            until = next_morning(self.brand, message, now)
            uow.deliveries.wait(message.id, until=until)
            uow.proactive.hold(message.id, until=until, reason=f"the day's limit ({error.code})")
            return (until - now).total_seconds()
        if error.problem is SendProblem.CONFIGURATION:
            alarm(uow, message, conversation, error.code)
            return with_jitter(_MISCONFIGURED_S, message)
        after_s = getattr(error, "retry_after_s", None)
        if after_s is None:
            return with_jitter(_BACKOFF_S * 2 ** (attempts - 1), message, attempts)
        until = now + timedelta(seconds=after_s)
        uow.deliveries.wait(message.id, until=until)
        uow.sending_numbers.slow_down(message.provider, conversation.brand_address, until=until)
        return with_jitter(after_s, message, attempts)

    def _unknown(self, uow: UnitOfWork, message: Message, error: str) -> None:
        """Note that nobody knows; have the provider asked where it can be, else show a rep."""
        self._news(uow, message, Delivery.UNKNOWN, error=error)
        if self.looker(message.provider) is None:
            show_unknown(uow, message.id, self.brand)
        else:
            uow.deliveries.look_later(message.id, self.gate.clock.now() + FIRST_LOOK)

    def _news(
        self,
        uow: UnitOfWork,
        message: Message,
        news: Delivery,
        *,
        error: str = "",
        code: str = "",
        problem: SendProblem | None = None,
    ) -> None:
        record_news(
            uow,
            message.id,
            delivery=news,
            problem=problem,
            code=code,
            provider_id=None,
            brand=self.brand,
            error=error,
        )
