"""The proof of a number's consent as JSON values."""

from datetime import UTC, datetime
from typing import Any

from agent.consent.proof import Proof, ProvenLine, shown_details


def proof_data(proof: Proof) -> dict[str, Any]:
    """Return the proof as JSON values. Times are ISO 8601 in UTC."""
    return {
        "number": proof.number,
        "brand": proof.brand,
        "made_at": _iso(proof.made_at),
        "state": dict(proof.states),
        "topics": {
            topic.key: {"title": topic.title, "purpose": topic.purpose, "on": topic.on}
            for topic in proof.preferences.topics
        },
        "frequency": proof.preferences.frequency,
        "ledger": [_line_data(line) for line in proof.lines],
        "questions": [
            {"kind": q.kind, "asked_at": _iso(q.asked_at), "state": q.state,
             "lapses_at": _iso(q.lapses_at), "topics": list(q.topics), "asked_by": q.message_id}
            for q in proof.questions
        ],
        "chain": {"intact": proof.chain.intact, "lines": proof.chain.lines,
                  "last_hash": proof.chain.last_hash, "broken_at": proof.chain.broken_at,
                  "older_than_chain": proof.chain.unsealed},
    }  # fmt: skip


def _line_data(line: ProvenLine) -> dict[str, Any]:
    event = line.event
    return {
        "line": event.id,
        "at": _iso(event.at),
        "recorded_at": None if event.recorded_at is None else _iso(event.recorded_at),
        "purpose": event.purpose,
        "topic": event.topic,
        "action": event.action,
        "source": event.source,
        "text_shown": event.text_shown,
        "text_version": event.text_version,
        "frequency": event.frequency,
        "actor": event.actor,
        "evidence": event.evidence,
        "customer_wrote": line.words,
        "details": None if event.details is None else shown_details(event),
        "hash": event.hash,
    }


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
