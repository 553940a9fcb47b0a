"""The doctor finds what is wrong, says why it matters and what to do, and changes nothing."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from sqlmodel import Session
from typer.testing import CliRunner

from agent.cli.doctor import examine
from agent.cli.main import app
from agent.doctor.data import look_at_data
from agent.doctor.finding import Finding, Level
from agent.doctor.home import look_at_home
from agent.doctor.online import look_online
from agent.doctor.providers import look_at_providers
from agent.doctor.words import look_at_words
from agent.secrets_file import load_secrets, load_suppression_key
from agent.settings import CHECKOUT, Settings
from agent.store.customer_tables import CustomerRow
from agent.store.engine import create_engine
from agent.store.migrate import upgrade
from agent.store.sending_tables import SuppressionRow
from agent.store.service_tables import ProcessRow
from agent.store.tables import ConversationRow, MessageRow

TODAY = date(2026, 11, 24)
DEMO = CHECKOUT / "knowledge_base/demo/brand.yaml"
ACCOUNT = "AC" + "0" * 32
HTTPS = "https://sms.shop.example"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def settings(tmp_path: Path, **given: Any) -> Settings:
    plain = {"home": tmp_path / "home", "models": tmp_path / "no-models", **given}
    return Settings.model_validate(plain)


def by_name(findings: Iterator[Finding]) -> dict[str, Finding]:
    return {finding.what: finding for finding in findings}


def brand_file(tmp_path: Path, **changes: Any) -> Path:
    raw = yaml.safe_load(DEMO.read_text(encoding="utf-8"))
    path = tmp_path / "brand.yaml"
    path.write_text(yaml.safe_dump({**raw, "demo": False, **changes}), encoding="utf-8")
    return path


# ── home ───────────────────────────────────────────────────────────────────────────────────


def test_a_fresh_home_is_fine_and_stays_untouched(tmp_path: Path) -> None:
    found = list(examine(settings(tmp_path)))

    assert {f.what for f in found if not f.fine} == {"models"}
    assert not (tmp_path / "home").exists()


def test_secrets_that_others_may_read_are_wrong(tmp_path: Path) -> None:
    given = settings(tmp_path)
    load_secrets(given.home)
    load_suppression_key(given.home)
    assert by_name(look_at_home(given, {}))["secrets"].level is Level.OK

    (given.home / "secrets.json").chmod(0o644)

    found = by_name(look_at_home(given, {}))["secrets"]
    assert found.level is Level.WRONG
    assert found.why
    assert f"chmod 600 {given.home / 'secrets.json'}" in found.todo


def test_a_misspelt_setting_is_named_with_the_one_that_is_meant(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TEXTWISE_LLM_MODLE=x\n")
    (tmp_path / ".env").chmod(0o600)

    found = by_name(look_at_home(settings(tmp_path), {"TEXTWISE_TWILO_AUTH_TOKEN": "x"}))

    assert found["settings"].level is Level.WARNING
    assert "TEXTWISE_TWILIO_AUTH_TOKEN is meant" in found["settings"].todo
    assert "TEXTWISE_LLM_MODEL is meant" in found["settings"].todo


@pytest.mark.parametrize(
    ("given", "what"),
    [({"api_key": "short"}, "API key"), ({"log_level": "LOUD"}, "log level"),
     ({"home": DEMO / "home"}, "home")],
)  # fmt: skip
def test_wrong_values_are_wrong(tmp_path: Path, given: dict[str, Any], what: str) -> None:
    assert by_name(look_at_home(settings(tmp_path, **given), {}))[what].level is Level.WRONG


def test_a_full_disk_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.doctor.home.TOO_LITTLE_MB", 2**40)
    monkeypatch.setattr("agent.doctor.home.LITTLE_MB", 2**41)

    assert by_name(look_at_home(settings(tmp_path), {}))["disk"].level is Level.WRONG


# ── brand and files ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("changes", "what", "level"),
    [
        ({"numbers": ["303 555 0123"]}, "numbers", Level.WRONG),
        ({"numbers": ["+1303555"]}, "numbers", Level.WRONG),
        ({"numbers": ["+13035550123", "+13035550123"]}, "numbers", Level.WARNING),
        ({"numbers": ["72323"]}, "numbers", Level.OK),
        ({"hours": {"monday": {"opens": "18:00", "closes": "09:00"}}}, "hours", Level.WRONG),
        ({"hours": {"monday": None}}, "hours", Level.WRONG),
        ({"hours": {}}, "hours", Level.WARNING),
        ({"holidays": ["2020-01-01"]}, "hours", Level.WARNING),
        ({"contact": {}}, "HELP", Level.WARNING),
        ({"queues": {"general": {"title": "Desk", "reply_within_minutes": 9}}}, "queues",
         Level.WARNING),
        ({"voice": {"templates": {"hello": "Hi"}}}, "templates", Level.WRONG),
        ({"sending": {"parts_per_second_of": {"+13035550199": 3}}}, "numbers", Level.WARNING),
        ({}, "queues", Level.OK),
    ],
)  # fmt: skip
def test_a_brand_that_does_not_fit_is_found(
    tmp_path: Path, changes: dict[str, Any], what: str, level: Level
) -> None:
    given = settings(tmp_path, brand=brand_file(tmp_path, **changes))

    found = by_name(look_at_words(given, TODAY))[what]

    assert found.level is level
    assert bool(found.todo) is (level is not Level.OK)


def test_a_flow_that_routing_needs_is_missed(tmp_path: Path) -> None:
    flows = tmp_path / "flows"
    flows.mkdir()
    shipped = next((CHECKOUT / "agent/flows/library").glob("*.yaml")).read_text(encoding="utf-8")
    (flows / "other.yaml").write_text(shipped.replace("name: help_menu", "name: other"))

    found = by_name(look_at_words(settings(tmp_path, flows=flows), TODAY))

    assert found["routing"].level is Level.WRONG
    assert "help_menu" in found["routing"].said


# ── providers ──────────────────────────────────────────────────────────────────────────────

TWILIO = {"twilio_account_sid": ACCOUNT, "twilio_auth_token": "t"}


@pytest.mark.parametrize(
    ("given", "what", "level"),
    [
        ({**TWILIO, "public_url": HTTPS}, "Twilio", Level.OK),
        ({**TWILIO, "twilio_account_sid": "SK1", "public_url": HTTPS}, "Twilio", Level.WARNING),
        (TWILIO, "Twilio", Level.WRONG),
        ({"twilio_account_sid": ACCOUNT, "public_url": HTTPS}, "Twilio", Level.WRONG),
        ({"twilio_auth_token": "t", "public_url": HTTPS}, "Twilio", Level.WRONG),
        ({"telnyx_api_key": "k", "public_url": HTTPS}, "Telnyx", Level.WRONG),
        ({"telnyx_public_key": "k", "public_url": HTTPS}, "Telnyx", Level.WRONG),
        ({"telnyx_api_key": "k", "telnyx_public_key": "k", "public_url": HTTPS}, "Telnyx",
         Level.OK),
        ({"vonage_api_key": "k", "vonage_api_secret": "s", "public_url": HTTPS}, "Vonage",
         Level.WRONG),
        ({"vonage_api_key": "k", "vonage_api_secret": "s", "vonage_signature_secret": "x",
          "public_url": HTTPS}, "Vonage", Level.OK),
        ({"vonage_application_id": "a", "vonage_signature_secret": "x", "public_url": HTTPS},
         "Vonage", Level.WRONG),
        ({"public_url": "http://sms.shop.example"}, "public address", Level.WRONG),
        ({"public_url": "http://127.0.0.1:8000"}, "public address", Level.OK),
        ({"public_url": HTTPS + "/sms/"}, "public address", Level.WARNING),
        ({"public_url": HTTPS + "?a=1"}, "public address", Level.WRONG),
        ({"chat_origins": "https://shop.example"}, "web chat", Level.WRONG),
        ({"chat_origins": "https://shop.example", "public_url": HTTPS}, "web chat", Level.OK),
        ({"trusted_proxies": "0.0.0.0/0"}, "proxies", Level.WRONG),
        ({"public_url": HTTPS}, "proxies", Level.WARNING),
        ({"public_url": HTTPS, "trusted_proxies": "10.0.0.0/8"}, "proxies", Level.OK),
        ({"public_url": HTTPS}, "simulator", Level.WARNING),
        ({"public_url": HTTPS, "simulator": False}, "simulator", Level.OK),
        ({"llm_model": "m"}, "LLM", Level.WRONG),
        ({"llm_model": "m", "llm_base_url": "http://llm.example/v1"}, "LLM", Level.WARNING),
        ({"llm_model": "m", "llm_base_url": "http://127.0.0.1:8080/v1"}, "LLM", Level.OK),
    ],
)  # fmt: skip
def test_half_set_up_providers_are_found(
    tmp_path: Path, given: dict[str, Any], what: str, level: Level
) -> None:
    assert by_name(look_at_providers(settings(tmp_path, **given)))[what].level is level


def gateways_file(tmp_path: Path, **changes: Any) -> Path:
    gateway = {
        "name": "kannel", "kind": "kannel", "numbers": ["+15550100200"], "username": "shop",
        "send_url": "http://127.0.0.1:13013/cgi-bin/sendsms", "password": "p",
        "secret": "s" * 16, "callback_url": "http://127.0.0.1:8000", **changes,
    }  # fmt: skip
    path = tmp_path / "gateways.yaml"
    path.write_text(yaml.safe_dump({"gateways": [gateway]}), encoding="utf-8")
    path.chmod(0o600)
    return path


@pytest.mark.parametrize(
    ("changes", "what", "level"),
    [
        ({}, "gateway kannel", Level.OK),
        ({"callback_url": None}, "gateway kannel", Level.WRONG),
        ({"numbers": ["+15550100299"]}, "gateway kannel", Level.WARNING),
        ({"send_url": "http://sms.example/send"}, "gateway kannel", Level.WARNING),
        ({"secret": None}, "gateways", Level.WRONG),
    ],
)
def test_gateways_are_looked_at_one_by_one(
    tmp_path: Path, changes: dict[str, Any], what: str, level: Level
) -> None:
    given = settings(tmp_path, gateways=gateways_file(tmp_path, **changes))

    assert by_name(examine(given))[what].level is level


# ── data ───────────────────────────────────────────────────────────────────────────────────


def migrated(url: str) -> sa.Engine:
    engine = create_engine(url)
    upgrade(engine)
    return engine


@pytest.fixture
def postgres(engine: sa.Engine) -> sa.Engine:
    if engine.dialect.name != "postgresql":
        pytest.skip("PostgreSQL only")
    return engine


def url_of(engine: sa.Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def test_a_database_of_an_older_version_is_named_and_not_migrated(tmp_path: Path) -> None:
    given = settings(tmp_path)
    given.home.mkdir()
    create_engine(given.resolved_database_url).connect().close()

    found = by_name(look_at_data(given, workers=1))

    assert found["database"].level is Level.WARNING
    assert "textwise db upgrade" in found["database"].todo
    with create_engine(given.resolved_database_url).connect() as connection:
        assert sa.inspect(connection).get_table_names() == []


def test_a_database_that_does_not_answer_is_wrong_and_its_password_unsaid(tmp_path: Path) -> None:
    given = settings(tmp_path, database_url="postgresql://me:hush@127.0.0.1:9/none")

    found = by_name(look_at_data(given, workers=1))["database"]

    assert found.level is Level.WRONG
    assert "hush" not in found.said


def test_more_processes_than_postgres_has_connections_for_are_wrong(
    tmp_path: Path, postgres: sa.Engine
) -> None:
    given = settings(tmp_path, database_url=url_of(postgres))

    fits = by_name(look_at_data(given, workers=1))["connections"]
    assert fits.level is Level.OK
    found = by_name(look_at_data(given, workers=1000))["connections"]
    assert found.level is Level.WRONG
    assert "max_connections to 40010" in found.todo


def test_running_processes_count_too(tmp_path: Path, postgres: sa.Engine) -> None:
    now = datetime.now(UTC)
    with postgres.begin() as connection:
        connection.execute(
            sa.insert(ProcessRow),
            [{"executor_id": f"exe_{n}", "started_at": now, "heartbeat_at": now}
             for n in range(100)],
        )  # fmt: skip

    found = by_name(look_at_data(settings(tmp_path, database_url=url_of(postgres)), workers=1))

    assert found["connections"].level is Level.WRONG
    assert "100 processes" in found["connections"].said


def test_a_clock_behind_the_newest_text_is_wrong(tmp_path: Path, engine: sa.Engine) -> None:
    ahead = datetime.now(UTC) + timedelta(hours=2)
    with Session(engine) as session:
        session.add(CustomerRow(id="cus_1", address="+13035550111", created_at=ahead))
        session.flush()
        session.add(ConversationRow(
            id="con_1", customer_id="cus_1", channel="sms", customer_address="+13035550111",
            brand_address="+13035550123", status="bot", created_at=ahead, updated_at=ahead,
        ))  # fmt: skip
        session.flush()
        session.add(MessageRow(
            id="msg_1", conversation_id="con_1", direction="inbound", author="customer", text="hi",
            provider="web", created_at=ahead, updated_at=ahead,
        ))  # fmt: skip
        session.commit()

    found = by_name(look_at_data(settings(tmp_path, database_url=url_of(engine)), workers=1))

    assert found["clock"].level is Level.WRONG
    assert "NTP" in found["clock"].todo


def test_the_suppression_lists_key_has_to_be_the_homes(tmp_path: Path) -> None:
    given = settings(tmp_path)
    given.home.mkdir()
    engine = migrated(given.resolved_database_url)
    assert by_name(look_at_data(given, workers=1))["suppression key"].level is Level.OK
    with engine.begin() as connection:
        connection.execute(
            sa.insert(SuppressionRow).values(
                number_hash="h", key_id="another", reason="erased", since=datetime.now(UTC)
            )
        )
    engine.dispose()

    found = by_name(look_at_data(given, workers=1))["suppression key"]

    assert found.level is Level.WRONG
    assert not (given.home / "suppression.key").exists()


def test_a_chroma_server_that_is_not_there_is_wrong(tmp_path: Path) -> None:
    given = settings(tmp_path, chroma_url="http://127.0.0.1:9")

    assert by_name(look_at_data(given, workers=1))["Chroma"].level is Level.WRONG


# ── online ─────────────────────────────────────────────────────────────────────────────────


class Answers(BaseHTTPRequestHandler):
    """Plays the model, the service itself and Twilio."""

    status = 200
    sms_url = HTTPS + "/webhooks/twilio/sms#rc=3"

    def _answer(self) -> None:
        if "IncomingPhoneNumbers" in self.path:
            number = {"phone_number": "+15550100200", "sms_url": self.sms_url, "sid": "PN1"}
            body = json.dumps({"incoming_phone_numbers": [number], "page": 0})
        else:
            body = json.dumps({"status": "ok", "choices": []})
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(self.status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    do_GET = do_POST = _answer  # noqa: N815 - the server's names

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def peer() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Peer", (Answers,), {}))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_services_that_answer_are_fine(tmp_path: Path, peer: str) -> None:
    given = settings(tmp_path, llm_model="m", llm_base_url=peer + "/v1", public_url=peer)

    found = by_name(look_online(given))

    assert {what: f.level for what, f in found.items()} == {
        "LLM online": Level.OK,
        "public address online": Level.OK,
    }


def test_services_that_do_not_answer_are_wrong(tmp_path: Path) -> None:
    nobody = "http://127.0.0.1:9"
    given = settings(tmp_path, llm_model="m", llm_base_url=nobody, public_url=nobody)

    assert {f.level for f in look_online(given)} == {Level.WRONG}


def test_a_refusal_is_wrong(tmp_path: Path, peer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Answers, "status", 401)
    given = settings(tmp_path, llm_model="m", llm_base_url=peer, twilio_base_url=peer, **TWILIO)

    assert {f.level for f in look_online(given)} == {Level.WRONG}


@pytest.mark.parametrize(
    ("public_url", "numbers", "level"),
    [
        (HTTPS, ["+15550100200"], Level.OK),
        ("https://other.example", ["+15550100200"], Level.WRONG),
        (HTTPS, ["+13035550123"], Level.WARNING),
    ],
)
def test_twilio_is_asked_where_it_sends_the_brands_texts(
    tmp_path: Path, peer: str, public_url: str, numbers: list[str], level: Level
) -> None:
    given = settings(
        tmp_path, twilio_base_url=peer, public_url=public_url,
        brand=brand_file(tmp_path, numbers=numbers), **TWILIO,
    )  # fmt: skip

    found = [f for f in look_online(given.model_copy()) if f.what == "Twilio online"]

    assert [f.level for f in found] == [level]


# ── the command ────────────────────────────────────────────────────────────────────────────


def test_json_has_everything_and_the_exit_code_counts_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEXTWISE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TEXTWISE_MODELS", str(tmp_path / "none"))

    result = CliRunner().invoke(app, ["doctor", "--json"])

    found = {f["what"]: f for f in json.loads(result.stdout)}
    assert result.exit_code == 1
    assert found["models"]["level"] == "wrong"
    assert "textwise intents train" in found["models"]["todo"]
    assert found["home"] == {
        "what": "home", "fine": True, "level": "ok", "why": "", "todo": "",
        "said": f"{tmp_path / 'home'} (made at the first start)",
    }  # fmt: skip


def test_people_read_why_and_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTWISE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TEXTWISE_MODELS", str(tmp_path / "none"))

    shown = CliRunner().invoke(app, ["doctor"]).stdout

    assert "wrong   models" in shown
    assert "why: Without them the service does not start." in shown
    assert "do: " in shown
