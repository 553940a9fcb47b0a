"""Questions that nothing answered: collected from finished turns, and sorted by likeness."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from agent.domain.ids import ConversationId
from agent.domain.knowledge import OpenQuestion, QuestionKind
from agent.domain.signals import FailureKind, Outcome
from agent.domain.turns import Trace, TurnRecord
from agent.learning.masked_turn import masked
from agent.learning.themes import clusters
from agent.store.unit_of_work import UnitOfWork

LEAST_LIKE = 0.5
"""Mean cosine similarity from which questions are of one kind. Stricter than for topics: one answer
is to serve them all (``themes.LEAST_LIKE`` has the measurement)."""

_KINDS = {
    FailureKind.NOT_KNOWN: QuestionKind.NOT_KNOWN,
    FailureKind.CLAIMS_CUT: QuestionKind.CLAIMS_CUT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionGroup:
    """Questions of one kind. ``id`` is that of the question that stands for them.

    ``texts`` are their wordings with how often each came, the most frequent first, ``example`` the
    one that stands for them; ``conversation_id`` is where it was asked last.
    """

    id: str
    example: str
    texts: tuple[tuple[str, int], ...]
    times: int
    first_at: datetime
    last_at: datetime
    conversation_id: ConversationId
    kinds: tuple[QuestionKind, ...]
    settled_by: str = ""


def keep_unanswered(uow: UnitOfWork, turn: TurnRecord) -> None:
    """Keep the questions, masked, that a finished turn did not answer."""
    if turn.trace is None:
        return
    for place, (part, kind) in enumerate(unanswered_in(turn.trace)):
        text = masked(uow, turn, part).strip()
        if any(character.isalpha() for character in text):
            uow.questions.add(turn, place, text, kind)


def unanswered_in(trace: Trace) -> Iterator[tuple[str, QuestionKind]]:
    """Yield what a turn was asked and did not answer; an empty text stands for all of it."""
    outcome, decision = trace.signals_after.outcome, trace.decision_before
    if outcome is None:
        return
    if len(outcome.parts) == len(decision.parts) > 1:
        for part, came_of_it in zip(decision.parts, outcome.parts, strict=True):
            if not came_of_it.answered:
                yield part.text, QuestionKind.NOT_KNOWN
    elif outcome.failure in _KINDS:
        yield _asked(trace), _KINDS[outcome.failure]
    elif _left_open_as_strange(outcome, decision.rule):
        yield "", QuestionKind.OUT_OF_SCOPE


def _asked(trace: Trace) -> str:
    """Return the question that was answered instead of the text, such as a clarified one."""
    question = trace.decision_before.question
    return "" if question == trace.signals_before.text else question


def _left_open_as_strange(outcome: Outcome, rule: str) -> bool:
    return rule == "out_of_scope" and not outcome.answered


def sorted_by_kind(
    questions: Sequence[OpenQuestion], vectors: NDArray[np.float32]
) -> dict[str, list[str]]:
    """Return the ids of the members of each group by that of its most central question.

    ``vectors`` is ``(n, d) float32``, rows of length 1, in the order of ``questions``. Each
    question is in one group, if need be alone. The same words are always of one kind.
    """
    distinct: dict[str, list[int]] = {}
    for place, question in enumerate(questions):
        distinct.setdefault(question.text_hash, []).append(place)
    firsts = [places[0] for places in distinct.values()]
    several = list(distinct.values())
    groups = clusters(vectors[firsts], least=1, like=LEAST_LIKE) if len(firsts) > 1 else [[0]]
    sorted_ = {}
    for members in groups if firsts else []:
        places = [place for member in members for place in several[member]]
        central = places[int(np.argmax(vectors[places] @ vectors[places].mean(axis=0)))]
        sorted_[questions[central].id] = [questions[place].id for place in places]
    return sorted_


def groups_of(questions: Sequence[OpenQuestion]) -> list[QuestionGroup]:
    """Return the groups, the most frequent first, of equals the one asked last."""
    members: dict[str, list[OpenQuestion]] = {}
    for question in questions:
        members.setdefault(question.group or question.id, []).append(question)
    found = [_group(key, group) for key, group in members.items()]
    return sorted(found, key=lambda g: (-g.times, -g.last_at.timestamp(), g.id))


def _group(key: str, members: Sequence[OpenQuestion]) -> QuestionGroup:
    newest = max(members, key=lambda q: q.asked_at)
    example = next((q for q in members if q.id == key), newest)
    texts = Counter(q.text for q in members)
    return QuestionGroup(
        id=key,
        example=example.text,
        texts=tuple(texts.most_common()),
        times=len(members),
        first_at=min(q.asked_at for q in members),
        last_at=newest.asked_at,
        conversation_id=newest.conversation_id,
        kinds=tuple(sorted({q.kind for q in members})),
        settled_by=newest.settled_by,
    )
