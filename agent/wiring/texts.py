"""The way of a text, put together: the inbox, the turns, the outbox and the gate before it."""

from collections.abc import Callable, Mapping

from agent.channels import LOCAL_PROVIDERS, LocalSender, Sender
from agent.consent.links import no_link
from agent.domain.ids import CustomerId
from agent.foundation import Foundation
from agent.inbox import ConsentReader, Inbox, TurnQueue
from agent.outbox import Outbox
from agent.privacy.detaching import Detaching
from agent.privacy.fingerprint import Fingerprint
from agent.privacy.returning import Returning
from agent.runtime.right_of_way import RightOfWay
from agent.runtime.turn_runner import TurnRunner
from agent.sending.gate import Gate
from agent.wiring.mind import Mind
from intents.types import ConsentReading


def make_inbox(
    foundation: Foundation,
    mind: Mind,
    queue: TurnQueue,
    silence_s: float,
    right_of_way: RightOfWay | None = None,
) -> Inbox:
    """Put together what takes texts in; after ``silence_s`` seconds a burst is over."""
    way = right_of_way or RightOfWay()
    return Inbox(
        database=foundation.database,
        queue=queue,
        brand=foundation.brand,
        ids=foundation.ids,
        read_consent=unless_crowded(way, mind.understander.read_consent),
        silence_s=silence_s,
        returning=_returning(foundation),
        arriving=way.arriving,
    )


def unless_crowded(right_of_way: RightOfWay, read: ConsentReader) -> ConsentReader:
    """Leave opt-outs in free words to their turns where texts crowd in.

    Turns read them anyway; STOP and the other words need no models and are obeyed at once as ever.
    """

    def read_consent(text: str) -> tuple[ConsentReading | None, float]:
        return (None, 0.0) if right_of_way.crowded else read(text)

    return read_consent


def make_runner(
    foundation: Foundation,
    mind: Mind,
    preference_link: Callable[[CustomerId], str] = no_link,
    right_of_way: RightOfWay | None = None,
) -> TurnRunner:
    """Put together what runs turns."""
    return TurnRunner(
        database=foundation.database,
        taker=mind.taker,
        brand=foundation.brand,
        handovers=mind.handovers,
        preference_link=preference_link,
        right_of_way=right_of_way or RightOfWay(),
        detach=Detaching(
            fingerprint=fingerprint(foundation),
            sender=foundation.brand.slug,
            clock=foundation.clock,
            ids=foundation.ids,
        ),
    )


def make_outbox(foundation: Foundation, senders: Mapping[str, Sender]) -> Outbox:
    """Put together what sends texts: by the set-up channels, and to the local ones."""
    local = LocalSender()
    return Outbox(
        database=foundation.database,
        senders={**dict.fromkeys(LOCAL_PROVIDERS, local), **senders},
        brand=foundation.brand,
        gate=gate(foundation),
    )


def fingerprint(foundation: Foundation) -> Fingerprint:
    """Return what hashes numbers with the home's key."""
    return Fingerprint.of_home(foundation.settings.home)


def gate(foundation: Foundation) -> Gate:
    """Return what has the last look before a text leaves."""
    return Gate.of(foundation.brand, fingerprint(foundation), foundation.clock)


def _returning(foundation: Foundation) -> Returning:
    return Returning(fingerprint=fingerprint(foundation), sender=foundation.brand.slug)
