"""Encoding and understanding one message, beside sentence-transformers in the same run.

    python -m benchmarks.understanding [--messages 400]

The baseline is sentence-transformers encoding the same message with the same weights on one
thread; without the torch extra it is left out and the encoder alone is the baseline.
"""

import argparse
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

from agent.settings import load_settings
from benchmarks.timing import HEADER, row, texts, times_ms
from intents.understanding import Understander


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=400)
    messages = texts(parser.parse_args().messages)
    settings = load_settings()
    understander = Understander.load(settings.models, encoder=settings.encoder, threads=1)
    encoded = times_ms(lambda t: understander.encoder.encode([t]), messages)
    understood = times_ms(understander.understand, messages)
    reference = sentence_transformers_times(messages)
    baseline = encoded if reference is None else reference
    print(HEADER)
    if reference is not None:
        print(row("sentence-transformers, encode (baseline)", reference, baseline))
    print(row("ours, encode", encoded, baseline))
    print(row("ours, understand (everything)", understood, baseline))


def sentence_transformers_times(messages: list[str]) -> list[float] | None:
    """Time the same weights through sentence-transformers, None where torch is absent."""
    try:
        import torch
        from sentence_transformers import SentenceTransformer
    except ImportError:
        return None
    from intents.weights import find_weights

    torch.set_num_threads(1)
    model = SentenceTransformer(
        str(find_weights("fast", load_settings().models).folder), device="cpu"
    )
    return times_ms(lambda t: model.encode(t, show_progress_bar=False), messages)


if __name__ == "__main__":
    main()
