"""Where sentences are cut: openings, clauses of a reply and of the evidence, and conditions."""

import re

from agent.replies.words import is_row

# "No other shop" denies something, "No, ..." answers: only a mark after it makes it an opening.
_LEADING_YES_NO = re.compile(
    r"^\s*(?:(?:yes|no|yep|nope|sure|absolutely|of course|certainly|correct)\s*"
    r"(?:[,.!:;]+\s*|-+\s+)"
    r"|(?:yes|yep)\s+)(?=\S)",
    re.IGNORECASE,
)


def opening(sentence: str) -> tuple[str, str]:
    """Return a leading yes or no (with its mark) and the rest."""
    match = _LEADING_YES_NO.match(sentence)
    return (match.group(), sentence[match.end() :]) if match else ("", sentence)


_CLAUSE = re.compile(
    r";\s+|,?\s+-\s+|(?:,\s*|\s+)(?=(?:and|but|so|plus|or)\s+(?:we|you|i|it|they|there|our|your|"
    r"the|all|any|every|"
    r"each|if|returns?|shipping|delivery|orders?|refunds?|it's|they're|you'll|we'll|we're|that|"
    r"this)\b)"
    r"|,?\s+(?=(?:and|but|while)\s+(?-i:[A-Z][\w'-]+ [A-Z][\w'-]+ [a-z]))"
    r"|,\s+(?=(?:but|although|though|while|whereas|plus|which|who|where|and|or|with)(?:'s)?\s)"
    r"|,\s+(?=(?:[\w'-]+\s+){1,4}(?:is|are|costs?|pays?|takes?|gets?|comes?|must|can|can't)\s)"
    r"|,\s+(?=(?:that's|it's|they're|that is|it is|they are)\s)",
    re.IGNORECASE,
)


def clauses_of(sentence: str) -> list[tuple[str, int]]:
    """Cut a sentence where a clause with a subject of its own begins; each with its end."""
    clauses: list[tuple[str, int]] = []
    start = 0
    for match in _CLAUSE.finditer(sentence):
        spliced = _JOINS.match(sentence, match.end()) is None and "," in match.group()
        if spliced and _LEADS_IN.match(sentence, start):
            continue
        clauses.append((sentence[start : match.start()].strip(), match.start()))
        start = match.end()
    clauses.append((sentence[start:].strip(), len(sentence)))
    return [(clause, end) for clause, end in clauses if clause]


_JOINT = re.compile(
    r"[,;:]\s+|\s+-\s+|\s+(?=(?:and|but|so|except that|while|whereas|because|since|"
    r"though|although|plus)\s)",
    re.IGNORECASE,
)


def joints(sentence: str) -> list[re.Match[str]]:
    """Return the places where a sentence may join one fact to another."""
    return list(_JOINT.finditer(sentence))


_JOINS = re.compile(
    r"(?:and|but|so|plus|or|although|though|while|whereas|which|who|where|with)\b", re.IGNORECASE
)
_LEADS_IN = re.compile(
    r"(?:and |but |so |or )?(?:if|when|once|as|while|unless|until|since|because|although|though|"
    r"for|in|on|at|with|after|before|to|from|during|by|under|over)\b",
    re.IGNORECASE,
)
"""What begins a clause or phrase that cannot stand without the clause after its comma."""


_LIMITING = re.compile(
    r"^(?:but|except|unless|only|if|although|though|provided|however|when|while)\b", re.IGNORECASE
)


def limits(clause: str) -> bool:
    """Whether a clause takes back something of what stands before it."""
    return _LIMITING.match(clause) is not None


_MARKER = re.compile(
    r"\b(?:if|unless|provided|as long as|only|except|excluding|other than|must|once|"
    r"after|(?<!the day )(?<!the night )(?<!the evening )before|"
    r"until|when|"
    r"during|while|with the exception|subject to|depending on|requires?|need(?:s|ed)?|minimum|plus|"
    r"within (?=the |our )|(?:on|for) (?=(?:all |any )?(?:orders?|purchases?|baskets?|bills?)\b)|"
    r"by appointment|by prior|for (?=(?:\w+ )?(?:members|students|seniors|children|customers|"
    r"subscribers|teachers)\b)|"
    r"(?:that|who|which)(?= (?:has|have|is|are|was|were|you|we|do|does)\b)|"
    r"with (?=(?:the |a |an |your |its |their |all )?(?:\w+ )?(?:receipt|card|proof|id|packaging|"
    r"tags?|labels?|invoice|"
    r"number|ticket|voucher|code|box)\b))",
    re.IGNORECASE,
)
_SPOT_CLAUSE = re.compile(
    r";\s*|,?\s+but\s+|,\s+and\s+|,\s+while\s+|,\s+(?=(?:not|no|never)\s)|,?\s+however,?\s+|\.\s+|"
    r",?\s+whereas\s+|\s-\s",
    re.IGNORECASE,
)


def spot_clauses(text: str) -> list[str]:
    """Cut a sentence of the evidence into clauses that may differ in negation and condition.

    A table row is one clause: its cells all speak of the first.
    """
    if is_row(text):
        return [text]
    return [clause for clause in _SPOT_CLAUSE.split(text) if clause.strip()]


def conditions_of(clause: str) -> list[str]:
    """Return the conditions in a clause, each from its marker to the next comma or the end."""
    found: list[str] = []
    for match in _MARKER.finditer(clause):
        if found and match.start() < clause.find(found[-1]) + len(found[-1]):
            continue
        ends = _RELATIVE_END if match.group().casefold() in _RELATIVE else _CONDITION_END
        end = ends.search(clause, match.end())
        found.append(clause[match.start() : end.start() if end else len(clause)])
    return found


_RELATIVE = frozenset({"that", "who", "which"})
_CONDITION_END = re.compile(r"[,;()]|\s(?=must\b)|\.(?=\s|$)")
# "a box that has already shipped is not ...": the second verb is the sentence's own.
_RELATIVE_END = re.compile(
    r"[,;()]|\.(?=\s|$)|(?<=\w)\s(?=(?:is|are|can|cannot|can't|may|must|will|costs?|takes?|gets?|"
    r"needs?)\b)"
    r"(?<!that\s)(?<!who\s)(?<!which\s)"
)
