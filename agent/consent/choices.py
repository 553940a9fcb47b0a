"""What a customer's choice of topics and of how often means for a proactive text. Pure."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from agent.consent.terms import ConsentTerms
from agent.domain.consent import (
    ConsentEvent,
    ConsentState,
    Purpose,
    present_frequency,
    present_state,
)


def topic_refusal(
    terms: ConsentTerms, ledger: Iterable[ConsentEvent], purpose: Purpose, topic: str
) -> str:
    """Say why a text for a purpose may not be sent because of its topic; empty where it may.

    A text that names no topic may be about any of its purpose, so all of them must be wanted.
    A topic that the brand file has dropped since counts by the purpose alone.
    """
    lines = list(ledger)
    of_purpose = [key for key, known in terms.topics.items() if known.purpose is purpose]
    about = [topic] if topic else of_purpose
    unwanted = tuple(
        key
        for key in about
        if key in terms.topics and present_state(lines, purpose, topic=key) is not ConsentState.IN
    )
    if not unwanted:
        return ""
    why = f"the customer does not want texts about {terms.titles(unwanted)}"
    return why if topic or len(of_purpose) == 1 else f"{why}; name the text's topic"


def least_gap(terms: ConsentTerms, ledger: Sequence[ConsentEvent]) -> timedelta | None:
    """Return the least time between two marketing texts that the customer chose; None: no wish."""
    chosen = present_frequency(ledger)
    days = terms.frequency_days.get(chosen, 0.0)
    return timedelta(days=days) if days > 0 else None
