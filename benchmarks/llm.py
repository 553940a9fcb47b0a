"""The LLM composer on a real endpoint: what it says, what the guard leaves, how long it takes.

    make llm                                   # in another terminal
    python -m benchmarks.llm [--questions 60] [--base-url URL] [--model NAME] [--timeout 8] [--show]

Asks questions on the two brands for practice (tests/practice_brands), evenly from their files.
``--show`` prints each reply that the model worded with the evidence it stands on, to be read by a
person: whether a claim got through that the evidence does not hold cannot be counted by the guard
that let it through. Baseline: the same questions answered by extracts alone.
"""

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from agent.foundation import lay_foundation
from agent.logs import configure_logs
from agent.replies.grounded import Answer
from agent.settings import load_settings
from agent.wiring.mind import Mind, load_mind
from benchmarks.answers import is_right
from benchmarks.timing import CHECKOUT

BRANDS = ("granite-hall", "wharfside-pottery")
ENDPOINT = "http://127.0.0.1:8080/v1"
MODEL = "smollm2-135m"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question with its answer and the seconds it took."""

    question: dict[str, Any]
    answer: Answer
    took_s: float


def main() -> None:
    arguments = arguments_of(__doc__)
    configure_logs("CRITICAL")
    endpoint = {
        "llm_base_url": arguments.base_url,
        "llm_model": arguments.model,
        "llm_timeout_s": arguments.timeout,
    }
    by_llm: list[Asked] = []
    by_extract: list[Asked] = []
    for brand in BRANDS:
        questions = sample(brand, arguments.questions // len(BRANDS))
        for settings, asked in ((endpoint, by_llm), ({"llm_base_url": None}, by_extract)):
            with mind_of(brand, settings) as mind:
                asked += [ask(mind, question) for question in questions]
    print("| | with the LLM | extracts alone |\n|---|---|---|")
    for line in zip(_figures(by_llm), _figures(by_extract), strict=True):
        (name, figure), (_, baseline) = line
        print(f"| {name} | {figure} | {baseline} |")
    print(f"\nWhy the LLM did not answer: {_failures(by_llm)}")
    if arguments.show:
        _print_replies(by_llm)


def arguments_of(about: str | None) -> argparse.Namespace:
    """Read the command line that this and the plain baseline share."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--base-url", default=ENDPOINT)
    parser.add_argument("--model", default=MODEL)
    parser.add_argument("--timeout", type=float, default=8.0, help="seconds of one call")
    parser.add_argument("--show", action="store_true", help="print every reply")
    return parser.parse_args()


def sample(brand: str, count: int) -> list[dict[str, Any]]:
    """Return so many of a brand's questions, evenly from the whole file."""
    path = CHECKOUT / "tests/practice_brands" / brand / "questions.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    places = np.linspace(0, len(lines) - 1, min(count, len(lines))).round().astype(int)
    return [json.loads(lines[place]) for place in places]


@contextmanager
def mind_of(brand: str, settings: dict[str, Any]) -> Iterator[Mind]:
    """Load models and a brand's knowledge in a home of its own."""
    folder = CHECKOUT / "tests/practice_brands" / brand
    with tempfile.TemporaryDirectory() as home:
        changed = {
            "home": Path(home),
            "brand": folder / "brand.yaml",
            "knowledge": folder / "content",
            "database_url": None,
            **settings,
        }
        yield load_mind(
            lay_foundation(load_settings().model_copy(update=changed)), lambda _message: None
        )


def ask(mind: Mind, question: dict[str, Any]) -> Asked:
    """Ask one question."""
    read = mind.understander.understand(question["text"])
    began = time.perf_counter()
    answer = mind.answerer.answer(question["text"], understanding=read)
    return Asked(question=question, answer=answer, took_s=time.perf_counter() - began)


def _figures(asked: list[Asked]) -> Iterator[tuple[str, str]]:
    answerable = [a for a in asked if a.question["answerable"]]
    others = [a for a in asked if not a.question["answerable"]]
    tried = [a for a in asked if a.answer.prompt_version or a.answer.llm_failure]
    survived = [a for a in tried if a.answer.composer == "llm"]
    right = [a for a in asked if is_right(a.question, a.answer.text, answered=a.answer.answered)]
    yield (
        "answerable questions, right",
        f"{sum(a in right for a in answerable)} of {len(answerable)}",
    )
    yield "unanswerable questions, refused", f"{sum(a in right for a in others)} of {len(others)}"
    yield "asked of the model", str(len(tried))
    yield "replies in its words that survived the guard", f"{len(survived)} of {len(tried)}"
    yield "claims that the guard cut", str(sum(len(a.answer.cut) for a in tried))
    yield "answer p50 / p99", seconds([a.took_s for a in asked])
    yield "answer p50 / p99 where the model was asked", seconds([a.took_s for a in tried])


def seconds(taken: list[float]) -> str:
    """Return the median and the 99th percentile."""
    if not taken:
        return "-"
    p50, p99 = np.percentile(taken, [50, 99])
    return f"{p50:.2f} / {p99:.2f} s"


def _failures(asked: list[Asked]) -> str:
    reasons = Counter(a.answer.llm_failure for a in asked if a.answer.llm_failure)
    return ", ".join(f"{reason} ({count})" for reason, count in reasons.most_common()) or "-"


def _print_replies(asked: list[Asked]) -> None:
    for a in asked:
        if a.answer.composer == "llm":
            print(f"\n{a.question['text']}\n  says     {a.answer.text}")
            for item in a.answer.evidence:
                print(f"  evidence {item.heading}: {' '.join(item.text.split())}")
        for claim, reason in a.answer.cut:
            print(f"  cut ({a.question['id']}) {claim} [{reason}]")


if __name__ == "__main__":
    main()
