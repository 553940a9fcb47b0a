"""State machines of the domain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.consent import (
    ConsentAction,
    ConsentEvent,
    ConsentState,
    Purpose,
    present_state,
)
from agent.domain.conversations import (
    ConversationEvent,
    ConversationStatus,
    TransitionError,
    next_status,
)
from agent.domain.ids import CustomerId
from agent.domain.messages import FINAL_DELIVERIES, Delivery, forward
from tests.conftest import FakeClock


@given(st.lists(st.sampled_from(Delivery)))
def test_a_final_delivery_never_changes_whatever_news_come(news: list[Delivery]) -> None:
    state, final = Delivery.PENDING, None
    for item in news:
        state = forward(state, item)
        final = final or (state if state in FINAL_DELIVERIES else None)

    assert final is None or state is final


def test_late_news_do_not_move_a_delivery_back() -> None:
    assert forward(Delivery.DELIVERED, Delivery.SENT) is Delivery.DELIVERED
    assert forward(Delivery.SENT, Delivery.QUEUED) is Delivery.SENT
    assert forward(Delivery.UNKNOWN, Delivery.DELIVERED) is Delivery.DELIVERED


def test_a_resolved_conversation_goes_back_to_the_agent_when_the_customer_writes() -> None:
    assert (
        next_status(ConversationStatus.RESOLVED, ConversationEvent.CUSTOMER_WROTE)
        is ConversationStatus.BOT
    )


@pytest.mark.parametrize("status", [ConversationStatus.BOT, ConversationStatus.RESOLVED])
def test_only_a_person_can_hand_back(status: ConversationStatus) -> None:
    with pytest.raises(TransitionError, match="cannot be returned"):
        next_status(status, ConversationEvent.RETURNED)


@given(st.lists(st.sampled_from(ConsentAction)))
def test_the_last_line_of_the_ledger_decides(actions: list[ConsentAction]) -> None:
    ledger = [
        ConsentEvent(
            customer_id=CustomerId("c"), purpose=Purpose.MARKETING, sender="s", action=action,
            source="t", text_shown="", text_version="", evidence="e", at=FakeClock().now(),
        )
        for action in actions
    ]  # fmt: skip

    said = [a for a in actions if a in {ConsentAction.OPT_IN, ConsentAction.OPT_OUT}]
    if said:
        expected = ConsentState.IN if said[-1] is ConsentAction.OPT_IN else ConsentState.OUT
    else:
        implied = ConsentAction.IMPLIED in actions
        expected = ConsentState.IN if implied else ConsentState.NONE
    assert present_state(ledger, Purpose.MARKETING) is expected
    assert present_state(ledger, Purpose.TRANSACTIONAL) is ConsentState.NONE
