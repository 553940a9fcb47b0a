"""Tables of learning from live messages. Texts in them are masked before they come here."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from agent.store.columns import json_column, time_column


class LabelRow(SQLModel, table=True):
    """A message to label, or labelled. One turn gives at most one."""

    __tablename__ = "label_items"
    __table_args__ = (
        sa.Index("ix_label_items_next", "queue", "state", "value"),
        sa.Index("ix_label_items_text", "queue", "text_hash"),
    )

    id: str = Field(primary_key=True)
    turn_id: str = Field(foreign_key="turns.id", unique=True)
    conversation_id: str = Field(foreign_key="conversations.id", index=True)
    message_hash: str
    queue: str
    state: str
    text: str
    text_hash: str
    """SHA-256 of the form in which two texts count as the same."""
    reasons: list[str] = json_column()
    value: float
    seen: int = 1
    guess: dict[str, Any] | None = json_column()
    model_version: str
    created_at: datetime = time_column()
    label: str = ""
    labelled_by: str = ""
    labelled_at: datetime | None = time_column(nullable=True)
    second_label: str = ""
    second_by: str = ""
    second_at: datetime | None = time_column(nullable=True)


class ShadowTallyRow(SQLModel, table=True):
    """How often two versions were compared, by the intent that the live one heard."""

    __tablename__ = "shadow_tallies"

    shadow: str = Field(primary_key=True)
    live: str = Field(primary_key=True)
    intent: str = Field(primary_key=True)
    compared: int = 0
    differed: int = 0


class ShadowDifferenceRow(SQLModel, table=True):
    """A message that two versions read differently."""

    __tablename__ = "shadow_differences"
    __table_args__ = (sa.UniqueConstraint("turn_id", "shadow"),)

    id: int | None = Field(default=None, primary_key=True)
    turn_id: str = Field(foreign_key="turns.id")
    conversation_id: str = Field(foreign_key="conversations.id", index=True)
    shadow: str = Field(index=True)
    live: str
    text: str
    kinds: list[str] = json_column()
    live_guess: dict[str, Any] = json_column()
    shadow_guess: dict[str, Any] = json_column()
    created_at: datetime = time_column()


class JobRow(SQLModel, table=True):
    """A long action of the console, so that its page can be read from any process."""

    __tablename__ = "jobs"

    id: str = Field(primary_key=True)
    kind: str = Field(index=True)
    subject: str
    state: str
    stage: str = ""
    done: int = 0
    total: int = 0
    result: dict[str, Any] | None = json_column()
    error: str = ""
    by: str = ""
    started_at: datetime = time_column()
    updated_at: datetime = time_column()
