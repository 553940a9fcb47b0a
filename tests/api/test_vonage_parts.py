"""Long texts that Vonage hands over in parts."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from agent.domain.parts import MessagePart
from agent.domain.ports import RandomIds
from agent.store.unit_of_work import Database
from agent.wiring.services import Services
from api.channels.joining import KNOWN_FOR, PATIENCE, sweep, take_part
from tests.api.test_vonage import PATH, client, services, services_on, sms, stored
from tests.conftest import FakeClock

__all__ = ["client", "services"]
"""Fixtures."""

PIECES = ("Hello, this is a long ", "text about my order, ", "please STOP it")


def part(services: Services, number: int, *, ref: int = 7, **more: Any) -> dict[str, str]:
    fields = {"messageId": f"M{ref}-{number}", "text": PIECES[number - 1], **more}
    return sms(
        services, concat="true", concat_ref=ref, concat_total=3, concat_part=number, **fields
    )


@pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3))))
def test_parts_in_any_order_and_twice_become_one_message(
    client: TestClient, services: Services, order: tuple[int, ...]
) -> None:
    for number in (*order[:2], order[0], *order[2:], *order):
        assert client.get(PATH, params=part(services, number)).status_code == 204

    (message,) = stored(services)
    assert message.text == "".join(PIECES)


def test_nothing_is_stored_before_the_last_part(client: TestClient, services: Services) -> None:
    for number in (3, 1):
        client.get(PATH, params=part(services, number))

    assert stored(services) == []


def test_parts_of_two_texts_do_not_mix(client: TestClient, services: Services) -> None:
    for number in (1, 2, 3):
        client.get(PATH, params=part(services, number, ref=1))
        client.get(PATH, params=part(services, number, ref=2))
        other = part(services, number, ref=1, messageId=f"X{number}", msisdn="15550100399")
        client.get(PATH, params=other)

    assert [message.text for message in stored(services)] == ["".join(PIECES)] * 3


def test_a_reference_used_again_makes_another_text(client: TestClient, services: Services) -> None:
    for number in (1, 2, 3):
        client.get(PATH, params=part(services, number))
    for number in (1, 2, 3):
        client.get(PATH, params=part(services, number, messageId=f"again-{number}"))

    assert len(stored(services)) == 2


def test_a_text_that_misses_a_part_is_taken_after_a_while(
    client: TestClient, services: Services, clock: FakeClock
) -> None:
    client.get(PATH, params=part(services, 3))
    client.get(PATH, params=part(services, 1))
    sweep(services, "vonage")
    assert stored(services) == []

    clock.forward(PATIENCE.total_seconds() + 1)
    sweep(services, "vonage")
    sweep(services, "vonage")
    assert [message.text for message in stored(services)] == [PIECES[0] + PIECES[2]]

    client.get(PATH, params=part(services, 2))
    clock.forward(PATIENCE.total_seconds() + 1)
    sweep(services, "vonage")
    assert {message.text for message in stored(services)} == {PIECES[0] + PIECES[2], PIECES[1]}


def test_a_crash_between_keeping_and_accepting_loses_nothing(
    client: TestClient, services: Services, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("api.channels.joining._accept", lambda *_: None)
        for number in (1, 2, 3):
            client.get(PATH, params=part(services, number))

    clock.forward(PATIENCE.total_seconds() + 1)
    sweep(services, "vonage")

    assert [message.text for message in stored(services)] == ["".join(PIECES)]


def test_a_part_that_came_while_the_rest_was_taken_is_not_lost(
    client: TestClient, services: Services, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2):
        client.get(PATH, params=part(services, number))
    clock.forward(PATIENCE.total_seconds() + 1)
    with monkeypatch.context() as between:
        # Another process has accepted the first two, and not closed them yet.
        between.setattr("agent.store.repositories.parts.Parts.close", lambda *_: None)
        sweep(services, "vonage")
    client.get(PATH, params=part(services, 3))

    assert sorted(message.text for message in stored(services)) == sorted(
        [PIECES[0] + PIECES[1], PIECES[2]]
    )


def test_a_joined_part_leaves_no_text_and_no_number_behind(
    client: TestClient, services: Services, clock: FakeClock
) -> None:
    for number in (1, 2, 3):
        client.get(PATH, params=part(services, number))
    with services.database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM message_parts").all()
    assert len(rows) == 3
    assert "order" not in repr(rows)
    assert "1555010" not in repr(rows)

    clock.forward(KNOWN_FOR.total_seconds() + 1)
    sweep(services, "vonage")
    with services.database.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT * FROM message_parts").all() == []


@pytest.mark.parametrize(
    "wrong",
    [{"concat_part": "x"}, {"concat_total": "0"}, {"concat_total": "256"}, {"concat_part": "-1"},
     {"messageId": ""}, {"msisdn": ""}, {"to": ""}],
)  # fmt: skip
def test_wrong_fields_are_a_problem(
    client: TestClient, services: Services, wrong: dict[str, str]
) -> None:
    fields = sms(services, concat="true", **{"concat_total": "3", "concat_part": "1", **wrong})

    assert client.get(PATH, params=fields).status_code == 422


def test_a_text_with_a_stop_in_its_last_part_is_read_as_a_whole(
    client: TestClient, services: Services
) -> None:
    pieces = ("I never said ", "stop")
    for number, text in enumerate(pieces, start=1):
        fields = sms(
            services, messageId=f"S{number}", text=text, concat_ref=1, concat_total=2,
            concat_part=number,
        )  # fmt: skip
        client.get(PATH, params=fields)

    with services.database.read() as uow:
        customer = uow.customers.find("+15550100301")
        assert customer is not None
        assert uow.consents.state(customer.id, sender=services.brand.slug) != "out"


def test_parts_that_come_at_the_same_instant_become_one_message(
    engine: sa.Engine, clock: FakeClock, tmp_path: Path
) -> None:
    """On both databases, through as many threads as there are parts."""
    services = services_on(Database(engine, clock, RandomIds()), clock, tmp_path)
    parts = [
        MessagePart(
            provider="vonage", part_id=f"{text}-{number}", sender="+15550100301",
            recipient="+15550100200", reference=str(text), number=number, total=3,
            text=f"{text}{PIECES[number - 1]}", arrived_at=clock.now(),
        )
        for text in range(8)
        for number in (2, 3, 1, 1)
    ]  # fmt: skip

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda part: take_part(services, part), parts))
    clock.forward(PATIENCE.total_seconds() + 1)
    sweep(services, "vonage")

    assert sorted(message.text for message in stored(services)) == [
        "".join(f"{text}{piece}" for piece in PIECES) for text in range(8)
    ]
    services.close()
