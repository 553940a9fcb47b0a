"""What cells of a catalogue say that are no plain value: yes, no, none, not known."""

_UNTOLD = frozenset(
    {"", "-", "--", "---", "–", "—", ".", "?", "n/a", "n.a.", "na", "#n/a", "null", "nan",
     "unknown", "not applicable", "not known"}
)  # fmt: skip
_YES = frozenset({"yes", "y", "true", "✓", "✔"})
_NO = frozenset({"no", "n", "false", "✗", "✘"})
_NONE = frozenset({"none", "nil", "nothing", "zero"})
_OPEN = frozenset({"tbc", "tbd", "tba", "to be confirmed", "to be announced", "to be decided"})


def is_untold(value: str) -> bool:
    """Whether a cell tells nothing: empty, a dash, ``n/a``."""
    return value.strip().casefold() in _UNTOLD


def says_yes(value: str) -> bool:
    """Whether a cell is a plain yes."""
    return value.strip().casefold() in _YES


def says_no(value: str) -> bool:
    """Whether a cell is a plain no."""
    return value.strip().casefold() in _NO


def says_none(value: str) -> bool:
    """Whether a cell says that there is none."""
    return value.strip().casefold() in _NONE


def is_open(value: str) -> bool:
    """Whether a cell is still to be settled."""
    return value.strip().casefold() in _OPEN
