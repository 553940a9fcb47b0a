"""Answers that missed: 'that's not what i asked', 'huh?', 'no, i mean the other one'. Pure.

Read alone such a text is a no, a thank-you or a call for help. Beside an answer it says that the
answer was none, and what follows it ('i mean the blue one') is what was asked all along.
"""
# ruff: noqa: E501 - a pattern is easier to read and to mend in one line

import re
from dataclasses import dataclass

from knowledge_base.words import content_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """That the agent's last words were no answer. ``rest``: what the customer asks instead."""

    rest: str = ""


def read_miss(text: str) -> Miss | None:
    """Return what a message says of an answer that missed; None where it says nothing of one."""
    spoken = _fold(text)
    thanked = _THANKED_BUT.fullmatch(spoken)
    if thanked is not None and "?" not in text:
        return Miss()
    corrected = _CORRECTED.match(spoken)
    if corrected is not None:
        rest = text[corrected.end() :].strip(" ,.;:-")
        return Miss(rest=rest) if _asks_something(rest) else None
    said_until = 0
    for start, end in _clauses(text):
        clause = spoken[start:end].strip(" ,.;:-!?")
        if _SAYS_SO.fullmatch(clause):
            said_until = end
        elif not _IDLE.fullmatch(clause):
            break
    if not said_until:
        return None
    rest = text[said_until:].lstrip(" ,.;:-!?").rstrip()
    return Miss(rest=rest if _asks_something(rest) else "")


def _asks_something(rest: str) -> bool:
    return bool(set(content_words(rest)) - _NO_QUESTION)


_NO_QUESTION = frozenset({"again", "read", "listen", "try", "useless", "bad", "ffs", "come", "god"})


def _fold(text: str) -> str:
    """Fold case and apostrophes, character by character, so that places stay what they are."""
    lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return re.sub("[’'`´]", "'", lowered)


def _clauses(text: str) -> list[tuple[int, int]]:
    cuts = [match.span() for match in re.finditer(r"[.!?;,\n]+|\s+-+\s+", text)]
    begins, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(text)]
    return [(b, e) for b, e in zip(begins, ends, strict=True) if text[b:e].strip()]


_FILLING = (
    r"(?:no|nope|nah|sorry|um+|uh+|er+|ok|okay|but|so|again|still|with (?:all due )?respect|excuse me|hey|hi|hello|ugh+|omg|thanks|"
    r"thank you|well|and|yeah|i'?m afraid|obviously|seriously|literally|lol|please|pls|wait|bro|dude|mate|sir|also|actually|honestly)"
)
_FILLER = rf"(?:{_FILLING} )*"
_IDLE = re.compile(rf"{_FILLING}(?: {_FILLING})*")
_TAIL = r"(?: (?:at all|though|tho|again|either|anyway|sorry|lol|really|please|pls|man|bro|dude|here|then|now|yet|already|mate))*"
_ANSWER = r"(?:that|this|it|which|(?:ur|your|that|this|the) (?:answer|reply|response|message|text|link)|none of (?:that|it|this))"
_NOT = r"(?:(?:'?s|is|was|are|were)? ?not|isn'?t|wasn'?t|ain'?t)"
_DOES_NOT = r"(?:doesn'?t|didn'?t|does not|did not|don'?t|do not|hasn'?t|haven'?t|have not|has not|never|can'?t|cannot|won'?t)"

_SAYS_SO = re.compile(
    _FILLER
    + "(?:"
    + "|".join(
        (
            rf"(?:{_ANSWER} ?)?{_NOT} (?:really |even |exactly |at all |quite )?(?:what|the (?:question|thing|answer|one)|anything)(?: that)? i(?:'?m| am| was|'?ve| have)? ?(?:asked|asking|meant|mean|said|wanted|want|need|needed|looking)(?: for| about| to know)?",
            rf"(?:{_ANSWER} ?)?{_NOT} (?:my question|an answer|the answer|even close|relevant|related)",
            rf"(?:{_ANSWER}|you|u) (?:really |still |just |even |clearly )*{_DOES_NOT} (?:even |really |actually )?(?:answer(?:ed|ing)?|help(?:ed|ing)?|address(?:ed)?|solve)(?: (?:me|my question|the question|it|that|anything|much|what i asked))*",
            rf"(?:(?:{_ANSWER}|you|u|you'?re|ur) ?)?(?:(?:'?s|is|was|are|were|r) )?(?:so |really |very |super |of )?(?:unhelpful|not (?:very |really |so |at all |that )?(?:helpful|useful)|no (?:help|use|good)|not (?:much|any) (?:help|use))",
            rf"{_DOES_NOT} help(?:ed)?(?: me| us| much)*|none of (?:that|it|this) (?:really )?(?:helped|helps|answers? (?:it|my question))",
            rf"(?:{_ANSWER} )?(?:isn'?t|wasn'?t) (?:very |really |so |at all |that )?(?:helpful|useful|(?:any|much) help)",
            r"(?:you'?re|you are|ur|u r|u are|you|u) (?:just |still |clearly |really )*(?:not|aren'?t) (?:listening|understanding|getting (?:it|me|the point)|reading|hearing me|helping)(?: (?:(?:to )?me|what i (?:say|said|write|wrote)|my (?:question|messages?|texts?)))*",
            r"(?:you|u) (?:just |still |clearly |really )*(?:don'?t|didn'?t|do not|did not) (?:even )?(?:understand|get it|get me|listen|read|hear me)(?: (?:me|it|what i (?:said|wrote|mean|meant|asked)|my (?:question|messages?|texts?)))*",
            r"(?:did|do|can|have) (?:you|u) (?:even |actually )?(?:read|understand)(?: (?:what i (?:wrote|said|asked|mean)|my (?:message|question|text)|me|that|it))*",
            r"i (?:just |already |literally )*(?:said|told you|asked|wrote) (?:that|this|it|you)(?: (?:already|before|twice|(?:three|two|four|\d+) times))*",
            r"(?<!uh )h+u+h+|wh?[au]t+(?= ?$)|wdym|pardon|come again|say what|what(?: do)? (?:you|u) mean(?: by that)?|what does (?:that|this|it) mean|what (?:are|r) (?:you|u) (?:talking|on) about|what (?:are|r) (?:you|u) saying|what (?:on earth|the (?:hell|heck))",
            r"i (?:still )?(?:don'?t|do not|didn'?t) (?:understand|get (?:it|that|this|u|you)|follow)(?: (?:you|u|this|that|it|what (?:you|u) (?:mean|say|said)))?|(?:that|it|this) makes no sense|makes no sense|(?:i'?m |im )?(?:so )?confused|wrong (?:answer|question)|not quite",
        )
    )
    + ")"
    + _TAIL
)  # fmt: skip
"""A clause that says nothing but that the answer was none."""
_CORRECTED = re.compile(
    r"\W*(?:(?:no+|nope|nah|sorry|oh|um+|wait)\W+)*(?:i mean[t]?|what i mean[t]? (?:is|was)|i was asking (?:about|if|whether)|my question (?:is|was))(?: to (?:ask|say))?\b[\s,:-]+"
    r"|\W*(?:(?:no+|nope|nah|again|hello|ugh|like|as)\W+)+i (?:said|asked)(?: (?:about|for|if|whether))?\b[\s,:-]+"
)
"""The opening of what was meant all along."""
_THANKED_BUT = re.compile(
    r"\W*(?:ok |okay |hi |well )*(?:thank you|thanks|thx|ty|cheers)(?: so much| a lot| for (?:the|that|your) \w+)?\W+but\b(?! (?:no thanks|no thank|no\W*$|not (?:now|today|interested)|i'?m (?:good|fine|ok)|i'?ll pass|nvm))"
    r"(?=.*\b(?:told|already|said|same|not|n't|doesnt|didnt|isnt|wasnt|still|before|every time|each time)\b).*",
    re.DOTALL,
)
"""Thanks that are none: 'thank you, but that is what i was told last week'."""
