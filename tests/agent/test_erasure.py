"""Erasing a customer leaves nothing but a keyed hash; exporting one leaves nothing out."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from dbos import DBOS
from sqlmodel import SQLModel
from structlog.testing import capture_logs

from agent.brand import Retention
from agent.channels import Receipt
from agent.domain.consent import ConsentAction, ConsentSource, ConsentState, Purpose
from agent.domain.customers import Appointment, Order
from agent.domain.ids import TurnId
from agent.domain.ports import RandomIds, SystemClock
from agent.errors import (
    ConfigurationError,
    ConflictError,
    NotFoundError,
    PermanentSendError,
    SendProblem,
    TransientSendError,
    UnknownSendError,
)
from agent.privacy.erasure import Eraser, erase_everywhere
from agent.privacy.export import Exporter
from agent.privacy.fingerprint import Fingerprint
from agent.privacy.housekeeping import EVERY, TURN, Housekeeping
from agent.privacy.retention import delete_old
from agent.privacy.search import search
from agent.privacy.spellings import spellings
from agent.secrets_file import load_secrets
from agent.sending.outbound import Outbound
from agent.store import news
from agent.store.personal_data import IMPERSONAL, engine_tables, links
from agent.store.repositories.suppressions import SuppressionReason
from agent.store.unit_of_work import Database
from agent.wiring.proactive import proactive_texts
from agent.wiring.services import assemble
from tests.agent.durable_house import build, text
from tests.agent.house import PHONE, REP, House
from tests.fakes import FakeAnswerer, FakeUnderstander, fake_mind, foundation

SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
"""For tests of which one database tells as much as two."""

SECRET = "my gate code is 4711 and über-secret"
NAME = "Dwayne Quillfeather"


def everything(engine: sa.Engine) -> Iterator[tuple[str, str]]:
    """Yield every value of every table of every schema, as text; knows nothing of our tables."""
    schemas = ["public", "dbos"] if engine.dialect.name == "postgresql" else [None]
    with engine.connect() as connection:
        inspector = sa.inspect(connection)
        for schema in schemas:
            for name in inspector.get_table_names(schema=schema):
                table = sa.Table(name, sa.MetaData(), schema=schema, autoload_with=connection)
                for row in connection.execute(sa.select(table)).mappings():
                    for column, value in row.items():
                        yield f"{name}.{column}", str(value)


def where(engine: sa.Engine, number: str, *texts: str) -> list[str]:
    """Return where a number stands, in any spelling of its digits, or one of these texts."""
    digits = number.lstrip("+")[-10:]
    return [
        place
        for place, value in everything(engine)
        if digits in re.sub(r"[^0-9]", "", value) or any(one in value for one in texts)
    ]


def eraser(house: House, home: Path) -> Eraser:
    return Eraser(database=house.parts.database, fingerprint=Fingerprint.of_home(home))


def lived_in(house: House) -> None:
    """Fill every table there is with one customer."""
    with house.parts.database.begin() as uow:
        known = uow.customers.get(uow.customers.ensure(PHONE))
        uow.customers.put(
            replace(
                known, name=NAME, tier="gold", postal_code="80521",
                orders=(Order(
                    number="48213", status="shipped", placed_on=house.clock.now().date(),
                    items=("Ridgeline Dry",), total=Decimal(120), currency="USD"),),
                appointments=(Appointment(
                    number="A1", service="gait", when="2026-12-01T10:00", place="Durango",
                    status="booked"),),
            ),
            email="dwayne@quillfeather.example",
        )  # fmt: skip
    house.text(SECRET)
    house.text("i want a person, call 555.010.0301")
    house.text("START")
    conversation = house.conversation()
    with house.parts.database.begin() as uow:
        uow.live.add_note(conversation.id, author="Robin", text=f"{NAME} called")
        uow.consents.record(
            conversation.customer_id, sender=house.parts.brand.slug, action=ConsentAction.OPT_IN,
            source=ConsentSource.WEB_FORM, evidence="form", purposes=(Purpose.MARKETING,),
            text_shown=f"{NAME}, may we text you?", text_version="3",
        )  # fmt: skip


def test_erasure_leaves_nothing_of_number_and_texts(
    house: House, engine: sa.Engine, tmp_path: Path
) -> None:
    lived_in(house)
    assert where(engine, PHONE, SECRET, NAME)

    erased = eraser(house, tmp_path).erase(PHONE)

    assert where(engine, PHONE, SECRET, NAME, "4711", "quillfeather") == []
    assert erased.elsewhere == []
    assert erased.kept > 0


@pytest.mark.parametrize("where_from", ["sqlite", "postgresql"])
def test_the_engines_own_tables_are_searched_and_erased_too(
    where_from: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = _url(where_from, tmp_path, request)
    house = build(url, tmp_path)
    house.services.start()
    try:
        accepted = text(house, SECRET)
        house.services.waiting_room.wait(accepted.message_id, timeout_s=20)
        wait_until_nothing_runs(house)
        with house.services.database.begin() as uow:
            uow.consents.record(
                uow.customers.ensure(PHONE), sender="pinyon-pace", action=ConsentAction.OPT_IN,
                source=ConsentSource.WEB_FORM, evidence="form", purposes=(Purpose.TRANSACTIONAL,),
            )  # fmt: skip
        later = datetime.now(UTC) + timedelta(days=3)
        house.services.proactive.send(
            Outbound(to=PHONE, text="See you soon", purpose=Purpose.TRANSACTIONAL, send_at=later)
        )
        engine = house.services.database.engine
        ids = [accepted.message_id, accepted.conversation_id]
        assert where(engine, PHONE, SECRET)
        assert [p for p in where(engine, "+0000000000", *ids) if p.startswith("workflow")]

        Eraser(
            database=house.services.database, fingerprint=Fingerprint.of_home(tmp_path)
        ).erase(PHONE)  # fmt: skip

        assert where(engine, PHONE, SECRET, "See you soon", *ids) == []
    finally:
        house.services.close()


def wait_until_nothing_runs(house: House) -> None:
    """What is running is left to end by itself, and is not erased."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with house.services.database.read() as uow:
            status = engine_tables(uow.session)["workflow_status"]
            running = sa.select(sa.func.count()).where(status.c.status == "PENDING")
            if not uow.session.execute(running).scalar_one():
                return
        time.sleep(0.05)
    raise AssertionError("a workflow runs on and on")


def _url(where_from: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    if where_from == "sqlite":
        return f"sqlite:///{tmp_path / 'durable.db'}"
    server = request.getfixturevalue("postgres_url")
    name = f"erasure_{abs(hash(str(tmp_path)))}"
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    admin.dispose()
    return sa.make_url(server).set(database=name).render_as_string(hide_password=False)


@SQLITE
def test_others_keep_what_is_theirs_and_rows_that_quote_the_number_are_told(
    house: House, tmp_path: Path
) -> None:
    lived_in(house)
    other = "+13035550123"
    with house.parts.database.begin() as uow:
        conversation = uow.conversations.ensure(
            uow.customers.ensure(other), channel="sms", customer_address=other,
            brand_address="+15550100200",
        )  # fmt: skip
        uow.live.add_note(conversation.id, author="Robin", text="her brother is (555) 010-0301")

    erased = eraser(house, tmp_path).erase(PHONE)

    assert [(t.table, t.column, t.rows) for t in erased.elsewhere] == [("notes", "text", 1)]
    with house.parts.database.read() as uow:
        assert uow.customers.find(other) is not None


def test_every_table_is_somebodys_or_said_to_be_nobodys() -> None:
    ownerless = {
        table.name
        for table in SQLModel.metadata.sorted_tables
        if not links(table) and table.name not in IMPERSONAL
    }

    assert ownerless == set()
    assert {t.name for t in SQLModel.metadata.sorted_tables} >= IMPERSONAL


def test_what_proof_needs_stays_under_the_hash(house: House, tmp_path: Path) -> None:
    lived_in(house)
    hashes = Fingerprint.of_home(tmp_path)

    eraser(house, tmp_path).erase(PHONE)

    with house.parts.database.read() as uow:
        kept = uow.suppressions.kept_consent(hashes.of(PHONE))
        found = uow.suppressions.find(hashes.of(PHONE))
    form = next(line for line in kept if line.source == ConsentSource.WEB_FORM)
    assert (form.purpose, form.action, form.text_version) == ("marketing", "opt_in", "3")
    assert len(form.text_sha256) == 64
    assert found is not None
    assert found.reason is SuppressionReason.ERASED


@SQLITE
def test_who_is_erased_may_text_again_as_a_stranger_who_gets_nothing_unasked(
    house: House, tmp_path: Path, engine: sa.Engine
) -> None:
    lived_in(house)
    eraser(house, tmp_path).erase(PHONE)
    before = len(house.sender.sent)

    house.text("do you resole boots?")

    assert len(house.sender.sent) == before + 1
    with house.parts.database.read() as uow:
        customer = uow.customers.find(PHONE)
        assert customer is not None
        assert not customer.known
        states = {
            purpose: uow.consents.state(customer.id, sender=house.parts.brand.slug, purpose=purpose)
            for purpose in Purpose
        }
    assert states[Purpose.MARKETING] is states[Purpose.TRANSACTIONAL] is ConsentState.OUT
    assert states[Purpose.CONVERSATIONAL] is not ConsentState.OUT


@SQLITE
def test_only_the_owner_takes_a_number_off_the_list(
    house: House, tmp_path: Path, engine: sa.Engine
) -> None:
    lived_in(house)
    eraser(house, tmp_path).erase(PHONE)
    base = foundation(engine, house.parts.database, house.clock, house.parts.ids, tmp_path)
    texts = proactive_texts(base, house.desk.queue, {"twilio": house.sender})

    def opt_in(source: ConsentSource) -> None:
        house.clock.forward(60)
        with house.parts.database.begin() as uow:
            uow.consents.record(
                uow.customers.ensure(PHONE), sender=base.brand.slug, action=ConsentAction.OPT_IN,
                source=source, evidence="x", purposes=(Purpose.TRANSACTIONAL,),
            )  # fmt: skip

    opt_in(ConsentSource.CHECKOUT)
    with pytest.raises(ConflictError, match="suppression list"):
        texts.send(Outbound(to=PHONE, text="Shipped", purpose=Purpose.TRANSACTIONAL))
    opt_in(ConsentSource.KEYWORD)
    assert texts.send(Outbound(to=PHONE, text="Shipped", purpose=Purpose.TRANSACTIONAL))


@SQLITE
def test_a_lost_key_is_noticed_before_anything_is_erased(house: House, tmp_path: Path) -> None:
    lived_in(house)
    with house.parts.database.begin() as uow:
        uow.suppressions.put("0" * 64, key_id="another", reason=SuppressionReason.ERASED)

    with pytest.raises(ConfigurationError, match="another key"):
        eraser(house, tmp_path).erase(PHONE)

    with house.parts.database.read() as uow:
        assert uow.customers.find(PHONE) is not None


@SQLITE
def test_erasing_a_stranger_says_so(house: House, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        eraser(house, tmp_path).erase(PHONE)


def test_the_key_is_made_once_and_kept_to_its_owner(tmp_path: Path) -> None:
    first, second = Fingerprint.of_home(tmp_path), Fingerprint.of_home(tmp_path)

    assert first.of(PHONE) == second.of(PHONE)
    assert first.of(PHONE) != first.of("+15550100302")
    assert (tmp_path / "suppression.key").stat().st_mode & 0o077 == 0
    assert Fingerprint(b"other").of(PHONE) != first.of(PHONE)
    (tmp_path / "suppression.key").write_text("no key")
    with pytest.raises(ConfigurationError, match=r"suppression\.key"):
        Fingerprint.of_home(tmp_path)


@SQLITE
def test_files_made_of_the_data_go_too(house: House, engine: sa.Engine, tmp_path: Path) -> None:
    lived_in(house)
    reports = tmp_path / "reports"
    reports.mkdir()
    (reports / "themes.html").write_text(SECRET)
    base = foundation(engine, house.parts.database, house.clock, house.parts.ids, tmp_path)

    erase_everywhere(base, PHONE)

    for path in tmp_path.rglob("*"):
        if path.is_file() and not path.name.startswith("test.db"):
            assert SECRET.encode() not in path.read_bytes(), path


# ── export ─────────────────────────────────────────────────────────────────────────────────────


def test_the_export_holds_everything_for_programs_and_for_people(
    house: House, tmp_path: Path
) -> None:
    lived_in(house)
    exporter = Exporter(
        database=house.parts.database, fingerprint=Fingerprint.of_home(tmp_path),
        clock=house.clock, sender=house.parts.brand.slug,
    )  # fmt: skip

    data = exporter.export(PHONE)

    told = data.as_json()
    assert next(iter(data.rows)) == "customers"
    assert told["consent"]["marketing"] == "in"
    with house.parts.database.read() as uow:
        for trace in search(uow.session, [*spellings(PHONE), SECRET, NAME]):
            assert len(told[trace.table]) >= trace.rows, trace
    page = data.as_text()
    for expected in (NAME, SECRET, "48213", "gait", "marketing in", "What you have agreed to"):
        assert expected in page


# ── while something is under way ───────────────────────────────────────────────────────────────


@dataclass
class ErasingSender:
    """A provider that takes long enough for somebody to erase the customer meanwhile."""

    erase: Callable[[], object]
    error: Exception | None = None
    taken: list[str] = field(default_factory=list)

    def send(self, *, text: str, **_: Any) -> Receipt:
        self.erase()
        if self.error is not None:
            raise self.error
        self.taken.append(text)
        return Receipt(provider_id="PX1")


def told(house: House, text: str) -> list[str]:
    """Text, and return the events that were logged at a level that somebody should look at."""
    with capture_logs() as logs:
        house.text(text)
    return [line["event"] for line in logs if line["log_level"] in {"warning", "error"}]


def test_a_turn_whose_conversation_is_erased_meanwhile_ends_quietly(
    house: House, tmp_path: Path
) -> None:
    house.answerer.while_answering = lambda: eraser(house, tmp_path).erase(PHONE)

    assert told(house, "do you resole boots?") == []

    assert house.replies() == []
    with house.parts.database.read() as uow:
        assert search(uow.session, spellings(PHONE)) == []


@pytest.mark.parametrize(
    "error",
    [
        None,
        TransientSendError("busy", retry_after_s=1),
        PermanentSendError("no such number", problem=SendProblem.BAD_NUMBER),
        UnknownSendError("no answer"),
    ],
    ids=["taken", "busy", "refused", "unknown"],
)
def test_a_send_whose_message_is_erased_meanwhile_ends_quietly(
    house: House, tmp_path: Path, error: Exception | None
) -> None:
    sender = ErasingSender(lambda: eraser(house, tmp_path).erase(PHONE), error)
    house.parts.outbox.senders["twilio"] = sender

    # That a provider refused it is told once, without number or text.
    assert told(house, "hello") == ([] if error is None else ["send_failed"])

    assert len(sender.taken) == (error is None)
    with house.parts.database.read() as uow:
        assert search(uow.session, spellings(PHONE)) == []


@SQLITE
def test_a_send_that_comes_after_the_erasure_ends_quietly(house: House, tmp_path: Path) -> None:
    house.text("hello")
    (reply,) = house.outbound()
    eraser(house, tmp_path).erase(PHONE)

    with capture_logs() as logs:
        assert house.parts.outbox.send(reply.id) is None
        assert house.parts.runner.run(TurnId("turn_late"), reply.conversation_id) == []

    assert {line["log_level"] for line in logs} <= {"info"}


def test_the_engine_notes_the_end_of_a_turn_whose_conversation_was_erased(
    engine: sa.Engine, tmp_path: Path
) -> None:
    house = build(engine.url.render_as_string(hide_password=False), tmp_path)
    erase = Eraser(
        database=house.services.database, fingerprint=Fingerprint.of_home(tmp_path)
    ).erase
    house.answerer.while_answering = lambda: erase(PHONE)
    house.services.start()
    try:
        text(house, "do you resole boots?")
        deadline = time.monotonic() + 60
        while [w.status for w in DBOS.list_workflows()] != ["SUCCESS"]:
            assert time.monotonic() < deadline, "the turn never ended"
            time.sleep(0.05)
    finally:
        house.services.close()
    assert house.sender.sent == []


# ── retention ──────────────────────────────────────────────────────────────────────────────────


def test_old_turns_go_and_what_is_open_stays(house: House) -> None:
    retention = house.parts.brand.retention.model_copy(
        update={"conversations_days": 30, "events_days": 7}
    )
    lived_in(house)
    house.desk.resolve(house.conversation().id, REP)
    house.clock.forward(40 * 24 * 3600)
    house.text("a new question")

    deleted = delete_old(house.parts.database, retention, house.clock)

    assert deleted.rows > 0
    with house.parts.database.read() as uow:
        texts = [m.text for m in uow.messages.thread(house.conversation().id)]
        kept = uow.customers.find(PHONE)
        assert uow.consents.ledger(kept.id)
        assert search(uow.session, [SECRET]) == []
    assert "a new question" in texts
    assert kept.name == NAME
    assert not delete_old(house.parts.database, retention, house.clock).rows


@SQLITE
def test_without_days_nothing_is_deleted(house: House) -> None:
    lived_in(house)
    house.desk.resolve(house.conversation().id, REP)
    house.clock.forward(4000 * 24 * 3600)
    forever = house.parts.brand.retention.model_copy(update={"events_days": None})

    assert delete_old(house.parts.database, forever, house.clock).rows == 0


@SQLITE
def test_a_conversation_with_a_person_keeps_its_history(house: House) -> None:
    retention = house.parts.brand.retention.model_copy(update={"conversations_days": 1})
    house.text(SECRET)
    house.desk.take_over(house.conversation().id, REP)
    house.clock.forward(10 * 24 * 3600)

    delete_old(house.parts.database, retention, house.clock)

    with house.parts.database.read() as uow:
        assert search(uow.session, [SECRET])


def kept_30_days(house: House) -> Housekeeping:
    retention = Retention(conversations_days=30, events_days=7)
    return Housekeeping(database=house.parts.database, retention=retention, clock=house.clock)


def test_the_housekeeping_deletes_an_old_text_and_one_process_does_it_an_hour(house: House) -> None:
    mine, others = kept_30_days(house), kept_30_days(house)
    house.text(SECRET)
    assert not mine.tidy()
    with house.parts.database.read() as uow:
        assert search(uow.session, [SECRET]), "it is not old yet"
    house.clock.forward(31 * 24 * 3600)
    assert not others.tidy()
    with house.parts.database.read() as uow:
        assert search(uow.session, [SECRET]) == []

    with house.parts.database.begin() as uow:
        assert not uow.live.take_turn(TURN, every=EVERY), "the other process has had it"
        assert uow.live.take_turn("something else", every=EVERY)
    house.clock.forward(EVERY.total_seconds())
    with house.parts.database.begin() as uow:
        assert uow.live.take_turn(TURN, every=EVERY)


@SQLITE
def test_the_housekeeping_goes_on_until_nothing_old_is_left(house: House) -> None:
    tidies = kept_30_days(house)
    house.text("hello")
    with house.parts.database.begin() as uow:
        for number in range(1200):
            uow.live.publish(house.conversation().id, "typing", on=bool(number % 2))
    house.clock.forward(8 * 24 * 3600)

    assert [tidies.tidy(), tidies.tidy(), tidies.tidy()] == [True, True, False]

    with house.parts.database.read() as uow:
        assert uow.live.last_event_id() == 0


def test_a_running_service_tidies_by_itself(engine: sa.Engine, tmp_path: Path) -> None:
    clock, ids = SystemClock(), RandomIds()
    base = foundation(engine, Database(engine, clock, ids), clock, ids, tmp_path)
    brand = base.brand.model_copy(update={"retention": Retention(events_days=1)})
    services = assemble(
        replace(base, brand=brand),
        fake_mind(FakeUnderstander(), FakeAnswerer(), clock),
        load_secrets(tmp_path),
        {},
    )
    with services.database.begin() as uow:
        conversation = uow.conversations.ensure(
            uow.customers.ensure(PHONE), channel="sms", customer_address=PHONE,
            brand_address="+15550100200",
        )  # fmt: skip
        uow.live.publish(conversation.id, "typing", on=True)
        news.write(uow.session)
        uow.session.flush()
        uow.session.execute(
            sa.text("UPDATE events SET at = :then"), {"then": clock.now() - timedelta(days=2)}
        )

    services.start()
    try:
        deadline = time.monotonic() + 20
        while _events(engine):
            assert time.monotonic() < deadline, "nobody tidied"
            time.sleep(0.05)
    finally:
        services.close()


def _events(engine: sa.Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(sa.text("SELECT count(*) FROM events")).scalar_one())
