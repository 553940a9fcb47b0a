"""Tables of lawful sending and of erasure. They hold keyed hashes, never numbers."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from agent.store.columns import time_column


class SuppressionRow(SQLModel, table=True):
    """A number that gets nothing unasked until its owner asks for it again."""

    __tablename__ = "suppressions"

    number_hash: str = Field(primary_key=True)
    """HMAC-SHA256 of the number with the home's key (``agent.privacy.fingerprint``)."""
    key_id: str
    """Which key made the hash, so that a lost key is noticed."""
    reason: str
    """erased, wrong_number."""
    since: datetime = time_column()


class KeptConsentRow(SQLModel, table=True):
    """A line of the consent ledger whose customer was erased: what proof needs, and no more."""

    __tablename__ = "kept_consent"
    __table_args__ = (sa.Index("ix_kept_consent_number_hash", "number_hash"),)

    id: int | None = Field(default=None, primary_key=True)
    number_hash: str
    purpose: str
    sender: str
    action: str
    source: str
    text_version: str
    text_sha256: str
    """Of the text shown: a text put forward later can be checked against it."""
    at: datetime = time_column()
    erased_at: datetime = time_column()
