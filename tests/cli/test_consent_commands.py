"""``textwise consent``, run as a person would."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from agent.cli.main import app
from agent.foundation import lay_foundation
from agent.settings import Settings

RUN = CliRunner()
PHONE = "+15550100301"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEXTWISE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def run(*arguments: str, code: int = 0):
    result = RUN.invoke(app, ["consent", *arguments])
    assert result.exit_code == code, result.output
    return result


def note(*more: str, code: int = 0):
    return run(
        "note", PHONE, "--purpose", "marketing", "--by", "Robin", "--text-shown", "Yes, offers",
        *more, code=code,
    )  # fmt: skip


def test_what_is_noted_in_the_shop_is_shown_and_proved() -> None:
    note("--topic", "offers")

    shown = json.loads(run("show", PHONE, "--json").stdout)
    assert shown["state"]["marketing"] == "in"
    assert shown["topics"]["offers"]["on"]
    assert "offers (news and offers): on" in run("show", PHONE).stdout
    document = run("prove", "555-010-0301").stdout
    for needed in (PHONE, "Yes, offers", "in the shop", "Robin", "Last hash"):
        assert needed in document
    (line,) = json.loads(run("export", PHONE, "--json").stdout)
    assert (line["actor"], line["source"]) == ("Robin", "in_store")
    assert "marketing/offers  opt_in  in_store" in run("export", PHONE).stdout


def test_somebody_who_calls_to_stop_is_stopped() -> None:
    note()
    run("stop", PHONE, "--by", "Robin")
    run("stop", PHONE, "--by", "Robin")

    shown = json.loads(run("show", PHONE, "--json").stdout)
    assert set(shown["state"].values()) == {"out"}
    assert len(json.loads(run("export", PHONE, "--json").stdout)) == 4


@pytest.mark.parametrize(
    "arguments",
    [["--topic", "gossip"], ["--text-shown", " "], ["--at", "2031-01-01T10:00:00"],
     ["--purpose", "conversational"]],
)  # fmt: skip
def test_what_would_prove_nothing_is_not_noted(arguments: list[str]) -> None:
    note(*arguments, code=2)

    assert "Nothing is known" in run("prove", PHONE, code=2).output


def test_a_file_is_brought_in_and_its_wrong_lines_named(tmp_path: Path) -> None:
    path = tmp_path / "checkout.csv"
    path.write_text(
        "number,purpose,time,text_shown,source\n"
        f"{PHONE},marketing,2026-01-20T10:00:00Z,Yes,checkout\n"
        "nobody,marketing,2026-01-20T10:00:00Z,Yes,checkout\n"
    )

    first, again = (run("import", str(path), "--json", code=1) for _ in range(2))

    assert (json.loads(first.stdout)["added"], json.loads(again.stdout)["known"]) == (1, 1)
    assert "checkout.csv:3" in first.output.replace("\n", "")


def test_a_ledger_changed_by_hand_is_found(home: Path) -> None:
    note()
    assert "0 broken" in run("check").output
    engine = lay_foundation(Settings(home=home)).engine
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TRIGGER consent_events_no_update"))
        connection.execute(sa.text("UPDATE consent_events SET text_shown = 'Yes, everything'"))
    engine.dispose()

    assert "1 broken" in run("check", code=1).output
    assert "BROKEN: line 1" in run("prove", PHONE, code=1).stdout


def test_a_link_needs_a_public_address(monkeypatch: pytest.MonkeyPatch) -> None:
    note()
    assert "TEXTWISE_PUBLIC_URL" in run("link", PHONE, code=2).output
    monkeypatch.setenv("TEXTWISE_PUBLIC_URL", "https://texts.shop.example")

    assert run("link", PHONE).stdout.startswith("https://texts.shop.example/preferences/")


def test_the_proof_can_be_written_to_a_file(tmp_path: Path) -> None:
    note()
    run("prove", PHONE, "--out", str(tmp_path / "proof.txt"))

    assert "RECORD OF CONSENT" in (tmp_path / "proof.txt").read_text()
