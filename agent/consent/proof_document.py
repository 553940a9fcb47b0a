"""The proof of a number's consent as a document that a lawyer can read."""

from collections.abc import Iterator
from datetime import UTC, datetime

from agent.consent.chain import ChainCheck
from agent.consent.proof import Proof, ProvenLine, shown_details
from agent.consent.questions import QuestionState
from agent.domain.consent import ConsentAction, ConsentEvent, ConsentState, Purpose

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
    for name, value in sorted(shown_details(event).items()):
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
