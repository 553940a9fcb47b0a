"""Table classes. They do not validate; repositories hand out domain objects instead.

Times are stored in UTC. JSON columns hold what domain objects serialise to.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from agent.store.columns import json_column, time_column


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
