"""Replies put into the outbox: fitted to what SMS carries, one row each."""

from agent.brand import Brand
from agent.channels import LOCAL_PROVIDERS
from agent.domain.ids import TurnId
from agent.domain.messages import Author, Direction, Message
from agent.replies.segments import fit, measure, shorten
from agent.runtime.claimed import Claimed
from agent.store.unit_of_work import UnitOfWork
from agent.turn_io import Reply


def store_reply(
    uow: UnitOfWork, brand: Brand, turn_id: TurnId, claimed: Claimed, reply: Reply, place: int
) -> Message:
    """Store a turn's reply for sending; ``place`` is its place among the turn's, from 0."""
    # What the carriers require is never shortened, nor what is not sent as SMS.
    whole = reply.essential or claimed.messages[-1].provider in LOCAL_PROVIDERS
    limit = brand.voice.max_segments
    text = fit(reply.text) if whole else shorten(reply.text, limit)
    measured = measure(text)
    message = uow.messages.add_outbound(
        claimed.conversation.id,
        author=Author.AGENT,
        text=text,
        provider=claimed.messages[-1].provider,
        encoding=measured.encoding,
        segments=measured.segments,
        turn_id=turn_id,
        ordinal=place,
        essential=reply.essential,
    )
    uow.live.publish(
        claimed.conversation.id,
        "message",
        message_id=message.id,
        direction=Direction.OUTBOUND,
    )
    return message
