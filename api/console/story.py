"""One conversation's whole story, read in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.brand import Brand
from agent.domain.consent import ConsentState
from agent.domain.conversations import Conversation, ConversationEvent, TransitionError, next_status
from agent.domain.customers import Customer
from agent.domain.escalations import Escalation
from agent.domain.ids import ConversationId, TurnId
from agent.domain.messages import Delivery, Direction, Message
from agent.domain.turns import TurnRecord
from agent.errors import NotFoundError
from agent.store.repositories.live import Note
from agent.store.unit_of_work import UnitOfWork
from api.console.listing import author_words
from api.console.media import Attachment, attachments
from api.console.packet import Packet, make_packet, sparkline
from api.pages.decision import effective


@dataclass(frozen=True, slots=True, kw_only=True)
class Gist:
    """A turn's decision in one line, to be opened. ``wishes`` are the intents of several."""

    turn_id: TurnId
    route: str
    rule: str
    intent: str
    confidence: float
    escalated: bool
    wishes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A message in the thread.

    ``gist`` stands under the last message that its turn concerns; ``trouble`` says in words that
    the message did not arrive; ``files`` came or went with the text.
    """

    message: Message
    own: bool
    by: str
    gist: Gist | None
    trouble: str
    revision: str
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Everything that the conversation's page shows. ``cursor`` is the last event in it."""

    conversation: Conversation
    customer: Customer
    consent: ConsentState
    lines: tuple[Line, ...]
    cases: tuple[Escalation, ...]
    notes: tuple[Note, ...]
    packet: Packet
    spark: str
    actions: frozenset[str]
    cursor: int

    @property
    def open_case(self) -> Escalation | None:
        """The case to be settled, the oldest first."""
        return next((case for case in self.cases if case.closed_at is None), None)

    @property
    def name(self) -> str:
        """What the customer is called on the page."""
        return self.customer.name or self.conversation.customer_address


def read_story(
    uow: UnitOfWork, brand: Brand, conversation_id: ConversationId, *, public_url: str = ""
) -> Story:
    """Read one conversation. ``public_url``: this site's, whose pictures are shown.

    Raises:
        NotFoundError: there is none with this id.
    """
    cursor = uow.live.last_event_id()
    conversation = uow.conversations.get(conversation_id)
    customer = uow.customers.get(conversation.customer_id)
    if customer is None:
        raise NotFoundError(f"The customer of conversation {conversation_id} is gone.")
    turns = uow.turns.of_conversation(conversation_id)
    packet = make_packet(turns, failed_turns=conversation.failed_turns)
    return Story(
        conversation=conversation,
        customer=customer,
        consent=uow.consents.state(customer.id, sender=brand.slug),
        lines=make_lines(uow.messages.thread(conversation_id), turns, public_url=public_url),
        cases=tuple(uow.escalations.of_conversation(conversation_id)),
        notes=tuple(uow.live.notes(conversation_id)),
        packet=packet,
        spark=sparkline(packet.moods),
        actions=possible(conversation),
        cursor=cursor,
    )


_ACTIONS: Mapping[str, ConversationEvent] = {
    "takeover": ConversationEvent.TAKEN_OVER,
    "return": ConversationEvent.RETURNED,
    "resolve": ConversationEvent.RESOLVED,
}


def possible(conversation: Conversation) -> frozenset[str]:
    """Return which of takeover, return and resolve make sense now."""
    return frozenset(name for name, event in _ACTIONS.items() if _moves(conversation, event))


def _moves(conversation: Conversation, event: ConversationEvent) -> bool:
    try:
        return next_status(conversation.status, event) is not conversation.status
    except TransitionError:
        return False


def make_lines(
    messages: Sequence[Message], turns: Sequence[TurnRecord], *, public_url: str = ""
) -> tuple[Line, ...]:
    """Set each turn's gist under its last reply, or under the text that got none."""
    gists = {turn.id: _gist(turn) for turn in turns}
    place = {m.turn_id: m.id for m in messages if m.turn_id is not None}
    return tuple(
        _line(
            m,
            gists.get(m.turn_id) if m.turn_id and place[m.turn_id] == m.id else None,
            attachments(m.media, public_url=public_url),
        )
        for m in messages
    )


_TROUBLES = {
    Delivery.UNKNOWN: "Nobody knows whether this arrived",
    Delivery.UNDELIVERED: "Not delivered",
    Delivery.FAILED: "Not sent",
    Delivery.CANCELLED: "Never left",
}


def _line(message: Message, gist: Gist | None, files: tuple[Attachment, ...]) -> Line:
    trouble = "" if message.delivery is None else _TROUBLES.get(message.delivery, "")
    if trouble and message.error:
        trouble = f"{trouble}: {message.error}"
    return Line(
        message=message,
        own=message.direction is Direction.OUTBOUND,
        by=author_words(message),
        gist=gist,
        trouble=trouble,
        revision=f"{message.delivery}-{'' if gist is None else gist.turn_id}",
        files=files,
    )


def _gist(turn: TurnRecord) -> Gist | None:
    if turn.trace is None:
        return None
    decision = effective(turn.trace)
    reading = turn.trace.signals_before.understanding
    return Gist(
        turn_id=turn.id,
        route=decision.route,
        rule=decision.rule,
        intent="" if reading is None else reading.intent,
        confidence=0.0 if reading is None else reading.confidence,
        escalated=decision.escalate is not None,
        wishes=() if reading is None else tuple(part.intent for part in reading.parts),
    )
