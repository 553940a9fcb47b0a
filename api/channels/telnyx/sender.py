"""Sending through Telnyx's REST API.

On httpx: the SDK repeats a 429 by itself, while pace and repeats are the outbox's. There is no
``find_sent``: the API gives a message by Telnyx's id only, and after an unknown send we have none.
"""

from typing import Any

from agent.channels import Receipt
from agent.domain.ids import MessageId
from api.channels.http_sender import READ_TIMEOUT_S, ProviderHttp, json_object
from api.channels.telnyx.codes import PROBLEMS


class TelnyxSender:
    """Sends with an account's API key."""

    def __init__(
        self,
        *,
        api_key: str,
        base_url: str,
        messaging_profile_id: str | None = None,
        webhook: str | None = None,
        timeout_s: float = READ_TIMEOUT_S,
    ) -> None:
        self._profile = messaging_profile_id
        self._webhook = webhook
        self._http = ProviderHttp(
            name="Telnyx",
            base_url=base_url,
            headers={"Authorization": f"Bearer {api_key}"},
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
        """Hand one text to Telnyx.

        Our id goes along as the idempotency key. What the service does with it is not documented,
        so that it lessens doubles, and an unknown outcome stays unknown.
        """
        response = self._http.send(
            "/v2/messages",
            json=self._body(message_id, to=to, sender=sender, text=text, media=media),
            headers={"Idempotency-Key": message_id},
        )
        answer = json_object(response)
        if response.is_success:
            data = answer.get("data")
            taken = data.get("id") if isinstance(data, dict) else None
            if not isinstance(taken, str) or not taken:
                raise self._http.no_receipt()
            return Receipt(provider_id=taken)
        code, reason = _first_error(answer.get("errors"))
        raise self._http.refusal(response, code=code, reason=reason, problem=PROBLEMS.get(code))

    def _body(
        self, message_id: MessageId, *, to: str, sender: str, text: str, media: tuple[str, ...]
    ) -> dict[str, str | list[str]]:
        body: dict[str, str | list[str]] = {"from": sender, "to": to}
        if text:
            body["text"] = text
        if media:
            body["media_urls"] = list(media)
        if self._profile:
            body["messaging_profile_id"] = self._profile
        if self._webhook:
            body["webhook_url"] = f"{self._webhook}?message={message_id}"
        return body


def _first_error(errors: Any) -> tuple[str, str]:
    """Return the code and the words of the first error, empty where there are none."""
    first = errors[0] if isinstance(errors, list) and errors else None
    if not isinstance(first, dict):
        return "", ""
    return str(first.get("code") or ""), str(first.get("detail") or first.get("title") or "")
