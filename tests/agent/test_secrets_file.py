"""Secrets that an installation makes for itself, also where several processes begin at once."""

import subprocess
import sys
from pathlib import Path

import pytest

from agent.errors import ConfigurationError
from agent.secrets_file import FILE, load_secrets
from agent.settings import CHECKOUT

PROGRAM = """
import sys, time
from pathlib import Path
from agent.secrets_file import load_secrets, load_suppression_key
home = Path(sys.argv[1])
(home / f"ready-{sys.argv[2]}").touch()
while not (home / "go").exists():
    pass
print(load_secrets(home).api_key, load_suppression_key(home).hex())
"""


def test_processes_that_begin_at_once_agree_on_the_secrets(tmp_path: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(tmp_path), str(number)],
            stdout=subprocess.PIPE, text=True, cwd=CHECKOUT,
        )
        for number in range(4)
    ]  # fmt: skip
    while len(list(tmp_path.glob("ready-*"))) < len(processes):
        assert all(process.poll() is None for process in processes)
    (tmp_path / "go").touch()

    told = [process.communicate(timeout=60)[0] for process in processes]

    assert {process.returncode for process in processes} == {0}
    assert len(set(told)) == 1
    assert told[0].startswith("tw_")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{")

    with pytest.raises(ConfigurationError, match=FILE):
        load_secrets(tmp_path)
