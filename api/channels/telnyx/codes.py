"""What Telnyx's error codes and statuses mean for us.

Codes: Telnyx's messaging error code reference and its general API errors, read 2026-11. They come
in the answer to a send and in ``message.finalized`` alike.
"""

from agent.domain.messages import Delivery
from agent.errors import SendProblem
from api.channels.http_sender import by_code

PROBLEMS = by_code(
    {
        # Too many requests, here and at the carrier; the carrier's server is away.
        SendProblem.BUSY: frozenset({"10011", "40006", "40011"}),
        # Inactive, invalid, not E.164; a landline or not routable; refused as a destination.
        SendProblem.BAD_NUMBER: frozenset({"10001", "10002", "10016", "40001", "40012"}),
        SendProblem.OPTED_OUT: frozenset({"40300"}),
        # The customer's carrier refuses without a reason.
        SendProblem.BLOCKED: frozenset({"40004"}),
        # Spam, for now; Telnyx's own filter.
        SendProblem.FILTERED: frozenset({"40002", "40015"}),
        # Key, rights; our number is blocked for good; our number is not valid.
        SendProblem.CONFIGURATION: frozenset({"10009", "10010", "40003", "40013"}),
        # On its way, in the queue.
        SendProblem.EXPIRED: frozenset({"40005", "40014"}),
    }
)

DELIVERIES = {
    "queued": Delivery.QUEUED,
    "sending": Delivery.SENT,
    "sent": Delivery.SENT,
    # The carrier sends no receipt: this is as much as we shall know.
    "delivery_unconfirmed": Delivery.SENT,
    "delivered": Delivery.DELIVERED,
    "sending_failed": Delivery.FAILED,
    "delivery_failed": Delivery.UNDELIVERED,
    "expired": Delivery.UNDELIVERED,
}


def problem_of(word: str, code: str) -> SendProblem | None:
    """Return what a status and its code mean; None where nothing is wrong."""
    if code:
        return PROBLEMS.get(code, SendProblem.OTHER)
    return SendProblem.EXPIRED if word == "expired" else None
