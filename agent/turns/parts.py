"""Several wishes as the answering sees them: each by itself, and their answers as one."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from agent.domain.signals import FailureKind
from agent.replies.composing import ComposerName
from agent.replies.grounded import Answer
from agent.replies.segments import encoding_of
from intents.types import Candidate, Doubt, Entity, EntityType, Part, Understanding


def of_part(whole: Understanding, part: Part) -> Understanding:
    """Return what was understood of one part: its intent, and the entities in its words."""
    return replace(
        whole,
        text=part.text,
        intent=part.intent,
        confidence=part.confidence,
        candidates=(Candidate(intent=part.intent, confidence=part.confidence),),
        doubt=Doubt.NONE,
        entities=_entities(whole, part.text),
        parts=(),
        answer=None,
    )


def words_of(part: Part) -> str:
    """Return a part's words without what only led over to the next one."""
    return _LEADS_OVER.sub("", part.text).strip()


def name_of(part: Part, label: str) -> str:
    """Name a part's matter shortly: in the customer's words, or by its label where they are long.

    Their words cannot be mistaken, where a label tells what was understood.
    """
    words = re.sub(r"\s+", " ", words_of(part)).strip(" .,;:!?\"'")
    quoted = f'"{words}"'
    short = len(words) <= _LONGEST_NAME and encoding_of(quoted) == "GSM-7"
    return quoted if short and words else label


def is_aside(part: Part) -> bool:
    """Whether a part is so short and asks so little that it need not be named: 'budget 200'."""
    return "?" not in part.text and len(words_of(part).split()) < _LEAST_WORDS


_LEADS_OVER = re.compile(
    r"(?:[\s,;.]+(?:and|but|also|plus|then|so|oh|btw|or|because))+[\s,;]*$", re.IGNORECASE
)
_LONGEST_NAME = 45
"""Characters; two such names and the offer of a colleague still fit one part."""
_LEAST_WORDS = 3


def names_order(understanding: Understanding | None) -> bool:
    """Whether an order's number stands in the words."""
    return understanding is not None and understanding.entity(EntityType.ORDER_NUMBER) is not None


def merged(answers: Sequence[Answer], *, text: str) -> Answer | None:
    """Return all there was to several answers as one; None where there was none.

    Evidence, passages and cut claims of all, each once; times added up; answered if one was.
    """
    if not answers:
        return None
    answered = [answer for answer in answers if answer.answered]
    failures = [answer.failure or FailureKind.NOT_KNOWN for answer in answers]
    return Answer(
        text=text,
        answered=bool(answered),
        composer=_composer(answered or answers),
        evidence=_once(item for answer in answers for item in answer.evidence),
        passages=_once(hit for answer in answers for hit in answer.passages),
        cut=_once(claim for answer in answers for claim in answer.cut),
        took_ms=_added(answers),
        prompt_version=next((a.prompt_version for a in answers if a.prompt_version), ""),
        failure=None if answered else failures[0],
        llm_failure=next((a.llm_failure for a in answers if a.llm_failure), ""),
    )


def _composer(answers: Sequence[Answer]) -> ComposerName:
    """An LLM's part makes the whole an LLM's."""
    names = [answer.composer for answer in answers]
    return "llm" if "llm" in names else next((name for name in names if name != "none"), "none")


_Item = TypeVar("_Item")


def _once(items: Iterable[_Item]) -> tuple[_Item, ...]:
    kept: list[_Item] = []
    for item in items:
        if item not in kept:
            kept.append(item)
    return tuple(kept)


def _added(answers: Sequence[Answer]) -> dict[str, float]:
    stages = dict.fromkeys(stage for answer in answers for stage in answer.took_ms)
    return {stage: sum(a.took_ms.get(stage, 0.0) for a in answers) for stage in stages}


def _entities(whole: Understanding, text: str) -> tuple[Entity, ...]:
    """Return the message's entities that stand in a part, placed within the part."""
    begins = whole.text.find(text)
    if begins < 0:
        return ()
    ends = begins + len(text)
    return tuple(
        replace(entity, start=entity.start - begins, end=entity.end - begins)
        for entity in whole.entities
        if begins <= entity.start and entity.end <= ends
    )
