"""Vonage's webhooks as they come: only the fields that we read, checked."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field

MEDIA = ("image", "video", "audio", "vcard", "file")
"""Kinds of files in a message; each is a field of this name."""


class File(BaseModel):
    """A picture or another file, kept by Vonage for a while."""

    url: str | None = None
    caption: str | None = None


class Inbound(BaseModel):
    """A text or a picture through the Messages API."""

    message_uuid: str = Field(min_length=1)
    channel: str
    sender: str = Field(alias="from", min_length=1)
    to: str = Field(min_length=1)
    text: str | None = None
    image: File | None = None
    video: File | None = None
    audio: File | None = None
    vcard: File | None = None
    file: File | None = None

    @property
    def files(self) -> list[File]:
        """The files that came."""
        return [file for name in MEDIA if (file := getattr(self, name)) is not None]


class Status(BaseModel):
    """News of a message of ours. ``client_ref`` is our id."""

    message_uuid: str = Field(min_length=1)
    status: str
    client_ref: str | None = None
    error: Mapping[str, Any] | None = None


class Sms(BaseModel):
    """A text, or a part of one, through the SMS API; all its fields are text or digits."""

    message_id: str = Field(alias="messageId", min_length=1)
    msisdn: str = Field(min_length=1)
    to: str = Field(min_length=1)
    text: str = ""
    concat_ref: str = Field(default="", alias="concat-ref")
    concat_total: int = Field(default=1, alias="concat-total", ge=1, le=255)
    concat_part: int = Field(default=1, alias="concat-part", ge=1, le=255)
