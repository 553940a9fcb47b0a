"""DBOS's workflows: each is one function without recorded steps, safe to run again."""

from dbos import DBOS

from agent.domain.ids import ConversationId, MessageId, TurnId
from agent.runtime.work import Work


def register(work: Work) -> None:
    """Make the workflows known to DBOS; before it is launched."""

    @DBOS.workflow(name="take_turn")
    def take_turn(conversation_id: str) -> None:
        turn_id = DBOS.workflow_id
        if turn_id is None:
            raise RuntimeError("a turn runs inside its workflow")
        work.take_turn(TurnId(turn_id), ConversationId(conversation_id))

    @DBOS.workflow(name="send_message")
    def send_message(message_id: str) -> None:
        work.send(MessageId(message_id))
