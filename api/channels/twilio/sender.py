"""Sending through Twilio's REST API.

On httpx rather than the SDK's client: a ``TwilioRestException`` carries no headers, so Retry-After
would be lost, and the outcome of a read time-out must be told apart from a refused connection.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from agent.channels import CLOCK_SKEW, Receipt
from agent.domain.ids import MessageId
from api.channels.http_sender import READ_TIMEOUT_S, ProviderHttp, json_object
from api.channels.twilio.codes import PROBLEMS

PAGE_SIZE, MAX_PAGES = 100, 5
"""Listed messages a page, and pages looked through: one customer's texts of many months."""


class TwilioSender:
    """Sends with an account's credentials, and looks up what was sent."""

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        base_url: str,
        messaging_service_sid: str | None = None,
        status_callback: str | None = None,
        timeout_s: float = READ_TIMEOUT_S,
    ) -> None:
        self._path = f"/2010-04-01/Accounts/{account_sid}/Messages.json"
        self._service = messaging_service_sid
        self._status_callback = status_callback
        self._http = ProviderHttp(
            name="Twilio",
            base_url=base_url,
            auth=(account_sid, auth_token),
            read_timeout_s=timeout_s,
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
        """Hand one text to Twilio."""
        form = self._form(message_id, to=to, sender=sender, text=text, media=media)
        response = self._http.send(self._path, data=form)
        body = json_object(response)
        if response.status_code in {HTTPStatus.OK, HTTPStatus.CREATED}:
            sid = body.get("sid")
            if not isinstance(sid, str) or not sid:
                raise self._http.no_receipt()
            return Receipt(provider_id=sid)
        code = str(body.get("code") or "")
        raise self._http.refusal(
            response, code=code, reason=str(body.get("message", "")), problem=PROBLEMS.get(code)
        )

    def find_sent(
        self,
        *,
        message_id: MessageId,
        to: str,
        sender: str,
        text: str,
        not_before: datetime,
        taken: Collection[str] = (),
    ) -> Receipt | None:
        """Find the text among the customer's messages.

        Twilio's list has neither our id nor the callback's address, so the words and the time
        decide. Its filter by day is not used: it is over the time of sending, which a message
        that still waits at Twilio has not got.
        """
        del message_id
        since = not_before - CLOCK_SKEW
        found = [
            message
            for message in self._listed(to=to, sender=sender, since=since)
            if _at(message) >= since
            and str(message.get("direction", "")).startswith("outbound")
            and str(message.get("body", "")).strip() == text.strip()
            and message.get("sid") not in taken
        ]
        if not found:
            return None
        first = min(found, key=_at)
        return Receipt(provider_id=str(first["sid"]), delivered=first.get("status") == "delivered")

    def _listed(self, *, to: str, sender: str, since: datetime) -> Iterator[Mapping[str, Any]]:
        """Go through the pair's messages, newest first, until a whole page is older."""
        path, query = self._path, {"To": to, "PageSize": str(PAGE_SIZE)}
        if not self._service:  # whose numbers are Twilio's choice
            query["From"] = sender
        for _ in range(MAX_PAGES):
            page = self._http.ask(path, params=query)
            listed = page.get("messages")
            messages = (
                [m for m in listed if isinstance(m, dict)] if isinstance(listed, list) else []
            )
            yield from messages
            following = urlsplit(str(page.get("next_page_uri") or ""))
            if not following.path or all(_at(message) < since for message in messages):
                return
            path, query = following.path, dict(parse_qsl(following.query))

    def _form(
        self, message_id: MessageId, *, to: str, sender: str, text: str, media: tuple[str, ...]
    ) -> dict[str, str | list[str]]:
        form: dict[str, str | list[str]] = {"To": to}
        if text:
            form["Body"] = text
        if media:
            form["MediaUrl"] = list(media)
        if self._service:
            form["MessagingServiceSid"] = self._service
        else:
            form["From"] = sender
        if self._status_callback:
            form["StatusCallback"] = f"{self._status_callback}?message={message_id}"
        return form


def _at(message: Mapping[str, Any]) -> datetime:
    """Return when Twilio took a message (RFC 2822, whole seconds), long ago if it does not say."""
    try:
        at = parsedate_to_datetime(str(message.get("date_created")))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC) + timedelta(days=1)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
