"""Everything a decision may look at, and what comes of it. Both are kept in the trace."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from agent.domain.conversations import ConversationStatus, FlowState, Pending
from intents.types import ConsentReading, Part, Understanding

SIGNALS_SCHEMA = 1
"""Raised whenever a field of Signals or Decision changes its meaning."""


class Route(StrEnum):
    """Which part of the agent answered."""

    CONSENT = "consent"
    KEYWORD = "keyword"
    FLOW = "flow"
    KNOWLEDGE = "knowledge"
    SMALLTALK = "smalltalk"
    CLARIFY = "clarify"
    ESCALATION = "escalation"
    HUMAN = "human"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSignals:
    """What is at stake with this customer. ``lifetime_value`` is in the brand's currency."""

    known: bool = False
    name: str = ""
    tier: str = ""
    lifetime_value: Decimal = Decimal(0)
    open_orders: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """That the customer waits for a person: by which rules, in which queue, since when.

    ``told_lately``: the agent has said so again a moment ago.
    """

    rules: tuple[str, ...]
    queue: str
    since: datetime
    told_lately: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationSignals:
    """Where the conversation stands before this turn. ``waits`` is set while it is `waiting`.

    ``goes_on``: the customer has written of something a moment ago.
    """

    status: ConversationStatus = ConversationStatus.BOT
    opted_out: bool = False
    failed_turns: int = 0
    pending: Pending | None = None
    flow: FlowState | None = None
    waits: Waits | None = None
    goes_on: bool = False


class FailureKind(StrEnum):
    """Why a turn did not help the customer."""

    NOT_KNOWN = "not_known"
    NOT_UNDERSTOOD = "not_understood"
    CLAIMS_CUT = "claims_cut"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOutcome:
    """What came of one of several wishes; one that was not answered got the offer of a person."""

    intent: str
    answered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What composing the reply came to; known only after acting.

    ``person_asked``: a menu's answer was 'a person'. ``parts``: one by one what came of several
    wishes; empty where there was one.
    """

    answered: bool
    failure: FailureKind | None = None
    composer: str = "none"
    claims_cut: int = 0
    person_asked: bool = False
    parts: tuple[PartOutcome, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """All that ``decide`` looks at.

    ``consent_word`` is set where the text is exactly a consent keyword; ``keyword`` where the
    fast path knows it. ``consent_heard`` is what a piece of the message says about texting,
    ``consent_done`` the template that answers what was done about topics, ``beside`` what a message
    that opts out says besides (then that is what was understood). ``understanding`` is None where
    no model was run. ``llm_choice`` is the
    intent that an LLM chose among those too close to call. ``pictures`` came along with the text.
    ``denies_stop``: the message says in words that texts are not to end; ``refuses_person``: that
    no person is wanted; ``person_past``: that one was spoken to, and nothing else of a person;
    ``missed``: that the agent's last words were no answer. ``rest`` is what it says besides (then
    that is what was understood); empty where there is nothing, or none holds. ``asked_before``: how
    often the customer has asked the same a moment ago. ``outcome`` is None before acting.
    """

    text: str
    consent_word: ConsentReading | None = None
    consent_heard: ConsentReading | None = None
    consent_done: str = ""
    beside: str = ""
    keyword: str | None = None
    understanding: Understanding | None = None
    llm_choice: str | None = None
    customer: CustomerSignals = field(default_factory=CustomerSignals)
    conversation: ConversationSignals = field(default_factory=ConversationSignals)
    pictures: int = 0
    denies_stop: bool = False
    refuses_person: bool = False
    person_past: bool = False
    missed: bool = False
    rest: str = ""
    asked_before: int = 0
    outcome: Outcome | None = None
    schema: int = SIGNALS_SCHEMA

    @property
    def failed_before(self) -> int:
        """Failed turns in a row before this one; an answer that missed is one of them.

        What was no answer to begin with has been counted.
        """
        return max(self.conversation.failed_turns, int(self.missed))


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate:
    """Hand the conversation to a person: by which rule, to which queue, in which words why.

    ``about`` is what it is about where that changes the words for the customer, such as a topic.
    """

    rule: str
    queue: str
    reason: str
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What to do. ``rule`` names the line of the policy that decided, ``reason`` says it to people.

    ``template`` names the words to use where the reply is not composed; ``question`` is the text
    to answer (it differs from the message where a clarified question is resumed); ``options`` are
    the intents a clarifying question offers; ``parts`` are several wishes to be answered one by one
    (``template`` then names the offer of a person that comes last, where one of them needs it).
    """

    route: Route
    rule: str
    reason: str
    template: str = ""
    question: str = ""
    options: tuple[str, ...] = ()
    escalate: Escalate | None = None
    parts: tuple[Part, ...] = ()
