"""The commands that need no models, run as a person would."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agent.cli.main import app
from agent.foundation import lay_foundation
from agent.settings import CHECKOUT, Settings
from agent.store.engine import create_engine

RUN = CliRunner()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEXTWISE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TEXTWISE_MODELS", str(tmp_path / "no-models"))
    return tmp_path / "home"


def test_the_database_is_brought_up_to_date_again_and_again() -> None:
    for _ in range(2):
        result = RUN.invoke(app, ["db", "upgrade"])
        assert result.exit_code == 0, result.output


def test_someone_is_added_once(home: Path) -> None:
    command = [
        "users",
        "add",
        "robin@shop.example",
        "--name",
        "Robin",
        "--password",
        "long enough pw",
    ]
    assert RUN.invoke(app, command).exit_code == 0
    again = RUN.invoke(app, command)

    assert again.exit_code == 2
    assert "already" in again.output
    with lay_foundation(Settings(home=home)).database.read() as uow:
        assert uow.users.sign_in("robin@shop.example", "long enough pw") is not None


@pytest.mark.parametrize(
    "arguments",
    [["no-email"], ["a@b.example", "--role", "king"], ["a@b.example", "--password", "short"]],
)
def test_wrong_users_are_refused(arguments: list[str]) -> None:
    if "--password" not in arguments:
        arguments = [*arguments, "--password", "long enough pw"]

    assert RUN.invoke(app, ["users", "add", *arguments]).exit_code == 2


def test_customers_come_in_and_go_out(tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_text("address,name,tier,lifetime_value\n+1 555 010 0301,Ada,gold,1250.50\n")
    assert RUN.invoke(app, ["customers", "import", str(path)]).exit_code == 0

    exported = RUN.invoke(app, ["customers", "export", "+15550100301"])
    assert json.loads(exported.stdout)["customers"][0]["name"] == "Ada"
    assert RUN.invoke(app, ["customers", "erase", "+15550100301", "--yes"]).exit_code == 0
    assert RUN.invoke(app, ["customers", "export", "+15550100301"]).exit_code == 2


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("name\nAda\n", "no column address"),
        ("address,lifetime_value\n+15550100301,lots\n", "customers.csv:2"),
        ("address,name\n,Ada\n", "customers.csv:2"),
    ],
)
def test_a_broken_import_names_the_line_and_writes_nothing(
    tmp_path: Path, body: str, message: str
) -> None:
    path = tmp_path / "customers.csv"
    path.write_text(body)

    result = RUN.invoke(app, ["customers", "import", str(path)])

    assert result.exit_code == 2
    assert message in result.output.replace("\n", "")


def test_flows_are_listed_linted_and_drawn() -> None:
    assert "help_menu" in RUN.invoke(app, ["flows", "list"]).output
    assert RUN.invoke(app, ["flows", "validate"]).exit_code == 0
    assert "4 A person" in RUN.invoke(app, ["flows", "show", "help_menu"]).output
    assert RUN.invoke(app, ["flows", "show", "nothing"]).exit_code == 2


def test_a_replay_of_nothing_says_so() -> None:
    rules = str(CHECKOUT / "agent/escalation/rules.yaml")

    result = RUN.invoke(app, ["escalation", "replay", "--rules", rules, "--json"])

    assert json.loads(result.stdout)["turns"] == 0


def test_serving_without_models_says_which_command_makes_them() -> None:
    result = RUN.invoke(app, ["serve", "--port", "18431"])

    assert result.exit_code == 2
    assert "textwise intents train" in result.output.replace("\n", " ")


def test_several_workers_on_sqlite_are_refused() -> None:
    result = RUN.invoke(app, ["serve", "--workers", "2"])

    assert result.exit_code == 2
    assert "PostgreSQL" in result.output


def test_a_taken_port_is_named(unused_port_taken: int) -> None:
    result = RUN.invoke(app, ["serve", "--port", str(unused_port_taken)])

    assert result.exit_code == 2
    assert "--port" in result.output


@pytest.fixture
def unused_port_taken():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_the_doctor_names_what_is_wrong(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "rules.yaml"
    broken.write_text("rules: {frustration: {queue: care, threshold: 7}}")
    monkeypatch.setenv("TEXTWISE_ESCALATION", str(broken))
    monkeypatch.setenv("TEXTWISE_TWILIO_ACCOUNT_SID", "AC1")
    monkeypatch.setenv("TEXTWISE_LLM_MODEL", "some-model")

    result = RUN.invoke(app, ["doctor", "--json"])

    wrong = {f["what"]: f["said"] for f in json.loads(result.stdout) if not f["fine"]}
    assert result.exit_code == 1
    assert set(wrong) == {"escalation rules", "models", "Twilio", "LLM"}
    assert "frustration.threshold" in wrong["escalation rules"]


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTWISE_BURST_SILENCE_S", "soon")

    result = RUN.invoke(app, ["db", "upgrade"])

    assert result.exit_code == 2
    assert "TEXTWISE_BURST_SILENCE_S" in result.output


def test_an_unreachable_database_says_what_to_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTWISE_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")

    result = RUN.invoke(app, ["db", "upgrade"])

    assert result.exit_code == 2
    assert "TEXTWISE_DATABASE_URL" in result.output


@pytest.mark.parametrize(
    "command",
    [[], ["intents"], ["kb"], ["flows"], ["escalation"], ["db"], ["users"], ["customers"]],
)
def test_every_command_has_help(command: list[str]) -> None:
    result = RUN.invoke(app, [*command, "--help"])

    assert result.exit_code == 0
    assert "Usage" in result.output


def test_engines_hide_parameters_from_errors(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'x.db'}")

    assert engine.hide_parameters
    engine.dispose()
