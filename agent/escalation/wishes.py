"""Plain wishes for a person: 'i need a person' is one, whatever else a text sounds like. Pure."""
# ruff: noqa: E501 - a pattern is easier to read and to mend in one line

import re

_PERSON = (
    r"(?:(?:real|live|actual|proper|living|breathing|human) )*(?:persons?|humans?(?: beings?)?|human agent|agent|operator|representative|"
    r"rep|manager|supervisor|customer service (?:rep|agent|person))"
)
_A = r"(?:an? |the |your |some |any |another |one of your )?"
_ENDS = r"(?=\s*(?:$|[.,!?;\n]|\b(?:please|pls|plz|now|here|asap|instead|today|right now|thanks|thank you|and|because|cuz|this is|to (?:talk|speak) (?:to|with))\b))"

_WANTS = re.compile(
    "|".join(
        (
            rf"(?<!\bdo )(?<!\bdid )(?<!\bif )(?<!\bwould )\b(?:i|we)(?: (?:really|just|still|do|only|actually))* (?:need|want|wanna|would like|d like|demand|prefer|require)(?: to)?(?: (?:talk|speak|chat|text)(?:ing)?(?: to| with)?)? {_A}{_PERSON}{_ENDS}",
            rf"\b(?:get|give|find|send|bring) me {_A}{_PERSON}{_ENDS}",
            rf"\b(?:put|transfer|connect|pass|hand|switch|patch) me(?: on| over| through| back)*(?: to| with)? {_A}{_PERSON}{_ENDS}",
            rf"\b(?:can|could|may|might|let|want|wanna|need|like|must|how do)(?: i| me| we| us)?(?: please| just)*(?: to)? (?:talk|speak|chat|get)(?: on)?(?: to| with) {_A}{_PERSON}{_ENDS}",
            rf"^\W*(?:(?:ok|okay|no|ugh|just|hi|hello|hey|please|pls)\W+)*{_A}(?:real|live|actual|living) (?:person|human)(?: being)?\W*(?:(?:please|pls|now|thanks)\W*)*$",
        )
    )
)  # fmt: skip


def wants_person(text: str) -> bool:
    """Whether a text asks for a person in so many words; a refusal is for the caller to rule out."""
    return _WANTS.search(re.sub("[’'`´]", " ", text.lower())) is not None
