"""The documentation tells the truth: settings, links, commands."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agent.brand import Brand, Emergency, QuietHours, Retention, Sending
from agent.consent.terms import ConsentTerms, Topic
from agent.settings import CHECKOUT, Settings

PAGES = sorted(
    [CHECKOUT / "README.md", CHECKOUT / "CONTRIBUTING.md", *(CHECKOUT / "docs").rglob("*.md")]
)
COMMAND = re.compile(r"^(?:\.venv/bin/)?textwise (.+?)(?:\s+#.*)?$", re.MULTILINE)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented_with_its_default(name: str) -> None:
    page = (CHECKOUT / "docs/running.md").read_text(encoding="utf-8")
    field = Settings.model_fields[name]
    default = "unset" if field.default is None else str(field.default).replace(f"{CHECKOUT}/", "")

    assert f"| `TEXTWISE_{name.upper()}` | {field.description} | `{default}` |" in page


@pytest.mark.parametrize(
    "key",
    [
        *sorted(Brand.model_fields.keys() - {"demo"}),
        *ConsentTerms.model_fields,
        *(f"topics.*.{name}" for name in Topic.model_fields),
        *Sending.model_fields,
        *Retention.model_fields,
        *QuietHours.model_fields,
        *Emergency.model_fields,
    ],
)
def test_every_key_of_the_brand_file_is_explained(key: str) -> None:
    page = (CHECKOUT / "docs/your-brand.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("|")]

    assert any(re.search(rf"`([a-z_]+\.)?{re.escape(key)}`", row) for row in rows)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def commands() -> list[str]:
    return sorted({c for page in PAGES for c in COMMAND.findall(page.read_text(encoding="utf-8"))})


@pytest.mark.parametrize("command", commands())
def test_commands_and_options_in_the_pages_exist(command: str) -> None:
    from agent.cli.main import app

    words = shlex.split(command, comments=True)
    names = [w for w in words if re.fullmatch(r"[a-z-]+", w)]
    path: list[str] = []
    shown = ""
    for name in names:
        result = CliRunner().invoke(app, [*path, name, "--help"])
        if result.exit_code != 0:
            break
        path.append(name)
        shown = result.output
    assert path, f"there is no command: textwise {command}"
    for option in (w for w in words if w.startswith("--")):
        assert option in shown, f"textwise {' '.join(path)} has no {option}"
