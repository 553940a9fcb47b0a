"""'Wrong number': whoever texts becomes a stranger, and the old profile keeps its history."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from agent.domain.consent import ConsentAction, ConsentSource, Purpose
from agent.domain.conversations import ConversationStatus
from agent.domain.messages import Delivery
from agent.errors import ConflictError
from agent.sending.outbound import Outbound
from agent.sending.proactive import ProactiveTexts
from agent.store.detaching import PREFIX
from agent.wiring.proactive import proactive_texts
from tests.agent.house import PHONE, REP, House
from tests.agent.test_erasure import NAME, SECRET, SQLITE, lived_in
from tests.fakes import foundation


@pytest.fixture
def texts(house: House, engine: sa.Engine, tmp_path: Path) -> ProactiveTexts:
    base = foundation(engine, house.parts.database, house.clock, house.parts.ids, tmp_path)
    return proactive_texts(base, house.desk.queue, {"twilio": house.sender})


def say_wrong_number(house: House) -> None:
    house.desk.resolve(house.conversation().id, REP)
    words = "you have the wrong number, i dont know any dwayne"
    house.understander.tell(words, intent="wrong_number", confidence=0.97)
    house.text(words)


def test_the_person_who_texts_is_a_stranger_from_then_on(house: House) -> None:
    lived_in(house)
    before = house.conversation().id

    say_wrong_number(house)

    assert "wrong person" in house.last()
    with house.parts.database.read() as uow:
        stranger = uow.customers.find(PHONE)
        assert stranger is not None
        assert not stranger.known
        assert stranger.orders == stranger.appointments == ()
        thread = uow.messages.thread(before)
        assert uow.conversations.get(before).customer_id == stranger.id
    assert thread[0].text.startswith("you have the wrong number")
    assert len(thread) == 2
    house.text("do you sell boots?")
    asked = house.answerer.asked[-1]
    assert asked[1] in ("", "you have the wrong number, i dont know any dwayne")
    assert NAME not in str(asked)


@SQLITE
def test_the_old_profile_keeps_its_history_apart(house: House) -> None:
    lived_in(house)
    say_wrong_number(house)

    with house.parts.database.read() as uow:
        conversations = uow.conversations.list()
        history = next(c for c in conversations if c.customer_address.startswith(PREFIX))
        profile = uow.customers.get(history.customer_id)
        texts = [m.text for m in uow.messages.thread(history.id)]
        notes = [note.text for note in uow.live.notes(history.id)]
    assert profile is not None
    assert (profile.name, profile.orders[0].number) == (NAME, "48213")
    assert history.status is ConversationStatus.RESOLVED
    assert SECRET in texts
    assert any("wrong number" in note for note in notes)


@SQLITE
def test_texts_for_the_old_profile_stop(house: House, texts: ProactiveTexts) -> None:
    lived_in(house)
    waiting = texts.send(Outbound(to=PHONE, text="Dwayne, your boots!", purpose=Purpose.MARKETING))

    say_wrong_number(house)

    with house.parts.database.read() as uow:
        assert uow.messages.get(waiting.message.id).delivery is Delivery.CANCELLED
    with house.parts.database.begin() as uow:
        # The shop's system imports the same profile again.
        uow.consents.record(
            uow.customers.ensure(PHONE), sender=house.parts.brand.slug,
            action=ConsentAction.OPT_IN, source=ConsentSource.IMPORT, evidence="import",
            purposes=(Purpose.MARKETING,),
        )  # fmt: skip
    with pytest.raises(ConflictError, match="suppression list"):
        texts.send(Outbound(to=PHONE, text="Dwayne, come back!", purpose=Purpose.MARKETING))


@SQLITE
def test_a_stranger_stays_the_stranger_they_were(house: House) -> None:
    house.text("hello")
    with house.parts.database.read() as uow:
        before = uow.customers.find(PHONE)

    say_wrong_number(house)

    with house.parts.database.read() as uow:
        after = uow.customers.find(PHONE)
        assert len(uow.conversations.list()) == 1
    assert before is not None
    assert after is not None
    assert after.id == before.id
