"""Unanswered questions for the lead: sorted in the background, shown, dismissed, answered."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from agent.domain.knowledge import OpenQuestion, QuestionState
from agent.domain.ports import Clock
from agent.errors import NotFoundError
from agent.learning.themes import MOST_MESSAGES
from agent.learning.unanswered import QuestionGroup, groups_of, keep_unanswered, sorted_by_kind
from agent.store.unit_of_work import Database
from knowledge_base.ports import EncoderLike

DAYS = 30
"""How far back is looked."""

LOOK_S = 10.0
"""Seconds between looks for questions to sort."""

BATCH = 100
"""Turns collected in one transaction, so that nobody waits long for the write lock."""

_REST = 20.0
"""Sorting is followed by this many times its time of rest: it takes a twentieth of a core."""

_GONE = "These questions have been dealt with already."

_SORTED = (QuestionState.OPEN, QuestionState.DISMISSED)


@dataclass(slots=True, kw_only=True)
class QuestionDesk:
    """Tends the questions without an answer. ``by`` is who acts."""

    database: Database
    encoder: EncoderLike
    clock: Clock
    _vectors: dict[str, NDArray[np.float32]] = field(default_factory=dict, init=False)
    _collected: bool = field(default=False, init=False)
    _rest_until: float = field(default=0.0, init=False)

    # ── in the background ──────────────────────────────────────────────────────────────────

    def look(self) -> bool:
        """Collect what was asked before questions were collected, then sort what is new."""
        if not self._collected:
            self.collect()
            self._collected = True
        if time.monotonic() >= self._rest_until:
            began = time.monotonic()
            self.sort()
            self._rest_until = time.monotonic() + _REST * (time.monotonic() - began)
        return False

    def collect(self) -> int:
        """Collect the questions of turns that were reviewed before; return how many turns."""
        count, after = 0, ""
        while True:
            with self.database.begin() as uow:
                turns = uow.questions.uncollected(self._since(), after, limit=BATCH)
                for turn_id in turns:
                    turn = uow.turns.get(turn_id)
                    if turn is not None:
                        keep_unanswered(uow, turn)
            if not turns:
                return count
            count, after = count + len(turns), turns[-1]

    def sort(self) -> None:
        """Sort all questions anew if one of them is not sorted yet.

        A question like dismissed ones is dismissed too, by whoever dismissed those.
        """
        with self.database.read() as uow:
            if not uow.questions.unsorted(self._since()):
                return
            questions = uow.questions.since(self._since(), _SORTED, limit=MOST_MESSAGES)
        groups = sorted_by_kind(questions, self._encode(questions))
        by_id = {question.id: question for question in questions}
        with self.database.begin() as uow:
            changed = {
                central: [i for i in members if by_id[i].group != central]
                for central, members in groups.items()
            }
            uow.questions.sort({central: ids for central, ids in changed.items() if ids})
            for members in groups.values():
                dismissed = [by_id[i] for i in members if by_id[i].state is QuestionState.DISMISSED]
                new = [
                    i
                    for i in members
                    if by_id[i].state is QuestionState.OPEN and not by_id[i].group
                ]
                if dismissed and new:
                    by = dismissed[0].settled_by
                    uow.questions.settle(new, QuestionState.DISMISSED, by=by)

    def _encode(self, questions: Sequence[OpenQuestion]) -> NDArray[np.float32]:
        """Return ``(n, d) float32``; each wording is encoded once, one by one beside the turns."""
        wanted = {question.text_hash: question.text for question in questions}
        self._vectors = {key: v for key, v in self._vectors.items() if key in wanted}
        for key, text in wanted.items():
            if key not in self._vectors:
                self._vectors[key] = self.encoder.encode([text])[0]
        return np.stack([self._vectors[question.text_hash] for question in questions])

    # ── for the lead ───────────────────────────────────────────────────────────────────────

    def groups(self, state: QuestionState = QuestionState.OPEN) -> list[QuestionGroup]:
        """Return the groups of questions in a state, the most frequent first."""
        return groups_of(self._questions(state))

    def group(self, group_id: str) -> QuestionGroup:
        """Return one open group.

        Raises:
            NotFoundError: it is dismissed, answered or gone.
        """
        questions = self._questions(QuestionState.OPEN)
        members = set(_members(questions, group_id))
        if not members:
            raise NotFoundError(_GONE)
        return groups_of([question for question in questions if question.id in members])[0]

    def dismiss(self, group_id: str, *, by: str) -> None:
        """Want no answer to a group of questions.

        Raises:
            NotFoundError: there is no such open group.
        """
        self._settle(group_id, QuestionState.OPEN, QuestionState.DISMISSED, by=by)

    def restore(self, group_id: str, *, by: str) -> None:
        """Show a dismissed group again.

        Raises:
            NotFoundError: there is no such dismissed group.
        """
        self._settle(group_id, QuestionState.DISMISSED, QuestionState.OPEN, by=by)

    def answered(self, group_id: str, answer_id: str, *, by: str) -> None:
        """Note that an answer was written to a group.

        Raises:
            NotFoundError: there is no such open group.
        """
        self._settle(
            group_id, QuestionState.OPEN, QuestionState.ANSWERED, by=by, answer_id=answer_id
        )

    def _settle(
        self,
        group_id: str,
        present: QuestionState,
        wanted: QuestionState,
        *,
        by: str,
        answer_id: str = "",
    ) -> None:
        members = _members(self._questions(present), group_id)
        if not members:
            raise NotFoundError(_GONE)
        with self.database.begin() as uow:
            uow.questions.settle(members, wanted, by=by, answer_id=answer_id)

    def _questions(self, state: QuestionState) -> list[OpenQuestion]:
        with self.database.read() as uow:
            return uow.questions.since(self._since(), [state], limit=MOST_MESSAGES)

    def _since(self) -> datetime:
        return self.clock.now() - timedelta(days=DAYS)


def _members(questions: Sequence[OpenQuestion], group_id: str) -> list[str]:
    """Return the ids of a group that a page has named, though it may be sorted anew since."""
    named = next((q.group for q in questions if q.id == group_id and q.group), group_id)
    return [q.id for q in questions if (q.group or q.id) == named]
