"""The queries behind the list, on SQLite and on PostgreSQL."""

from agent.domain.conversations import ConversationEvent, ConversationStatus
from agent.domain.customers import Customer
from agent.domain.ids import ConversationId, CustomerId
from agent.domain.messages import Author, InboundMessage
from agent.store.unit_of_work import Database, UnitOfWork
from tests.conftest import FakeClock

BRAND = "+15550100200"


def text(uow: UnitOfWork, clock: FakeClock, address: str, words: str) -> ConversationId:
    customer_id = uow.customers.ensure(address)
    conversation = uow.conversations.ensure(
        customer_id, channel="web", customer_address=address, brand_address=BRAND
    )
    uow.messages.add_inbound(
        conversation.id,
        InboundMessage(
            provider="web", provider_id=f"{address}-{words}", channel="web", sender=address,
            recipient=BRAND, text=words, received_at=clock.now(),
        ),
    )  # fmt: skip
    return conversation.id


def test_the_latest_message_of_each_conversation_also_within_one_instant(
    database: Database, clock: FakeClock
) -> None:
    with database.begin() as uow:
        one, two = text(uow, clock, "+1", "first"), text(uow, clock, "+2", "only")
        clock.forward(5)
        text(uow, clock, "+1", "second")
        for place in range(3):
            uow.messages.add_outbound(
                two, author=Author.AGENT, text=f"reply {place}", provider="web", encoding="GSM-7",
                segments=1, ordinal=place,
            )  # fmt: skip
    with database.read() as uow:
        latest = uow.messages.latest([one, two, ConversationId("con_none")])
        assert uow.messages.latest([]) == {}

    assert {key: message.text for key, message in latest.items()} == {one: "second", two: "reply 2"}


def test_conversations_are_counted_by_state(database: Database, clock: FakeClock) -> None:
    with database.begin() as uow:
        text(uow, clock, "+1", "a")
        waits = text(uow, clock, "+2", "b")
        uow.conversations.apply(waits, ConversationEvent.ESCALATED)
    with database.read() as uow:
        assert uow.conversations.counts() == {
            ConversationStatus.BOT: 1, ConversationStatus.WAITING: 1,
        }  # fmt: skip


def test_a_thread_is_found_by_both_its_addresses(database: Database, clock: FakeClock) -> None:
    with database.begin() as uow:
        known = text(uow, clock, "+1", "a")
    with database.read() as uow:
        found = uow.conversations.find(channel="web", customer_address="+1", brand_address=BRAND)
        other = uow.conversations.find(channel="sms", customer_address="+1", brand_address=BRAND)

    assert found is not None
    assert found.id == known
    assert other is None


def test_names_leave_out_those_without_one(database: Database) -> None:
    named = CustomerId("cus_named")
    with database.begin() as uow:
        uow.customers.put(Customer(id=named, address="+1", name="Mei-Lin"))
        nameless = uow.customers.ensure("+2")
    with database.read() as uow:
        assert uow.customers.names([named, nameless]) == {named: "Mei-Lin"}
