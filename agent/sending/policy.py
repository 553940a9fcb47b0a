"""May this text be sent to this person now? Pure: everything it needs is handed in.

Quiet hours, frequency caps and consent for texts that the brand sends of its own accord. Rules of
US states and their sources stand in ``places.yaml``. Not legal advice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain.consent import ConsentState, Purpose
from agent.sending.windows import Week, open_now, opens_next

DAY = timedelta(hours=24)
"""Caps count over a rolling day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """It may be sent now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitUntil:
    """It may be sent at ``time`` (UTC), the first such minute, if nothing changes till then."""

    time: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """It may not be sent, however long one waits."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionRule:
    """What a state allows for marketing: hours a week, and texts in 24 hours (None: no limit)."""

    week: Week
    per_day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingPolicy:
    """The brand's and the states' rules.

    ``per_day`` is the brand's cap by purpose (None: no limit), ``regions`` the rules of states by
    their two letters.
    """

    week: Week
    per_day: tuple[tuple[Purpose, int | None], ...]
    reply_window: timedelta
    regions: tuple[tuple[str, RegionRule], ...]

    def rules(self, recipient: "Recipient", purpose: Purpose) -> list[RegionRule]:
        """Return the rules of the recipient's states; they are about solicitations only."""
        if purpose is not Purpose.MARKETING:
            return []
        return [rule for name, rule in self.regions if name in recipient.regions]

    def cap(self, recipient: "Recipient", purpose: Purpose) -> int | None:
        """Return the least of all caps that hold."""
        caps = [dict(self.per_day)[purpose]]
        caps += [rule.per_day for rule in self.rules(recipient, purpose)]
        return min((cap for cap in caps if cap is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Where somebody may be, and when they last wrote.

    ``zones`` are all time zones that come into question; every one must allow a text. ``regions``
    are US states. ``suppressed``: erased or a wrong number, and never asked for texts since.
    ``least_gap`` is the time between two texts of this purpose that the customer chose.
    """

    zones: tuple[str, ...]
    regions: frozenset[str] = frozenset()
    wrote_at: datetime | None = None
    suppressed: bool = False
    least_gap: timedelta | None = None


def may_send(
    now: datetime,
    recipient: Recipient,
    purpose: Purpose,
    policy: SendingPolicy,
    sent_recently: Sequence[datetime],
    consent: ConsentState,
) -> Allowed | WaitUntil | Refused:
    """Decide about one proactive text.

    Args:
        now: the present time, aware.
        recipient: who is to get it.
        purpose: what it is for.
        policy: the rules.
        sent_recently: when proactive texts for this purpose went to this customer, at least of
            the last 24 hours and of the gap that the customer chose.
        consent: the customer's present consent for this purpose.
    """
    refused = _refusal(now, recipient, purpose, policy, consent)
    if refused:
        return Refused(reason=refused)
    cap = policy.cap(recipient, purpose)
    if cap == 0:
        return Refused(reason=f"no {purpose} texts are sent: the cap is 0")
    free_at, reason = _free(now, sent_recently, cap, recipient.least_gap)
    weeks = [policy.week, *(rule.week for rule in policy.rules(recipient, purpose))]
    if free_at <= now and open_now(now, recipient.zones, weeks):
        return Allowed()
    allowed_at = opens_next(free_at, recipient.zones, weeks)
    if allowed_at is None:
        return Refused(reason="no time of any day suits all places where the recipient may be")
    return WaitUntil(time=allowed_at, reason=reason or "quiet hours")


def reply_may_wait(
    now: datetime, recipient: Recipient, policy: SendingPolicy
) -> Allowed | WaitUntil | Refused:
    """Decide about an answer: it is held only where the customer's text is long past."""
    if answers_recent_text(now, recipient, policy) or open_now(now, recipient.zones, [policy.week]):
        return Allowed()
    opens = opens_next(now, recipient.zones, [policy.week])
    return Allowed() if opens is None else WaitUntil(time=opens, reason="quiet hours")


def answers_recent_text(now: datetime, recipient: Recipient, policy: SendingPolicy) -> bool:
    """Whether the customer wrote within the reply window."""
    return recipient.wrote_at is not None and now - recipient.wrote_at <= policy.reply_window


def _refusal(
    now: datetime,
    recipient: Recipient,
    purpose: Purpose,
    policy: SendingPolicy,
    consent: ConsentState,
) -> str:
    if consent is ConsentState.OUT:
        return f"the customer has opted out of {purpose} texts"
    if recipient.suppressed:
        return "the number is on the suppression list; only its owner can take it off, with START"
    if purpose is Purpose.CONVERSATIONAL:
        # Writing first is consent to that conversation, not to one at any later time.
        if not answers_recent_text(now, recipient, policy):
            return "the customer has not written lately, so there is no conversation to go on with"
    elif consent is not ConsentState.IN:
        return f"the customer has not consented to {purpose} texts"
    if not recipient.zones:
        return "the recipient's time zone is not known; store it with the customer"
    return ""


def _free(
    now: datetime, sent: Sequence[datetime], cap: int | None, least_gap: timedelta | None
) -> tuple[datetime, str]:
    """Return when neither the cap nor the customer's own choice stands against it, and which did.

    The reason is empty where it is ``now``.
    """
    by_cap = now if cap is None else _cap_free(now, sent, cap, DAY)
    chosen = now if least_gap is None else _cap_free(now, sent, 1, least_gap)
    if max(by_cap, chosen) <= now:
        return now, ""
    if chosen > by_cap and least_gap is not None:
        days = f"{least_gap / DAY:g} days" if least_gap != DAY else "1 day"
        return chosen, f"the customer wants at most one in {days}"
    return by_cap, "frequency cap"


def _cap_free(now: datetime, sent: Sequence[datetime], cap: int, span: timedelta) -> datetime:
    """Return when fewer than ``cap`` texts lie in the ``span`` before, to the whole minute."""
    recent = sorted(at for at in sent if now - at < span)
    if len(recent) < cap:
        return now
    free = recent[len(recent) - cap] + span
    whole = free.replace(second=0, microsecond=0)
    return whole if whole == free else whole + timedelta(minutes=1)
