"""Telnyx's webhooks as they come: only the fields that we read, checked."""

from typing import Any

from pydantic import BaseModel, Field


class Address(BaseModel):
    """One end of a message. ``status`` is set for recipients of our messages."""

    phone_number: str = Field(min_length=1)
    status: str | None = None


class File(BaseModel):
    """A picture or another file, kept by Telnyx for a while."""

    url: str | None = None


class Error(BaseModel):
    """Why a message did not arrive."""

    code: str | int | None = None


class Event(BaseModel):
    """What has happened, and to what; the payload's shape depends on the type."""

    event_type: str
    payload: dict[str, Any]


class Webhook(BaseModel):
    """The envelope."""

    data: Event


class Inbound(BaseModel):
    """``message.received``. ``autoresponse_type``: which keyword Telnyx has itself answered."""

    id: str = Field(min_length=1)
    sender: Address = Field(alias="from")
    to: list[Address] = Field(min_length=1)
    text: str | None = None
    media: list[File] | None = None
    autoresponse_type: str | None = None


class Status(BaseModel):
    """``message.sent`` and ``message.finalized``."""

    id: str = Field(min_length=1)
    to: list[Address] = Field(min_length=1)
    errors: list[Error] | None = None
