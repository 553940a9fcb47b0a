"""Denials: 'no, don't stop the texts, just mend it' names STOP and means the opposite.

The models read what a message is about; whether it is denied hangs on a little word before it. So
the denials are looked for in the words: a 'don't' that commands, a 'not' before 'to stop', what
somebody says they never said. 'You don't stop texting me' is a complaint, and no denial.
"""
# ruff: noqa: E501 - a pattern is easier to read and to mend in one line

import re
from dataclasses import dataclass

from agent.consent.free_text import ReadConsent, hear
from agent.hearing.said_besides import IDLE, unless_idle, without, words_of
from intents.types import ConsentReading

_STOP = (
    r"(?:stop(?:ping|ped)?|unsub\w*|opt(?:ing|ed)? ?out|quit(?:ting)? (?:te?xt|messag|send)\w*|"
    r"end(?:ing)? (?:the |my |these |your )?(?:te?xts?|messages)|remove me|take me off|cut me off)\b"
)
_TEXTS = r"(?:te?xt(?:s|ing)?|messag(?:es?|ing)|msgs?|sms|updates|alerts)"
_REST_OF_IT = (
    r"(?:\s+(?:me|us|with|the|my|your|ur|these|those|any|all|of|sending|getting|receiving|writing|"
    rf"from|altogether|completely|at all|it|them|{_TEXTS})\b)*"
)
"""What a verb such as 'stop' takes with it."""

_START = (
    r"(?:^|(?<=[.!?;,:\n])|\b(?:no|nope|nah|naw|please|pls|plz|but|just|so|ok|okay|hey|oh)\s)\s*"
)
"""Where a command may begin."""

_NOT = (
    r"(?:do not|don ?t|did not|didn ?t|never|have ?n[o ]?t|(?:am|was|were) not|wasn ?t|wouldn ?t)"
)
_SAYS = (
    r"(?:want(?:ed)?|wanna|sa(?:y|id|ying)|ask(?:ed|ing)?|mean[t]?|mention(?:ed)?|tell|told|"
    r"wish(?:ed)?|request(?:ed)?|talking|need)"
)
_LINK = r"(?:\s+(?:you|u|ya|them|to|for|that|anything|nothing|about|me|i|want(?:ed)?|the word|it))*"

_ANYWHERE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_START}(?:do not|don ?t|no need to|not)\s+(?:please\s+|pls\s+)?(?:to\s+)?{_STOP}{_REST_OF_IT}",
        rf"\b(?:i|we)\s+(?:\w+ly\s+|just\s+|still\s+)?{_NOT}\s+(?:\w+\s+)?{_SAYS}{_LINK}\s+{_STOP}{_REST_OF_IT}",
        rf"\bi ?m not\s+(?:\w+ly\s+)?{_SAYS}{_LINK}\s+{_STOP}{_REST_OF_IT}",
        rf"\bnot\s+(?:(?:for you |asking |asking you |telling you |wanting |wanting you )?to |about )?{_STOP}{_REST_OF_IT}",
        (rf"\b(?:who|when|where|nobody|no ?one)\s+(?:did |have |has |ever |even |on earth )*(?:i |we )?(?:ever |even )?"
        rf"(?:said|says?|asked|ask|mention\w*|told|tell|wants?|wanted|talk\w*|spoke)\b[^.!?;\n]*?\b{_STOP}{_REST_OF_IT}"),
        rf"\bwhy (?:would|should) (?:i|we|you|u)\s+(?:ever\s+|even\s+)?(?:(?:want|ask|tell)\s+)?(?:you\s+)?(?:to\s+)?{_STOP}{_REST_OF_IT}",
        rf"\bwhy (?:are|r) (?:you|u) (?:stopping|ending)\b{_REST_OF_IT}",
        rf"\b(?:(?:the|your|ur|my)\s+)?{_TEXTS}\s+(?:are|r|is)\s+(?:fine|ok|okay|good|great|useful|helpful|welcome|no problem|not the (?:problem|issue))\b",
        (rf"{_START}(?:keep|continue|carry on|go on)\s+(?:on\s+|with\s+)?(?:sending|writing|them coming|"
        rf"me (?:on|posted|updated|subscribed)|(?:the |my |your )?{_TEXTS}){_REST_OF_IT}"),
        (rf"\b(?:i|we)\s+(?:still |do |really |actually )*(?:want|like|need|love)\s+"
        rf"(?:to (?:keep |still )?(?:get|getting|receive)\s+|to stay\s+)?(?:(?:the|your|ur|my)\s+)?(?:{_TEXTS}|subscribed)\b"
        r"(?!\s+(?:to |stop|gone|off|end|out|over|done))"),
    )
)  # fmt: skip

_OPENING_NO = re.compile(
    r"^\W*(?:(?:what|wait|huh|omg|um+|uh+|er+|oh|hey|sorry|wtf|lol|hello|god|hell|please|ffs)\W+)*"
    r"(?:(?:don ?t|do not)(?=\W*$|\s*[,.;!])|(?:no way|no+|nope|nah+|naw|nay|of course not|certainly not|absolutely not|"
    r"not at all|not really)\b)(?!\s+(?:more|further|contact|longer)\b)"
    rf"(?!\s+{_TEXTS}\b)"
)
_CONTRAST = re.compile(
    rf"^\W*(?:no\W+)?(?:it ?s |it is |i mean )?not\s+(?:about\s+)?(?:(?:the|your|ur|these|my)\s+)?{_TEXTS}"
    r"(?=\s*[,.;:-]|\s+(?:it ?s|it is|but|the|your|my)\b)"
)
_JOKED = re.compile(
    r"(?:^\W*|[,.!?;]\s*|\b(?:no|nah|nope|lol|haha|oh)\W+)(?:(?:(?:i ?m|i am|i was|was|just|only|totally) )*"
    r"(?:kidding|joking|jk|messing(?: (?:with|around)(?: (?:you|u))?)?)|(?:it|that) was (?:just |only )?a joke)\b(?! me\b| right\b|\W*\?)"
)
"""'no im kidding' takes back what was said; 'you must be joking' does not."""
_NOTHING_TO_DO = re.compile(rf"\b(?:nothing|what\b.{{0,20}}) to do with\s+(?:\w+\s+)?{_TEXTS}\b")

_TURNS_ROUND = words_of(
    "you u ya they it he she do does did why can could will would is are has have never cant wont "
    "dont doesnt didnt not t people still"
)
"""Words before a denial that make a complaint of it: 'you do not stop', 'don't just keep texting'."""

_IDLE = IDLE | words_of("your was were has s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """That a message denies wanting no more texts. ``rest``: what else it says, often nothing."""

    rest: str = ""


def read_denial(text: str, *, asked: bool) -> Denial | None:
    """Return what is denied about stopping texts; None where nothing is.

    Args:
        text: the message.
        asked: whether the agent has just asked 'do you want no more texts?'. Then a 'no' that the
            message begins with is an answer to that. Whether what follows it is an opt-out of its
            own ('no, stop it') is for the caller to read, from ``rest``.
    """
    folded = _folded(text)
    spans = [m.span() for p in _ANYWHERE for m in p.finditer(folded) if _is_denial(folded, m)]
    if asked:
        found = (p.search(folded) for p in (_OPENING_NO, _CONTRAST, _NOTHING_TO_DO, _JOKED))
        spans += [match.span() for match in found if match is not None]
    return Denial(rest=unless_idle(without(text, spans), _IDLE)) if spans else None


def stands(denial: Denial | None, read: ReadConsent) -> Denial | None:
    """Return a denial that holds: 'no, stop it' denies nothing, for its rest is an opt-out."""
    if denial is None or not denial.rest:
        return denial
    return None if hear(denial.rest, read).reading is ConsentReading.OPT_OUT else denial


def _folded(text: str) -> str:
    """Fold case and apostrophes, character by character, so that places stay what they are."""
    lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return re.sub("[’'`´]", " ", lowered)


def _is_denial(folded: str, match: re.Match[str]) -> bool:
    before = re.findall(r"\w+", re.split(r"[.!?;,\n]", folded[: match.start()])[-1])
    return not before or before[-1] not in _TURNS_ROUND
