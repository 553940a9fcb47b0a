"""Table classes. They do not validate; repositories hand out domain objects instead.

Times are stored in UTC. JSON columns hold what domain objects serialise to.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """Aware UTC datetimes on every database (SQLite keeps no zone of its own)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse naive times; store UTC."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive time cannot be stored: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Hand out aware times."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _time(*, nullable: bool = False, index: bool = False) -> Any:  # SQLModel's Field is untyped
    return Field(
        default=None,
        sa_type=UtcDateTime,
        nullable=nullable,
        index=index,
    )


def _json() -> Any:  # SQLModel's Field is untyped
    return Field(default=None, sa_type=sa.JSON, nullable=True)


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
    created_at: datetime = _time()


class OrderRow(SQLModel, table=True):
    """An order as the shop's system tells it."""

    __tablename__ = "orders"

    number: str = Field(primary_key=True)
    customer_id: str = Field(foreign_key="customers.id", index=True)
    status: str
    placed_on: date
    items: list[str] = _json()
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
    pending: dict[str, Any] | None = _json()
    flow: dict[str, Any] | None = _json()
    assigned_rep: str = ""
    ready_at: datetime | None = _time(nullable=True)
    """When the burst's silence is over and a turn may claim."""
    burst_began_at: datetime | None = _time(nullable=True)
    created_at: datetime = _time()
    updated_at: datetime = _time(index=True)


class MessageRow(SQLModel, table=True):
    """A text in or out. ``turn_id`` is, inbound, the turn that claimed it."""

    __tablename__ = "messages"
    __table_args__ = (
        sa.UniqueConstraint("provider", "provider_id"),
        sa.Index("ix_messages_conversation_created", "conversation_id", "created_at"),
        sa.Index("ix_messages_unclaimed", "conversation_id", "direction", "turn_id"),
    )

    id: str = Field(primary_key=True)
    conversation_id: str = Field(foreign_key="conversations.id")
    direction: str
    author: str
    author_name: str = ""
    text: str
    media: list[str] | None = _json()
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
    created_at: datetime = _time()
    updated_at: datetime = _time()


class TurnRow(SQLModel, table=True):
    """One turn of the agent. ``id`` is also the id of its durable workflow."""

    __tablename__ = "turns"

    id: str = Field(primary_key=True)
    conversation_id: str = Field(foreign_key="conversations.id", index=True)
    state: str
    """claimed, composed, failed."""
    attempts: int = 0
    route: str = ""
    result: dict[str, Any] | None = _json()
    """The contract's ``turn`` object."""
    created_at: datetime = _time(index=True)
    finished_at: datetime | None = _time(nullable=True)


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
    signals_before: dict[str, Any] = _json()
    decision_before: dict[str, Any] = _json()
    signals_after: dict[str, Any] = _json()
    decision_after: dict[str, Any] = _json()
    evidence: list[dict[str, Any]] = _json()
    cut: list[dict[str, Any]] = _json()
    took_ms: dict[str, float] = _json()
    created_at: datetime = _time()


class ConsentEventRow(SQLModel, table=True):
    """One line of the append-only consent ledger."""

    __tablename__ = "consent_events"

    id: int | None = Field(default=None, primary_key=True)
    customer_id: str = Field(foreign_key="customers.id", index=True)
    purpose: str
    sender: str
    action: str
    source: str
    text_shown: str
    text_version: str
    evidence: str
    at: datetime = _time()


class EscalationRow(SQLModel, table=True):
    """A case handed to a person."""

    __tablename__ = "escalations"

    id: str = Field(primary_key=True)
    conversation_id: str = Field(foreign_key="conversations.id", index=True)
    turn_id: str | None = None
    rule: str
    queue: str = Field(index=True)
    reason: str
    opened_at: datetime = _time()
    taken_at: datetime | None = _time(nullable=True)
    closed_at: datetime | None = _time(nullable=True)
    rep: str = ""


class NoteRow(SQLModel, table=True):
    """A rep's remark on a conversation, never sent."""

    __tablename__ = "notes"

    id: int | None = Field(default=None, primary_key=True)
    conversation_id: str = Field(foreign_key="conversations.id", index=True)
    author: str
    text: str
    created_at: datetime = _time()


class UserRow(SQLModel, table=True):
    """Someone who signs in to the console."""

    __tablename__ = "users"

    id: str = Field(primary_key=True)
    email: str = Field(unique=True)
    name: str = ""
    role: str
    password_hash: str
    created_at: datetime = _time()


class ApiKeyRow(SQLModel, table=True):
    """A key of the API; only its SHA-256 is kept (the key itself has 192 random bits)."""

    __tablename__ = "api_keys"

    id: str = Field(primary_key=True)
    name: str
    sha256: str = Field(unique=True)
    created_at: datetime = _time()


class EventRow(SQLModel, table=True):
    """Append-only news for live pages, read by id."""

    __tablename__ = "events"

    id: int | None = Field(default=None, primary_key=True)
    conversation_id: str = Field(index=True)
    kind: str
    data: dict[str, Any] = _json()
    at: datetime = _time()


class ActiveRow(SQLModel, table=True):
    """What is live: the active knowledge collection and the like, by name."""

    __tablename__ = "active"

    name: str = Field(primary_key=True)
    value: str
    updated_at: datetime = _time()


class ProcessRow(SQLModel, table=True):
    """A running process and its last sign of life."""

    __tablename__ = "processes"

    executor_id: str = Field(primary_key=True)
    started_at: datetime = _time()
    heartbeat_at: datetime = _time(index=True)


class LlmUsageRow(SQLModel, table=True):
    """Tokens used a day (UTC), for the budget."""

    __tablename__ = "llm_usage"

    day: date = Field(primary_key=True)
    calls: int = 0
    tokens: int = 0
