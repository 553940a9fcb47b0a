"""What a turn has claimed: its texts, their conversation and customer, read in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from agent.brand import Brand
from agent.consent.asking import without_stale_question
from agent.consent.turns import consent_of_turn
from agent.domain.conversations import Conversation, ConversationStatus
from agent.domain.customers import Customer
from agent.domain.ids import CustomerId
from agent.domain.messages import Author, Message
from agent.domain.signals import Waits
from agent.store.unit_of_work import UnitOfWork
from agent.turns.in_and_out import TurnInput
from knowledge_base.question import context_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """The texts that a turn has claimed, and what it is taken with."""

    messages: tuple[Message, ...]
    conversation: Conversation
    customer: Customer
    turn: TurnInput


def read_claimed(
    uow: UnitOfWork,
    messages: tuple[Message, ...],
    conversation: Conversation,
    *,
    brand: Brand,
    link: Callable[[CustomerId], str],
) -> Claimed:
    """Read what a turn with these texts is taken with.

    Args:
        uow: the transaction that has claimed them.
        messages: the texts, oldest first; at least one.
        conversation: theirs.
        brand: whose consent counts.
        link: where a customer's own page of topics is.

    Raises:
        LookupError: the conversation's customer is not stored.
    """
    customer = uow.customers.get(conversation.customer_id)
    if customer is None:
        raise LookupError(f"conversation {conversation.id} has no customer")
    before = uow.messages.previous(
        conversation.id, besides=[message.id for message in messages], most=_LAST_TEXTS
    )
    conversation = without_stale_question(uow, conversation)
    turn = TurnInput(
        conversation=conversation,
        customer=customer,
        texts=tuple(message.text for message in messages),
        # The state before these texts, and what the inbox recorded because of them.
        consent=consent_of_turn(
            uow.consents.ledger(conversation.customer_id, sender=brand.slug),
            {message.id for message in messages},
            brand.consent,
            link=link(conversation.customer_id),
        ),
        previous=context_of([text for text, _ in before[:_LONGEST_CHAIN]]),
        lately=tuple(text for text, at in before if uow.now() - at <= _A_MOMENT),
        provider_handled=any(message.provider_handled for message in messages),
        pictures=sum(len(message.media) for message in messages),
        waits=_waits(uow, conversation),
    )
    return Claimed(messages=messages, conversation=conversation, customer=customer, turn=turn)


_LATELY = timedelta(minutes=3)
"""Somebody who asks again within this time has just been told how long it takes."""
_LAST = 12
"""Messages looked back for what the agent said lately."""


def _waits(uow: UnitOfWork, conversation: Conversation) -> Waits | None:
    """Return what is known of the wait, where the conversation waits for a person."""
    if conversation.status is not ConversationStatus.WAITING:
        return None
    cases = uow.escalations.of_conversation(conversation.id)
    waiting = [case for case in cases if case.closed_at is None]
    if not waiting:
        return None
    handed_over = {case.turn_id for case in waiting}
    said = (
        message
        for message in uow.messages.thread(conversation.id, limit=_LAST)
        if message.author is Author.AGENT and message.turn_id not in handed_over
    )
    since = max(uow.now() - _LATELY, waiting[0].opened_at)
    return Waits(
        rules=tuple(case.rule for case in waiting),
        queue=waiting[0].queue,
        since=waiting[0].opened_at,
        told_lately=any(message.created_at > since for message in said),
    )


_LAST_TEXTS = 5
"""The customer's texts looked back for."""
_LONGEST_CHAIN = 3
"""Texts that a question may lean on, one after another."""
_A_MOMENT = timedelta(minutes=30)
"""Within this time a text goes on from the one before: it is about the same matter."""
