"""Sending through the gateway that the brand's number belongs to."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from agent.channels import Receipt
from agent.domain.ids import MessageId
from agent.errors import (
    PermanentSendError,
    SendError,
    SendProblem,
    TransientSendError,
    UnknownSendError,
)
from api.channels.gateway.dialect import Account, Dialect, Part, cut
from api.channels.gateway.files import Gateway
from api.channels.gateway.kinds import KINDS
from api.channels.http_sender import READ_TIMEOUT_S, ProviderHttp

PART_TRIES, PART_PAUSE_S = 4, 0.5
"""Tries of a part after the first one has left, and the pause before each further one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A gateway with what is needed to send through it."""

    gateway: Gateway
    dialect: Dialect
    account: Account
    http: ProviderHttp
    receipts: str


class GatewaySender:
    """Sends each text through the gateway that has the sending number."""

    def __init__(
        self,
        gateways: Sequence[Gateway],
        *,
        public_url: str | None = None,
        read_timeout_s: float = READ_TIMEOUT_S,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._lines: Mapping[str, _Line] = {
            number: line
            for line in [_line(gateway, public_url, read_timeout_s) for gateway in gateways]
            for number in line.gateway.numbers
        }
        self._sleep = sleep

    def close(self) -> None:
        """Let the connections go."""
        for line in self._lines.values():
            line.http.close()

    def send(
        self,
        *,
        message_id: MessageId,
        to: str,
        sender: str,
        text: str,
        media: tuple[str, ...] = (),
    ) -> Receipt:
        """Hand one text to the gateway; links of pictures are appended, SMS carries none."""
        line = self._lines.get(sender)
        if line is None:
            raise PermanentSendError(
                f"No gateway has the number {sender}: add it to the gateways' file.",
                problem=SendProblem.CONFIGURATION,
            )
        whole = "\n".join((text, *media)) if text else "\n".join(media)
        pieces = cut(whole, minds_escapes=line.dialect.minds_escapes)
        parts = [
            Part(
                message_id=message_id,
                to=to,
                sender=sender,
                text=piece,
                number=number,
                total=len(pieces),
                receipt_url=_receipt_url(line, message_id, last=number == len(pieces)),
            )
            for number, piece in enumerate(pieces, start=1)
        ]
        for part in parts:
            self._hand_over(line, part)
        # Kannel gives no id, and Jasmin one for each part: ours stands for theirs.
        return Receipt(provider_id=message_id)

    def _hand_over(self, line: _Line, part: Part) -> None:
        """Send one part. Once the first has left, nothing may be sent again from the beginning."""
        if part.number == 1:
            self._call(line, part)
            return
        pauses = [PART_PAUSE_S] * (PART_TRIES - 1)
        while True:
            try:
                self._call(line, part)
            except (TransientSendError, PermanentSendError) as error:
                if isinstance(error, PermanentSendError) or not pauses:
                    raise _broken_off(part, error) from error
                self._sleep(pauses.pop())
            else:
                return

    def _call(self, line: _Line, part: Part) -> None:
        response = line.http.deliver(line.dialect.request(line.account, part))
        refused = line.dialect.read_answer(response)
        if refused is None:
            return
        if response.is_success:
            raise line.http.no_receipt()
        raise line.http.refusal(
            response,
            code=str(response.status_code),
            reason=refused.reason,
            problem=refused.problem,
        )


def _line(gateway: Gateway, public_url: str | None, read_timeout_s: float) -> _Line:
    base = public_url if gateway.callback_url is None else str(gateway.callback_url)
    receipts = ""
    if base is not None:
        receipts = f"{base.rstrip('/')}/webhooks/gateway/{gateway.name}/status"
    return _Line(
        gateway=gateway,
        dialect=KINDS[gateway.kind],
        account=Account(
            send_url=str(gateway.send_url),
            username=gateway.username,
            password=gateway.password.get_secret_value(),
        ),
        http=ProviderHttp(
            name=f"The gateway {gateway.name}", base_url="", read_timeout_s=read_timeout_s
        ),
        receipts=receipts,
    )


def _receipt_url(line: _Line, message_id: MessageId, *, last: bool) -> str:
    """Return where news of a part go. Only the last part's good news are the message's."""
    if not line.receipts:
        return ""
    values = {"message": message_id, "part": "last" if last else "earlier"}
    if line.gateway.secret is not None:
        values["secret"] = line.gateway.secret.get_secret_value()
    filled_in = "".join(f"&{name}={mark}" for name, mark in line.dialect.receipt_fields.items())
    return f"{line.receipts}?{urlencode(values)}{filled_in}"


def _broken_off(part: Part, error: SendError) -> UnknownSendError:
    return UnknownSendError(
        f"Part {part.number} of {part.total} was not taken, those before it were: {error}",
        code=error.code,
        problem=error.problem,
    )
