"""A conversation and who is in charge of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agent.domain.ids import ConversationId, CustomerId


class ConversationStatus(StrEnum):
    """Who answers next: the agent, a rep who has not come yet, a rep, or nobody."""

    BOT = "bot"
    WAITING = "waiting"
    HUMAN = "human"
    RESOLVED = "resolved"


class ConversationEvent(StrEnum):
    """What moves a conversation between its states."""

    CUSTOMER_WROTE = "customer_wrote"
    ESCALATED = "escalated"
    TAKEN_OVER = "taken_over"
    RETURNED = "returned"
    RESOLVED = "resolved"


_S, _E = ConversationStatus, ConversationEvent

_TRANSITIONS: dict[tuple[ConversationStatus, ConversationEvent], ConversationStatus] = {
    (_S.BOT, _E.CUSTOMER_WROTE): _S.BOT,
    (_S.WAITING, _E.CUSTOMER_WROTE): _S.WAITING,
    (_S.HUMAN, _E.CUSTOMER_WROTE): _S.HUMAN,
    (_S.RESOLVED, _E.CUSTOMER_WROTE): _S.BOT,
    (_S.BOT, _E.ESCALATED): _S.WAITING,
    (_S.WAITING, _E.ESCALATED): _S.WAITING,
    # News that an answer did not arrive may come after somebody has resolved the conversation.
    (_S.RESOLVED, _E.ESCALATED): _S.WAITING,
    (_S.BOT, _E.TAKEN_OVER): _S.HUMAN,
    (_S.WAITING, _E.TAKEN_OVER): _S.HUMAN,
    (_S.HUMAN, _E.TAKEN_OVER): _S.HUMAN,
    (_S.RESOLVED, _E.TAKEN_OVER): _S.HUMAN,
    (_S.WAITING, _E.RETURNED): _S.BOT,
    (_S.HUMAN, _E.RETURNED): _S.BOT,
    (_S.BOT, _E.RESOLVED): _S.RESOLVED,
    (_S.WAITING, _E.RESOLVED): _S.RESOLVED,
    (_S.HUMAN, _E.RESOLVED): _S.RESOLVED,
}


class TransitionError(ValueError):
    """The event makes no sense in this state.

    Attributes:
        status: the state the conversation is in.
        event: what was attempted.
    """

    def __init__(self, status: ConversationStatus, event: ConversationEvent) -> None:
        super().__init__(f"A {status} conversation cannot be {event.replace('_', ' ')}.")
        self.status = status
        self.event = event


def next_status(status: ConversationStatus, event: ConversationEvent) -> ConversationStatus:
    """Return the state that follows.

    Raises:
        TransitionError: the event makes no sense in this state.
    """
    try:
        return _TRANSITIONS[status, event]
    except KeyError:
        raise TransitionError(status, event) from None


class PendingKind(StrEnum):
    """A question the agent has put and waits on."""

    OFFER_PERSON = "offer_person"
    CLARIFY = "clarify"
    CONFIRM_OPT_OUT = "confirm_opt_out"
    PREFERENCES = "preferences"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """The agent's open question.

    ``options`` are the intents offered (of ``PREFERENCES``: the topics), ``labels`` the words they
    were offered in (of ``OFFER_PERSON``: the template that offers); ``question`` is the text that a
    ``CLARIFY`` answer completes. ``turns_between`` counts the turns since an offer that still
    stands, ``asked_at`` is when it was made.
    """

    kind: PendingKind
    options: tuple[str, ...] = ()
    question: str = ""
    labels: tuple[str, ...] = ()
    turns_between: int = 0
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowState:
    """Where a running flow stands. ``slots`` are the answers collected so far."""

    flow: str
    step: str
    slots: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One thread between a customer's address and one of the brand's."""

    id: ConversationId
    customer_id: CustomerId
    channel: str
    customer_address: str
    brand_address: str
    status: ConversationStatus
    created_at: datetime
    updated_at: datetime
    failed_turns: int = 0
    pending: Pending | None = None
    flow: FlowState | None = None
    assigned_rep: str = ""
