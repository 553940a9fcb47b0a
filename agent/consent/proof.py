"""The proof of one number's consent: a document that a lawyer can read, and the same as data."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from agent.brand import Brand
from agent.consent.chain import ChainCheck, check_chain
from agent.consent.preferences import Preferences, preferences
from agent.consent.questions import ConsentQuestion, QuestionState
from agent.domain.consent import (
    ConsentAction,
    ConsentEvent,
    ConsentState,
    Purpose,
    in_order,
    present_state,
)
from agent.domain.ids import CustomerId, MessageId
from agent.errors import NotFoundError
from agent.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenLine:
    """A line of the ledger with the customer's words that it stands on, where it was a text."""

    event: ConsentEvent
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Everything known about one number's consent to one brand's texts."""

    number: str
    brand: str
    sender: str
    made_at: datetime
    states: tuple[tuple[Purpose, ConsentState], ...]
    preferences: Preferences
    lines: tuple[ProvenLine, ...]
    questions: tuple[ConsentQuestion, ...]
    chain: ChainCheck


def prove(uow: UnitOfWork, brand: Brand, number: str) -> Proof:
    """Gather the proof for a number in E.164.

    Raises:
        NotFoundError: nothing is known of it.
    """
    customer = uow.customers.find(number)
    if customer is None:
        raise NotFoundError(
            f"Nothing is known of {number}.",
            hint="Write it with its country code, such as +13035550123. Of somebody erased, only "
            "what docs/privacy.md says is left.",
        )
    return _gather(uow, brand, number, customer.id)


def _gather(uow: UnitOfWork, brand: Brand, number: str, customer_id: CustomerId) -> Proof:
    everything = uow.consents.ledger(customer_id)
    ours = [event for event in everything if event.sender == brand.slug]
    return Proof(
        number=number,
        brand=brand.name,
        sender=brand.slug,
        made_at=uow.now(),
        states=tuple((purpose, present_state(ours, purpose)) for purpose in Purpose),
        preferences=preferences(brand.consent, ours),
        lines=tuple(ProvenLine(event=e, words=_words(uow, e)) for e in in_order(ours)),
        questions=tuple(
            q for q in uow.consent_questions.of_customer(customer_id) if q.sender == brand.slug
        ),
        chain=check_chain(customer_id, everything),
    )


def _words(uow: UnitOfWork, event: ConsentEvent) -> str:
    """Return the text that is a line's evidence; empty where the evidence is something else."""
    if not event.evidence.startswith("msg_"):
        return ""
    try:
        return uow.messages.get(MessageId(event.evidence)).text
    except NotFoundError:
        return ""


# ── as data ────────────────────────────────────────────────────────────────────────────────────


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
        "details": None if event.details is None else _shown_details(event),
        "hash": event.hash,
    }


def _shown_details(event: ConsentEvent) -> dict[str, str]:
    return dict(event.details or ())


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


# ── for people ─────────────────────────────────────────────────────────────────────────────────

_STATES = {
    ConsentState.IN: "agreed",
    ConsentState.OUT: "ended by the customer",
    ConsentState.NONE: "never given",
}

_ACTIONS = {
    ConsentAction.OPT_IN: "agreed to",
    ConsentAction.OPT_OUT: "ended",
    ConsentAction.IMPLIED: "wrote to us first, which allows answers:",
    ConsentAction.REQUESTED: "was asked by text to confirm (nothing agreed yet):",
    ConsentAction.DECLINED: "declined",
    ConsentAction.LAPSED: "did not confirm in time:",
    ConsentAction.PREFERENCE: "chose how often:",
}

_SOURCES = {
    "keyword": "by texting a keyword",
    "free_text": "by text, in their own words",
    "join_keyword": "by texting the sign-up keyword",
    "own_text": "by a text of their own",
    "web_form": "on the web form",
    "double_opt_in": "by answering YES to a text that asked for confirmation",
    "qr": "by a QR code",
    "checkout": "at the checkout",
    "in_store": "in the shop",
    "rep": "told to a member of staff",
    "import": "brought in by file",
    "provider": "reported by the messaging provider",
    "preference_text": "by answering the list of topics",
    "preference_page": "on the page of preferences",
    "opt_out_confirmed": "by answering YES to 'shall we stop texting you?'",
    "opt_out_repeated": "by saying so again when asked about it",
    "no_answer": "because our question was not answered",
}


def proof_document(proof: Proof) -> str:
    """Return the proof as a plain text document."""
    return "\n".join(_document(proof)) + "\n"


def _document(proof: Proof) -> Iterator[str]:
    yield f"RECORD OF CONSENT TO TEXT MESSAGES: {proof.number}"
    yield f"Sender: {proof.brand}. Made {_moment(proof.made_at)}. All times are UTC."
    yield ""
    yield "PRESENT STATE"
    for purpose, state in proof.states:
        yield f"  {purpose}: {_STATES[state]}{_since(proof, purpose)}"
    for topic in proof.preferences.topics:
        yield f"  topic '{topic.title}' ({topic.purpose}): {'on' if topic.on else 'off'}"
    yield ""
    yield "WHAT HAPPENED"
    if not proof.lines:
        yield "  Nothing is recorded."
    for place, line in enumerate(proof.lines, start=1):
        yield from _told(place, line)
    yield ""
    if any(q.state is QuestionState.OPEN for q in proof.questions):
        yield "A question about consent is open:"
        for question in proof.questions:
            if question.state is QuestionState.OPEN:
                yield (
                    f"  {question.kind.replace('_', ' ')}, asked {_moment(question.asked_at)}, "
                    f"stands until {_moment(question.lapses_at)}"
                )
        yield ""
    yield from _integrity(proof.chain)


def _since(proof: Proof, purpose: Purpose) -> str:
    deciding = [
        line.event
        for line in proof.lines
        if line.event.purpose is purpose
        and line.event.action
        in {ConsentAction.OPT_IN, ConsentAction.OPT_OUT, ConsentAction.IMPLIED}
    ]
    return f" (last change {_moment(deciding[-1].at)})" if deciding else ""


def _told(place: int, line: ProvenLine) -> Iterator[str]:
    event = line.event
    about = f"{event.purpose} texts" + (f", topic '{event.topic}'" if event.topic else "")
    often = f" {event.frequency}" if event.frequency else ""
    yield (
        f"  {place}. {_moment(event.at)}: the customer {_ACTIONS[event.action]} {about}{often}, "
        f"{_SOURCES.get(event.source, event.source)}."
    )
    if line.words and event.action is not ConsentAction.REQUESTED:
        yield f"     They wrote: {line.words!r}"
    if event.text_shown:
        yield f"     Text shown (version {event.text_version}):"
        yield f"       {event.text_shown}"
    if event.actor:
        yield f"     Written down by: {event.actor}"
    if event.details is None:
        yield "     Further details were erased."
    for name, value in sorted(_shown_details(event).items()):
        if name != "salt":
            yield f"     {name.replace('_', ' ')}: {value}"
    yield f"     Evidence: {event.evidence or 'none'}. Line {event.id}, written {_written(event)}."
    yield f"     Hash: {event.hash or 'older than the chain'}"


def _integrity(chain: ChainCheck) -> Iterator[str]:
    yield "INTEGRITY"
    if chain.intact:
        yield f"  All {chain.lines} lines are as they were written: each line's hash fits."
    else:
        yield f"  BROKEN: line {chain.broken_at} or one before it was changed after it was written."
    if chain.unsealed:
        yield (
            f"  {chain.unsealed} of them are older than the chain; it covers them as they were "
            "when it began."
        )
    yield f"  Last hash: {chain.last_hash}"
    yield "  Each hash is SHA-256 over the line and the hash before it. Keep this document: a later"
    yield "  one must go on from this last hash."


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def _written(event: ConsentEvent) -> str:
    return _moment(event.recorded_at) if event.recorded_at is not None else "at that time"
