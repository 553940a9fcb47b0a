"""What takes texts that the brand sends of its own accord, put together."""

from collections.abc import Mapping

from agent.channels import LOCAL_PROVIDERS, Sender
from agent.desk import SendQueue
from agent.errors import ConfigurationError
from agent.foundation import Foundation
from agent.runtime.queueing import DurableQueue
from agent.sending.proactive import ProactiveTexts
from agent.store.engine import create_engine_for_dbos
from agent.store.personal_data import engine_tables
from agent.wiring.texts import gate


def proactive_texts(
    foundation: Foundation, queue: SendQueue, senders: Mapping[str, Sender]
) -> ProactiveTexts:
    """Put together what takes texts that the brand sends of its own accord."""
    set_up = [name for name in senders if name not in LOCAL_PROVIDERS]
    wanted = foundation.settings.simulator
    # Where there is only the phone simulator, its phone gets them.
    in_simulator = not set_up and (foundation.brand.demo if wanted is None else wanted)
    return ProactiveTexts(
        database=foundation.database,
        queue=queue,
        brand=foundation.brand,
        gate=gate(foundation),
        clock=foundation.clock,
        channel="web" if in_simulator else "sms",
        default_provider=set_up[0] if set_up else "simulator" if in_simulator else "",
    )


def proactive_texts_from_outside(
    foundation: Foundation, senders: Mapping[str, Sender]
) -> ProactiveTexts:
    """Put the same together for a command: the running service, or the next one, sends the texts.

    Raises:
        ConfigurationError: no service has ever run on this database.
    """
    with foundation.database.read() as uow:
        ready = bool(engine_tables(uow.session))
    if not ready:
        raise ConfigurationError(
            "No service has run on this database yet, so nothing could send a text.",
            hint="Start it with: textwise serve (or: make run).",
        )
    url = foundation.engine.url.render_as_string(hide_password=False)
    queue = DurableQueue(create_engine_for_dbos(url))
    queue.connect()
    return proactive_texts(foundation, queue, senders)
