"""Sending through Twilio's REST API.

On httpx rather than the SDK's client: a ``TwilioRestException`` carries no headers, so Retry-After
would be lost, and the outcome of a read time-out must be told apart from a refused connection.
"""

import httpx

from agent.channels import Receipt
from agent.domain.ids import MessageId
from agent.errors import PermanentSendError, SendProblem, TransientSendError, UnknownSendError

CONNECT_TIMEOUT_S, READ_TIMEOUT_S = 5.0, 15.0

OPTED_OUT = "21610"
TRANSIENT_CODES = frozenset({"20429", "21611", "30001", "30003", "30008", "30022"})
"""Codes after which another try makes sense: too many calls, full queues, handset unreachable
(the provider's error table)."""
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500
_CREATED = 201


class TwilioSender:
    """Sends with an account's credentials."""

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        base_url: str,
        messaging_service_sid: str | None = None,
        status_callback: str | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._path = f"/2010-04-01/Accounts/{account_sid}/Messages.json"
        self._service = messaging_service_sid
        self._status_callback = status_callback
        self._client = httpx.Client(
            base_url=base_url,
            auth=(account_sid, auth_token),
            timeout=httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
            transport=transport,
        )

    def send(
        self,
        *,
        message_id: MessageId,
        to: str,
        sender: str,
        text: str,
        media: tuple[str, ...] = (),
    ) -> Receipt:
        """Hand one text to Twilio."""
        try:
            response = self._client.post(
                self._path,
                data=self._form(message_id, to=to, sender=sender, text=text, media=media),
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise TransientSendError(f"Twilio cannot be reached: {error}") from error
        except httpx.HTTPError as error:
            # Twilio has no idempotency key for this call: it may have taken the message.
            raise UnknownSendError(f"No answer from Twilio: {type(error).__name__}") from error
        return _read(response)

    def _form(
        self, message_id: MessageId, *, to: str, sender: str, text: str, media: tuple[str, ...]
    ) -> dict[str, str | list[str]]:
        form: dict[str, str | list[str]] = {"To": to, "Body": text}
        if media:
            form["MediaUrl"] = list(media)
        if self._service:
            form["MessagingServiceSid"] = self._service
        else:
            form["From"] = sender
        if self._status_callback:
            form["StatusCallback"] = f"{self._status_callback}?message={message_id}"
        return form


def _read(response: httpx.Response) -> Receipt:
    body = _json(response)
    if response.status_code in {200, _CREATED}:
        sid = body.get("sid")
        if not isinstance(sid, str):
            raise UnknownSendError("Twilio's answer has no sid.")
        return Receipt(provider_id=sid)
    code = str(body.get("code", ""))
    said = f"Twilio says {response.status_code}: {body.get('message', 'no reason')}"
    if response.status_code == _TOO_MANY_REQUESTS or code in TRANSIENT_CODES:
        raise TransientSendError(said, code=code, retry_after_s=_retry_after(response))
    if response.status_code >= _SERVER_ERROR:
        raise UnknownSendError(said, code=code)
    problem = SendProblem.OPTED_OUT if code == OPTED_OUT else SendProblem.OTHER
    raise PermanentSendError(said, code=code, problem=problem)


def _json(response: httpx.Response) -> dict[str, object]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _retry_after(response: httpx.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isdecimal() else None
