"""Consent: an append-only ledger; the present state is derived from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agent.domain.ids import CustomerId


class Purpose(StrEnum):
    """What a text is for. A STOP ends all of them."""

    CONVERSATIONAL = "conversational"
    TRANSACTIONAL = "transactional"
    MARKETING = "marketing"


class ConsentAction(StrEnum):
    """What the customer did."""

    OPT_IN = "opt_in"
    OPT_OUT = "opt_out"


class ConsentState(StrEnum):
    """The present state for one purpose and sender. ``NONE``: never said anything."""

    NONE = "none"
    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentEvent:
    """One line of the ledger. ``evidence`` is the customer's message id or another proof."""

    customer_id: CustomerId
    purpose: Purpose
    sender: str
    action: ConsentAction
    source: str
    text_shown: str
    text_version: str
    evidence: str
    at: datetime


def present_state(ledger: Iterable[ConsentEvent], purpose: Purpose) -> ConsentState:
    """Derive the state from the ledger's lines for one customer and sender, oldest first."""
    state = ConsentState.NONE
    for event in ledger:
        if event.purpose is purpose:
            state = ConsentState.IN if event.action is ConsentAction.OPT_IN else ConsentState.OUT
    return state
