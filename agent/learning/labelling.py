"""Labelling live messages: what comes next, and what a label, a skip and an undo do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from agent.domain.learning import (
    OUT_OF_SCOPE,
    LabelItem,
    LabelQueue,
    LabelState,
    QueueCounts,
)
from agent.errors import ConflictError, InvalidInputError
from agent.learning.label_files import Exported, LabelFiles
from agent.store.unit_of_work import Database

MOST_CANDIDATES = 9
"""One key each."""

_LEAST_CHANCE = 0.005
"""What would be shown as 0% is no candidate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A message to label. ``candidates`` are empty for a blind one: the guess is not shown."""

    item: LabelItem
    candidates: tuple[tuple[str, float], ...]
    counts: QueueCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelling:
    """Each action is one transaction. ``intents`` gives the live version's labels."""

    database: Database
    files: LabelFiles
    intents: Callable[[], Sequence[str]]

    def next(self, queue: LabelQueue, *, by: str, item_id: str = "") -> Task | None:
        """Return what this person is to label next, or the item asked for while it is open."""
        with self.database.read() as uow:
            item = uow.labels.get(item_id) if item_id else uow.labels.next(queue, by=by)
            counts = uow.labels.counts()[queue]
        if item is None or item.queue is not queue:
            return None
        return Task(item=item, candidates=candidates_of(item, self.intents()), counts=counts)

    def counts(self) -> Mapping[LabelQueue, QueueCounts]:
        """Return how many items each queue holds."""
        with self.database.read() as uow:
            return uow.labels.counts()

    def label(self, item_id: str, label: str, *, by: str) -> LabelItem:
        """Keep a label, and write the files.

        Raises:
            NotFoundError: the item is gone.
            InvalidInputError: there is no such intent.
            ConflictError: somebody else was faster.
        """
        if label != OUT_OF_SCOPE and label not in self.intents():
            raise InvalidInputError(f"There is no intent {label!r}.", field="label")
        with self.database.begin() as uow:
            item = uow.labels.get(item_id)
            if item.state is LabelState.WAITING:
                uow.labels.label(item_id, label, by=by)
            elif _awaits_second(item, by):
                uow.labels.label_again(item_id, label, by=by)
            else:
                raise _taken(item)
        self.files.write()
        return item

    def skip(self, item_id: str, *, by: str) -> LabelItem:
        """Put an item aside that nobody can tell from its words alone.

        Raises:
            NotFoundError: the item is gone.
            ConflictError: somebody else was faster.
        """
        with self.database.begin() as uow:
            item = uow.labels.get(item_id)
            if item.state is not LabelState.WAITING:
                raise _taken(item)
            uow.labels.skip(item_id, by=by)
        return item

    def undo(self, queue: LabelQueue, *, by: str) -> LabelItem | None:
        """Take back this person's last label or skip in a queue; None where there is none."""
        with self.database.begin() as uow:
            item = uow.labels.last_of(by, queue)
            if item is None:
                return None
            uow.labels.take_back(item.id, by=by)
        self.files.write()
        return item

    def export(self) -> Exported:
        """Write the files."""
        return self.files.write()


def candidates_of(item: LabelItem, intents: Sequence[str]) -> tuple[tuple[str, float], ...]:
    """Return the guesses to choose from: none of a blind item, none that is no longer there."""
    if item.queue is LabelQueue.BLIND or item.guess is None:
        return ()
    known = {*intents} - {OUT_OF_SCOPE}
    found = [
        (candidate.intent, candidate.confidence)
        for candidate in item.guess.candidates
        if candidate.intent in known and candidate.confidence >= _LEAST_CHANCE
    ]
    return tuple(found[:MOST_CANDIDATES])


def _awaits_second(item: LabelItem, by: str) -> bool:
    """Whether a blind item has one label, of somebody else."""
    return (
        item.queue is LabelQueue.BLIND
        and item.state is LabelState.LABELLED
        and item.labelled_by != by
        and not item.second_label
    )


def _taken(item: LabelItem) -> ConflictError:
    who = item.second_by or item.labelled_by or "somebody"
    return ConflictError(f"{who} has already labelled this message.")
