"""A later build of the service whose workflows do more, by ``DBOS.patch`` as DESIGN.md asks."""

from dbos import DBOS

from agent.domain.ids import ConversationId, MessageId, TurnId
from agent.runtime import durable
from agent.runtime.work import Work

PATCH = "look twice"


def install() -> None:
    """Put the later build's workflows in the place of the present ones."""
    durable.register = _register


def _register(work: Work) -> None:
    @DBOS.step(name="look_twice")
    def look_twice(argument: str) -> str:
        return argument

    @DBOS.workflow(name="take_turn")
    def take_turn(conversation_id: str) -> None:
        if DBOS.patch(PATCH):
            look_twice(conversation_id)
        turn_id = DBOS.workflow_id
        assert turn_id is not None
        work.take_turn(TurnId(turn_id), ConversationId(conversation_id))

    @DBOS.workflow(name="send_message")
    def send_message(message_id: str) -> None:
        if DBOS.patch(PATCH):
            look_twice(message_id)
        work.send(MessageId(message_id))
