"""The outbox: each text leaves at most once, and only if it still may.

A send commits ``sending`` before the provider is called. Found ``sending`` later, after a crash,
nobody knows whether the provider took it: it becomes ``unknown``, the provider is asked where it
can be (``agent.runtime.watch``), else a rep is shown; it is never blindly repeated.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from agent.brand import Brand
from agent.channels import LOCAL_PROVIDERS, LooksUp, Receipt, Sender
from agent.delivery_news import FIRST_LOOK, alarm, record_news, show_unknown
from agent.domain.conversations import Conversation
from agent.domain.ids import MessageId
from agent.domain.messages import Author, Delivery, Message
from agent.errors import (
    PermanentSendError,
    SendError,
    SendProblem,
    TransientSendError,
    UnknownSendError,
)
from agent.runtime.patience import Patience, is_outage
from agent.sending.gate import Gate
from agent.sending.verdicts import Cancel, Hold
from agent.store.unit_of_work import Database, UnitOfWork

_log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 5
"""Tries of one message before it counts as failed."""
_LEAST_HOLD_S = 1.0
_BACKOFF_S = 2.0
"""Wait after the first failed try; doubled each time."""
_JITTER = 0.25
"""Share of a wait that is added at most, so that what failed together is not tried together."""
_AFTER_EARLIER_S = 1.0
"""Wait for an earlier reply of the same turn."""
_MISCONFIGURED_S = 60.0
"""Wait after a refusal that is our own fault."""
_MORNING_SPREAD = timedelta(minutes=30)
"""What is put off to the next day does not leave all at once."""


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
        self.patience.through(partial(self._record_sent, ready.message, receipt))
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
            held = self._held(uow, message, conversation)
            if isinstance(held, Cancel):
                self._news(uow, message, Delivery.CANCELLED, error=held.reason)
                return None
            if held is not None:
                return held
            if not uow.messages.begin_sending(message_id):
                return None
            return _Ready(message=message, conversation=conversation)

    def _held(
        self, uow: UnitOfWork, message: Message, conversation: Conversation
    ) -> Cancel | float | None:
        """Say whether a message must never leave, or after how many seconds to ask again."""
        now = self.gate.clock.now()
        number = uow.deliveries.unreachable(conversation.customer_id)
        # A rep may still try a number that was merely blocked.
        unasked = message.author is Author.AGENT and not message.essential
        if number is not None and (unasked or number.problem is SendProblem.BAD_NUMBER):
            return Cancel(reason=f"the number takes no texts ({number.problem})")
        earlier = uow.messages.earlier_unsent(message)
        if earlier is not None:
            return self._after(uow, message, earlier, now)
        local = message.provider in LOCAL_PROVIDERS
        waits_s = None if local else self._sender_waits(uow, message, conversation, now)
        if waits_s is not None:
            return waits_s
        # The gate last: what it lets out counts for the caps.
        verdict = self.gate.check(uow, message, conversation, now)
        if isinstance(verdict, Cancel):
            return verdict
        if isinstance(verdict, Hold):
            return max(_LEAST_HOLD_S, (verdict.until - now).total_seconds())
        return None

    def _after(self, uow: UnitOfWork, message: Message, earlier: MessageId, now: datetime) -> float:
        """Let a reply wait as long as the one before it of the same turn."""
        until = uow.deliveries.waits_until(earlier)
        if until is None:
            return _AFTER_EARLIER_S
        uow.deliveries.wait(message.id, until=until)
        return (until - now).total_seconds() + _AFTER_EARLIER_S

    def _sender_waits(
        self, uow: UnitOfWork, message: Message, conversation: Conversation, now: datetime
    ) -> float | None:
        """Return for how many seconds the brand's number must wait, None if not at all."""
        provider, number = message.provider, conversation.brand_address
        slot_at = uow.deliveries.slot(
            message.id,
            provider=provider,
            number=number,
            parts=message.segments,
            parts_per_second=self.brand.sending.pace(number),
        )
        if slot_at is not None:
            return (slot_at - now).total_seconds()
        blocked_until = uow.deliveries.blocked_until(provider, number)
        if blocked_until is None:
            return None
        uow.deliveries.wait(message.id, until=blocked_until)
        return _with_jitter((blocked_until - now).total_seconds(), message)

    # ── what came of it ────────────────────────────────────────────────────────────────────

    def _record_sent(self, message: Message, receipt: Receipt) -> None:
        with self.database.begin() as uow:
            self._news(uow, message, Delivery.SENT, provider_id=receipt.provider_id)
            if receipt.delivered:
                self._news(uow, message, Delivery.DELIVERED)

    def _record_error(self, ready: _Ready, error: SendError) -> float | None:
        message = ready.message
        _log.warning("send_failed", message=message.id, code=error.code, problem=error.problem)
        with self.database.begin() as uow:
            if isinstance(error, UnknownSendError):
                self._unknown(uow, message, str(error))
                return None
            passing = isinstance(error, TransientSendError)
            if passing or error.problem in {SendProblem.LATER, SendProblem.CONFIGURATION}:
                attempts = uow.messages.retry_later(message.id, error=str(error))
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
            until = self._next_morning(message, now)
            uow.deliveries.wait(message.id, until=until)
            uow.proactive.hold(message.id, until=until, reason=f"the day's limit ({error.code})")
            return (until - now).total_seconds()
        if error.problem is SendProblem.CONFIGURATION:
            alarm(uow, message, conversation, error.code)
            return _with_jitter(_MISCONFIGURED_S, message)
        after_s = getattr(error, "retry_after_s", None)
        if after_s is None:
            return _with_jitter(_BACKOFF_S * 2 ** (attempts - 1), message, attempts)
        until = now + timedelta(seconds=after_s)
        uow.deliveries.wait(message.id, until=until)
        uow.deliveries.slow_down(message.provider, conversation.brand_address, until=until)
        return _with_jitter(after_s, message, attempts)

    def _next_morning(self, message: Message, now: datetime) -> datetime:
        """Return when the next day's quiet hours have ended where the brand is."""
        local = now.astimezone(self.brand.zone)
        ends = self.brand.quiet_hours.ends
        morning = datetime.combine(local.date() + timedelta(days=1), ends, self.brand.zone)
        return morning + _MORNING_SPREAD * _share(message, 0)

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
        provider_id: str | None = None,
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
            provider_id=provider_id,
            brand=self.brand,
            error=error,
        )


def _with_jitter(wait_s: float, message: Message, attempt: int = 0) -> float:
    """Return a wait that is a little longer, by another share for each message and try."""
    return max(_LEAST_HOLD_S, wait_s) * (1 + _JITTER * _share(message, attempt))


def _share(message: Message, attempt: int) -> float:
    return zlib.crc32(f"{message.id}/{attempt}".encode()) / 2**32
