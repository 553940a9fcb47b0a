"""Messages to label, and their labels."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from agent.domain.ids import TurnId
from agent.domain.learning import LabelItem, LabelQueue, LabelState, NewItem, QueueCounts
from agent.domain.ports import Clock, Ids
from agent.errors import NotFoundError
from agent.store.label_rows import dump_guess, label_item, text_hash
from agent.store.learning_tables import LabelRow

MOST_WAITING = 2_000
"""Items that wait in a queue of worth; the least valuable beyond that are dropped."""


class Labels:
    """Label items by queue and state. Who labelled is the rep's name or email."""

    def __init__(self, session: Session, clock: Clock, ids: Ids) -> None:
        self._session = session
        self._clock = clock
        self._ids = ids

    def add(self, item: NewItem) -> None:
        """Put a message into its queue, unless its turn has been put into the other one.

        Worth: the same words are asked of once, and counted. Blind: every message counts, for
        the test set is to be like the traffic.
        """
        of_turn = self._of_turn(item.turn_id)
        if of_turn is not None:
            self._merge(of_turn, item, seen=0)
            return
        hashed = text_hash(item.text)
        if item.queue is LabelQueue.WORTH:
            if hashed in self.blind_hashes():
                return  # in the test set: a label could not be learnt from
            same = self._same(hashed)
            if same is not None:
                self._merge(same, item, seen=1)
                return
        self._session.add(
            LabelRow(
                id=self._ids.new("lbl"),
                turn_id=item.turn_id,
                conversation_id=item.conversation_id,
                message_hash=item.message_hash,
                queue=item.queue,
                state=LabelState.WAITING,
                text=item.text,
                text_hash=hashed,
                reasons=[str(reason) for reason in item.reasons],
                value=item.value,
                guess=dump_guess(item.guess),
                model_version=item.model_version,
                created_at=self._clock.now(),
            )
        )
        self._session.flush()

    def get(self, item_id: str) -> LabelItem:
        """Return one item.

        Raises:
            NotFoundError: there is none with this id (any more).
        """
        return label_item(self._row(item_id))

    def next(self, queue: LabelQueue, *, by: str, after: Sequence[str] = ()) -> LabelItem | None:
        """Return what ``by`` is to label next, or None where nothing waits for them.

        ``after`` are ids to leave out. Blind messages that another person has labelled come once
        more, for a second label.
        """
        waiting = col(LabelRow.state) == LabelState.WAITING
        if queue is LabelQueue.BLIND:
            second = sa.and_(
                col(LabelRow.state) == LabelState.LABELLED,
                col(LabelRow.labelled_by) != by,
                col(LabelRow.second_label) == "",
            )
            waiting = sa.or_(waiting, second)
        row = self._session.exec(
            select(LabelRow)
            .where(LabelRow.queue == queue, waiting, col(LabelRow.id).not_in(after))
            .order_by(
                sa.case((col(LabelRow.state) == LabelState.WAITING, 0), else_=1),
                col(LabelRow.value).desc(),
                col(LabelRow.created_at),
                col(LabelRow.id),
            )
            .limit(1)
        ).first()
        return None if row is None else label_item(row)

    def label(self, item_id: str, label: str, *, by: str) -> None:
        """Keep a label of an item that waits."""
        row = self._row(item_id)
        row.state, row.label = LabelState.LABELLED, label
        row.labelled_by, row.labelled_at = by, self._clock.now()
        self._put(row)

    def label_again(self, item_id: str, label: str, *, by: str) -> None:
        """Keep a second person's label of a blind message."""
        row = self._row(item_id)
        row.second_label, row.second_by, row.second_at = label, by, self._clock.now()
        self._put(row)

    def skip(self, item_id: str, *, by: str) -> None:
        """Put an item aside that a person could not tell."""
        row = self._row(item_id)
        row.state = LabelState.SKIPPED
        row.labelled_by, row.labelled_at = by, self._clock.now()
        self._put(row)

    def last_of(self, by: str, queue: LabelQueue) -> LabelItem | None:
        """Return what this person has labelled or skipped last."""
        first = sa.and_(col(LabelRow.labelled_by) == by, col(LabelRow.labelled_at).is_not(None))
        second = sa.and_(col(LabelRow.second_by) == by, col(LabelRow.second_at).is_not(None))
        when = sa.case((second, col(LabelRow.second_at)), else_=col(LabelRow.labelled_at))
        row = self._session.exec(
            select(LabelRow)
            .where(LabelRow.queue == queue, sa.or_(first, second))
            .order_by(when.desc(), col(LabelRow.id).desc())
            .limit(1)
        ).first()
        return None if row is None else label_item(row)

    def take_back(self, item_id: str, *, by: str) -> None:
        """Undo this person's label or skip."""
        row = self._row(item_id)
        if row.second_by == by:
            row.second_label, row.second_by, row.second_at = "", "", None
        elif row.second_label:
            # The other person's label stays; it becomes the first.
            row.label, row.labelled_by, row.labelled_at = (
                row.second_label,
                row.second_by,
                row.second_at,
            )
            row.second_label, row.second_by, row.second_at = "", "", None
        else:
            row.state, row.label = LabelState.WAITING, ""
            row.labelled_by, row.labelled_at = "", None
        self._put(row)

    def labelled(self, queue: LabelQueue, label: str | None = None) -> list[LabelItem]:
        """Return the labelled items, of one label or of all, in the order of their labelling."""
        query = select(LabelRow).where(
            LabelRow.queue == queue, LabelRow.state == LabelState.LABELLED
        )
        if label is not None:
            query = query.where(LabelRow.label == label)
        rows = self._session.exec(query.order_by(col(LabelRow.labelled_at), col(LabelRow.id)))
        return [label_item(row) for row in rows]

    def blind_hashes(self) -> set[str]:
        """Return the hashes of all blind texts: none of them may be learnt from."""
        query = select(LabelRow.text_hash).where(LabelRow.queue == LabelQueue.BLIND)
        return set(self._session.exec(query))

    def since(self, since: datetime, *, limit: int) -> list[LabelItem]:
        """Return the newest items of worth from a time on."""
        rows = self._session.exec(
            select(LabelRow)
            .where(LabelRow.queue == LabelQueue.WORTH, col(LabelRow.created_at) >= since)
            .order_by(col(LabelRow.created_at).desc())
            .limit(limit)
        )
        return [label_item(row) for row in rows]

    def counts(self) -> Mapping[LabelQueue, QueueCounts]:
        """Return how many items each queue holds."""
        rows = self._session.exec(
            select(
                LabelRow.queue,
                LabelRow.state,
                sa.func.count(),
                sa.func.sum(sa.case((col(LabelRow.second_label) != "", 1), else_=0)),
            ).group_by(col(LabelRow.queue), col(LabelRow.state))
        ).all()
        found: dict[LabelQueue, dict[str, int]] = {queue: {} for queue in LabelQueue}
        for queue, state, count, second in rows:
            found[LabelQueue(queue)][state] = count
            if state == LabelState.LABELLED:
                found[LabelQueue(queue)]["second"] = int(second or 0)
        return {queue: QueueCounts(**states) for queue, states in found.items()}

    def waiting(self, queue: LabelQueue, *, limit: int) -> list[LabelItem]:
        """Return what waits, the most valuable first."""
        rows = self._session.exec(
            select(LabelRow)
            .where(LabelRow.queue == queue, LabelRow.state == LabelState.WAITING)
            .order_by(col(LabelRow.value).desc(), col(LabelRow.created_at), col(LabelRow.id))
            .limit(limit)
        )
        return [label_item(row) for row in rows]

    def prune(self, *, keep: int = MOST_WAITING) -> None:
        """Drop the least valuable items of worth that wait beyond ``keep``."""
        excess = self.waiting(LabelQueue.WORTH, limit=keep + 500)[keep:]
        if excess:
            ids = [item.id for item in excess]
            self._session.execute(sa.delete(LabelRow).where(col(LabelRow.id).in_(ids)))

    def _merge(self, row: LabelRow, item: NewItem, *, seen: int) -> None:
        row.seen += seen
        if row.queue == LabelQueue.WORTH and row.state == LabelState.WAITING:
            known = dict.fromkeys([*row.reasons, *(str(reason) for reason in item.reasons)])
            row.reasons = list(known)
            row.value = max(row.value, item.value)
        self._put(row)

    def _same(self, hashed: str) -> LabelRow | None:
        return self._session.exec(
            select(LabelRow)
            .where(LabelRow.queue == LabelQueue.WORTH, LabelRow.text_hash == hashed)
            .limit(1)
        ).first()

    def _of_turn(self, turn_id: TurnId) -> LabelRow | None:
        return self._session.exec(select(LabelRow).where(LabelRow.turn_id == turn_id)).first()

    def _row(self, item_id: str) -> LabelRow:
        row = self._session.get(LabelRow, item_id)
        if row is None:
            raise NotFoundError("This message is no longer here; its customer may be erased.")
        return row

    def _put(self, row: LabelRow) -> None:
        self._session.add(row)
        self._session.flush()
