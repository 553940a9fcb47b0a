"""What a rep can do with a conversation."""

from dataclasses import dataclass
from typing import Protocol

from sqlmodel import Session

from agent.brand import Brand
from agent.domain.consent import ConsentState
from agent.domain.conversations import ConversationEvent, ConversationStatus
from agent.domain.ids import ConversationId, MessageId
from agent.domain.messages import Author, Message
from agent.errors import ConflictError, InvalidInputError, NotFoundError
from agent.outgoing import put_into_outbox
from agent.replies.segments import fit
from agent.store.repositories.users import User
from agent.store.unit_of_work import Database, UnitOfWork

MAX_REPLY = 1600
"""Characters; the most that providers take in one message."""


class SendQueue(Protocol):
    """Where messages wait to be sent."""

    def enqueue_send(self, session: Session, message_id: MessageId, *, delay_s: float) -> None:
        """Enqueue a send in the session's transaction."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A rep's actions. Each is one transaction."""

    database: Database
    queue: SendQueue
    brand: Brand

    def reply(self, conversation_id: ConversationId, *, text: str, rep: User) -> Message:
        """Answer the customer; writing takes the conversation over.

        Raises:
            NotFoundError: there is no such conversation.
            InvalidInputError: the text is empty or too long.
            ConflictError: the customer has said STOP.
        """
        text = text.strip()
        if not text or len(text) > MAX_REPLY:
            raise InvalidInputError(
                f"A reply has 1 to {MAX_REPLY} characters; this one has {len(text)}.", field="text"
            )
        with self.database.begin() as uow:
            conversation = uow.conversations.get(conversation_id)
            state = uow.consents.state(conversation.customer_id, sender=self.brand.slug)
            if state is ConsentState.OUT:
                raise ConflictError(
                    "The customer has said STOP; nothing may be sent until they text START."
                )
            if conversation.status is not ConversationStatus.HUMAN:
                self._take(uow, conversation_id, rep)
            return self._send(uow, conversation_id, text, rep)

    def take_over(self, conversation_id: ConversationId, rep: User) -> None:
        """Take the conversation; the agent falls silent."""
        with self.database.begin() as uow:
            uow.conversations.get(conversation_id)
            self._take(uow, conversation_id, rep)
            # What the agent has composed and not sent yet must not talk over the rep; proactive
            # texts wait until the rep has done.
            uow.proactive.cancel_answers(conversation_id)

    def hand_back(self, conversation_id: ConversationId, rep: User) -> None:
        """Give the conversation back to the agent.

        Raises:
            TransitionError: no person is in charge of it.
        """
        del rep
        with self.database.begin() as uow:
            status = uow.conversations.apply(conversation_id, ConversationEvent.RETURNED, rep="")
            uow.conversations.remember(conversation_id, failed_turns=0, pending=None, flow=None)
            uow.escalations.close(conversation_id)
            uow.live.publish(conversation_id, "status", status=status)

    def resolve(self, conversation_id: ConversationId, rep: User) -> None:
        """Close the conversation; the customer's next text opens it again with the agent.

        Raises:
            TransitionError: it is resolved already.
        """
        del rep
        with self.database.begin() as uow:
            status = uow.conversations.apply(conversation_id, ConversationEvent.RESOLVED, rep="")
            uow.conversations.remember(conversation_id, failed_turns=0, pending=None, flow=None)
            uow.escalations.close(conversation_id)
            uow.live.publish(conversation_id, "status", status=status)

    def note(self, conversation_id: ConversationId, rep: User, text: str) -> None:
        """Keep a remark that is never sent.

        Raises:
            InvalidInputError: the remark is empty.
        """
        if not text.strip():
            raise InvalidInputError("The note is empty.", field="text")
        with self.database.begin() as uow:
            uow.conversations.get(conversation_id)
            uow.live.add_note(conversation_id, author=rep.name or rep.email, text=text.strip())

    def _take(self, uow: UnitOfWork, conversation_id: ConversationId, rep: User) -> None:
        name = rep.name or rep.email
        status = uow.conversations.apply(conversation_id, ConversationEvent.TAKEN_OVER, rep=name)
        uow.escalations.take(conversation_id, name)
        uow.live.publish(conversation_id, "status", status=status)

    def _send(
        self, uow: UnitOfWork, conversation_id: ConversationId, text: str, rep: User
    ) -> Message:
        provider = uow.messages.last_provider(conversation_id)
        if provider is None:
            raise NotFoundError(f"Conversation {conversation_id} has no text to reply to.")
        message = put_into_outbox(
            uow,
            conversation_id,
            fit(text),
            author=Author.REP,
            author_name=rep.name or rep.email,
            provider=provider,
        )
        self.queue.enqueue_send(uow.session, message.id, delay_s=0)
        return message
