"""Questions about consent that a customer has been asked, and how long they stand. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from agent.domain.ids import ConversationId, CustomerId, MessageId

DOUBLE_OPT_IN_STANDS = timedelta(hours=24)
"""An unanswered sign-up lapses after this."""
OPT_OUT_STANDS = timedelta(hours=1)
"""How long everything else is held while 'do you want no more texts?' is unanswered."""
ASK_WITHIN = timedelta(minutes=5)
"""A confirming text is presumed fine within five minutes (47 CFR 64.1200(a)(12))."""


class QuestionKind(StrEnum):
    """What is asked."""

    DOUBLE_OPT_IN = "double_opt_in"
    OPT_OUT = "opt_out"


class QuestionState(StrEnum):
    """What came of it.

    ``PASSED``: the customer went on to something else. ``LATE``: never sent, the five minutes for
    asking were over.
    """

    OPEN = "open"
    YES = "yes"
    NO = "no"
    PASSED = "passed"
    LAPSED = "lapsed"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentQuestion:
    """A question that was asked with ``message_id``; ``topics`` are what a yes signs up to."""

    id: str
    customer_id: CustomerId
    conversation_id: ConversationId
    sender: str
    kind: QuestionKind
    message_id: MessageId
    state: QuestionState
    asked_at: datetime
    lapses_at: datetime
    topics: tuple[str, ...] = ()
    frequency: str = ""
    source: str = ""
    text_shown: str = ""
    text_version: str = ""
    details: tuple[tuple[str, str], ...] = ()
    settled_at: datetime | None = None
