"""Refusals of a person: 'no human needed, just tell me' speaks of people and wants none.

The classifier reads what a message is about; whether a person is wanted, refused, or was spoken to
yesterday hangs on small words. So each clause that speaks of a person is looked at. 'I don't want
a bot' refuses nothing of the kind, and 'nobody answers' is no refusal at all.
"""
# ruff: noqa: E501 - a pattern is easier to read and to mend in one line

import re
from dataclasses import dataclass

from agent.hearing.said_besides import IDLE, unless_idle, without, words_of

_PERSON = (
    r"(?:persons?|people|humans?|agents?|colleagues?|some ?(?:one|body)|any ?(?:one|body)|"
    r"rep(?:resentative)?s?|operators?|advis[eo]rs?|associates?|staff|team|managers?|supervisors?|"
    r"specialists?|assistants?|(?:live|real) (?:one|chat)|man|woman|guy|lady|employees?|call ?backs?)"
)
_MACHINE = (
    r"(?:bots?|robots?|machines?|computers?|ai|automated|automation|chat ?bots?|software|you|u)"
)
_GAP = rf"(?:\s+(?!{_MACHINE}\b|but\b|except\b|unless\b|if\b|just\b|only\b|other\b)[\w-]+)"
"""A word between; one that turns what is said, or names a machine, is none."""

_NOT = (
    r"(?:do not|don t|dont|doesn t|doesnt|did not|didn t|didnt|won t|wont|would not|wouldn t|"
    r"wouldnt|not|never|no longer|rather not)"
)
_WISH = (
    r"(?:want|wanna|need|wish|require|ask(?:ing|ed)?(?: for)?|look(?:ing)?(?: for| to)?|"
    r"(?:feel )?like|care|want(?:ed|ing)?|request(?:ed|ing)?)"
)
_HANDING = (
    r"(?:pass|transfer|connect|hand|put|send|forward|escalat|bring|get|hand|involve|redirect|switch|"
    r"refer|bother|call|ring|phone|make me (?:talk|speak)|talk|speak|chat)(?:e|es|ed|ing|ting|ring)?"
)
_REFUSED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_NOT}{_GAP}{{0,2}}\s+{_WISH}{_GAP}{{0,5}}?\s+{_PERSON}\b",
        (rf"(?:^|\b(?:please|pls|plz|just|and|so|no|nope|nah|to)\s+)(?:do not|don t|dont|stop|quit|not)"
        rf"{_GAP}{{0,2}}?\s+{_HANDING}{_GAP}{{0,5}}?\s+{_PERSON}\b"),
        rf"\b(?:no need to|rather not|rather you did not|rather you didn t){_GAP}{{0,2}}?\s+{_HANDING}{_GAP}{{0,5}}?\s+{_PERSON}\b",
        (r"(?:^|\b(?:please|pls|plz|just|and|so|no|nope|nah)\s+)(?:do not|don t|dont|stop|quit|no need to)"
        r"\s+(?:transfer|escalat|pass|hand|connect|forward)\w*\s+me\b"),
        (rf"\b(?:without|instead of|rather than|skip(?:ping)?(?: the)?|leave out)"
        rf"(?:\s+(?!{_MACHINE}\b)[\w-]+){{0,4}}?\s+{_PERSON}\b"),
        (rf"\b(?:no|not|no need (?:for|of))\s+(?:(?:a|an|the|any|some|real|actual|live|need for|need of|"
        rf"more|other|another)\s+)*{_PERSON}\b(?!\s+(?:has|have|is|are|was|were|ever|who|to|there|here|"
        r"at|answer\w*|repl\w*|respond\w*|pick\w*|help\w*|available|working|yet|still|can|could|will|"
        r"would|does|did|came|come|in sight|left|for (?:days|weeks|hours)))"),
        (rf"\b{_NOT}(?:\s+(?:want|need))?(?:\s+[\w-]+){{0,2}}?\s+(?:{_PERSON}|anyone|anybody)\s+(?:to\s+)?"
        r"(?:call|ring|phone|contact|message|text)(?:ing)?\s+me\b"),
        rf"\b(?:prefer|rather|want|like) not\s+(?:to )?(?:be )?{_HANDING}(?:red|ed|d)?\b",
        (rf"\b(?:{_NOT}(?: \w+)? (?:want|need|like|get)|not interested in|no need for|no|without)"
        r"\s+(?:(?:a|an|any|the|phone|more)\s+)*(?:phone )?calls?\b(?!\s+(?:back|yet|from|has|have|came|was|so far))"),
        rf"\b(?:nobody|no one)\s+(?:has|have|needs?|should|must)\s+(?:to\s+)?{_HANDING}\b",
        r"\b(?:do not|don t|dont|no need to)\s+(?:call|ring|phone)(?:\s+me)?(?:\s+back)?\b(?!\s+it)",
    )
)  # fmt: skip

_ASKS_WHY = re.compile(
    r"\b(?:why|is|isn t|isnt|are|aren t|arent|can t|cant|can not|cannot|have you|haven t you|is there|"
    r"there is|there s|how come|do you|don t you|dont you|got|has|seems?|still)\s*(?:there|i|we|you|it)?\s*$"
)
"""Before a 'no person' or a 'not speak to anyone': a complaint or question, and no refusal."""

_PAST = re.compile(
    rf"\b(?:already|just|have|had|ve|did|i|we|ive)\s+(?:\w+ )?(?:spoke|spoken|talked|chatted|dealt|"
    rf"(?:got|been) (?:helped|sorted|answered)|heard|rang|called|phoned)\b{_GAP}{{0,4}}?\s+{_PERSON}\b"
    rf"|\b{_PERSON}(?:\s+of yours)?\s+(?:has |have |had |already |just )*(?:helped|sorted|called|rang|phoned|answered|"
    r"fixed|solved|took care)\b"
)
_UNSETTLED = re.compile(
    r"\b(?:again|still|but|cut off|cut me off|disconnect\w*|hung up|lost|dropped|never|not|nobody|no one|"
    r"no ?thing|wrong|useless|rude|isn t|isnt|hasn t|hasnt|didn t|didnt|wasn t|wasnt|promised|back to)\b"
)
NAMES_PERSON = re.compile(
    r"\b(?:humans?|persons?|operators?|colleagues?|representatives?|agents?|transfer\w*)\b",
    re.IGNORECASE,
)
"""Words of which a refusal is read though no model has heard a person spoken of."""
_SPEAKS_OF_PERSON = re.compile(
    rf"\b{_PERSON}\b|\b(?:speak|talk|chat) (?:to|with)\b|\b(?:call|ring|phone) me\b|\bcall ?back\b"
)
_CLAUSE = re.compile(
    r"[.!?;,:\n]+|\s+-+\s+|\s+(?=(?:but|and|just|i want|i need|get me|give me|let me|can i|can you|"
    r"could you|what|where|when|how|is the|is it|do you|does|are you)\b)"
)

_IDLE = IDLE | words_of(
    "an only not need needed necessary plz im hi now yet thx anymore any more today here for on "
    "moment required really never mind nvm cancel forget sorted solved fixed found fine good cool "
    "great"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """That a message wants no person. ``rest``: what else it says, often nothing.

    ``past``: it does not say so, but tells of a person spoken to before.
    """

    rest: str = ""
    past: bool = False


def read_refusal(text: str) -> Refusal | None:
    """Return the refusal of a person; None where a person is wanted or not spoken of."""
    spans = _clauses(text)
    speaking = [span for span in spans if _speaks(_folded(text[slice(*span)]))]
    settled = _UNSETTLED.search(_folded(text)) is None
    if not speaking or not all(_unwanted(_folded(text[slice(*s)]), settled) for s in speaking):
        return None
    past = not any(_refuses(_folded(text[slice(*span)])) for span in speaking)
    return Refusal(rest=_rest(text, speaking), past=past)


def _clauses(text: str) -> list[tuple[int, int]]:
    """Return where the clauses begin and end."""
    cuts = [match.span() for match in _CLAUSE.finditer(text)]
    begins, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(text)]
    return [(b, e) for b, e in zip(begins, ends, strict=True) if text[b:e].strip()]


def _speaks(clause: str) -> bool:
    return _SPEAKS_OF_PERSON.search(clause) is not None or _refuses(clause)


def _folded(clause: str) -> str:
    return re.sub(r"[^\w\s-]+", " ", clause.lower())


def _unwanted(clause: str, settled: bool) -> bool:  # noqa: FBT001 - read beside the clause
    return _refuses(clause) or (settled and _PAST.search(clause) is not None)


def _refuses(clause: str) -> bool:
    for pattern in _REFUSED:
        match = pattern.search(clause)
        if match is None:
            continue
        asked = _SPEAKS_OF_PERSON.search(clause[match.end() :])
        needless = match[0].startswith("no need")
        if asked is None and (needless or not _ASKS_WHY.search(clause[: match.start()])):
            return True
    return False


def _rest(text: str, away: list[tuple[int, int]]) -> str:
    """Return a text without these clauses; empty where nothing of weight is left."""
    return unless_idle(_JOINED.sub("", without(text, away)), _IDLE)


_JOINED = re.compile(r"^(?:and|but)\b\W*", re.IGNORECASE)
