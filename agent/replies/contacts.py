"""How to reach the brand, or the one place, line or office that a question names."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from agent.replies.drafts import Draft
from agent.replies.evidence import Evidence
from agent.replies.questions import Asked, read_question
from agent.replies.scoring import respelled
from agent.replies.words import Unit, content_stems, units_of
from intents.types import Understanding

_ASKS_A_CALL = re.compile(
    r"\b(?:phone|tele?phone|tel|number|numbers|line|hotline|helpline|call|ring|dial|landline)\b",
    re.IGNORECASE,
)
_ASKS_A_LETTER = re.compile(r"\b(?:e-?mails?|mail|write)\b", re.IGNORECASE)
_ASKS_EITHER = re.compile(r"\b(?:contact|reach)\b", re.IGNORECASE)
_ANOTHER_MATTER = re.compile(
    r"\bnumber of\b|\b(?:max|maximum|account|card|my|change|update|wrong)\b", re.IGNORECASE
)
_ASKS_A_VALUE = frozenset({Asked.HOW_MUCH, Asked.HOW_LONG, Asked.HOW_MANY, Asked.WHEN, Asked.WHY})
_PHONE = re.compile(r"(?<![\w.])\+?\(?\d(?:[ ()./-]{0,2}\d){6,14}(?![\w.]\d)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LABEL = re.compile(r"^([A-Z][\w ]{1,15}):\s+(?=\S)")

WAYS = content_stems(
    """contact reach talk speak call phone telephone email mail text chat write message person human
    agent someone somebody customer service support help helpdesk desk team staff rep line number
    hours open assistance department representative"""
)
"""Words for ways to reach us, and for who is reached."""
_ASIDE = content_stems(
    """tel dial ring landline hotline helpline digits direct details detail info address question
    questions about regarding who whats shop store branch place location site"""
)
"""Words beside, which alone name nobody."""
_SHORTEST_NAME = 3


@dataclass(frozen=True, slots=True)
class _Told:
    evidence: Evidence
    unit: Unit
    value: str
    own: frozenset[str]
    leaf: str


def named_besides_ways(question: str) -> frozenset[str]:
    """Return the stems of a question that are no way to reach anybody: whom or what it names."""
    named = content_stems(question) - WAYS - _ASIDE
    return frozenset(stem for stem in named if len(stem) >= _SHORTEST_NAME)


def answer_with_contact(question: str, evidence: Sequence[Evidence]) -> Draft | None:
    """Tell the number or address of what a question names; None where it names nothing of ours."""
    kinds = _kinds(question)
    named = named_besides_ways(question)
    if not kinds or not named or _ANOTHER_MATTER.search(question):
        return None
    if read_question(question).asked in _ASKS_A_VALUE:
        return None
    told = [one for item in evidence if item.kind == "passage" for one in _told(item, kinds)]
    vocabulary = Counter(s for one in told for s in one.own | content_stems(one.leaf))
    wanted = respelled(named, vocabulary)
    fitting = [one for one in told if wanted <= one.own | content_stems(one.leaf)]
    if not fitting:
        return None
    best = min(fitting, key=lambda one: (not wanted <= one.own, len(one.own)))
    text = _said(best, by_itself=wanted <= best.own)
    # Its own words in another order: the guard and the trace know them so.
    shown = replace(best.evidence, text=f"{best.evidence.text}\n{text}")
    return Draft(text=text, evidence=(shown,))


def _kinds(question: str) -> tuple[re.Pattern[str], ...]:
    call, letter = _ASKS_A_CALL.search(question), _ASKS_A_LETTER.search(question)
    if not (call or letter):
        return (_PHONE, _EMAIL) if _ASKS_EITHER.search(question) else ()
    return tuple(kind for kind, asked in ((_PHONE, call), (_EMAIL, letter)) if asked)


def _told(item: Evidence, kinds: Sequence[re.Pattern[str]]) -> Iterator[_Told]:
    leaf = item.heading.rsplit(" > ", 1)[-1]
    for unit in units_of(item.text):
        found = next((m for kind in kinds if (m := kind.search(unit.text))), None)
        if found is not None:
            own = content_stems(f"{unit.lead_in} {unit.text}")
            yield _Told(item, unit, found.group().strip(" ."), own, leaf)


def _said(one: _Told, *, by_itself: bool) -> str:
    """Word it so that it stands alone: a row by its first cell, a sentence under its heading."""
    if one.unit.kind == "row":
        first = re.split(r"[;|]", one.unit.text.strip("| "))[0]
        return f"{first.partition(':')[2].strip() or first.strip()}: {one.value}."
    if by_itself:
        return f"{one.unit.lead_in}: {one.unit.text}" if one.unit.lead_in else one.unit.text
    text = _LABEL.sub(lambda label: f"{label[1][:1].lower()}{label[1][1:]} ", one.unit.text)
    return f"{one.leaf}: {text}"


_DESK = r"(?:contact |customer |support |service |main |office |shop |store |help ?desk |direct )*"
_CONTACT = re.compile(
    rf"\b(?:your|ur) {_DESK}(?:phone(?: number\b| no\b|\W*$)|(?:e-?mail|number)\b)"
    r"|^\W*(?:e-?mail|phone)(?: address| number)?\W*(?:please|pls)?\W*$"
    rf"|\b(?:the|an?) {_DESK}(?:phone|e-?mail) (?:number|address|contact)\b"
    r"|\b(?:customer service|help ?desk|support) (?:phone|e-?mail|number|line)\b"
    r"|\b(?:phone|contact) (?:number|details?|info)\b|\b(?:reach|contact|call|email) (?:you|u|"
    r"customer|support|someone there)\b"
    r"|\bcustomer (?:service|support) (?:hours|open)\b",
    re.IGNORECASE,
)
_OF_ANOTHER = re.compile(
    r"\b(?:number|phone|e-?mail|address|details?) (?:of|for|from) (?:the |your |ur )?"
    r"(?P<after>[\w-]+)"
    r"|\b(?:your|ur|the) (?P<before>(?!phone\b)[\w'-]+) (?:phone|e-?mail|number)\b"
    r"|\b(?P<whose>(?!what|who|how|where|it)[a-z]{3,}'?s) (?:phone|e-?mail|number)\b",
    re.IGNORECASE,
)
"""Whose number or address is asked for: ``the number of the taxi firm``, ``your ceo's email``."""
_OWN_MATTER = re.compile(r"\b(?:my|change|update|wrong|new|order|tracking)\b", re.IGNORECASE)


_MOST_STRANGE = 0.5
"""Share of a question's words from which on it is about no way of reaching anybody."""


def asks_for_contact(
    question: str, understanding: Understanding | None, evidence: Sequence[Evidence]
) -> bool:
    """Whether the question is how the brand can be reached, which the brand file answers."""
    whose = [
        match["after"] or match["before"] or match["whose"]
        for match in _OF_ANOTHER.finditer(question)
    ]
    named = content_stems(" ".join(whose)) - WAYS - _ASIDE
    if named and not any(named <= content_stems(item.heading) for item in evidence):
        return False
    if understanding is not None and understanding.intent == "contact_customer_service":
        asked = content_stems(question)
        # "Do you have an app" may be taken for a way to reach us; what it names must be one.
        return len(asked - WAYS) < _MOST_STRANGE * len(asked)
    return _CONTACT.search(question) is not None and _OWN_MATTER.search(question) is None
