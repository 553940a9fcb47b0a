"""What goes into a turn, what comes out of it, and what is handed around in between."""

import time
from dataclasses import dataclass, field

from agent.consent.turns import TurnConsent
from agent.domain.consent import ConsentAction
from agent.domain.conversations import Conversation, FlowState, Pending
from agent.domain.customers import Customer
from agent.domain.signals import Decision, Escalate, Outcome, Signals, Waits
from agent.domain.turns import Trace
from agent.replies.grounded import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnInput:
    """What a turn starts from.

    ``texts`` are the burst's, oldest first; ``previous`` is the question of the turn before, for
    texts such as 'and in blue?', ``lately`` what the customer wrote a moment ago, the newest first.
    ``consent`` is the state before these texts, and what the inbox
    has already written because of them. ``pictures`` came along with the texts. ``waits`` is set
    while the conversation waits for a person.
    """

    conversation: Conversation
    customer: Customer
    texts: tuple[str, ...]
    consent: TurnConsent = field(default_factory=TurnConsent)
    previous: str = ""
    lately: tuple[str, ...] = ()
    provider_handled: bool = False
    pictures: int = 0
    waits: Waits | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A text to send.

    ``essential`` ones may go to someone opted out: the answers to STOP, START and HELP.
    """

    text: str
    essential: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnOutcome:
    """All that comes of a turn, for the runtime to store and send in one transaction.

    ``answer`` is what the knowledge came to; of several wishes it holds all there was.
    """

    replies: tuple[Reply, ...]
    decision: Decision
    trace: Trace
    consent: ConsentAction | None = None
    escalate: Escalate | None = None
    pending: Pending | None = None
    flow: FlowState | None = None
    failed_turns: int = 0
    answer: Answer | None = None
    wrong_number: bool = False
    """Whoever texts is not who the profile says; the profile is detached from the number."""
    called_off: bool = False
    """The customer no longer waits for a person; the agent goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What acting on the first decision came to."""

    replies: tuple[Reply, ...] = ()
    outcome: Outcome = field(default_factory=lambda: Outcome(answered=True))
    answer: Answer | None = None
    pending: Pending | None = None
    flow: FlowState | None = None


class Stopwatch:
    """How long a turn's stages took, in milliseconds; a stage that comes again adds up."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._took_ms: dict[str, float] = {}

    def add(self, stage: str, ms: float) -> None:
        """Add to a stage's time."""
        self._took_ms[stage] = self._took_ms.get(stage, 0.0) + ms

    def add_since(self, stage: str, began: float) -> None:
        """Add what has passed since a reading of ``time.perf_counter``."""
        self.add(stage, (time.perf_counter() - began) * 1000)

    def read(self) -> dict[str, float]:
        """Return the time of each stage, and of everything as ``total``."""
        total = (time.perf_counter() - self._began) * 1000
        return {stage: round(ms, 3) for stage, ms in {**self._took_ms, "total": total}.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What acting has before it: the turn, all that is known of it, and the running stopwatch."""

    turn: TurnInput
    signals: Signals
    stopwatch: Stopwatch
