"""Table classes. They do not validate; repositories hand out domain objects instead.

Times are stored in UTC. JSON columns hold what domain objects serialise to.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from agent.store.columns import UtcDateTime, json_column, time_column

__all__ = ["UtcDateTime"]
"""The migrations name it here."""


class CustomerRow(SQLModel, table=True):
    """A customer; ``address`` is an E.164 number or another channel's address."""

    __tablename__ = "customers"

    id: str = Field(primary_key=True)
    address: str = Field(unique=True, index=True)
    name: str = ""
    email: str = ""
    tier: str = ""
    lifetime_value: Decimal = Field(default=Decimal(0), max_digits=12, decimal_places=2)
    points: int | None = None
    open_orders: int | None = None
    """Given by an import that knows only the count; None where orders tell."""
    demo: bool = False
    note: str = ""
    """Introduces a seeded customer to whoever tries the simulator."""
    postal_code: str = ""
    region: str = ""
    """A US state's two letters, where known; its rules on texting hours hold."""
    time_zone: str = ""
    """Stated or known for sure, such as America/Denver; then the number is not asked."""
    created_at: datetime = time_column()


class OrderRow(SQLModel, table=True):
    """An order as the shop's system tells it."""

    __tablename__ = "orders"

    number: str = Field(primary_key=True)
    customer_id: str = Field(foreign_key="customers.id", index=True)
    status: str
    placed_on: date
    items: list[str] = json_column()
    total: Decimal = Field(max_digits=12, decimal_places=2)
    currency: str
    carrier: str = ""
    tracking_url: str = ""
    expected_on: date | None = None
    delivered_on: date | None = None


class AppointmentRow(SQLModel, table=True):
    """A booked slot; ``when_local`` is ISO 8601 in the brand's time zone."""

    __tablename__ = "appointments"

    number: str = Field(primary_key=True)
    customer_id: str = Field(foreign_key="customers.id", index=True)
    service: str
    when_local: str
    place: str
    status: str


class ConversationRow(SQLModel, table=True):
    """One thread between a customer's address and one of the brand's."""

    __tablename__ = "conversations"
    __table_args__ = (sa.UniqueConstraint("channel", "customer_address", "brand_address"),)

    id: str = Field(primary_key=True)
    customer_id: str = Field(foreign_key="customers.id", index=True)
    channel: str
    customer_address: str
    brand_address: str
    status: str = Field(index=True)
    failed_turns: int = 0
    pending: dict[str, Any] | None = json_column()
    flow: dict[str, Any] | None = json_column()
    assigned_rep: str = ""
    ready_at: datetime | None = time_column(nullable=True)
    """When the burst's silence is over and a turn may claim."""
    burst_began_at: datetime | None = time_column(nullable=True)
    created_at: datetime = time_column()
    updated_at: datetime = time_column(index=True)


class MessageRow(SQLModel, table=True):
    """A text in or out. ``turn_id`` is, inbound, the turn that claimed it."""

    __tablename__ = "messages"
    __table_args__ = (
        sa.UniqueConstraint("provider", "provider_id"),
        sa.Index("ix_messages_conversation_created", "conversation_id", "created_at"),
        sa.Index("ix_messages_unclaimed", "conversation_id", "direction", "turn_id"),
        sa.Index("ix_messages_client_id", "client_id", unique=True),
        sa.Index(
            "ix_messages_released",
            "conversation_id",
            "released_at",
            sqlite_where=sa.text("released_at IS NOT NULL"),
            postgresql_where=sa.text("released_at IS NOT NULL"),
        ),
        sa.Index(
            "ix_messages_waiting",
            "created_at",
            sqlite_where=sa.text("direction = 'inbound' AND turn_id IS NULL"),
            postgresql_where=sa.text("direction = 'inbound' AND turn_id IS NULL"),
        ),
    )

    id: str = Field(primary_key=True)
    conversation_id: str = Field(foreign_key="conversations.id")
    direction: str
    author: str
    author_name: str = ""
    text: str
    media: list[str] | None = json_column()
    provider: str
    provider_id: str | None = None
    provider_handled: bool = False
    turn_id: str | None = Field(default=None, index=True)
    ordinal: int = 0
    """Place among the replies of one turn."""
    essential: bool = False
    """May go to someone opted out: the answers to STOP, START and HELP."""
    delivery: str | None = Field(default=None, index=True)
    error: str = ""
    encoding: str = ""
    segments: int = 0
    attempts: int = 0
    purpose: str = "conversational"
    topic: str = ""
    """One of the brand's topics, of a proactive text that names one."""
    proactive: bool = False
    """Sent of the brand's own accord, not as an answer."""
    client_id: str | None = None
    """The caller's id of a proactive text: the same one twice is sent once."""
    not_before: datetime | None = time_column(nullable=True)
    lapses_at: datetime | None = time_column(nullable=True)
    may_wait: bool = True
    """Whether quiet hours and caps delay it; otherwise it lapses."""
    held_because: str = ""
    released_at: datetime | None = time_column(nullable=True)
    """When a proactive text was last let out; caps count from here."""
    created_at: datetime = time_column()
    updated_at: datetime = time_column()


class TurnRow(SQLModel, table=True):
    """One turn of the agent. ``id`` is also the id of its durable workflow."""

    __tablename__ = "turns"
    __table_args__ = (
        sa.Index(
            "ix_turns_to_review",
            "created_at",
            sqlite_where=sa.text("reviewed_at IS NULL"),
            postgresql_where=sa.text("reviewed_at IS NULL"),
        ),
        sa.Index(
            "ix_turns_under_way",
            "created_at",
            sqlite_where=sa.text("state = 'claimed'"),
            postgresql_where=sa.text("state = 'claimed'"),
        ),
    )

    id: str = Field(primary_key=True)
    conversation_id: str = Field(foreign_key="conversations.id", index=True)
    state: str
    """claimed, composed, failed."""
    attempts: int = 0
    route: str = ""
    result: dict[str, Any] | None = json_column()
    """The contract's ``turn`` object."""
    created_at: datetime = time_column(index=True)
    finished_at: datetime | None = time_column(nullable=True)
    reviewed_at: datetime | None = time_column(nullable=True)
    """When it was looked through for what can be learnt of it."""


class TraceRow(SQLModel, table=True):
    """What was known and decided in a turn, before acting and after composing."""

    __tablename__ = "traces"

    turn_id: str = Field(primary_key=True, foreign_key="turns.id")
    conversation_id: str = Field(foreign_key="conversations.id", index=True)
    schema_version: int
    model_version: str
    rules_version: str
    knowledge_version: str = ""
    prompt_version: str = ""
    signals_before: dict[str, Any] = json_column()
    decision_before: dict[str, Any] = json_column()
    signals_after: dict[str, Any] = json_column()
    decision_after: dict[str, Any] = json_column()
    evidence: list[dict[str, Any]] = json_column()
    cut: list[dict[str, Any]] = json_column()
    took_ms: dict[str, float] = json_column()
    created_at: datetime = time_column()


class ConsentEventRow(SQLModel, table=True):
    """One line of the append-only consent ledger; triggers refuse to change or delete one."""

    __tablename__ = "consent_events"
    __table_args__ = (sa.Index("ix_consent_events_entry_key", "entry_key", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    customer_id: str = Field(foreign_key="customers.id", index=True)
    purpose: str
    sender: str
    action: str
    source: str
    text_shown: str
    text_version: str
    evidence: str
    at: datetime = time_column()
    """When consent was given or taken back."""
    topic: str = ""
    """One of the brand's topics; empty: the whole purpose."""
    frequency: str = ""
    actor: str = ""
    """Who wrote the line down, where that was not the customer."""
    details: dict[str, str] | None = json_column()
    details_sha256: str = ""
    recorded_at: datetime | None = time_column(nullable=True)
    entry_key: str | None = None
    """Makes an import harmless to repeat."""
    hash: str = ""
    """Over this line and the one before it (``agent.consent.chain``)."""


class EscalationRow(SQLModel, table=True):
    """A case handed to a person."""

    __tablename__ = "escalations"

    id: str = Field(primary_key=True)
    conversation_id: str = Field(foreign_key="conversations.id", index=True)
    turn_id: str | None = None
    rule: str
    queue: str = Field(index=True)
    reason: str
    opened_at: datetime = time_column()
    taken_at: datetime | None = time_column(nullable=True)
    closed_at: datetime | None = time_column(nullable=True)
    rep: str = ""


class NoteRow(SQLModel, table=True):
    """A rep's remark on a conversation, never sent."""

    __tablename__ = "notes"

    id: int | None = Field(default=None, primary_key=True)
    conversation_id: str = Field(foreign_key="conversations.id", index=True)
    author: str
    text: str
    created_at: datetime = time_column()


class UserRow(SQLModel, table=True):
    """Someone who signs in to the console."""

    __tablename__ = "users"

    id: str = Field(primary_key=True)
    email: str = Field(unique=True)
    name: str = ""
    role: str
    password_hash: str
    created_at: datetime = time_column()


class ApiKeyRow(SQLModel, table=True):
    """A key of the API; only its SHA-256 is kept (the key itself has 192 random bits)."""

    __tablename__ = "api_keys"

    id: str = Field(primary_key=True)
    name: str
    sha256: str = Field(unique=True)
    created_at: datetime = time_column()


class EventRow(SQLModel, table=True):
    """Append-only news for live pages, read by id."""

    __tablename__ = "events"

    id: int | None = Field(default=None, primary_key=True)
    conversation_id: str = Field(index=True)
    kind: str
    data: dict[str, Any] = json_column()
    at: datetime = time_column()


class ActiveRow(SQLModel, table=True):
    """What is live: the active knowledge collection and the like, by name."""

    __tablename__ = "active"

    name: str = Field(primary_key=True)
    value: str
    updated_at: datetime = time_column()


class ProcessRow(SQLModel, table=True):
    """A running process and its last sign of life."""

    __tablename__ = "processes"

    executor_id: str = Field(primary_key=True)
    started_at: datetime = time_column()
    heartbeat_at: datetime = time_column(index=True)


class LlmUsageRow(SQLModel, table=True):
    """Tokens used a day (UTC), for the budget."""

    __tablename__ = "llm_usage"

    day: date = Field(primary_key=True)
    calls: int = 0
    tokens: int = 0
