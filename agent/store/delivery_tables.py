"""Tables of delivery: numbers that take nothing, sends that wait, and the brand's own numbers."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from agent.store.columns import time_column


class UnreachableRow(SQLModel, table=True):
    """A customer whose number refused a text; gone again when they write."""

    __tablename__ = "unreachable"

    customer_id: str = Field(primary_key=True, foreign_key="customers.id")
    problem: str
    """bad_number, blocked."""
    code: str
    """The provider's own."""
    message_id: str
    """Which text was refused."""
    since: datetime = time_column()


class SendNoteRow(SQLModel, table=True):
    """What the outbox remembers of a text that could not simply leave."""

    __tablename__ = "send_notes"
    __table_args__ = (
        sa.Index(
            "ix_send_notes_look_at",
            "look_at",
            sqlite_where=sa.text("look_at IS NOT NULL"),
            postgresql_where=sa.text("look_at IS NOT NULL"),
        ),
    )

    message_id: str = Field(primary_key=True, foreign_key="messages.id")
    slot_at: datetime | None = time_column(nullable=True)
    """When its turn comes at the pace of its number; it waits until then."""
    looks: int = 0
    """How often the provider was asked what became of it."""
    look_at: datetime | None = time_column(nullable=True)
    """When to ask next; null: not any more."""


class SendingNumberRow(SQLModel, table=True):
    """One of the brand's numbers at one provider: its pace, and whether it may send at all."""

    __tablename__ = "sending_numbers"

    provider: str = Field(primary_key=True)
    number: str = Field(primary_key=True)
    free_at: datetime | None = time_column(nullable=True)
    """When the next text may leave at the number's pace."""
    failures: int = 0
    """Texts refused one after the other because something is set up wrong."""
    blocked_until: datetime | None = time_column(nullable=True)
    """Nothing is tried before; then one text, to see whether it works again."""
    code: str = ""
    """The provider's own, of the last such refusal."""
    alarms: int = 0
    """How many such refusals there were, ever."""
    alarmed_at: datetime | None = time_column(nullable=True)
