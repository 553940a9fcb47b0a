"""How people ask for a price or a time, as patterns."""

_YOU, _ME = r"(?:you|u|ya|ye|y'?all|yous|youse)", r"(?:me|us|you|u|ya|a person|someone)"
_WHAT, _NOW = r"\bwh?at(?:'?s|'?re| is| are)?\b", r"(?:now|these days|nowadays|rn|pls|please)"
ASKS_THE_PRICE = "|".join(
    (
        rf"\bset(?:ting)? {_ME} back\b",
        rf"\bruns? {_ME}\b",
        rf"{_WHAT} (?:the|your|ur|ye?r) (?:damage|going rate|rates?)\b",
        (
            rf"{_WHAT}(?!.{{0,80}}\b(?:i|we) go for\b).{{0,80}}\b(?:go|goes|going) for"
            rf"(?=\W*$|[,;.?!]| {_NOW}\b)"
        ),
        rf"{_WHAT}.{{0,20}}\b(?:do|would|wud|d|does) {_YOU} (?:charge|ask|want) (?:for|to|per)\b",
        rf"{_WHAT} {_YOU} (?:charging|asking)\b",
        r"\bwh?at am i looking at\b",
        r"\bhow (?:mutch|mch|muhc|muxh)\b|\bhw (?:much|mch)\b",
        r"\b(?:fork|shell) out\b|\b(?:stump|cough|pony) up\b",
        r"\bper head\b|\ba pop\b",
    )
)
"""Ways to ask for a price that name neither price nor cost."""

_OF_TIME = r"(?:time|notice|warning)"
_OF_WHAT = (
    r"(?:space|room|data|hotspot|memory|storage|battery|luggage|baggage|weight|water|food|fuel|"
    r"power|light|caffeine|sugar|salt|alcohol|protein|fat|gluten|homework|practice|experience)"
)
_HOLDS = (
    r"(?:does|do|can|will|would) (?:(?!\b(?:cost|charge|pay)\b).){1,40}"
    r"\b(?:holds?|weighs?|carry|contains?)"
)
HOW_MUCH = rf"\bhow much\b(?! (?:{_OF_TIME}|{_OF_WHAT}|{_HOLDS})\b)"
"""``How much`` that asks for a price, not for an amount of something."""
HOW_MUCH_TIME = rf"\bhow much {_OF_TIME}\b"
HOW_MUCH_OF_IT = rf"\bhow much (?:{_OF_WHAT}|{_HOLDS})\b"

ASKS_WHEN = (
    r"\bwhen(?= (?:do|does|did|is|are|r|was|were|will|would|can|could|should|shall|am)\b|\W*$)"
    r"|\b(?:know|tell|say|see|remind|sure|ask|check|idea|out|me|us) when\b"
    r"|^(?:(?!\b(?:what|how|can|could|do|does|is|are|which|where|who|will|would|if|should)\b).)*"
    r"\bwhen\b"
)
"""``When`` that asks: ``what happens when i run out`` asks what."""
NEXT_OR_LAST = (
    r"^\W*(?:(?:hi|hey|and|what ?'?s|what is|when ?'?s|the|ur|your)\W+)*(?:next|last) [a-z]"
)
"""``Last bus?``, ``next basics course``."""
