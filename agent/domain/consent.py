"""Consent: an append-only ledger; the present state is derived from it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agent.domain.ids import CustomerId


class Purpose(StrEnum):
    """What a text is for. A STOP ends all of them."""

    CONVERSATIONAL = "conversational"
    TRANSACTIONAL = "transactional"
    MARKETING = "marketing"


class ConsentAction(StrEnum):
    """What a line of the ledger says.

    ``IMPLIED``: the customer wrote of their own accord, which lets the brand answer and no more.
    ``REQUESTED``, ``DECLINED``, ``LAPSED``: the stages of a double opt-in that has not (yet) come
    to an ``OPT_IN``. ``PREFERENCE``: how often. None of the last four changes the state.
    """

    OPT_IN = "opt_in"
    OPT_OUT = "opt_out"
    IMPLIED = "implied"
    REQUESTED = "requested"
    DECLINED = "declined"
    LAPSED = "lapsed"
    PREFERENCE = "preference"


class ConsentSource(StrEnum):
    """How a line came about. ``KEYWORD``: STOP, START and their kin; ``JOIN``: a brand's own."""

    KEYWORD = "keyword"
    FREE_TEXT = "free_text"
    JOIN = "join_keyword"
    OWN_TEXT = "own_text"
    WEB_FORM = "web_form"
    DOUBLE_OPT_IN = "double_opt_in"
    QR = "qr"
    CHECKOUT = "checkout"
    IN_STORE = "in_store"
    REP = "rep"
    IMPORT = "import"
    PROVIDER = "provider"
    PREFERENCE_TEXT = "preference_text"
    PREFERENCE_PAGE = "preference_page"
    OPT_OUT_CONFIRMED = "opt_out_confirmed"
    OPT_OUT_REPEATED = "opt_out_repeated"
    NO_ANSWER = "no_answer"


class ConsentState(StrEnum):
    """The present state for one purpose and sender. ``NONE``: never said anything."""

    NONE = "none"
    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentEvent:
    """One line of the ledger.

    ``topic`` is empty where the line is about the whole purpose. ``evidence`` is the customer's
    message id or another proof; ``details`` are more of it (address of the form, IP, file and
    line, ...), None where they were erased. ``at`` is when consent was given or taken back,
    ``recorded_at`` when the line was written; both UTC. ``hash`` is SHA-256 in hex over this line
    and the one before it (``agent.consent.chain``), empty for lines older than the chain.
    """

    customer_id: CustomerId
    purpose: Purpose
    sender: str
    action: ConsentAction
    source: str
    text_shown: str
    text_version: str
    evidence: str
    at: datetime
    topic: str = ""
    frequency: str = ""
    actor: str = ""
    details: tuple[tuple[str, str], ...] | None = ()
    details_sha256: str = ""
    recorded_at: datetime | None = None
    hash: str = ""
    id: int = 0


def in_order(ledger: Iterable[ConsentEvent]) -> list[ConsentEvent]:
    """Return lines by the time of what they tell; of the same time, the one written later last.

    An import that tells of last week does not undo yesterday's STOP.
    """
    return sorted(ledger, key=lambda event: event.at)


def present_state(
    ledger: Iterable[ConsentEvent], purpose: Purpose, *, topic: str = ""
) -> ConsentState:
    """Derive the state from the lines of one customer and sender, in the order they were written.

    Without ``topic``, of the purpose as a whole: asking for one of its topics opens it, giving up
    one leaves the others. With ``topic``, of that topic: it follows the purpose, but one that was
    given up stays so until it is asked for itself.
    """
    state, given_up = ConsentState.NONE, False
    for event in in_order(ledger):
        if event.purpose is not purpose or not _concerns(event, topic):
            continue
        match event.action:
            case ConsentAction.OPT_OUT:
                state = ConsentState.OUT
                given_up = given_up or bool(event.topic)
            case ConsentAction.OPT_IN if event.topic or not given_up:
                state, given_up = ConsentState.IN, False
            case ConsentAction.IMPLIED if state is ConsentState.NONE:
                state = ConsentState.IN
            case _:
                continue
    return state


def _concerns(event: ConsentEvent, topic: str) -> bool:
    if topic:
        return event.topic in {"", topic}
    return not event.topic or event.action is ConsentAction.OPT_IN


def present_frequency(ledger: Iterable[ConsentEvent]) -> str:
    """Return how often the customer wants marketing, by the brand's name for it; empty: no word."""
    chosen = [e.frequency for e in in_order(ledger) if e.action is ConsentAction.PREFERENCE]
    return chosen[-1] if chosen else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regained:
    """What START gives back: a purpose, or one topic of it."""

    purpose: Purpose
    topic: str = ""


def regained_by_start(ledger: Iterable[ConsentEvent]) -> tuple[Regained, ...]:
    """Return what START gives back: talk and service always, marketing as it was before the STOP.

    Marketing needs consent in writing of its own (47 CFR 64.1200(f)(9)), which START is not; but
    it takes back the STOP that ended it.
    """
    lines = in_order(ledger)
    before = _before_last_stop(lines)
    back = [Regained(purpose=Purpose.CONVERSATIONAL), Regained(purpose=Purpose.TRANSACTIONAL)]
    if before is None:
        return tuple(back)
    marketing = [e for e in before if e.purpose is Purpose.MARKETING]
    if present_state((e for e in marketing if not e.topic), Purpose.MARKETING) is ConsentState.IN:
        return (*back, Regained(purpose=Purpose.MARKETING))
    topics = sorted({e.topic for e in marketing if e.topic})
    return (
        *back,
        *(
            Regained(purpose=Purpose.MARKETING, topic=topic)
            for topic in topics
            if present_state(marketing, Purpose.MARKETING, topic=topic) is ConsentState.IN
        ),
    )


def _before_last_stop(lines: list[ConsentEvent]) -> list[ConsentEvent] | None:
    """Return the lines before the run of opt-outs that ended marketing; None if nothing did."""
    marketing = [e for e in lines if e.purpose is Purpose.MARKETING]
    opened = [place for place, e in enumerate(marketing) if e.action is ConsentAction.OPT_IN]
    since = opened[-1] + 1 if opened else 0
    # A second STOP, or the provider's, ends nothing more: look before the first of the run.
    stops = [
        place
        for place, e in enumerate(marketing)
        if place >= since and not e.topic and e.action is ConsentAction.OPT_OUT
    ]
    return marketing[: stops[0]] if stops else None
