"""A gateway that speaks as Jasmin does; a real Kannel is in tests/api/test_kannel.py."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlencode

from agent.domain.messages import Delivery
from agent.errors import SendProblem
from tests.api.gateways import SECRET, gateway, write_gateways
from tests.contract.peer import BRAND_NUMBER, Answer, Asked, Call, Peer, Refusal, Sent

PASSWORD = "jasmin-password-that-is-secret"
FORM = {"content-type": "application/x-www-form-urlencoded"}
PATH = "/webhooks/gateway/jasmin"


class Gateway(Peer):
    provider = "gateway"
    # Not the secret in the address: the test's own client logs addresses.
    secrets = (PASSWORD,)
    media_in = False
    media_out = False
    words: ClassVar = {
        "ESME_ROK": Delivery.SENT, "ACCEPTD": Delivery.SENT, "ENROUTE": Delivery.SENT,
        "DELIVRD": Delivery.DELIVERED, "UNDELIV": Delivery.UNDELIVERED,
        "EXPIRED": Delivery.UNDELIVERED, "DELETED": Delivery.FAILED, "REJECTD": Delivery.FAILED,
        "ESME_RSYSERR": Delivery.FAILED,
    }  # fmt: skip
    refusals = (
        Refusal(Answer(403, 'Error "User throughput exceeded"'), SendProblem.BUSY, "403"),
        Refusal(Answer(403, 'Error "Authentication failure"'), SendProblem.CONFIGURATION, "403"),
        Refusal(Answer(412, 'Error "No route found"'), SendProblem.CONFIGURATION, "412"),
        Refusal(
            Answer(400, "Error \"Argument [b'to'] has an invalid value: [b'+15550100301'].\""),
            SendProblem.BAD_NUMBER,
        ),
    )

    def settings(self, *, base_url: str, folder: Path) -> dict[str, Any]:
        entry = gateway(
            name="jasmin", kind="jasmin", send_url=f"{base_url}/send", password=PASSWORD,
            numbers=[BRAND_NUMBER],
        )  # fmt: skip
        return {"gateways": write_gateways(folder, [entry])}

    def inbound(
        self, *, provider_id: str, text: str, sender: str, media: Sequence[str] = (), recipient: str = BRAND_NUMBER
    ) -> Call:  # fmt: skip
        encoded = text.encode("utf-16-be")
        return call(PATH, {
            "id": provider_id, "from": sender, "to": recipient, "coding": "8", "priority": "0",
            "origin-connector": "smsc", "content": encoded, "binary": encoded.hex(),
        })  # fmt: skip

    def sign(self, call: Call) -> Call:
        joint = "&" if "?" in call.path else "?"
        return replace(call, path=f"{call.path}{joint}secret={SECRET}")

    def forge(self, call: Call) -> Call:
        return replace(call, path=f"{call.path}?secret={SECRET[::-1]}")

    def stored_id(self, provider_id: str) -> str:
        return f"jasmin:{provider_id}"

    def wrong(self) -> Mapping[str, Call]:
        return {
            "no sender": self.inbound(provider_id="1", text="hi", sender=""),
            "nothing": call(PATH, {}),
            "half a character": call(PATH, {"from": "+15550100301", "coding": "8", "content": "a"}),
            "no hexadecimal": call(PATH, {"from": "+15550100301", "binary": "zz"}),
            "another gateway": call("/webhooks/gateway/nobody", {"from": "+15550100301"}),
        }

    def status(self, word: str, *, provider_id: str, message_id: str = "", code: str = "") -> Call:
        # It hands back the address that our send gave it; its own id says nothing to us.
        given = urlencode({"message": message_id or provider_id, "part": "last"})
        return call(f"{PATH}/status?{given}", {"id": "07033084", "level": "2", "message_status": word})  # fmt: skip

    def accepted(self, provider_id: str) -> Answer:
        return Answer(200, f'Success "{provider_id}"')

    def read(self, asked: Asked) -> Sent:
        form = asked.form
        text = (
            form["content"][0] if form["coding"] == ["0"]
            else bytes.fromhex(form["hex-content"][0]).decode("utf-16-be")
        )  # fmt: skip
        return Sent(form["to"][0], form["from"][0], text)


def call(path: str, form: Mapping[str, str | bytes]) -> Call:
    return Call(path, urlencode(form).encode(), FORM)


def make() -> Peer:
    return Gateway()
