"""Lines with a label of their own (``Parking: ...``), of which several places have one each."""

import re
from collections.abc import Sequence

from agent.replies.candidates import Candidate
from agent.replies.words import content_stems

_LABEL = re.compile(r"^([A-Z][\w &/-]{1,30}):\s+\S")


def place_of(one: Candidate, candidates: Sequence[Candidate]) -> str:
    """Return the heading to be said with a labelled line: it alone tells whose the line is.

    Empty where no other heading beside it has a line of the same label, or the line names it.
    """
    label = _label(one)
    above, _, leaf = one.evidence.heading.rpartition(" > ")
    if not label or not above or content_stems(leaf) & one.stems:
        return ""
    for other in candidates:
        their, _, name = other.evidence.heading.rpartition(" > ")
        if their == above and name != leaf and _label(other) == label:
            return leaf
    return ""


def _label(one: Candidate) -> str:
    found = _LABEL.match(one.unit.text)
    return found[1].casefold() if found and one.unit.kind == "sentence" else ""
