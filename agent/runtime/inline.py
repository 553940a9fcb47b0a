"""Turns run at once in the caller's thread: for the terminal, simulations and tests."""

from dataclasses import dataclass, field

from sqlmodel import Session

from agent.domain.ids import ConversationId, MessageId, TurnId
from agent.outbox import Outbox
from agent.runtime.turn_runner import TurnRunner


@dataclass(slots=True)
class InlineQueue:
    """Remembers turns until ``run`` is called; nothing survives the process."""

    waiting: list[tuple[TurnId, ConversationId]] = field(default_factory=list)

    def enqueue_turn(
        self, session: Session, turn_id: TurnId, conversation_id: ConversationId, *, delay_s: float
    ) -> None:
        """Remember a turn; the delay is the caller's to keep."""
        del session, delay_s
        self.waiting.append((turn_id, conversation_id))

    def enqueue_send(self, session: Session, message_id: MessageId, *, delay_s: float) -> None:
        """Nothing to remember: ``run`` sends what its turns compose."""

    def run(self, runner: TurnRunner, outbox: Outbox) -> None:
        """Run all waiting turns and send their replies."""
        while self.waiting:
            turn_id, conversation_id = self.waiting.pop(0)
            for message_id in runner.run(turn_id, conversation_id):
                outbox.send(message_id)
