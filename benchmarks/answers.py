"""Grounded answers on three brands that nothing was tuned on.

    python -m benchmarks.answers [--brand tansy-and-rye] [--failures]

The brands and their questions (tests/exam_brands) were written by someone who had not seen the
code. An answerable question is right where the reply holds each fact and nothing that would make
it wrong; an unanswerable one is right where the reply says that it is not known. Baseline: the
text of the best dense passage, always answered.
"""

import argparse
import json
import math
import tempfile
from pathlib import Path
from typing import Any

from agent.foundation import lay_foundation
from agent.logs import configure_logs
from agent.settings import load_settings
from agent.wiring.mind import Mind, load_mind
from benchmarks.timing import CHECKOUT

EXAM = CHECKOUT / "tests/exam_brands"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--brand", help="only this one")
    parser.add_argument("--failures", action="store_true", help="show what went wrong")
    arguments = parser.parse_args()
    configure_logs("ERROR")
    judged: list[dict[str, Any]] = []
    for folder in sorted(EXAM.iterdir()):
        if folder.is_dir() and arguments.brand in (None, folder.name):
            judged += examine(folder)
    print("| questions | ours right | baseline right |\n|---|---|---|")
    for name, wanted in (("answerable", True), ("not answerable", False)):
        rows = [row for row in judged if row["answerable"] is wanted]
        print(f"| {name} ({len(rows)}) | {share(rows, 'right')} | {share(rows, 'baseline')} |")
    answered = [r for r in judged if r["answerable"] and not r["right"] and r["answered"]]
    print(
        f"\nAnswered wrongly: {len(answered)}; refused though answerable: "
        f"{sum(r['answerable'] and not r['answered'] for r in judged)}"
    )
    if arguments.failures:
        for row in (r for r in judged if not r["right"]):
            kind = "" if row["answerable"] else "(not answerable) "
            print(f"\n{row['id']} {kind}{row['text']}\n  → {row['answer']}")
            print(f"  wanted {row['must']} not {row['must_not']}")


def examine(folder: Path) -> list[dict[str, Any]]:
    """Ask one brand all its questions."""
    with tempfile.TemporaryDirectory() as home:
        settings = load_settings().model_copy(
            update={
                "home": Path(home),
                "brand": folder / "brand.yaml",
                "knowledge": folder / "content",
                "database_url": None,
            }
        )
        mind = load_mind(lay_foundation(settings), lambda _message: None)
        lines = (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()
        return [judge(mind, json.loads(line)) for line in lines]


def judge(mind: Mind, question: dict[str, Any]) -> dict[str, Any]:
    """Ask one question and say whether the reply is right."""
    read = mind.understander.understand(question["text"])
    answer = mind.answerer.answer(question["text"], understanding=read)
    best = answer.passages[0].passage.text if answer.passages else ""
    return {
        **question,
        "answer": answer.text,
        "answered": answer.answered,
        "right": is_right(question, answer.text, answered=answer.answered),
        "baseline": is_right(question, best, answered=bool(best)),
    }


def is_right(question: dict[str, Any], text: str, *, answered: bool) -> bool:
    """Whether a reply is right."""
    if not question["answerable"]:
        return not answered
    said = text.casefold()
    holds = all(any(a.casefold() in said for a in facts) for facts in question["must"])
    return answered and holds and not any(m.casefold() in said for m in question["must_not"])


def share(rows: list[dict[str, Any]], key: str) -> str:
    """A share with Wilson's 95% interval."""
    n, hits, z = len(rows), sum(row[key] for row in rows), 1.96
    if not n:
        return "-"
    p = hits / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return f"{p:.1%} ({middle - half:.1%} to {middle + half:.1%})"


if __name__ == "__main__":
    main()
