"""Replies put into the outbox: fitted to what SMS carries, one row each."""

from agent.brand import Brand
from agent.channels import LOCAL_PROVIDERS
from agent.domain.ids import TurnId
from agent.domain.messages import Author, Message
from agent.outgoing import put_into_outbox
from agent.replies.segments import fit, shorten
from agent.runtime.claimed import Claimed
from agent.store.unit_of_work import UnitOfWork
from agent.turns.in_and_out import Reply


def store_reply(
    uow: UnitOfWork, brand: Brand, turn_id: TurnId, claimed: Claimed, reply: Reply, place: int
) -> Message:
    """Store a turn's reply for sending; ``place`` is its place among the turn's, from 0."""
    provider = claimed.messages[-1].provider
    # What the carriers require is never shortened, nor what is not sent as SMS.
    whole = reply.essential or provider in LOCAL_PROVIDERS
    text = fit(reply.text) if whole else shorten(reply.text, brand.voice.max_segments)
    return put_into_outbox(
        uow,
        claimed.conversation.id,
        text,
        author=Author.AGENT,
        provider=provider,
        turn_id=turn_id,
        ordinal=place,
        essential=reply.essential,
    )
