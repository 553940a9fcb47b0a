"""While a person is waited for: what the agent still says, and when it goes on by itself. Pure."""
# ruff: noqa: E501 - a pattern is easier to read and to mend in one line

import re

from agent.deciding.policy import Policy, call_person, say
from agent.domain.conversations import ConversationStatus
from agent.domain.signals import Decision, Route, Signals, Waits
from agent.escalation.urgency import Urgency, read_urgency

CALLED_OFF = "person_cancelled"
STILL_WAITING = "still_waiting"

_GRAVE = frozenset({"sensitive_topic"})
"""Rules whose cases a person looks at, whatever the customer says afterwards."""

_IS_OVER = (
    r"(?:never ?mind|nvm|nm|forget (?:it|that|about it)|sorted(?: it)?(?: out)?|solved(?: it)?|resolved|fixed(?: it)?|"
    r"figured it out|found it|good now|no need|no longer need(?:ed)?(?: (?:help|it|this|that))?)"
)
_OVER = re.compile(
    r"\W*(?:(?:oh|ok|okay|actually|ah|no|its?|it is|i am|im|all|that s|thats|it s|i ve|ive|i|just|got it)\W+)*"
    rf"{_IS_OVER}(?:\W+(?:{_IS_OVER}|thanks?|thank you|thx|now|any ?more|already|all|good|then|myself|for it|tho|"
    r"though|pls|please|i|it s|its|i ve|ive))*\W*",
    re.IGNORECASE,
)  # fmt: skip
_TELEPHONE = re.compile(r"\b(?:call|ring|phone)\b", re.IGNORECASE)

_WHO = r"(?:some ?(?:one|body)|any ?(?:one|body)|they|you|u|a person|a human|an agent|a rep|(?:your|the|a|that) \w+)"
_HOW_LONG = re.compile(
    r"\W*(?:(?:ok|okay|so|and|but|hi|hey|hello|um+|please|pls|excuse me)\W+)*(?:"
    r"h(?:ello|i|ey|allo)|yo|ping|"
    r"(?:is |are )?(?:(?:any ?(?:one|body)|some ?(?:one|body)|you|u)\W+)(?:still )?(?:there|here|coming|around)|"
    r"(?:you )?still (?:there|here)|(?:i ?.?m )?still waiting(?: here)?|"
    r"how (?:much )?long(?:er)?(?:(?: will| does| is| do| must| have| until| till| before)\b"
    r"(?: (?:it|this|that|they|you|i|we|to|be|take|have|wait|the wait|going|gonna|get|hear|me|a|an|"
    r"answer|reply|someone|somebody|anyone|person|human|colleague|back|now|until|before|answers|replies))*)?|"
    rf"when (?:will|is|are|can|do|does|should|would) (?:i|we|{_WHO})\b"
    r"(?: (?:be|get|getting|coming|going|to|hear|expect|an?|answer|reply|write|respond|text|me|us|back|here|"
    r"available|in|online|open|from|someone|somebody|you|again))*|"
    r"what ?.?s taking so long|any (?:news|update)s?(?: yet)?|where (?:is|are) (?:every ?(?:one|body)|you|they)"
    r")(?:\W+(?:please|pls|now|yet|though|then|hello|there|today|again))*\W*",
    re.IGNORECASE,
)  # fmt: skip


def waiting(signals: Signals, policy: Policy) -> Decision | None:
    """Return what is said to somebody who waits for a person; the agent is silent as a rule."""
    conversation = signals.conversation
    waits = conversation.waits
    if conversation.status is not ConversationStatus.WAITING or waits is None:
        return None
    grave = _in_danger(signals, policy, waits)
    if grave is not None:
        return grave
    if _calls_off(signals, waits):
        return _called_off(waits)
    if not waits.told_lately and (
        not signals.text.strip(" ?") or _HOW_LONG.fullmatch(signals.text)
    ):
        return say(
            Route.HUMAN,
            "asked_how_long",
            "Waiting for a person, the customer asks how long.",
            STILL_WAITING,
        )
    return None


def _in_danger(signals: Signals, policy: Policy, waits: Waits) -> Decision | None:
    """Somebody in danger is not left to wait in silence, whatever they wait for."""
    if waits.told_lately:
        return None
    escalate = policy.rules.judge(signals)
    if escalate is None or escalate.rule not in _GRAVE:
        return None
    if read_urgency(signals.text) not in {Urgency.CRISIS, Urgency.EMERGENCY}:
        return None
    return call_person(escalate, signals)


def _calls_off(signals: Signals, waits: Waits) -> bool:
    if signals.refuses_person:
        return _TELEPHONE.search(signals.text) is None
    # 'Forget it' of somebody furious does not mean that all is well.
    return "frustration" not in waits.rules and _OVER.fullmatch(signals.text) is not None


def _called_off(waits: Waits) -> Decision:
    if _GRAVE & {*waits.rules}:
        return say(
            Route.HUMAN,
            "person_still_looks",
            "No person is wanted any more, but the matter is grave: one looks at it all the same.",
            "person_still_looks",
        )
    return say(Route.SMALLTALK, CALLED_OFF, "The customer wants no person any more.", CALLED_OFF)
