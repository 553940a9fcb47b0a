"""Lines with a label of their own (``Parking: ...``), of which several places have one each."""

import re
from collections.abc import Sequence

from agent.replies.candidates import Candidate
from agent.replies.words import content_stems

_LABEL = re.compile(r"^([A-Z][\w &/-]{1,30}):\s+\S")


def places_of(order: Sequence[int], candidates: Sequence[Candidate]) -> dict[int, str]:
    """Return what is said before each of some sentences, which are told in this order.

    Whose a catalogue row's sentence is need be said once.
    """
    told = [candidates[i].evidence.id for i in order]
    return {
        i: ""
        if candidates[i].evidence.kind == "product" and told[place] in told[:place]
        else place_of(candidates[i], candidates)
        for place, i in enumerate(order)
    }


def place_of(one: Candidate, candidates: Sequence[Candidate]) -> str:
    """Return the heading to be said with a labelled line: it alone tells whose the line is.

    Empty where no other heading beside it has a line of the same label, or the line names it. A
    catalogue row's sentence is said with the row's name.
    """
    if one.evidence.kind == "product":
        # "Waterproof." is said of what? A description seldom names its product.
        name = one.evidence.heading
        return "" if names(name, one.unit.text) else f"{name}:"
    label = _label(one)
    above, _, leaf = one.evidence.heading.rpartition(" > ")
    if not label or not above or content_stems(leaf) & one.stems:
        return ""
    for other in candidates:
        their, _, name = other.evidence.heading.rpartition(" > ")
        if their == above and name != leaf and _label(other) == label:
            return leaf
    return ""


def names(name: str, sentence: str) -> bool:
    """Whether a sentence has most of a name's words."""
    stems = content_stems(name)
    return 2 * len(stems & content_stems(sentence)) > len(stems)


def _label(one: Candidate) -> str:
    found = _LABEL.match(one.unit.text)
    return found[1].casefold() if found and one.unit.kind == "sentence" else ""
