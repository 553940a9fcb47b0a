"""The ledger: what its lines come to, and that nobody can change one unnoticed."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import DatabaseError

from agent.consent.chain import check_chain
from agent.domain.consent import (
    ConsentAction,
    ConsentEvent,
    ConsentState,
    Purpose,
    Regained,
    present_state,
    regained_by_start,
)
from agent.domain.ids import CustomerId
from agent.store.consent_tables import ConsentErasureRow, ConsentEventRow, ConsentQuestionRow
from agent.store.personal_data import erase_customer
from agent.store.unit_of_work import Database
from tests.conftest import FakeClock

WHO = CustomerId("cus_1")
T0 = datetime(2026, 11, 24, 12, tzinfo=UTC)
IN, OUT = ConsentAction.OPT_IN, ConsentAction.OPT_OUT


def event(
    action: ConsentAction, purpose: Purpose = Purpose.MARKETING, *, after: int = 0, topic: str = ""
) -> ConsentEvent:
    return ConsentEvent(
        customer_id=WHO, purpose=purpose, sender="shop", action=action, source="keyword",
        text_shown="", text_version="", evidence="msg_1", at=T0 + timedelta(minutes=after),
        topic=topic,
    )  # fmt: skip


STATES = {IN: ConsentState.IN, OUT: ConsentState.OUT}


# ── what lines come to ──────────────────────────────────────────────────────────────────────


@given(
    st.lists(st.tuples(st.sampled_from([IN, OUT]), st.sampled_from(list(Purpose))), max_size=20),
    st.randoms(),
)
def test_whatever_the_order_of_writing_the_last_said_is_the_state(said, order) -> None:
    lines = [event(action, purpose, after=n) for n, (action, purpose) in enumerate(said)]
    written = list(lines)
    order.shuffle(written)

    for purpose in Purpose:
        of_purpose = [e for e in lines if e.purpose is purpose]
        expected = STATES[of_purpose[-1].action] if of_purpose else ConsentState.NONE
        assert present_state(written, purpose) is expected


@given(st.lists(st.sampled_from([IN, OUT]), min_size=1, max_size=10))
def test_of_things_said_at_the_same_moment_the_one_written_last_counts(said) -> None:
    lines = [event(action) for action in said]

    assert present_state(lines, Purpose.MARKETING) is STATES[said[-1]]


@given(st.lists(st.sampled_from(list(ConsentAction)), max_size=12))
def test_after_a_stop_only_an_opt_in_opens_again(actions) -> None:
    lines = [event(OUT), *(event(a, after=n + 1) for n, a in enumerate(actions))]

    state = present_state(lines, Purpose.MARKETING)
    assert (state is ConsentState.IN) == ([a for a in actions if a in STATES][-1:] == [IN])


@pytest.mark.parametrize(
    "action", [ConsentAction.REQUESTED, ConsentAction.DECLINED, ConsentAction.LAPSED,
               ConsentAction.PREFERENCE],
)  # fmt: skip
def test_being_asked_changes_nothing(action: ConsentAction) -> None:
    assert present_state([event(action)], Purpose.MARKETING) is ConsentState.NONE
    assert present_state([event(IN), event(action, after=1)], Purpose.MARKETING) is ConsentState.IN


def test_an_own_text_implies_talk_but_never_undoes_a_stop() -> None:
    talk = Purpose.CONVERSATIONAL
    implied = event(ConsentAction.IMPLIED, talk, after=5)

    assert present_state([implied], talk) is ConsentState.IN
    assert present_state([event(OUT, talk), implied], talk) is ConsentState.OUT


@pytest.mark.parametrize(
    ("lines", "whole", "topic"),
    [
        ([(IN, "")], ConsentState.IN, ConsentState.IN),
        ([(IN, "offers")], ConsentState.IN, ConsentState.IN),
        ([(IN, "other")], ConsentState.IN, ConsentState.NONE),
        ([(IN, ""), (OUT, "offers")], ConsentState.IN, ConsentState.OUT),
        ([(IN, ""), (OUT, "offers"), (IN, "")], ConsentState.IN, ConsentState.OUT),
        ([(IN, ""), (OUT, "offers"), (IN, "offers")], ConsentState.IN, ConsentState.IN),
        ([(IN, "offers"), (OUT, "")], ConsentState.OUT, ConsentState.OUT),
        ([(OUT, ""), (IN, "offers")], ConsentState.IN, ConsentState.IN),
    ],
)
def test_topics_within_a_purpose(lines, whole, topic) -> None:
    ledger = [event(action, after=n, topic=key) for n, (action, key) in enumerate(lines)]

    assert present_state(ledger, Purpose.MARKETING) is whole
    assert present_state(ledger, Purpose.MARKETING, topic="offers") is topic


SERVICE = [Regained(purpose=Purpose.CONVERSATIONAL), Regained(purpose=Purpose.TRANSACTIONAL)]
MARKETING = Regained(purpose=Purpose.MARKETING)


@pytest.mark.parametrize(
    ("lines", "marketing"),
    [
        ([], []),
        ([(OUT, "")], []),
        ([(IN, ""), (OUT, "")], [MARKETING]),
        ([(IN, ""), (OUT, ""), (OUT, "")], [MARKETING]),
        ([(IN, ""), (OUT, ""), (IN, ""), (OUT, "")], [MARKETING]),
        (
            [(IN, "offers"), (OUT, "")],
            [Regained(purpose=Purpose.MARKETING, topic="offers")],
        ),
        ([(IN, "offers"), (OUT, "offers"), (OUT, "")], []),
        ([(IN, "")], []),
    ],
)
def test_start_gives_marketing_back_only_as_it_was_before_the_stop(lines, marketing) -> None:
    ledger = [event(action, after=n, topic=key) for n, (action, key) in enumerate(lines)]

    assert list(regained_by_start(ledger)) == [*SERVICE, *marketing]


# ── nobody changes a line ───────────────────────────────────────────────────────────────────


def write(database: Database, clock: FakeClock, times: int = 3) -> CustomerId:
    with database.begin() as uow:
        customer_id = uow.customers.ensure("+15550100301")
        for n in range(times):
            clock.forward(1)
            uow.consents.record(
                customer_id, sender="shop", action=IN, source="web_form", evidence=f"e{n}",
                text_shown="Yes ☑", details={"ip": "203.0.113.9"},
            )  # fmt: skip
    return customer_id


def ledger(database: Database, customer_id: CustomerId) -> list[ConsentEvent]:
    with database.read() as uow:
        return uow.consents.ledger(customer_id)


def test_lines_come_back_as_written_and_their_chain_holds(
    database: Database, clock: FakeClock
) -> None:
    customer_id = write(database, clock)

    lines = ledger(database, customer_id)
    checked = check_chain(customer_id, lines)
    assert len(lines) == 9
    assert (checked.intact, checked.lines, checked.unsealed) == (True, 9, 0)
    assert checked.last_hash == lines[-1].hash
    assert dict(lines[0].details or ())["ip"] == "203.0.113.9"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE consent_events SET action = 'opt_in'",
        "UPDATE consent_events SET at = '2020-01-01'",
        "DELETE FROM consent_events",
        "DELETE FROM consent_events WHERE id = 1",
    ],
)
def test_the_database_refuses_to_change_or_delete_a_line(
    database: Database, clock: FakeClock, statement: str
) -> None:
    customer_id = write(database, clock, 1)

    with pytest.raises(DatabaseError, match="append-only"), database.engine.begin() as connection:
        connection.execute(sa.text(statement))

    assert check_chain(customer_id, ledger(database, customer_id)).intact


def test_an_erasure_takes_one_customers_lines_and_no_others(
    database: Database, clock: FakeClock
) -> None:
    write(database, clock, 1)
    with database.begin() as uow:
        other = uow.customers.ensure("+15550100302")
        uow.consents.record(other, sender="shop", action=OUT, source="keyword", evidence="m")

    with database.begin() as uow:
        erase_customer(uow.session, "+15550100301")

    assert len(ledger(database, other)) == 3
    with database.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM consent_events")) == 3
    with pytest.raises(DatabaseError), database.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM consent_events"))


@pytest.mark.parametrize(
    ("column", "value"),
    [("action", "opt_out"), ("text_shown", "other"), ("source", "import"), ("evidence", "x"),
     ("details", '{"ip": "198.51.100.1"}')],
)  # fmt: skip
def test_a_line_changed_behind_the_triggers_breaks_the_chain(
    database: Database, clock: FakeClock, column: str, value: str
) -> None:
    customer_id = write(database, clock)
    with database.begin() as uow:
        uow.consents.allow_erasure(customer_id)
        uow.session.execute(
            sa.text(f"UPDATE consent_events SET {column} = :value WHERE id = 5"),  # noqa: S608
            {"value": value},
        )

    checked = check_chain(customer_id, ledger(database, customer_id))
    assert (checked.intact, checked.broken_at) == (False, 5)


def test_a_line_taken_out_of_the_middle_breaks_the_chain(
    database: Database, clock: FakeClock
) -> None:
    customer_id = write(database, clock)
    with database.begin() as uow:
        uow.consents.allow_erasure(customer_id)
        uow.session.execute(sa.text("DELETE FROM consent_events WHERE id = 4"))

    assert check_chain(customer_id, ledger(database, customer_id)).broken_at == 5


def test_details_can_be_erased_and_the_chain_still_holds(
    database: Database, clock: FakeClock
) -> None:
    customer_id = write(database, clock)
    with database.begin() as uow:
        uow.consents.allow_erasure(customer_id)
        uow.session.execute(sa.text("UPDATE consent_events SET details = NULL"))

    lines = ledger(database, customer_id)
    assert lines[0].details is None
    assert check_chain(customer_id, lines).intact


def test_lines_from_before_the_chain_are_covered_by_the_next_one(
    database: Database, clock: FakeClock
) -> None:
    with database.begin() as uow:
        customer_id = uow.customers.ensure("+15550100301")
        uow.session.add(
            ConsentEventRow(
                customer_id=customer_id, purpose="marketing", sender="shop", action="opt_in",
                source="keyword", text_shown="", text_version="", evidence="old", at=clock.now(),
            )
        )  # fmt: skip
    write(database, clock, 1)

    lines = ledger(database, customer_id)
    checked = check_chain(customer_id, lines)
    assert (checked.intact, checked.unsealed) == (True, 1)
    changed = [event(OUT), *lines[1:]]
    assert not check_chain(customer_id, changed).intact


@pytest.mark.parametrize("row", [ConsentEventRow, ConsentQuestionRow, ConsentErasureRow])
def test_migrated_tables_have_the_columns_and_indexes_that_the_code_expects(
    database: Database, row: type
) -> None:
    inspector = sa.inspect(database.engine)
    table = row.__table__

    columns = {c["name"]: c["nullable"] for c in inspector.get_columns(table.name)}
    assert columns == {c.name: c.nullable for c in table.columns}
    assert {i["name"] for i in inspector.get_indexes(table.name)} == {i.name for i in table.indexes}
