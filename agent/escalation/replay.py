"""Replay: what other rules would have done with past turns. Pure, so a month takes seconds."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from agent.deciding.policy import Policy
from agent.decision import decide
from agent.domain.signals import Decision
from agent.domain.turns import TurnRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A turn that would go another way."""

    turn: TurnRecord
    then: Decision
    now: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What came of a replay: escalations by rule then and now, and the turns that differ."""

    turns: int
    escalated_then: Counter[str]
    escalated_now: Counter[str]
    changes: tuple[Change, ...]


def replay(turns: Iterable[TurnRecord], policy: Policy) -> Replay:
    """Decide every traced turn again from its signals."""
    then, now, changes, count = Counter[str](), Counter[str](), [], 0
    for turn in turns:
        if turn.trace is None:
            continue
        count += 1
        before, after = turn.trace.decision_after, decide(turn.trace.signals_after, policy)
        then.update(_rule(before))
        now.update(_rule(after))
        if _rule(before) != _rule(after):
            changes.append(Change(turn=turn, then=before, now=after))
    return Replay(turns=count, escalated_then=then, escalated_now=now, changes=tuple(changes))


def _rule(decision: Decision) -> list[str]:
    return [] if decision.escalate is None else [decision.escalate.rule]
