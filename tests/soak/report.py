"""The soak's report."""

import os
import platform
import subprocess
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from tests.soak.ledger import Entry, SoakLedger, endings, total

INTRODUCTION = """# Soak report
Made by `make soak` on {date}, revision {revision}, {machine}. [How it works](proof.md).

Processes are killed with SIGKILL, at the boundaries of turns and sends and at random times, while
customers write: bursts, duplicates, disorder, STOP; a stand-in provider refuses, fails and does
not answer. It counts what it takes by message, and the database is judged by plain SQL.

"""


FULL = 500
"""The least kills of a finished soak."""
HEAD = """| phase | kills | database restarts | texts | deliveries | answered | unknown, visible | \
with a person | silent by STOP | wrong | minutes |
|---|---|---|---|---|---|---|---|---|---|---|
"""


def write_report(path: Path, ledger: SoakLedger) -> None:
    """Write what came of a soak as Markdown."""
    phases = list(dict.fromkeys(entry.phase for entry in ledger.entries))
    lines = [
        INTRODUCTION.format(
            date=datetime.now(UTC).date(), revision=_revision(), machine=_machine()
        ),
        HEAD,
    ]
    lines += [_row(phase, ledger.of([phase])) for phase in phases]
    lines.append(_row("**all**", ledger.entries))
    lines.append(_verdict(ledger.entries))
    lines.append(_boundaries(ledger.entries))
    path.write_text("".join(lines))


def _row(name: str, entries: list[Entry]) -> str:
    ended = endings(entries)
    figures = [
        total(entries, "kills"), total(entries, "restarts"), total(entries, "texts"),
        total(entries, "deliveries"), ended["answered"], ended["unknown"], ended["person"],
        ended["silent by STOP"], sum(len(entry.wrong) for entry in entries),
    ]  # fmt: skip
    minutes = total(entries, "seconds") / 60
    return f"| {name} | " + " | ".join(f"{n:,.0f}" for n in figures) + f" | {minutes:.1f} |\n"


def _verdict(entries: list[Entry]) -> str:
    wrong = [problem for entry in entries for problem in entry.wrong]
    in_flight = int(total(entries, "in_flight"))
    kills = int(total(entries, "kills"))
    words = "" if kills >= FULL else f"\nNot finished: {kills} of {FULL} kills.\n"
    words += f"""
"Texts" counts those of the random phases once each, and of the boundaries those of their stories.
A send is unknown only where the process died, or the provider fell silent, between the call and the
note of its answer. Sends that had begun before a STOP was acknowledged and arrived just after it:
{in_flight}.

"""
    if not wrong:
        return words + "**No text lost, no reply sent twice, nothing sent after STOP.**\n"
    listed = "".join(f"- {problem} ({n} times)\n" for problem, n in Counter(wrong).most_common())
    return words + "**Wrong:**\n\n" + listed


def _boundaries(entries: list[Entry]) -> str:
    """List how often processes were killed at each boundary."""
    kinds = sorted({entry.phase for entry in entries if entry.effects})
    counts = {kind: Counter[str]() for kind in kinds}
    for entry in entries:
        if entry.effects:
            counts[entry.phase].update(entry.effects)
    names = sorted({name for counted in counts.values() for name in counted})
    head = "\n## Kills by boundary\n| boundary | " + " | ".join(kinds) + " |\n"
    head += "|---|" + "---|" * len(kinds) + "\n"
    rows = (f"| `{name}` | " + " | ".join(str(counts[kind][name]) for kind in kinds) + " |\n"
            for name in names)  # fmt: skip
    return head + "".join(rows)


def _revision() -> str:
    revision = _git("rev-parse", "--short", "HEAD") or "unknown"
    return revision + (" with uncommitted changes" if _git("status", "--porcelain") else "")


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _machine() -> str:
    return f"{os.cpu_count()} cores, Python {platform.python_version()}"
