"""What the doctor finds, and how a check says it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from agent.errors import ConfigurationError, TextwiseError


class Level(StrEnum):
    """``WRONG``: customers will notice. ``WARNING``: works, but look at it."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at: how it is, why that matters, what to do about it."""

    what: str
    level: Level
    said: str
    why: str = ""
    todo: str = ""

    @property
    def fine(self) -> bool:
        """Whether it is not wrong."""
        return self.level is not Level.WRONG


class Concern(TextwiseError):  # noqa: N818 - it is no error, only worth a look
    """Works, but somebody should look at it."""


Check = Callable[[], str]
"""Says how it is; raises ``ConfigurationError`` where it is wrong, ``Concern`` where it may be."""


def look(what: str, why: str, check: Check) -> Finding:
    """Run one check by itself, so that one wrong thing hides no other."""
    try:
        return Finding(what=what, level=Level.OK, said=check())
    except (Concern, ConfigurationError) as error:
        level = Level.WARNING if isinstance(error, Concern) else Level.WRONG
        return Finding(what=what, level=level, said=str(error), why=why, todo=error.hint)
