"""The list of conversations: who waits, since when, why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.domain.conversations import Conversation, ConversationStatus
from agent.domain.escalations import Escalation
from agent.domain.ids import ConversationId
from agent.domain.messages import Author, Message
from agent.store.unit_of_work import UnitOfWork

MOST = 200
"""Conversations shown at once."""
SNIPPET = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A tab of the list. ``status`` is empty for all."""

    status: str
    title: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the list.

    ``since`` is when the wait or, where nobody waits, the last message began; ``revision`` changes
    whenever the line looks different.
    """

    id: ConversationId
    status: ConversationStatus
    name: str
    address: str
    last_text: str
    last_by: str
    reason: str
    queue: str
    rep: str
    since: datetime
    waiting: bool
    revision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The list's page. ``cursor`` is the last event already in it."""

    tabs: tuple[Tab, ...]
    rows: tuple[Row, ...]
    status: ConversationStatus | None
    queue: str
    cursor: int


TITLES: Mapping[str, str] = {
    ConversationStatus.WAITING: "Waiting",
    ConversationStatus.HUMAN: "Person",
    ConversationStatus.BOT: "Agent",
    ConversationStatus.RESOLVED: "Resolved",
    "": "All",
}


def make_listing(uow: UnitOfWork, *, status: ConversationStatus | None, queue: str) -> Listing:
    """Read the list: those waiting first, longest wait on top, then the latest news."""
    cursor = uow.live.last_event_id()
    found = uow.conversations.list(status=status, queue=queue, limit=MOST)
    cases: dict[ConversationId, list[Escalation]] = {}
    for case in uow.escalations.open_cases():
        cases.setdefault(case.conversation_id, []).append(case)
    latest = uow.messages.latest([conversation.id for conversation in found])
    names = uow.customers.names([conversation.customer_id for conversation in found])
    rows = [
        _row(
            conversation,
            names.get(conversation.customer_id, ""),
            latest.get(conversation.id),
            cases.get(conversation.id, []),
        )
        for conversation in found
    ]
    return Listing(
        tabs=_tabs(uow.conversations.counts(), status),
        rows=tuple(in_order(rows)),
        status=status,
        queue=queue,
        cursor=cursor,
    )


def in_order(rows: Sequence[Row]) -> list[Row]:
    """Sort: waiting first by age, oldest on top; the rest by their last news, newest on top."""
    waiting = sorted((row for row in rows if row.waiting), key=lambda row: row.since)
    rest = sorted((row for row in rows if not row.waiting), key=lambda row: row.since, reverse=True)
    return waiting + rest


def _row(
    conversation: Conversation, name: str, last: Message | None, cases: Sequence[Escalation]
) -> Row:
    case = cases[0] if cases else None
    waiting = conversation.status is ConversationStatus.WAITING
    since = case.opened_at if waiting and case is not None else conversation.updated_at
    if not waiting and last is not None:
        since = last.created_at
    return Row(
        id=conversation.id,
        status=conversation.status,
        name=name,
        address=conversation.customer_address,
        last_text="" if last is None else last.text[:SNIPPET],
        last_by="" if last is None else author_words(last),
        # A later case may be the graver one, or tell that the promised time is over.
        reason=" ".join(dict.fromkeys(case.reason for case in cases)),
        queue="" if case is None else case.queue,
        rep=conversation.assigned_rep,
        since=since,
        waiting=waiting,
        revision="-".join(
            (conversation.status, "" if last is None else last.id, *(case.id for case in cases))
        ),
    )


def author_words(message: Message) -> str:
    """Return who wrote a message, as reps read it."""
    if message.author is Author.REP:
        return message.author_name or "A person"
    return "Agent" if message.author is Author.AGENT else "Customer"


def _tabs(
    counts: Mapping[ConversationStatus, int], chosen: ConversationStatus | None
) -> tuple[Tab, ...]:
    return tuple(
        Tab(
            status=status,
            title=title,
            count=counts.get(ConversationStatus(status), 0) if status else sum(counts.values()),
            chosen=status == (chosen or ""),
        )
        for status, title in TITLES.items()
    )
