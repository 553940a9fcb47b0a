"""What a running service has of consent: sign-ups, links, and the watch over open questions."""

from dataclasses import dataclass
from functools import partial

from agent.consent.desk import ConsentDesk
from agent.consent.lapsing import lapse_questions
from agent.consent.links import PreferenceLinks
from agent.consent.signing_up import SignUps
from agent.replies.templates import Templates
from agent.runtime.background import Repeated
from agent.sending.proactive import ProactiveTexts

LAPSE_EVERY_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentParts:
    """Consent's parts of a service."""

    desk: ConsentDesk
    sign_ups: SignUps
    links: PreferenceLinks
    watch: Repeated

    def start(self) -> None:
        """Begin to watch."""
        self.watch.start()

    def close(self) -> None:
        """End the watch."""
        self.watch.close()


def make_consent_parts(
    texts: ProactiveTexts, templates: Templates, *, key: str, base_url: str
) -> ConsentParts:
    """Put the parts together.

    Args:
        texts: how customers are reached.
        templates: the brand's texts.
        key: the installation's secret.
        base_url: the service's public address, empty for none.
    """
    database, brand, clock = texts.database, texts.brand, texts.clock
    return ConsentParts(
        desk=ConsentDesk(database=database, brand=brand, clock=clock),
        sign_ups=SignUps(
            database=database, brand=brand, templates=templates, texts=texts, clock=clock
        ),
        links=PreferenceLinks(key=key.encode(), base_url=base_url, clock=clock),
        watch=Repeated(
            "consent", partial(_lapse, partial(lapse_questions, database, brand)),
            every_s=LAPSE_EVERY_S,
        ),
    )  # fmt: skip


def _lapse(lapse: partial[int]) -> bool:
    """Settle what has lapsed; True where there may be more."""
    return lapse() > 0
