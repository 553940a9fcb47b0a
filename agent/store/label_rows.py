"""Rows of label items, and what they hold as domain objects."""

import hashlib
from typing import Any

from pydantic import TypeAdapter

from agent.domain.ids import ConversationId, TurnId
from agent.domain.learning import Guess, LabelItem, LabelQueue, LabelState, Reason
from agent.store.learning_tables import LabelRow
from intents.normalise import key

_GUESS: TypeAdapter[Guess] = TypeAdapter(Guess)


def text_hash(text: str) -> str:
    """Return the hash by which two texts count as the same."""
    return hashlib.sha256(key(text).encode()).hexdigest()


def dump_guess(guess: Guess | None) -> dict[str, Any] | None:
    """Serialise a guess for a JSON column."""
    return None if guess is None else _GUESS.dump_python(guess, mode="json")


def load_guess(value: dict[str, Any] | None) -> Guess | None:
    """Restore a guess."""
    return None if value is None else _GUESS.validate_python(value)


def label_item(row: LabelRow) -> LabelItem:
    """Return what a row holds."""
    return LabelItem(
        id=row.id,
        queue=LabelQueue(row.queue),
        state=LabelState(row.state),
        turn_id=TurnId(row.turn_id),
        conversation_id=ConversationId(row.conversation_id),
        message_hash=row.message_hash,
        text=row.text,
        text_hash=row.text_hash,
        reasons=tuple(Reason(reason) for reason in row.reasons),
        value=row.value,
        seen=row.seen,
        guess=load_guess(row.guess),
        model_version=row.model_version,
        created_at=row.created_at,
        label=row.label,
        labelled_by=row.labelled_by,
        labelled_at=row.labelled_at,
        second_label=row.second_label,
        second_by=row.second_by,
    )
