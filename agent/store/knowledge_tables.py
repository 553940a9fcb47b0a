"""Tables of the knowledge that a lead tends: open questions, written answers, uploaded files."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from agent.store.columns import json_column, time_column


class OpenQuestionRow(SQLModel, table=True):
    """A question that got no answer, masked. A turn may hold several; ``place`` counts them."""

    __tablename__ = "open_questions"
    __table_args__ = (
        sa.UniqueConstraint("turn_id", "place"),
        sa.Index("ix_open_questions_state", "state", "asked_at"),
    )

    id: str = Field(primary_key=True)
    turn_id: str = Field(foreign_key="turns.id")
    place: int
    conversation_id: str = Field(foreign_key="conversations.id", index=True)
    text: str
    text_hash: str
    kind: str
    asked_at: datetime = time_column()
    group_id: str = Field(default="", index=True)
    state: str
    settled_by: str = ""
    settled_at: datetime | None = time_column(nullable=True)
    answer_id: str = Field(default="", index=True)


class WrittenAnswerRow(SQLModel, table=True):
    """One revision of an answer that a person wrote; the last one counts. Never changed."""

    __tablename__ = "written_answers"

    id: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    question: str
    answer: str
    valid_until: date | None = None
    withdrawn: bool = False
    by: str
    at: datetime = time_column()


class KnowledgeFileRow(SQLModel, table=True):
    """A file that was uploaded; it is read beside the knowledge folder."""

    __tablename__ = "knowledge_files"

    name: str = Field(primary_key=True)
    content: bytes
    size: int
    sha256: str
    by: str
    at: datetime = time_column()


class KnowledgeChangeRow(SQLModel, table=True):
    """An index that became live."""

    __tablename__ = "knowledge_changes"

    id: int | None = Field(default=None, primary_key=True)
    collection: str = Field(index=True)
    kind: str
    by: str
    at: datetime = time_column()
    report: dict[str, Any] | None = json_column()
