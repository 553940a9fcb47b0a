"""Joining the answers to several wishes into as few messages as the brand's limit allows. Pure."""

from collections.abc import Sequence

from agent.replies.segments import fit, measure
from agent.replies.words import split_sentences

_BETWEEN = "\n"
"""A line each: two matters read better apart, and it costs no more than a blank."""


def said_once(texts: Sequence[str]) -> list[str]:
    """Leave out a text that another one says too, word for word."""
    kept: list[str] = []
    for text in texts:
        if any(text in said for said in kept):
            continue
        shorter = [place for place, said in enumerate(kept) if said in text]
        if shorter:
            kept[shorter[0]] = text
            kept = [said for place, said in enumerate(kept) if place not in shorter[1:]]
        else:
            kept.append(text)
    return kept


def join(answers: Sequence[str], closing: str, *, most_segments: int) -> tuple[str, ...]:
    """Return one message where all fits ``most_segments`` parts, else two.

    Where two do not hold it either, the longest answers lose their last sentences, but never their
    first, nor ``closing`` a word; only what even then does not fit takes a third message.
    """
    kept = list(answers)
    while True:
        texts = [*kept, closing] if closing else kept
        packed = _pack(texts, most_segments)
        if packed is not None:
            return packed
        cuttable = [place for place, text in enumerate(kept) if len(split_sentences(text)) > 1]
        if not cuttable:
            return _one_by_one(texts, most_segments)
        longest = max(cuttable, key=lambda place: len(kept[place]))
        kept[longest] = " ".join(split_sentences(kept[longest])[:-1])


def _pack(texts: Sequence[str], most_segments: int) -> tuple[str, ...] | None:
    """Return one message, or the two of the fewest parts; None where either is too long."""
    whole = _BETWEEN.join(texts)
    if _segments(whole) <= most_segments:
        return (whole,)
    halves = [
        (_BETWEEN.join(texts[:cut]), _BETWEEN.join(texts[cut:])) for cut in range(1, len(texts))
    ]
    fitting = [half for half in halves if max(map(_segments, half)) <= most_segments]
    return min(fitting, key=lambda half: sum(map(_segments, half)), default=None)


def _one_by_one(texts: Sequence[str], most_segments: int) -> tuple[str, ...]:
    messages: list[str] = []
    for text in texts:
        longer = f"{messages[-1]}{_BETWEEN}{text}" if messages else text
        if messages and _segments(longer) <= most_segments:
            messages[-1] = longer
        else:
            messages.append(text)
    return tuple(messages)


def _segments(text: str) -> int:
    return measure(fit(text)).segments
