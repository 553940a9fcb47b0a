"""CPU that ingesting a knowledge folder takes, stage by stage; encoding its texts is the baseline.

    python -m benchmarks.ingest [FOLDER]

Without a folder the demo brand's content. Prints milliseconds of CPU a chunk (a passage or a
catalogue row) and chunks a second, had two cores nothing else to do.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import knowledge_base.ingest as stages
from agent.settings import load_settings
from benchmarks.timing import CHECKOUT
from intents.encoders.encoder import load_encoder
from knowledge_base.vectors import VectorStore

CORES = 2
STAGES = (
    (stages, "_encode", "encoding"),
    (VectorStore, "write", "writing to Chroma"),
    (stages, "build_index", "BM25 and the index"),
    (stages, "read_folder", "reading the files"),
    (stages, "records_of", "sentences and words"),
    (stages, "write_cache", "the files beside Chroma"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=CHECKOUT / "knowledge_base/demo")
    folder = parser.parse_args().folder
    settings = load_settings()
    encoder = load_encoder(settings.models, settings.encoder, threads=CORES)
    encoder.encode(["a warm-up"])
    spent: dict[str, float] = {}
    for owner, name, stage in STAGES:
        setattr(owner, name, timed(getattr(owner, name), stage, spent))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        VectorStore.open(home=Path(home), chroma_url=None)
        began = time.process_time()
        report = stages.ingest(folder, home=Path(home), encoder=encoder)
        used = time.process_time() - began
    chunks = report.passages + report.products
    print(f"{report.passages} passages and {report.products} rows")
    print("| stage | CPU ms a chunk | ratio to encoding |\n|---|---|---|")
    for stage, taken in {**spent, "all": used}.items():
        print(f"| {stage} | {taken / chunks * 1000:.2f} | {taken / spent['encoding']:.2f} |")
    print(f"\n{CORES * chunks / used:.0f} chunks a second of CPU on {CORES} cores")


def timed(work: Callable[..., Any], stage: str, spent: dict[str, float]) -> Callable[..., Any]:
    """Add what a stage takes to ``spent``; its threads' work counts too."""

    @wraps(work)
    def call(*args: Any, **options: Any) -> Any:
        began = time.process_time()
        try:
            return work(*args, **options)
        finally:
            spent[stage] = spent.get(stage, 0.0) + time.process_time() - began

    return call


if __name__ == "__main__":
    main()
