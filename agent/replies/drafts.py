"""What a composer hands over: a text and the evidence it stands on."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from agent.replies.evidence import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A composed reply before the guard has seen it.

    ``traits`` are what its confidence is judged by, by name; empty where rows answer. ``guess``:
    rows tell about what was named, and whether they say what was asked has still to be read.
    ``far``: a guess in spite of words that the row does not explain; reading must be surer of it.
    """

    text: str
    evidence: tuple[Evidence, ...]
    traits: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}), compare=False)
    guess: bool = False
    far: bool = False


def worded(evidence: Evidence, sentence: str) -> Evidence:
    """Add to a row's evidence a sentence that code has made from the row's typed values.

    So the guard and the trace know it. Never for sentences that a model or a page has worded.
    """
    if evidence.row is None:
        raise ValueError(f"{evidence.id} has no typed row to word a sentence from")
    return replace(evidence, text=f"{evidence.text}\n{sentence}")
