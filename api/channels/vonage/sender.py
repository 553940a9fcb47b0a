"""Sending through Vonage's Messages API.

On httpx: the SDK speaks https only and cannot reach a stand-in. There is no ``find_sent``: the API
lists no messages (reports are another product).
"""

import mimetypes
import secrets
import time
from collections.abc import Generator
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from agent.channels import Receipt
from agent.domain.ids import MessageId
from agent.errors import ConfigurationError
from api.channels.http_sender import READ_TIMEOUT_S, ProviderHttp, json_object
from api.channels.vonage.codes import PROBLEMS, code_of
from api.channels.vonage.numbers import to_vonage

TOKEN_S = 15 * 60
"""A token's life; it is used at once."""


class ApplicationAuth(httpx.Auth):
    """Signs each call as an application (JWT, RS256)."""

    def __init__(self, application_id: str, key_file: Path) -> None:
        """Read the key.

        Raises:
            ConfigurationError: there is no such file, or no key in it.
        """
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            key = load_pem_private_key(key_file.read_bytes(), password=None)
        except (OSError, ValueError, TypeError) as error:
            raise ConfigurationError(
                f"TEXTWISE_VONAGE_PRIVATE_KEY: {key_file} cannot be read as a key.",
                hint="Give the path of the private.key that Vonage made for the application.",
            ) from error
        if not isinstance(key, RSAPrivateKey):
            raise ConfigurationError(f"TEXTWISE_VONAGE_PRIVATE_KEY: {key_file} is no RSA key.")
        self._application_id = application_id
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the token."""
        import jwt

        now = int(time.time())
        claims = {
            "application_id": self._application_id,
            "iat": now,
            "exp": now + TOKEN_S,
            "jti": secrets.token_hex(16),
        }
        token = jwt.encode(claims, self._key, algorithm="RS256")
        request.headers["Authorization"] = f"Bearer {token}"
        yield request


class VonageSender:
    """Sends as an application, or with the account's key and secret."""

    def __init__(
        self,
        *,
        auth: httpx.Auth | tuple[str, str],
        base_url: str,
        timeout_s: float = READ_TIMEOUT_S,
    ) -> None:
        self._http = ProviderHttp(
            name="Vonage", base_url=base_url, auth=auth, read_timeout_s=timeout_s
        )

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    def send(
        self,
        *,
        message_id: MessageId,
        to: str,
        sender: str,
        text: str,
        media: tuple[str, ...] = (),
    ) -> Receipt:
        """Hand one text to Vonage; numbers go without their plus."""
        addressed = {
            "to": to_vonage(to),
            "from": to_vonage(sender),
            "client_ref": message_id,
        }
        response = self._http.send("/v1/messages", json={**addressed, **_content(text, media)})
        answer = json_object(response)
        if response.is_success:
            taken = answer.get("message_uuid")
            if not isinstance(taken, str) or not taken:
                raise self._http.no_receipt()
            return Receipt(provider_id=taken)
        code = code_of(answer)
        raise self._http.refusal(
            response,
            code=code,
            reason=str(answer.get("detail") or answer.get("title") or ""),
            problem=PROBLEMS.get(code),
        )


def _content(text: str, media: tuple[str, ...]) -> dict[str, object]:
    """Return a text, or one file with the text as its caption.

    A message holds one file; the links of further ones go into the caption, so that all leaves, or
    nothing.
    """
    if not media:
        return {"channel": "sms", "message_type": "text", "text": text}
    first, *others = media
    kind = _kind(first)
    caption = "\n".join(filter(None, (text, *others)))
    content = {"url": first, "caption": caption} if caption else {"url": first}
    return {"channel": "mms", "message_type": kind, kind: content}


def _kind(link: str) -> str:
    """Return what a link's file is to Vonage; a picture if its name does not tell."""
    guessed, _ = mimetypes.guess_type(urlsplit(link).path)
    family, _, exact = (guessed or "image/").partition("/")
    if family in {"image", "video", "audio"}:
        return family
    return "vcard" if exact in {"vcard", "x-vcard"} else "file"
