"""Tables of consent: the ledger, and what customers have been asked."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from agent.store.columns import json_column, time_column


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


class ConsentQuestionRow(SQLModel, table=True):
    """A question about consent that the customer has been asked: a double opt-in, or 'stop?'."""

    __tablename__ = "consent_questions"
    __table_args__ = (
        sa.Index("ix_consent_questions_customer", "customer_id", "state"),
        sa.Index("ix_consent_questions_lapsing", "state", "lapses_at"),
        sa.Index("ix_consent_questions_message", "message_id"),
        sa.Index("ix_consent_questions_origin", "origin", "asked_at"),
    )

    id: str = Field(primary_key=True)
    customer_id: str = Field(foreign_key="customers.id")
    conversation_id: str = Field(foreign_key="conversations.id")
    sender: str
    kind: str
    """double_opt_in, opt_out."""
    message_id: str = ""
    """The message that asks."""
    topics: list[str] | None = json_column()
    frequency: str = ""
    source: str = ""
    text_shown: str = ""
    text_version: str = ""
    details: dict[str, str] | None = json_column()
    origin: str = ""
    """Where a form came from, to notice floods."""
    state: str
    """open, yes, no, passed, lapsed, late."""
    asked_at: datetime = time_column()
    lapses_at: datetime = time_column()
    settled_at: datetime | None = time_column(nullable=True)


class ConsentErasureRow(SQLModel, table=True):
    """Lets the ledger's lines of one customer be erased; everything else is refused."""

    __tablename__ = "consent_erasures"

    customer_id: str = Field(primary_key=True)
    at: datetime = time_column()
