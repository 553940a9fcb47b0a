"""The CPU of a turn's thinking alone: models, knowledge and decisions, no webhook, queue or rows.

    python -m benchmarks.thinking [COUNT]

Prints milliseconds of CPU a turn. Used by ``benchmarks.load`` as the baseline.
"""

import sys
import tempfile
import time

from threadpoolctl import threadpool_limits

from agent.domain.messages import InboundMessage
from agent.foundation import lay_foundation
from agent.logs import configure_logs
from agent.settings import load_settings
from agent.wiring.inline import Inline, assemble_inline
from agent.wiring.mind import load_mind
from benchmarks.timing import texts

WARM_UP = 30


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    threadpool_limits(limits=1, user_api="blas")
    configure_logs("ERROR")
    mind = load_mind(lay_foundation(load_settings()), lambda _message: None)
    with tempfile.TemporaryDirectory() as folder:
        store = lay_foundation(load_settings(), database_url=f"sqlite:///{folder}/thinking.db")
        parts = assemble_inline(store, mind)
        some = texts(count + WARM_UP, seed=2)
        used = [think(parts, number, text) for number, text in enumerate(some)][WARM_UP:]
        store.engine.dispose()
    print(f"{sum(used) / len(used) * 1000:.2f}")


def think(parts: Inline, number: int, text: str) -> float:
    """Take one text from a fresh number; return the CPU seconds of the turn without its rows."""
    parts.inbox.accept(
        InboundMessage(
            provider="cli", provider_id=f"think-{number}", channel="web",
            sender=f"think:{number}", recipient=parts.brand.numbers[0], text=text,
            received_at=parts.clock.now(),
        )
    )  # fmt: skip
    turn_id, conversation_id = parts.queue.waiting.pop()
    claimed = parts.runner._claim(turn_id, conversation_id)  # noqa: SLF001 - only its input
    assert claimed is not None
    began = time.process_time()
    parts.runner.taker.take(claimed.turn)
    return time.process_time() - began


if __name__ == "__main__":
    main()
