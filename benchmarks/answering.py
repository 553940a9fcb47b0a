"""CPU that an answer without a language model takes, and the shares of its stages.

    python -m benchmarks.answering [BRAND]

Every question of the brands that nothing was fitted on, each asked once, understood beforehand.
The baseline is understanding the same questions.
"""

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

from agent.foundation import lay_foundation
from agent.knowledge import LiveKnowledge
from agent.logs import configure_logs
from agent.replies.extractive import ExtractiveComposer
from agent.replies.grounded import GroundedAnswerer
from agent.settings import load_settings
from agent.wiring.mind import Mind, load_mind
from benchmarks.answers import EXAM
from benchmarks.timing import HEADER, row
from intents.encoders.cross_encoder import CrossEncoder

STAGES = (
    (LiveKnowledge, "search", "– finding"),
    (CrossEncoder, "_read", "– reading sentences with the question"),
    (ExtractiveComposer, "_near", "– sentences' likeness"),
    (GroundedAnswerer, "_guarded", "– the guard"),
)
WARM_UP = 10
BASELINE, WHOLE = "understand alone (baseline)", "the answer"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("brand", nargs="?", help="only this one")
    only = parser.parse_args().brand
    configure_logs("ERROR")
    spent: Counter[str] = Counter()
    for owner, name, stage in STAGES:
        setattr(owner, name, timed(getattr(owner, name), stage, spent))
    asked: list[Counter[str]] = []
    for folder in sorted(path for path in EXAM.iterdir() if path.is_dir()):
        if only in (None, folder.name):
            asked += list(answers(folder, spent))[WARM_UP:]
    print(HEADER)
    baseline = [one[BASELINE] for one in asked]
    for stage in (BASELINE, WHOLE, *(stage for *_, stage in STAGES)):
        print(row(stage, [one[stage] for one in asked], baseline))


def answers(folder: Path, spent: Counter[str]) -> Iterator[Counter[str]]:
    """Ask a brand's questions; yield the milliseconds of CPU that each took, by stage."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        changed = {
            "home": Path(home),
            "brand": folder / "brand.yaml",
            "knowledge": folder / "content",
            "database_url": None,
        }
        settings = load_settings().model_copy(update=changed)
        mind = load_mind(lay_foundation(settings), lambda _message: None)
        for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines():
            spent.clear()
            ask(mind, json.loads(line)["text"], spent)
            yield Counter(spent)


def ask(mind: Mind, text: str, spent: Counter[str]) -> None:
    understand = timed(mind.understander.understand, BASELINE, spent)
    understood = understand(text)
    timed(mind.answerer.answer, WHOLE, spent)(text, understanding=understood)


def timed(work: Callable[..., Any], stage: str, spent: Counter[str]) -> Callable[..., Any]:
    """Add the milliseconds of CPU that a stage takes on this thread."""

    @wraps(work)
    def call(*args: Any, **options: Any) -> Any:
        began = time.thread_time()
        try:
            return work(*args, **options)
        finally:
            spent[stage] += (time.thread_time() - began) * 1000  # type: ignore[assignment]

    return call


if __name__ == "__main__":
    main()
