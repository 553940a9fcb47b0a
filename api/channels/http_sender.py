"""Sending over HTTP, written once: what was surely not taken, what is unknown, what a code means.

None of our providers documents a key that makes a repeated send harmless, so a read time-out and a
server error leave the outcome unknown.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpx

from agent.errors import (
    PermanentSendError,
    SendError,
    SendProblem,
    TransientSendError,
    UnknownSendError,
)

CONNECT_TIMEOUT_S, READ_TIMEOUT_S = 5.0, 15.0

TRY_AGAIN = frozenset({SendProblem.BUSY, SendProblem.LATER})
"""Problems after which the same message may be tried once more."""

MAX_RETRY_AFTER_S = 24 * 3600.0

_NUMBER = re.compile(r"\+?\d{7,}")
_UNREACHED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class ProviderHttp:
    """Calls one provider's API; every failure to get an answer becomes an error of the outbox."""

    def __init__(
        self,
        *,
        name: str,
        base_url: str,
        auth: httpx.Auth | tuple[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        read_timeout_s: float = READ_TIMEOUT_S,
    ) -> None:
        self.name = name
        self._client = httpx.Client(
            base_url=base_url,
            auth=auth,
            headers=headers,
            timeout=httpx.Timeout(read_timeout_s, connect=CONNECT_TIMEOUT_S),
        )

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()

    def send(self, path: str, **request: Any) -> httpx.Response:
        """Post a message; any answer is returned, whatever its status.

        Raises:
            TransientSendError: the provider was not reached.
            UnknownSendError: no answer came; it may have taken the message.
        """
        return self.deliver(self._client.build_request("POST", path, **request))

    def deliver(self, request: httpx.Request) -> httpx.Response:
        """Make a call that sends a message, of whatever method; errors as ``send``."""
        try:
            return self._client.send(request)
        except _UNREACHED as error:
            raise self._unreached(error) from error
        except httpx.HTTPError as error:
            raise UnknownSendError(
                f"No answer from {self.name}: {type(error).__name__}."
            ) from error

    def ask(self, path: str, **request: Any) -> Mapping[str, Any]:
        """Get a JSON object; asking twice is harmless.

        Raises:
            TransientSendError: no answer, or a busy or broken server.
            PermanentSendError: the provider does not let us ask.
        """
        try:
            response = self._client.get(path, **request)
        except httpx.HTTPError as error:
            raise self._unreached(error) from error
        if response.is_success:
            return json_object(response)
        said = f"{self.name} says {response.status_code} to a question."
        if response.is_server_error or response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            raise TransientSendError(said, retry_after_s=retry_after_s(response))
        raise PermanentSendError(said, problem=SendProblem.CONFIGURATION)

    def refusal(
        self, response: httpx.Response, *, code: str, reason: str, problem: SendProblem | None
    ) -> SendError:
        """Return the error for an answer that is not a receipt.

        Args:
            response: the provider's answer.
            code: the provider's own code, empty if none.
            reason: the provider's words; numbers in them are blotted out.
            problem: the code's meaning; None where the code says nothing, then the status tells.
        """
        said = f"{self.name} says {response.status_code}"
        said += f" ({code})" if code else ""
        said += f": {blot(reason)}" if reason else "."
        if problem is None and response.is_server_error:
            return UnknownSendError(said, code=code)
        meaning = problem or _by_status(response.status_code)
        if meaning in TRY_AGAIN:
            return TransientSendError(
                said, code=code, problem=meaning, retry_after_s=retry_after_s(response)
            )
        return PermanentSendError(said, code=code, problem=meaning)

    def no_receipt(self) -> UnknownSendError:
        """Return the error for an answer that says yes without the message's id."""
        return UnknownSendError(f"{self.name}'s answer names no message.")

    def _unreached(self, error: Exception) -> TransientSendError:
        return TransientSendError(f"{self.name} cannot be reached: {type(error).__name__}.")


def _by_status(status: int) -> SendProblem:
    """Return what a refusal's HTTP status means where its body names no code that we know."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return SendProblem.BUSY
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}:
        return SendProblem.CONFIGURATION
    # We never follow: a redirection means that the address in the settings is not the API's.
    return SendProblem.CONFIGURATION if status < HTTPStatus.BAD_REQUEST else SendProblem.OTHER


def json_object(response: httpx.Response) -> Mapping[str, Any]:
    """Return an answer's JSON object, empty where it has none."""
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def retry_after_s(response: httpx.Response) -> float | None:
    """Return the seconds that Retry-After asks for (RFC 9110: seconds or a date), at most a day."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return min(float(value), MAX_RETRY_AFTER_S)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max((at - datetime.now(UTC)).total_seconds(), 0.0), MAX_RETRY_AFTER_S)


def blot(text: str) -> str:
    """Take phone numbers out of a provider's words, which end in logs and on pages."""
    return _NUMBER.sub("[number]", text)[:300]


def by_code(table: Mapping[SendProblem, frozenset[str]]) -> Mapping[str, SendProblem]:
    """Turn a table of codes by meaning into the meaning of each code.

    Raises:
        ValueError: a code has two meanings.
    """
    meanings: dict[str, SendProblem] = {}
    for problem, codes in table.items():
        for code in codes:
            if code in meanings:
                raise ValueError(f"Code {code} has two meanings.")
            meanings[code] = problem
    return meanings
