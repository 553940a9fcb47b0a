"""Domain objects to JSON columns and back."""

from typing import Any

from pydantic import TypeAdapter

from agent.domain.conversations import FlowState, Pending
from agent.domain.signals import Decision, Signals

_PENDING: TypeAdapter[Pending] = TypeAdapter(Pending)
_FLOW: TypeAdapter[FlowState] = TypeAdapter(FlowState)
_SIGNALS: TypeAdapter[Signals] = TypeAdapter(Signals)
_DECISION: TypeAdapter[Decision] = TypeAdapter(Decision)


def dump_pending(value: Pending | None) -> dict[str, Any] | None:
    """Serialise an open question."""
    return None if value is None else _PENDING.dump_python(value, mode="json")


def load_pending(value: dict[str, Any] | None) -> Pending | None:
    """Restore an open question."""
    return None if value is None else _PENDING.validate_python(value)


def dump_flow(value: FlowState | None) -> dict[str, Any] | None:
    """Serialise a running flow."""
    return None if value is None else _FLOW.dump_python(value, mode="json")


def load_flow(value: dict[str, Any] | None) -> FlowState | None:
    """Restore a running flow."""
    return None if value is None else _FLOW.validate_python(value)


def dump_signals(value: Signals) -> dict[str, Any]:
    """Serialise signals for the trace."""
    dumped: dict[str, Any] = _SIGNALS.dump_python(value, mode="json")
    return dumped


def load_signals(value: dict[str, Any]) -> Signals:
    """Restore signals, for replay."""
    return _SIGNALS.validate_python(value)


def dump_decision(value: Decision) -> dict[str, Any]:
    """Serialise a decision for the trace."""
    dumped: dict[str, Any] = _DECISION.dump_python(value, mode="json")
    return dumped


def load_decision(value: dict[str, Any]) -> Decision:
    """Restore a decision, for replay."""
    return _DECISION.validate_python(value)
