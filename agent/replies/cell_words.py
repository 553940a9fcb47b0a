"""How a cell of a brand's own column is said: a plain yes, a no, a none as a person would."""

import re

from knowledge_base.cells import is_open, is_untold, says_no, says_none, says_yes

_PREPOSITIONS = frozenset({"for", "with", "in", "by", "at", "from", "to", "on", "until"})
_QUALITIES = """vegan vegetarian veggie halal kosher organic handmade homemade unisex safe new used
    sold indoor outdoor local fresh frozen raw hot cold wet dry soft hard digital online live open
    closed final manual bilingual seasonal heavy light large small"""
_IS = frozenset(_QUALITIES.split())
"""Words that tell what a thing is, beside those known by their endings."""
_ENDS_AS = re.compile(
    r"(?:able|ible|proof|resistant|free|friendly|safe|less|ful|ous|ive|ic|ed|ant|ready|only)$"
)
_CONTENTS = """gluten nuts nut dairy lactose milk egg eggs soy soya wheat sesame peanuts peanut
    alcohol sugar caffeine fish celery mustard sulphites sulfites shellfish meat pork gelatin
    gelatine"""
_HOLDS = frozenset(_CONTENTS.split())
_VERBS = {
    "needs": "need", "requires": "require", "includes": "include", "contains": "contain",
    "fits": "fit", "comes": "come", "ships": "ship", "takes": "take", "allows": "allow",
    "supports": "support", "works": "work", "uses": "use", "offers": "offer", "serves": "serve",
}  # fmt: skip
_COMES_WITH_IT = frozenset({"included", "provided"})


def cell_sentence(name: str, column: str, value: str) -> str:
    """Say a cell in one sentence; empty where it tells nothing.

    ``Level of the French Course: B1.``, ``The Lamb Leg, good for: six people.``
    """
    if is_untold(value):
        return ""
    if says_yes(value) or says_no(value):
        return yes_or_no(f"The {name}", column, yes=says_yes(value), plural=False)
    if is_open(value):
        return f"The {column} of the {name} is still to be confirmed."
    if says_none(value):
        return _nothing(name, column)
    if column.rpartition(" ")[2] in _PREPOSITIONS:
        return f"The {name}, {column}: {value}."
    return f"{column.capitalize()} of the {name}: {value}."


def _nothing(name: str, column: str) -> str:
    if column in {"allergen", "allergens", "contains"}:
        return f"No allergens are listed for the {name}."
    return f"The {name} has no {column}."


def yes_or_no(the: str, column: str, *, yes: bool, plural: bool) -> str:
    """Say that a thing has or is what a column is called, or not.

    A column may name a quality (``waterproof``), a doing (``needs_batteries``), what is in it
    (``nuts``) or what comes with it (``rain_cover``, ``hose_included``).
    """
    words = column.split()
    first, last = words[0], words[-1]
    be, do = ("are", "do") if plural else ("is", "does")
    if first in _VERBS:
        rest = " ".join((_VERBS[first], *words[1:]))
        said = rest if plural else column
        return f"{the} {said}." if yes else f"{the} {do} not {rest}."
    if first in {"has", "have"} and len(words) > 1:
        return _comes_with(the, " ".join(words[1:]), yes=yes, plural=plural)
    if last in _COMES_WITH_IT and len(words) > 1:
        return _comes_with(the, " ".join(words[:-1]), yes=yes, plural=plural)
    if column in _HOLDS:
        verb = "contain" if plural else "contains"
        return f"{the} {verb} {column}." if yes else f"{the} {do} not contain {column}."
    quality = " ".join(words[1:]) if first == "is" and len(words) > 1 else column
    if _is_quality(quality.split()):
        return f"{the} {be} {quality}." if yes else f"{the} {be} not {quality}."
    return _comes_with(the, column, yes=yes, plural=plural)


def _is_quality(words: list[str]) -> bool:
    """Whether a column's words say what a thing is, rather than what it has."""
    return (
        _ENDS_AS.search(words[-1]) is not None
        or words[-1] in _IS
        or words[0] in _PREPOSITIONS
        or any(word in {"for", "suitable"} for word in words)
    )


def _comes_with(the: str, thing: str, *, yes: bool, plural: bool) -> str:
    come, do = ("come", "do") if plural else ("comes", "does")
    return f"{the} {come} with {thing}." if yes else f"{the} {do} not come with {thing}."
