"""``textwise send``, and handing out and erasing a customer's data, run as a person would."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from dbos import DBOS
from typer.testing import CliRunner

from agent.cli.main import app
from agent.domain.consent import ConsentAction, ConsentSource, Purpose
from agent.foundation import Foundation, lay_foundation
from agent.settings import load_settings

RUN = CliRunner()
NUMBER = "+13035550123"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TEXTWISE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TEXTWISE_MODELS", str(tmp_path / "no-models"))
    return tmp_path / "home"


@pytest.fixture
def ready(home: Path) -> Foundation:
    """Lay a database on which a service has run, with a customer who agreed to texts."""
    base = lay_foundation(load_settings())
    DBOS.migrate(base.engine.url.render_as_string(hide_password=False))
    ahead = 12 - datetime.now(UTC).hour
    zone = "Etc/GMT" if ahead == 0 else f"Etc/GMT{-ahead:+d}"
    with base.database.begin() as uow:
        known = uow.customers.get(uow.customers.ensure(NUMBER))
        assert known is not None
        uow.customers.put(replace(known, name="Ada", time_zone=zone))
        uow.consents.record(
            known.id, sender=base.brand.slug, action=ConsentAction.OPT_IN,
            source=ConsentSource.WEB_FORM, evidence="form", purposes=(Purpose.TRANSACTIONAL,),
        )  # fmt: skip
    return base


def test_a_text_is_left_for_the_service_to_send(ready: Foundation) -> None:
    command = ["send", NUMBER, "Shipped!", "--purpose", "transactional", "--id", "s1", "--json"]

    first, again = RUN.invoke(app, command), RUN.invoke(app, command)

    assert first.exit_code == 0, first.output
    told = json.loads(first.stdout)
    assert told["state"] == "queued"
    assert json.loads(again.stdout)["duplicate"]
    with ready.engine.connect() as connection:
        waiting = connection.exec_driver_sql(
            "SELECT count(*) FROM workflow_status WHERE queue_name = 'sends'"
        ).scalar()
    assert waiting == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--purpose", "marketing"], "not consented"),
        (["--purpose", "transactional", "--send-at", "tomorrow"], "is no time"),
    ],
)
def test_what_may_not_be_sent_is_refused(
    ready: Foundation, arguments: list[str], said: str
) -> None:
    result = RUN.invoke(app, ["send", NUMBER, "Hi", *arguments])

    assert result.exit_code == 2
    assert said in " ".join(result.output.split())


def test_before_any_service_has_run_it_says_what_to_do() -> None:
    result = RUN.invoke(app, ["send", NUMBER, "Hi", "--purpose", "marketing"])

    assert result.exit_code == 2
    assert "textwise serve" in result.output


def test_data_are_handed_out_in_both_forms_and_erased(ready: Foundation, tmp_path: Path) -> None:
    out = tmp_path / "handed-out"

    page = RUN.invoke(app, ["customers", "export", NUMBER, "--text"])
    files = RUN.invoke(app, ["customers", "export", NUMBER, "--out", str(out)])
    erased = RUN.invoke(app, ["customers", "erase", NUMBER, "--yes", "--json"])

    assert "Ada" in page.stdout
    assert files.exit_code == 0, files.output
    assert json.loads((out / "customer.json").read_text())["customers"][0]["name"] == "Ada"
    assert (out / "customer.txt").stat().st_mode & 0o077 == 0
    assert json.loads(erased.stdout)["kept"] == 1


def test_an_import_leaves_out_numbers_on_the_list(ready: Foundation, tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_text(
        "address,name,time_zone,postal_code,region\n"
        f"{NUMBER},Ada,America/Denver,80521,co\n+13055550123,Bea,,33101,FL\n"
    )
    assert RUN.invoke(app, ["customers", "erase", NUMBER, "--yes"]).exit_code == 0

    result = RUN.invoke(app, ["customers", "import", str(path)])

    assert "1 customers imported" in result.output
    assert "1 left out" in result.output
    with ready.database.read() as uow:
        assert uow.customers.find(NUMBER) is None
        bea = uow.customers.find("+13055550123")
    assert bea is not None
    assert (bea.region, bea.postal_code) == ("FL", "33101")


def test_a_zone_that_does_not_exist_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_text(f"address,time_zone\n{NUMBER},America/Fort Collins\n")

    result = RUN.invoke(app, ["customers", "import", str(path)])

    assert result.exit_code == 2
    assert "customers.csv:2" in result.output.replace("\n", "")
