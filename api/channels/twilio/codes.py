"""What Twilio's error codes and statuses mean for us.

Codes: Twilio's error dictionary. The same code comes in the answer to a send and in a status
callback.
"""

from agent.domain.messages import Delivery
from agent.errors import SendProblem
from api.channels.http_sender import by_code

PROBLEMS = by_code(
    {
        # Too many calls, full queues (10 h of texts), handset out of reach, unknown fault.
        SendProblem.BUSY: frozenset({"20429", "21611", "30001", "30003", "30008"}),
        # The 10DLC rate, T-Mobile's daily cap.
        SendProblem.LATER: frozenset({"30022", "30027"}),
        # Not a number, a short code, not a mobile, a landline, an unknown handset.
        SendProblem.BAD_NUMBER: frozenset({"21211", "21265", "21614", "21635", "30005", "30006"}),
        SendProblem.OPTED_OUT: frozenset({"21610"}),
        SendProblem.BLOCKED: frozenset({"30004"}),
        SendProblem.FILTERED: frozenset({"30007"}),
        # Credentials; region not enabled; From not usable, pair impossible, trial account;
        # account suspended; toll-free not verified, 10DLC not registered.
        SendProblem.CONFIGURATION: frozenset(
            {"20003", "21408", "21606", "21608", "21612", "30002", "30032", "30034"}
        ),
        SendProblem.EXPIRED: frozenset({"30036"}),
    }
)

DELIVERIES = {
    "accepted": Delivery.QUEUED,
    "scheduled": Delivery.QUEUED,
    "queued": Delivery.QUEUED,
    "sending": Delivery.SENT,
    "sent": Delivery.SENT,
    "delivered": Delivery.DELIVERED,
    "read": Delivery.DELIVERED,
    "partially_delivered": Delivery.SENT,
    "undelivered": Delivery.UNDELIVERED,
    "failed": Delivery.FAILED,
    "canceled": Delivery.CANCELLED,
}


def problem_of(code: str, *, refused: bool) -> SendProblem | None:
    """Return what a code means.

    ``refused`` tells a code that we do not know (``OTHER``) from there being nothing wrong (None).
    """
    return PROBLEMS.get(code, SendProblem.OTHER if refused else None)
