"""What Vonage's error codes and statuses mean for us.

Codes: the Messages API's error list and the general API errors, read 2026-11; those from 1180 on
follow the order of the SMS API's delivery codes 2 to 14.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from agent.domain.messages import Delivery
from agent.errors import SendProblem
from api.channels.http_sender import by_code

PROBLEMS = by_code(
    {
        # Throttled, not submitted for a fault, subscriber absent for now, handset busy, network.
        SendProblem.BUSY: frozenset({"throttled", "1000", "1100", "1180", "1220", "1230"}),
        # Unknown prefix, no number, gone for good, moved carrier, unroutable, unreachable.
        SendProblem.BAD_NUMBER: frozenset({"1040", "1170", "1190", "1200", "1250", "1260"}),
        # Blacklisted after the customer's STOP.
        SendProblem.OPTED_OUT: frozenset({"1240"}),
        # Barred; the carrier blocks it.
        SendProblem.BLOCKED: frozenset({"1050", "1280"}),
        SendProblem.FILTERED: frozenset({"1210"}),
        # Account barred, out of credit, not enabled; sender, facility or destination not allowed;
        # credentials.
        SendProblem.CONFIGURATION: frozenset(
            {"1060", "1070", "1080", "1120", "1140", "1160", "low-balance", "unauthorized",
             "forbidden", "unprovisioned", "account-suspended", "jwt-expired", "jwt-revoked",
             "invalid-api-key", "invalid-signature"}
        ),
    }
)  # fmt: skip

DELIVERIES = {
    "submitted": Delivery.SENT,
    "delivered": Delivery.DELIVERED,
    "read": Delivery.DELIVERED,
    "rejected": Delivery.FAILED,
    "undeliverable": Delivery.UNDELIVERED,
}


def problem_of(code: str) -> SendProblem | None:
    """Return what a status's code means; None where there is none."""
    return PROBLEMS.get(code, SendProblem.OTHER) if code else None


def code_of(problem: Mapping[str, Any]) -> str:
    """Return the code of a problem document: the fragment of its type, or a title of digits."""
    fragment = urlsplit(str(problem.get("type") or "")).fragment
    title = str(problem.get("title") or "")
    return fragment or (title if title.isascii() and title.isdecimal() else "")
