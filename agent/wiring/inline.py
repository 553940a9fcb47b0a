"""The parts without background work, for the terminal, for simulations and for tests."""

from collections.abc import Mapping
from dataclasses import dataclass

from agent.brand import Brand
from agent.channels import Sender
from agent.domain.ports import Clock, Ids
from agent.foundation import Foundation
from agent.inbox import Inbox
from agent.outbox import Outbox
from agent.runtime.inline import InlineQueue
from agent.runtime.turn_runner import TurnRunner
from agent.store.unit_of_work import Database
from agent.wiring.mind import Mind
from agent.wiring.texts import make_inbox, make_outbox, make_runner


@dataclass(frozen=True, slots=True, kw_only=True)
class Inline:
    """The same parts without background work: each text is answered in the caller's thread."""

    brand: Brand
    clock: Clock
    ids: Ids
    database: Database
    inbox: Inbox
    outbox: Outbox
    runner: TurnRunner
    queue: InlineQueue

    def run_waiting(self) -> None:
        """Take the turns that the inbox has enqueued, and send their replies."""
        self.queue.run(self.runner, self.outbox)


def assemble_inline(
    foundation: Foundation, mind: Mind, senders: Mapping[str, Sender] | None = None
) -> Inline:
    """Put the parts together for the terminal, for simulations and for tests."""
    queue = InlineQueue()
    return Inline(
        brand=foundation.brand,
        clock=foundation.clock,
        ids=foundation.ids,
        database=foundation.database,
        inbox=make_inbox(foundation, mind, queue, 0.0),
        outbox=make_outbox(foundation, senders or {}),
        runner=make_runner(foundation, mind),
        queue=queue,
    )
