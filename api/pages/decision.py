"""The decision behind a reply as people read it: a trace as bars, gauges and lists. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from agent.domain.conversations import Pending
from agent.domain.signals import Decision, Signals, Waits
from agent.domain.turns import CutNote, EvidenceNote, Trace, TurnRecord, Versions
from intents.types import Doubt, Entity, Part, TopicScore, Understanding

MOST_CANDIDATES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A named share in [0, 1]."""

    name: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A stage's time: ``start`` and ``width`` are percent of the whole turn."""

    name: str
    ms: float
    start: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the models read. ``sentiment_score`` in [-1, 1], the other scores in [0, 1].

    ``parts`` are several wishes; ``answer`` is what the text answers to an open question.
    """

    candidates: tuple[Bar, ...]
    doubt: str
    sentiment: str
    sentiment_score: float
    frustration: float
    out_of_scope: bool
    out_of_scope_score: float
    consent: str
    consent_score: float
    topics: tuple[TopicScore, ...]
    entities: tuple[Entity, ...]
    parts: tuple[Part, ...] = ()
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A line of what was known."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionView:
    """Everything a page shows of one turn. ``reading`` is None where no model ran."""

    turn_id: str
    at: datetime
    texts: str
    decision: Decision
    before: Decision
    after: Decision
    changed: bool
    reading: Reading | None
    known: tuple[Fact, ...]
    outcome: tuple[Fact, ...]
    evidence: tuple[EvidenceNote, ...]
    cut: tuple[CutNote, ...]
    stages: tuple[Stage, ...]
    total_ms: float
    versions: Versions


def decision_view(turn: TurnRecord) -> DecisionView | None:
    """Return the view of a turn, None where it has left no trace (it failed or still runs)."""
    trace = turn.trace
    if trace is None:
        return None
    signals = trace.signals_after
    return DecisionView(
        turn_id=turn.id,
        at=turn.created_at,
        texts=signals.text,
        decision=effective(trace),
        before=trace.decision_before,
        after=trace.decision_after,
        changed=trace.decision_after != trace.decision_before,
        reading=_reading(signals.understanding),
        known=_known(signals),
        outcome=_outcome(signals),
        evidence=trace.evidence,
        cut=trace.cut,
        stages=stages(trace.took_ms),
        total_ms=trace.took_ms.get("total", sum(trace.took_ms.values())),
        versions=trace.versions,
    )


def stages(took_ms: Mapping[str, float]) -> tuple[Stage, ...]:
    """Lay the stages side by side on a line of 100 percent; what no stage claims is ``other``."""
    parts = {name: ms for name, ms in took_ms.items() if name != "total" and ms > 0}
    spent = sum(parts.values())
    total = max(took_ms.get("total", 0.0), spent)
    if total <= 0:
        return ()
    if total > spent:
        parts["other"] = total - spent
    placed: list[Stage] = []
    start = 0.0
    for name, ms in parts.items():
        width = 100 * ms / total
        placed.append(Stage(name=name, ms=ms, start=round(start, 2), width=round(width, 2)))
        start += width
    return tuple(placed)


_DOUBTS = {
    Doubt.NONE: "",
    Doubt.TOO_LOW: "The best intent is below its threshold.",
    Doubt.TOO_CLOSE: "The best two intents are too close to call.",
}


def _reading(read: Understanding | None) -> Reading | None:
    if read is None:
        return None
    return Reading(
        candidates=tuple(
            Bar(name=candidate.intent, share=candidate.confidence)
            for candidate in read.candidates[:MOST_CANDIDATES]
        ),
        doubt=_DOUBTS[read.doubt],
        sentiment=read.sentiment,
        sentiment_score=read.sentiment_score,
        frustration=read.frustration,
        out_of_scope=read.out_of_scope,
        out_of_scope_score=read.out_of_scope_score,
        consent=read.consent or "",
        consent_score=read.consent_score,
        topics=read.topics,
        entities=read.entities,
        parts=read.parts,
        answer=(read.answer or "").replace("_", " "),
    )


def _known(signals: Signals) -> tuple[Fact, ...]:
    """Return what the decision looked at besides the reading; empty lines are left out."""
    customer, conversation = signals.customer, signals.conversation
    lines = {
        "Consent word": signals.consent_word or "",
        "Keyword": signals.keyword or "",
        "LLM chose": signals.llm_choice or "",
        "Wants texts to go on": "yes" if signals.denies_stop else "",
        "Wants no person": "yes" if signals.refuses_person else "",
        "Tells of a person in the past": "yes" if signals.person_past else "",
        "Asks besides": signals.rest,
        "Customer": customer.name or ("known" if customer.known else "not known"),
        "Tier": customer.tier,
        "Lifetime value": f"{customer.lifetime_value:,.2f}" if customer.lifetime_value else "",
        "Open orders": str(customer.open_orders or ""),
        "Conversation": conversation.status,
        "Waits because of": _waits(conversation.waits),
        "Opted out": "yes" if conversation.opted_out else "",
        "Failed turns before": str(conversation.failed_turns or ""),
        "Open question": _pending(conversation.pending),
        "Running flow": "" if conversation.flow is None else conversation.flow.flow,
    }
    return tuple(Fact(name=name, value=str(value)) for name, value in lines.items() if value)


def _waits(waits: Waits | None) -> str:
    return "" if waits is None else ", ".join(rule.replace("_", " ") for rule in waits.rules)


def _pending(pending: Pending | None) -> str:
    if pending is None:
        return ""
    return " ".join(filter(None, (pending.kind, " or ".join(pending.options)))).replace("_", " ")


def _outcome(signals: Signals) -> tuple[Fact, ...]:
    outcome = signals.outcome
    if outcome is None:
        return ()
    lines = {
        "Answered": "yes" if outcome.answered else "no",
        **{
            f"Answered {part.intent.replace('_', ' ')}": "yes" if part.answered else "no"
            for part in outcome.parts
        },
        "Failure": (outcome.failure or "").replace("_", " "),
        "Composer": "" if outcome.composer == "none" else outcome.composer,
        "Claims cut": str(outcome.claims_cut or ""),
        "Asked for a person": "yes" if outcome.person_asked else "",
    }
    return tuple(Fact(name=name, value=value) for name, value in lines.items() if value)


def effective(trace: Trace) -> Decision:
    """Return the decision that was followed: the second where it hands over, else the first."""
    return trace.decision_after if trace.decision_after.escalate else trace.decision_before
