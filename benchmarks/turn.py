"""A whole turn without an LLM, in process, and the share of each stage.

    python -m benchmarks.turn [--turns 300]

Baseline: understanding the message alone. The store is a throw-away SQLite file, the knowledge
and the models are the live ones.
"""

import argparse
import tempfile
from statistics import median
from types import SimpleNamespace

from agent.domain.messages import InboundMessage
from agent.foundation import lay_foundation
from agent.logs import configure_logs
from agent.settings import load_settings
from agent.wiring.inline import assemble_inline
from agent.wiring.mind import load_mind
from benchmarks.timing import HEADER, row, texts, times_ms

STAGES = ("understanding", "retrieval", "composing")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=300)
    messages = texts(parser.parse_args().turns, seed=1)
    configure_logs("ERROR")
    mind = load_mind(lay_foundation(load_settings()), lambda _message: None)
    alone = times_ms(mind.understander.understand, messages)
    with tempfile.TemporaryDirectory() as folder:
        store = lay_foundation(load_settings(), database_url=f"sqlite:///{folder}/turns.db")
        parts = assemble_inline(store, mind)
        state = SimpleNamespace(count=0)
        taken = times_ms(lambda text: take(parts, state, text), messages)
        with parts.database.read() as uow:
            traces = [t.trace for t in uow.turns.traces_since(None) if t.trace is not None]
        store.engine.dispose()
    print(HEADER)
    print(row("understand alone (baseline)", alone, alone))
    print(row("text in, reply out, all rows written", taken, alone))
    decided = [t.took_ms["total"] for t in traces]
    print(row("of which the turn itself", decided, alone))
    for stage in STAGES:
        times = [t.took_ms[stage] for t in traces if stage in t.took_ms]
        print(row(f"  {stage} ({len(times)} turns)", times, alone))
    print(f"\nMedian share of storing: {1 - median(decided) / median(taken):.0%}")


def take(parts, state, text: str) -> None:
    """Send one text from a fresh number and take its turn."""
    state.count += 1
    parts.inbox.accept(
        InboundMessage(
            provider="cli",
            provider_id=f"bench-{state.count}",
            channel="web",
            sender=f"bench:{state.count}",
            recipient=parts.brand.numbers[0],
            text=text,
            received_at=parts.clock.now(),
        )
    )
    parts.run_waiting()


if __name__ == "__main__":
    main()
