"""Tables of the service itself: who signs in, what is live, which processes run."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Field, SQLModel

from agent.store.columns import json_column, time_column


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
