"""A short packet for the rep who comes in: what is wanted, how the mood goes, what failed. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.domain.turns import TurnRecord

MOST_INTENTS = 3
MOST_MOODS = 12
SLOPE = 0.25
"""Change of the sentiment score, later half against earlier half, from which it is a trend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """The gist of a conversation.

    ``intents``: the latest first, each once. ``moods``: sentiment scores in [-1, 1], oldest first.
    ``frustration`` in [0, 1] is the last one read, None if no model has run. ``entities``: kind and
    value.
    """

    intents: tuple[str, ...]
    moods: tuple[float, ...]
    trend: str
    frustration: float | None
    failed_turns: int
    entities: tuple[tuple[str, str], ...]


def make_packet(turns: Sequence[TurnRecord], *, failed_turns: int) -> Packet:
    """Sum up a conversation's turns, oldest first. ``failed_turns`` is the row that runs now."""
    signals = [turn.trace.signals_before for turn in turns if turn.trace is not None]
    readings = [signal.understanding for signal in signals if signal.understanding is not None]
    moods = tuple(reading.sentiment_score for reading in readings[-MOST_MOODS:])
    intents = dict.fromkeys(
        reading.intent for reading in reversed(readings) if not reading.out_of_scope
    )
    entities = dict.fromkeys(
        (str(entity.type), entity.value) for reading in readings for entity in reading.entities
    )
    return Packet(
        intents=tuple(intents)[:MOST_INTENTS],
        moods=moods,
        trend=trend(moods),
        frustration=readings[-1].frustration if readings else None,
        failed_turns=failed_turns,
        entities=tuple(entities)[:6],
    )


def trend(moods: Sequence[float]) -> str:
    """Name the course of the sentiment; empty for fewer than two turns."""
    if len(moods) < 2:  # noqa: PLR2004 - one point has no course
        return ""
    half = len(moods) // 2
    earlier, later = moods[:half], moods[half:]
    change = sum(later) / len(later) - sum(earlier) / len(earlier)
    if change <= -SLOPE:
        return "getting worse"
    return "getting better" if change >= SLOPE else "steady"


def sparkline(moods: Sequence[float], *, width: float = 120, height: float = 32) -> str:
    """Return the points of an SVG polyline, 1 at the top and -1 at the bottom."""
    if not moods:
        return ""
    step = width / max(1, len(moods) - 1)
    margin = 3.0
    room = height - 2 * margin
    return " ".join(
        f"{place * step:.1f},{margin + (1 - mood) / 2 * room:.1f}"
        for place, mood in enumerate(moods)
    )
