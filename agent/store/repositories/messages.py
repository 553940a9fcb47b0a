"""Messages in and out."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from agent.domain.ids import ConversationId, MessageId, TurnId
from agent.domain.messages import Author, Delivery, Direction, InboundMessage, Message
from agent.domain.ports import Clock, Ids
from agent.store.message_rows import message_of, message_row
from agent.store.tables import MessageRow


class Messages:
    """Messages by id, by provider's id, by conversation and by turn."""

    def __init__(self, session: Session, clock: Clock, ids: Ids) -> None:
        self._session = session
        self._clock = clock
        self._ids = ids

    def find_inbound(self, provider: str, provider_id: str) -> Message | None:
        """Return the inbound message that the provider knows by this id, or None."""
        row = self._session.exec(
            select(MessageRow).where(
                MessageRow.provider == provider,
                MessageRow.provider_id == provider_id,
                MessageRow.direction == Direction.INBOUND,
            )
        ).first()
        return None if row is None else message_of(row)

    def add_inbound(self, conversation_id: ConversationId, inbound: InboundMessage) -> Message:
        """Store a customer's text.

        Raises:
            sqlalchemy.exc.IntegrityError: the provider's id is already stored.
        """
        now = self._clock.now()
        row = MessageRow(
            id=self._ids.new("msg"),
            conversation_id=conversation_id,
            direction=Direction.INBOUND,
            author=Author.CUSTOMER,
            text=inbound.text,
            media=list(inbound.media) or None,
            provider=inbound.provider,
            provider_id=inbound.provider_id,
            provider_handled=inbound.provider_handled,
            created_at=now,
            updated_at=now,
        )
        self._session.add(row)
        self._session.flush()
        return message_of(row)

    def claim(
        self, conversation_id: ConversationId, turn_id: TurnId, *, first: bool = False
    ) -> list[Message]:
        """Give all unclaimed texts to a turn; return the turn's, oldest first.

        ``first``: it is known that the turn has none yet.
        """
        claim = (
            sa.update(MessageRow)
            .where(
                col(MessageRow.conversation_id) == conversation_id,
                col(MessageRow.direction) == Direction.INBOUND,
                col(MessageRow.turn_id).is_(None),
            )
            .values(turn_id=turn_id)
        )
        unsynchronised = {"populate_existing": True, "synchronize_session": False}
        if not first:
            self._session.execute(claim, execution_options=unsynchronised)
            return self.of_turn(turn_id, Direction.INBOUND)
        claimed = self._session.scalars(
            claim.returning(MessageRow), execution_options=unsynchronised
        ).all()
        return [
            message_of(row)
            for row in sorted(claimed, key=lambda row: (row.created_at, row.ordinal, row.id))
        ]

    def of_turn(self, turn_id: TurnId, direction: Direction) -> list[Message]:
        """Return a turn's texts of one direction in order."""
        rows = self._session.exec(
            select(MessageRow)
            .where(MessageRow.turn_id == turn_id, MessageRow.direction == direction)
            .order_by(col(MessageRow.created_at), col(MessageRow.ordinal), col(MessageRow.id))
        ).all()
        return [message_of(row) for row in rows]

    def add_outbound(
        self,
        conversation_id: ConversationId,
        *,
        author: Author,
        text: str,
        provider: str,
        encoding: str,
        segments: int,
        turn_id: TurnId | None = None,
        ordinal: int = 0,
        author_name: str = "",
        essential: bool = False,
    ) -> Message:
        """Put a text into the outbox."""
        now = self._clock.now()
        row = MessageRow(
            id=self._ids.new("msg"),
            conversation_id=conversation_id,
            direction=Direction.OUTBOUND,
            author=author,
            author_name=author_name,
            text=text,
            provider=provider,
            turn_id=turn_id,
            ordinal=ordinal,
            essential=essential,
            delivery=Delivery.PENDING,
            encoding=encoding,
            segments=segments,
            created_at=now,
            updated_at=now,
        )
        self._session.add(row)
        return message_of(row)

    def exists(self, message_id: MessageId) -> bool:
        """Whether a message is stored; one that was may have been erased."""
        return self._session.get(MessageRow, message_id) is not None

    def get(self, message_id: MessageId) -> Message:
        """Return one message.

        Raises:
            NotFoundError: there is none with this id.
        """
        return message_of(message_row(self._session, message_id))

    def find_outbound(self, provider: str, provider_id: str) -> Message | None:
        """Return the outbound message that the provider knows by this id, or None."""
        row = self._session.exec(
            select(MessageRow).where(
                MessageRow.provider == provider,
                MessageRow.provider_id == provider_id,
                MessageRow.direction == Direction.OUTBOUND,
            )
        ).first()
        return None if row is None else message_of(row)

    def thread(self, conversation_id: ConversationId, *, limit: int = 500) -> list[Message]:
        """Return the last messages of a conversation, oldest first."""
        rows = self._session.exec(
            select(MessageRow)
            .where(MessageRow.conversation_id == conversation_id)
            .order_by(
                col(MessageRow.created_at).desc(),
                col(MessageRow.ordinal).desc(),
                col(MessageRow.id).desc(),
            )
            .limit(limit)
        ).all()
        return [message_of(row) for row in reversed(rows)]

    def previous(
        self, conversation_id: ConversationId, *, besides: Sequence[MessageId], most: int
    ) -> list[tuple[str, datetime]]:
        """Return the customer's last texts besides these and when they came, the newest first."""
        query = (
            select(MessageRow.id, MessageRow.text, MessageRow.created_at)
            .where(
                MessageRow.conversation_id == conversation_id,
                MessageRow.direction == Direction.INBOUND,
            )
            .order_by(col(MessageRow.created_at).desc(), col(MessageRow.id).desc())
            .limit(len(besides) + most)
        )
        left_out = set(besides)
        found = self._session.exec(query)
        return [(text, at) for row_id, text, at in found if row_id not in left_out][:most]

    def latest(
        self, conversation_ids: Sequence[ConversationId]
    ) -> Mapping[ConversationId, Message]:
        """Return the newest message of each of these conversations that has one."""
        newest_first = (
            col(MessageRow.created_at).desc(),
            col(MessageRow.ordinal).desc(),
            col(MessageRow.id).desc(),
        )
        ranked = (
            sa.select(
                col(MessageRow.id).label("id"),
                sa.func.row_number()
                .over(partition_by=col(MessageRow.conversation_id), order_by=newest_first)
                .label("place"),
            )
            .where(col(MessageRow.conversation_id).in_(conversation_ids))
            .subquery()
        )
        rows = self._session.exec(
            select(MessageRow)
            .join(ranked, col(MessageRow.id) == ranked.c.id)
            .where(ranked.c.place == 1)
        )
        return {ConversationId(row.conversation_id): message_of(row) for row in rows}

    def last_provider(self, conversation_id: ConversationId) -> str | None:
        """Return the provider of the customer's last text, None where they have never written."""
        return self._session.exec(
            select(MessageRow.provider)
            .where(
                MessageRow.conversation_id == conversation_id,
                MessageRow.direction == Direction.INBOUND,
            )
            .order_by(col(MessageRow.created_at).desc())
            .limit(1)
        ).first()

    def any_unclaimed(self, conversation_id: ConversationId) -> bool:
        """Whether there are texts that no turn has taken yet."""
        waiting = (
            select(MessageRow.id)
            .where(
                MessageRow.conversation_id == conversation_id,
                MessageRow.direction == Direction.INBOUND,
                col(MessageRow.turn_id).is_(None),
            )
            .limit(1)
        )
        return self._session.exec(waiting).first() is not None

    def unclaimed(self, conversation_id: ConversationId) -> list[Message]:
        """Return texts that no turn has taken yet, oldest first."""
        rows = self._session.exec(
            select(MessageRow)
            .where(
                MessageRow.conversation_id == conversation_id,
                MessageRow.direction == Direction.INBOUND,
                col(MessageRow.turn_id).is_(None),
            )
            .order_by(col(MessageRow.created_at), col(MessageRow.id))
        ).all()
        return [message_of(row) for row in rows]
