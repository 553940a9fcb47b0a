"""A rep's pages on a customer's consent and on what could not be delivered."""

import pytest

from agent.domain.consent import ConsentState, Purpose
from agent.domain.ids import ConversationId
from agent.errors import SendProblem
from tests.api import test_console
from tests.api.test_console import Rep
from tests.browser.house import LATE, House

house, visitor, rep = test_console.house, test_console.visitor, test_console.rep

SHOWN = "May we text you our offers? Reply STOP to stop."


@pytest.fixture
def thread(house: House) -> ConversationId:
    return house.text(LATE)


def state(house: House, thread: ConversationId, purpose: Purpose) -> ConsentState:
    with house.database.read() as uow:
        customer_id = uow.conversations.get(thread).customer_id
        return uow.consents.state(customer_id, sender=house.services.brand.slug, purpose=purpose)


def test_a_rep_writes_down_that_a_customer_agrees_and_takes_it_back(
    house: House,
    rep: Rep,
    thread: ConversationId,
) -> None:
    assert f"/console/conversations/{thread}/consent" in rep.open(
        f"/console/conversations/{thread}"
    )
    assert "never given" in rep.open(f"/console/conversations/{thread}/consent")

    noted = rep.act(thread, "consent/given", topic="offers", shown=SHOWN, how="signed <form>")

    assert noted.status_code == 303
    page = rep.open(noted.headers["location"])
    assert SHOWN in page
    assert "signed &lt;form&gt;" in page
    assert state(house, thread, Purpose.MARKETING) is ConsentState.IN
    assert rep.act(thread, "consent/withdrawn", topic="offers", how="by phone").status_code == 303
    assert state(house, thread, Purpose.CONVERSATIONAL) is not ConsentState.OUT
    assert rep.act(thread, "consent/withdrawn", how="by phone").status_code == 303
    assert state(house, thread, Purpose.CONVERSATIONAL) is ConsentState.OUT
    with house.database.read() as uow:
        lines = uow.consents.ledger(uow.conversations.get(thread).customer_id)
    assert lines[-1].actor
    assert lines[-1].evidence == f"conversation {thread}: by phone"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"topic": "offers", "how": "by phone"}, "marketing needs the text"),
        ({"topic": "", "shown": SHOWN, "how": "by phone"}, "Choose what"),
        ({"topic": "offers", "shown": SHOWN}, "Say how"),
    ],
)
def test_what_would_prove_nothing_is_refused_and_what_was_written_kept(
    house: House,
    rep: Rep,
    thread: ConversationId,
    fields: dict[str, str],
    words: str,
) -> None:
    refused = rep.act(thread, "consent/given", **fields)

    assert refused.status_code == 422
    assert words in refused.text
    assert fields.get("shown", "") in refused.text
    assert state(house, thread, Purpose.MARKETING) is ConsentState.NONE


def test_a_visitor_and_a_forged_form_write_nothing(
    house: House,
    visitor: Rep,
    thread: ConversationId,
) -> None:
    path = f"/console/conversations/{thread}/consent"
    assert visitor.client.get(path, follow_redirects=False).status_code == 303
    assert visitor.client.get("/console/deliveries", follow_redirects=False).status_code == 303
    visitor.sign_in()

    forged = visitor.client.post(f"{path}/withdrawn", data={"csrf": "guess"})

    assert forged.status_code == 403
    assert state(house, thread, Purpose.CONVERSATIONAL) is not ConsentState.OUT


def test_numbers_that_take_nothing_and_numbers_set_up_wrong_are_shown(
    house: House,
    rep: Rep,
    thread: ConversationId,
) -> None:
    assert "No provider has refused" in rep.open("/console/deliveries")
    with house.database.begin() as uow:
        conversation = uow.conversations.get(thread)
        uow.deliveries.mark_unreachable(
            conversation.customer_id, problem=SendProblem.BAD_NUMBER, code="30006",
            message_id=uow.messages.thread(thread)[0].id,
        )  # fmt: skip
        for _ in range(2):
            uow.sending_numbers.trouble("twilio", "+15550100200", code="30034")

    page = rep.open("/console/deliveries")

    assert f"/console/conversations/{thread}" in page
    assert "30006" in page
    assert "bad number" in page
    assert "Refused 2 times" in page
    assert "its texts wait" in page
    assert "30006" in rep.open(f"/console/conversations/{thread}/consent")
