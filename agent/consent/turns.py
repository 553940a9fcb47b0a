"""What a turn needs to know of consent: the state before its texts, and what they changed. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from agent.consent.preferences import Preferences, preferences
from agent.consent.terms import ConsentTerms
from agent.domain.consent import (
    ConsentAction,
    ConsentEvent,
    ConsentSource,
    ConsentState,
    Purpose,
    present_state,
)
from intents.types import ConsentReading


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnConsent:
    """Consent as a turn finds it.

    ``opted_out`` is the state before the turn's texts, ``recorded`` what the inbox has already
    written because of them. ``done`` names the template that answers what was written beside STOP
    and START, ``topics`` what it was about. ``link`` leads to the page of preferences, empty where
    there is none.
    """

    opted_out: bool = False
    recorded: ConsentReading | None = None
    done: str = ""
    topics: tuple[str, ...] = ()
    said_topics: str = ""
    said_frequency: str = ""
    preferences: Preferences | None = None
    link: str = ""


def consent_of_turn(
    ledger: Sequence[ConsentEvent],
    message_ids: Collection[str],
    terms: ConsentTerms,
    *,
    link: str = "",
) -> TurnConsent:
    """Read a turn's consent out of the ledger of its customer and brand."""
    before = present_state(
        (e for e in ledger if e.evidence not in message_ids), Purpose.CONVERSATIONAL
    )
    ours = [e for e in ledger if e.evidence in message_ids]
    done, topics = _done(ours)
    return TurnConsent(
        opted_out=before is ConsentState.OUT,
        recorded=_recorded(ours),
        done=done,
        topics=topics,
        said_topics=terms.titles(topics) if topics else "",
        said_frequency=terms.said_frequency(topics),
        preferences=preferences(terms, ledger),
        link=link,
    )


def _recorded(ours: Sequence[ConsentEvent]) -> ConsentReading | None:
    """Return STOP or START, whichever came last."""
    whole = [
        _READINGS[e.action]
        for e in ours
        if e.action in _READINGS and not e.topic and e.purpose is Purpose.CONVERSATIONAL
    ]
    return whole[-1] if whole else None


def _done(ours: Sequence[ConsentEvent]) -> tuple[str, tuple[str, ...]]:
    """Return what else was written last, as its template, and the topics it is about."""
    special = [e for e in ours if e.topic or e.action is ConsentAction.PREFERENCE]
    named = [(e, _TEMPLATES.get((e.source, e.action), "")) for e in special]
    templates = [template for e, template in named if template]
    if not templates:
        return "", ()
    last = templates[-1]
    topics = [e.topic for e, template in named if template == last and e.topic]
    return last, tuple(dict.fromkeys(topics))


_READINGS = {
    ConsentAction.OPT_OUT: ConsentReading.OPT_OUT,
    ConsentAction.OPT_IN: ConsentReading.OPT_IN,
}

_S, _A = ConsentSource, ConsentAction

_TEMPLATES: dict[tuple[str, ConsentAction], str] = {
    (_S.JOIN, _A.OPT_IN): "joined",
    (_S.DOUBLE_OPT_IN, _A.OPT_IN): "joined",
    (_S.DOUBLE_OPT_IN, _A.DECLINED): "double_opt_in_declined",
    (_S.FREE_TEXT, _A.OPT_OUT): "preferences_saved",
    (_S.PREFERENCE_TEXT, _A.OPT_IN): "preferences_saved",
    (_S.PREFERENCE_TEXT, _A.OPT_OUT): "preferences_saved",
    (_S.PREFERENCE_TEXT, _A.PREFERENCE): "preferences_saved",
}
