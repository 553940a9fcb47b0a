"""Texts that the brand sends of its own accord: taken once, held while they must be, or refused."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from agent.brand import Brand
from agent.desk import SendQueue
from agent.domain.conversations import Conversation
from agent.domain.ids import ConversationId, CustomerId, MessageId
from agent.domain.messages import Delivery, Direction, Message
from agent.domain.ports import Clock
from agent.errors import ConfigurationError, ConflictError, InvalidInputError, NotFoundError
from agent.replies.segments import fit, measure
from agent.sending.gate import Gate
from agent.sending.numbers import read_number
from agent.sending.outbound import IfQuiet, Outbound, OutboundReceipt, receipt_of
from agent.sending.policy import Refused, WaitUntil
from agent.store.unit_of_work import Database, UnitOfWork

MAX_TEXT = 1600
"""Characters; the most that providers take in one message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProactiveTexts:
    """Takes proactive texts.

    ``channel`` and ``default_provider`` carry a text to somebody who has never written; no
    provider: nothing is set up.
    """

    database: Database
    queue: SendQueue
    brand: Brand
    gate: Gate
    clock: Clock
    channel: str
    default_provider: str

    def send(self, outbound: Outbound) -> OutboundReceipt:
        """Take a text: it leaves at once, waits, or has lapsed already.

        Raises:
            InvalidInputError: number, text or times are wrong.
            ConflictError: it may not be sent: no consent, on the suppression list, or ``id`` was
                used for another text. Nothing is stored.
            ConfigurationError: nothing is set up to send it.
        """
        number = read_number(outbound.to, self.brand)
        text = self._fitted(outbound.text)
        self._check_times(outbound)
        self._check_topic(outbound)
        try:
            with self.database.begin() as uow:
                return self._take(uow, outbound, number, text)
        except IntegrityError:
            # Two copies arrived at the same instant; the other one is stored.
            with self.database.read() as uow:
                known = self._known(uow, outbound, number, text)
            if known is None:
                raise
            return known

    def look(self, message_id: MessageId) -> OutboundReceipt:
        """Say where a proactive text stands.

        Raises:
            NotFoundError: there is none with this id.
        """
        with self.database.read() as uow:
            message = uow.messages.get(message_id)
            if not message.proactive:
                raise NotFoundError(f"There is no outbound text {message_id}.")
            return receipt_of(message)

    def _take(self, uow: UnitOfWork, outbound: Outbound, number: str, text: str) -> OutboundReceipt:
        known = self._known(uow, outbound, number, text)
        if known is not None:
            return known
        now = self.clock.now()
        customer_id = uow.customers.ensure(number)
        conversation = self.thread_with(uow, customer_id, number)
        due = max(now, outbound.send_at or now)
        judged = self.gate.judge(uow, conversation, outbound.purpose, due, topic=outbound.topic)
        if isinstance(judged, Refused):
            raise ConflictError(f"This text may not be sent: {judged.reason}.")
        due_at = judged.time if isinstance(judged, WaitUntil) else due
        reason = judged.reason if isinstance(judged, WaitUntil) else ""
        message = self._store(uow, conversation, outbound, text, due_at if due_at > now else None)
        if _has_lapsed(outbound, waits=bool(reason), due_at=due_at):
            uow.sends.set_delivery(
                message.id, Delivery.CANCELLED, error=f"lapsed: {reason or 'its time has passed'}"
            )
        else:
            if reason:
                uow.proactive.hold(message.id, until=due_at, reason=reason)
            delay_s = max(0.0, (due_at - now).total_seconds())
            self.queue.enqueue_send(uow.session, message.id, delay_s=delay_s)
        uow.session.expire_all()
        return receipt_of(uow.messages.get(message.id))

    def _store(
        self,
        uow: UnitOfWork,
        conversation: Conversation,
        outbound: Outbound,
        text: str,
        not_before: datetime | None,
    ) -> Message:
        measured = measure(text)
        message_id = uow.proactive.add(
            conversation.id,
            text=text,
            provider=self.provider_for(uow, conversation.id),
            encoding=measured.encoding,
            segments=measured.segments,
            purpose=outbound.purpose,
            topic=outbound.topic,
            client_id=outbound.id,
            not_before=not_before,
            lapses_at=outbound.lapses_at,
            may_wait=outbound.if_quiet is IfQuiet.WAIT,
        )
        uow.live.publish(
            conversation.id, "message", message_id=message_id, direction=Direction.OUTBOUND
        )
        return uow.messages.get(message_id)

    def _known(
        self, uow: UnitOfWork, outbound: Outbound, number: str, text: str
    ) -> OutboundReceipt | None:
        """Return what became of a text with this id.

        Raises:
            ConflictError: the id was used for another text.
        """
        found = None if outbound.id is None else uow.proactive.find(outbound.id)
        if found is None:
            return None
        message = uow.messages.get(found)
        to = uow.conversations.get(message.conversation_id).customer_address
        if (to, message.text, message.purpose) != (number, text, outbound.purpose):
            raise ConflictError(
                f"The id {outbound.id} was used for another text; give each text its own."
            )
        return receipt_of(message, duplicate=True)

    def thread_with(self, uow: UnitOfWork, customer_id: CustomerId, number: str) -> Conversation:
        """Go on in the thread that the customer knows, else from the brand's first number."""
        found = [
            conversation
            for brand_address in self.brand.numbers
            if (
                conversation := uow.conversations.find(
                    channel=self.channel, customer_address=number, brand_address=brand_address
                )
            )
        ]
        if found:
            return max(found, key=lambda conversation: conversation.updated_at)
        return uow.conversations.ensure(
            customer_id,
            channel=self.channel,
            customer_address=number,
            brand_address=self.brand.numbers[0],
        )

    def provider_for(self, uow: UnitOfWork, conversation_id: ConversationId) -> str:
        """Return whose channel carries a text to a customer.

        Raises:
            ConfigurationError: nothing is set up to send it.
        """
        provider = uow.messages.last_provider(conversation_id) or self.default_provider
        if not provider:
            raise ConfigurationError(
                "No channel is set up that could send this text.",
                hint="Set up a provider; see docs/twilio.md.",
            )
        return provider

    def _fitted(self, text: str) -> str:
        bare = text.strip()
        if not bare or len(bare) > MAX_TEXT:
            raise InvalidInputError(
                f"A text has 1 to {MAX_TEXT} characters; this one has {len(bare)}.", field="text"
            )
        fitted = fit(bare)
        parts, most = measure(fitted).segments, self.brand.voice.max_segments
        if parts > most:
            raise InvalidInputError(
                f"This text takes {parts} parts; the brand's limit is {most}.",
                field="text",
                hint="Shorten it, or raise voice.max_segments in the brand file.",
            )
        return fitted

    def _check_topic(self, outbound: Outbound) -> None:
        topics = self.brand.consent.topics
        known = [key for key, topic in topics.items() if topic.purpose is outbound.purpose]
        if outbound.topic and outbound.topic not in known:
            raise InvalidInputError(
                f"{outbound.topic!r} is no {outbound.purpose} topic of {self.brand.name}; there "
                f"is: {', '.join(known) or 'none'}.",
                field="topic",
            )

    def _check_times(self, outbound: Outbound) -> None:
        for name, at in (("send_at", outbound.send_at), ("lapses_at", outbound.lapses_at)):
            if at is not None and at.tzinfo is None:
                raise InvalidInputError(
                    f"{name} needs its offset from UTC, such as 2026-11-24T09:00:00-07:00.",
                    field=name,
                )
        if outbound.lapses_at is None:
            return
        if outbound.lapses_at <= (outbound.send_at or self.clock.now()):
            raise InvalidInputError("The text would lapse before it is due.", field="lapses_at")


def _has_lapsed(outbound: Outbound, *, waits: bool, due_at: datetime) -> bool:
    if outbound.lapses_at is not None and due_at >= outbound.lapses_at:
        return True
    return waits and outbound.if_quiet is IfQuiet.LAPSE
