"""Parts of long texts that wait for one another."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from agent.store.columns import time_column


class MessagePartRow(SQLModel, table=True):
    """A part. Once joined its text and numbers are gone; the id stays, so that a retry is known."""

    __tablename__ = "message_parts"
    __table_args__ = (sa.Index("ix_message_parts_open", "provider", "joined_at", "arrived_at"),)

    provider: str = Field(primary_key=True)
    part_id: str = Field(primary_key=True)
    customer_address: str
    brand_address: str
    reference: str
    number: int
    total: int
    text: str
    arrived_at: datetime = time_column()
    joined_at: datetime | None = time_column(nullable=True)
