"""The last look before a text leaves: consent, takeover, quiet hours, caps, suppression.

The outbox asks in the transaction in which it claims the message::

    verdict = gate.check(uow, message, conversation, now)

``Send``: claim and send it. ``Hold``: leave it pending and enqueue it again for ``until``; asking
again earlier, twice or after a restart is harmless. ``Cancel``: cancel it, with the reason.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agent.brand import Brand
from agent.consent.choices import least_gap, topic_refusal
from agent.consent.leaving import consent_to_leave
from agent.domain.consent import (
    ConsentAction,
    ConsentEvent,
    ConsentSource,
    ConsentState,
    Purpose,
    present_state,
)
from agent.domain.conversations import Conversation, ConversationStatus, PendingKind
from agent.domain.ids import MessageId
from agent.domain.messages import Author, Message
from agent.domain.ports import Clock
from agent.privacy.fingerprint import Fingerprint
from agent.sending.places import Places, load_places
from agent.sending.policy import (
    DAY,
    Allowed,
    Recipient,
    Refused,
    SendingPolicy,
    WaitUntil,
    may_send,
    reply_may_wait,
)
from agent.sending.verdicts import Cancel, Hold, Send, Verdict
from agent.sending.windows import quiet_week
from agent.store.unit_of_work import UnitOfWork

BUSY_FOR = timedelta(minutes=15)
"""How long a proactive text waits before it looks again whether a person still talks with them."""
ASKED_FOR = timedelta(minutes=5)
"""The same while the customer is asked whether they want no more texts."""
SURELY_RECENT = timedelta(minutes=30)
"""An answer composed this lately needs no look at when the customer wrote: it was before it."""

OWN_WISH = frozenset(
    {
        ConsentSource.KEYWORD,
        ConsentSource.FREE_TEXT,
        ConsentSource.JOIN,
        ConsentSource.DOUBLE_OPT_IN,
        ConsentSource.PREFERENCE_TEXT,
        ConsentSource.PREFERENCE_PAGE,
    }
)
"""Sources of consent in which the owner of the number acted, with the number in hand."""


def policy_of(brand: Brand, places: Places) -> SendingPolicy:
    """Return the rules of a brand file, with the states'."""
    quiet, caps = brand.quiet_hours, brand.caps
    return SendingPolicy(
        week=quiet_week(quiet.starts, quiet.ends, quiet.sunday_ends),
        per_day=(
            (Purpose.MARKETING, caps.marketing_per_day),
            (Purpose.TRANSACTIONAL, caps.transactional_per_day),
            (Purpose.CONVERSATIONAL, caps.conversational_per_day),
        ),
        reply_window=timedelta(hours=quiet.reply_window_hours),
        regions=places.rules(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Judges texts at the moment of sending."""

    brand: Brand
    places: Places
    policy: SendingPolicy
    fingerprint: Fingerprint
    clock: Clock

    @classmethod
    def of(cls, brand: Brand, fingerprint: Fingerprint, clock: Clock) -> "Gate":
        """Make the gate of a brand.

        Raises:
            ConfigurationError: the table of places is wrong.
        """
        places = load_places(brand.time_zone)
        return cls(
            brand=brand,
            places=places,
            policy=policy_of(brand, places),
            fingerprint=fingerprint,
            clock=clock,
        )

    def check(
        self, uow: UnitOfWork, message: Message, conversation: Conversation, now: datetime
    ) -> Verdict:
        """Say what may become of a message now; notes in its row what it is held for.

        Args:
            uow: the transaction in which the message is claimed if the verdict is ``Send``.
            message: one that has not left yet.
            conversation: the message's.
            now: the present time, aware.
        """
        consented = consent_to_leave(uow, message, conversation, brand=self.brand, now=now)
        if message.essential or not isinstance(consented, Send):
            return consented
        if message.proactive:
            verdict = self._proactive(uow, message, conversation, now)
        else:
            verdict = self._answer(uow, message, conversation, now)
        if isinstance(verdict, Hold):
            uow.proactive.hold(message.id, until=verdict.until, reason=verdict.reason)
        if isinstance(verdict, Send) and message.proactive:
            uow.proactive.release(message.id)
        return verdict

    def judge(
        self,
        uow: UnitOfWork,
        conversation: Conversation,
        purpose: Purpose,
        now: datetime,
        *,
        topic: str = "",
        message_id: MessageId | None = None,
    ) -> Allowed | WaitUntil | Refused:
        """Judge a proactive text by consent, topic, hours, caps and the suppression list.

        ``topic`` is one of the brand's; empty for a text that may be about any of its purpose.
        """
        terms = self.brand.consent
        lines = uow.consents.ledger(conversation.customer_id, sender=self.brand.slug)
        gap = least_gap(terms, lines) if purpose is Purpose.MARKETING else None
        sent = uow.proactive.released_since(
            conversation.customer_id, purpose, now - max(DAY, gap or DAY), but=message_id
        )
        state = present_state(lines, purpose)
        recipient = replace(self._recipient(uow, conversation, purpose), least_gap=gap)
        judged = may_send(now, recipient, purpose, self.policy, sent, state)
        refusal = topic_refusal(terms, lines, purpose, topic)
        if refusal and not isinstance(judged, Refused):
            return Refused(reason=refusal)
        return judged

    # ── proactive texts ────────────────────────────────────────────────────────────────────

    def _proactive(
        self, uow: UnitOfWork, message: Message, conversation: Conversation, now: datetime
    ) -> Verdict:
        if message.lapses_at is not None and message.lapses_at <= now:
            return Cancel(reason=f"lapsed: {message.held_because or 'it came too late'}")
        judged = self.judge(
            uow, conversation, message.purpose, now, topic=message.topic, message_id=message.id
        )
        if isinstance(judged, Refused):
            return Cancel(reason=judged.reason)
        if message.not_before is not None and message.not_before > now:
            return Hold(until=message.not_before, reason=message.held_because or "its own time")
        hold = _busy(conversation, now)
        if hold is None and isinstance(judged, WaitUntil):
            hold = Hold(until=judged.time, reason=judged.reason)
        if hold is None:
            return Send()
        too_late = message.lapses_at is not None and hold.until >= message.lapses_at
        if too_late or not message.may_wait:
            return Cancel(reason=f"lapsed: {hold.reason}")
        return hold

    # ── answers ────────────────────────────────────────────────────────────────────────────

    def _answer(
        self, uow: UnitOfWork, message: Message, conversation: Conversation, now: datetime
    ) -> Verdict:
        state = uow.consents.state(conversation.customer_id, sender=self.brand.slug)
        if state is ConsentState.OUT:
            return Cancel(reason="the customer has said STOP")
        by_agent = message.author is Author.AGENT
        if by_agent and conversation.status is ConversationStatus.HUMAN:
            return Cancel(reason="a person has taken over")
        if by_agent and now - message.created_at <= SURELY_RECENT:
            return Send()
        recipient = self._recipient(uow, conversation, message.purpose)
        judged = reply_may_wait(now, recipient, self.policy)
        if isinstance(judged, WaitUntil):
            return Hold(until=judged.time, reason=judged.reason)
        return Send()

    # ── the recipient ──────────────────────────────────────────────────────────────────────

    def _recipient(
        self, uow: UnitOfWork, conversation: Conversation, purpose: Purpose
    ) -> Recipient:
        customer = uow.customers.get(conversation.customer_id)
        place = self.places.of(
            conversation.customer_address,
            postal_code="" if customer is None else customer.postal_code,
            region="" if customer is None else customer.region,
            time_zone="" if customer is None else customer.time_zone,
        )
        return Recipient(
            zones=place.zones,
            regions=place.regions,
            wrote_at=uow.proactive.wrote_at(conversation.id),
            suppressed=self._suppressed(uow, conversation, purpose),
        )

    def _suppressed(self, uow: UnitOfWork, conversation: Conversation, purpose: Purpose) -> bool:
        """Whether the number is on the list and its owner has not asked for such texts since."""
        if purpose is Purpose.CONVERSATIONAL:
            return False
        found = uow.suppressions.find(self.fingerprint.of(conversation.customer_address))
        if found is None:
            return False
        ledger = uow.consents.ledger(conversation.customer_id, sender=self.brand.slug)
        return not any(_asked_again(line, purpose, found.since) for line in ledger)


def _asked_again(line: ConsentEvent, purpose: Purpose, since: datetime) -> bool:
    return (
        line.purpose is purpose
        and line.action is ConsentAction.OPT_IN
        and line.source in OWN_WISH
        and line.at > since
    )


def _busy(conversation: Conversation, now: datetime) -> Hold | None:
    """Return what else than hours and caps a proactive text waits for."""
    if conversation.status in {ConversationStatus.HUMAN, ConversationStatus.WAITING}:
        return Hold(until=now + BUSY_FOR, reason="a person is talking with the customer")
    pending = conversation.pending
    if pending is not None and pending.kind is PendingKind.CONFIRM_OPT_OUT:
        return Hold(until=now + ASKED_FOR, reason="the customer is asked about opting out")
    return None
