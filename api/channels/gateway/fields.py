"""What a gateway's call carries, as bytes: gateways send texts in more than one character set."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qsl

from fastapi import HTTPException, Request

from agent.errors import InvalidInputError
from api.channels.webhook import FORM, content_type

MOST_FIELDS = 100
CHARSETS = {
    "utf-8": "utf-8",
    "utf-16be": "utf-16-be",
    "ucs-2": "utf-16-be",
    "iso-8859-1": "latin-1",
    "latin1": "latin-1",
    "windows-1252": "windows-1252",
    "us-ascii": "ascii",
}
"""Character sets that gateways name, and Python's names for them."""


@dataclass(frozen=True, slots=True)
class Fields:
    """Named values of a call, from its address and its form; ``body`` is what came bare."""

    values: Mapping[str, bytes]
    body: bytes = b""
    charset: str = ""

    def get(self, name: str) -> str:
        """Return a value of UTF-8, empty where there is none.

        Raises:
            InvalidInputError: it is not UTF-8.
        """
        return decode(self.values.get(name, b""), "utf-8", field=name)


def decode(value: bytes, codec: str, *, field: str) -> str:
    """Return the characters behind the bytes.

    Raises:
        InvalidInputError: the bytes are none of this character set.
    """
    try:
        return value.decode(codec)
    except UnicodeDecodeError:
        raise InvalidInputError(f"{field} is not {codec}.", field=field) from None


async def read_fields(request: Request, *bare: str) -> Fields:
    """Read a call's fields; the form's win over the address's.

    ``bare``: content types besides forms, of bodies that are the text itself.

    Raises:
        HTTPException: 415 where the body is neither a form nor a bare text.
        InvalidInputError: there are too many fields.
    """
    values = _parse(request.scope["query_string"])
    body = await request.body()
    kind = content_type(request)
    if request.method == "GET" or (not body and not kind):
        return Fields(values)
    if kind == FORM:
        return Fields({**values, **_parse(body)})
    if kind in bare:
        _, _, parameters = request.headers["content-type"].partition(";")
        charset = parameters.strip().lower().removeprefix("charset=").strip('"')
        return Fields(values, body, charset)
    raise HTTPException(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Only {' or '.join((FORM, *bare))} is taken here."
    )


def _parse(encoded: bytes) -> dict[str, bytes]:
    # Latin-1 maps each byte to one character and back, so nothing is lost before decoding.
    try:
        pairs = parse_qsl(
            encoded.decode("latin-1"),
            keep_blank_values=True,
            encoding="latin-1",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise InvalidInputError(f"A call has at most {MOST_FIELDS} fields.") from None
    return {name: value.encode("latin-1") for name, value in pairs}
