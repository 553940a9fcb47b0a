"""The commands of docs/answers.md are there, with the options that the page names."""

import re
import shlex
import subprocess
import sys

import pytest

from agent.settings import CHECKOUT

PAGE = (CHECKOUT / "docs/answers.md").read_text(encoding="utf-8")
BENCHMARKS = re.findall(r"^\.venv/bin/python -m (benchmarks\.\S+.*)$", PAGE, re.MULTILINE)


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, cwd=CHECKOUT, check=True).stdout


@pytest.mark.parametrize("command", BENCHMARKS)
def test_benchmarks_know_their_options(command):
    module, *rest = shlex.split(command)

    told = run(sys.executable, "-m", module, "--help")

    assert all(option in told for option in rest if option.startswith("--"))


def test_make_llm_starts_the_server():
    assert re.search(r"^make llm$", PAGE, re.MULTILINE)
    assert "scripts/llm.py" in run("make", "-n", "llm")


def test_the_figures_of_the_page_are_those_of_the_guard():
    from tests.replies.near_misses import Part, judge, near_misses, rejected

    verdicts = [judge(case) for case in near_misses()]
    for part in Part:
        cases = [v for v in verdicts if v.case.part is part]
        caught = f"{sum(v.caught for v in cases) / len(cases):.1%}"
        turned_down = f"{len(rejected(cases)) / len(cases):.1%}"

        assert re.search(rf"^\| near-misses caught now \|.*{caught}", PAGE, re.MULTILINE)
        assert re.search(rf"^\| true replies rejected now \|.*{turned_down}", PAGE, re.MULTILINE)
