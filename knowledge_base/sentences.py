"""The sentences of a passage: what is compared with a question one by one.

A passage's own vector blurs what it says; the one sentence that answers stands out. Each is
encoded under the last heading it stands under, which often names its subject.
"""

import re

from knowledge_base.types import Passage

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])")

MOST_SENTENCES = 24
"""So many sentences of one passage are compared; rows of a long table come with later passages."""


def split_sentences(text: str) -> list[str]:
    """Split a paragraph at the ends of its sentences."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part and part.strip()]


def sentences_of(passage: Passage) -> tuple[str, ...]:
    """Return a passage's sentences, list items and table rows, in order; never none."""
    lines = passage.text.split("\n")
    found = lines if passage.table else [s for line in lines for s in split_sentences(line)]
    return tuple(found[:MOST_SENTENCES]) or (passage.text,)


def leaf_of(heading: str) -> str:
    """Return the last part of a heading path."""
    return heading.rsplit(" > ", 1)[-1]


def embedded_sentence(passage: Passage, sentence: str) -> str:
    """Return what is encoded for a sentence: the heading above it, then the sentence."""
    return f"{leaf_of(passage.heading)}: {sentence}"
