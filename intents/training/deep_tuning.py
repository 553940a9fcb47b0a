"""Fine-tunes an encoder on labelled messages, with torch.

Full fine-tuning by cross-entropy with the constants that issue 3 found to work on BANKING77: word
embeddings are frozen, so that words which no training message uses keep their meaning.
"""

import random
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from intents.encoders.sessions import open_tokenizer
from intents.errors import DeepModeError
from intents.normalise import clean
from intents.reading.calibration import Integers
from intents.reading.deep import TunedHead

if TYPE_CHECKING:
    import torch

EPOCHS = 6
BATCH = 32
LAYER_RATE = 1e-4
HEAD_RATE = 1e-3
WARM_UP = 0.1
"""Share of the steps over which the rate rises; it then falls to 0 in a straight line."""

WEIGHT_DECAY = 0.01
SCALE = 20.0
"""Logits are a linear head on the embedding of length 1, times this: as sentence-transformers
scales cosines."""

MOST_GRADIENT = 1.0
_SORTED_BATCHES = 50
"""Batches whose messages are sorted by length together, so that little padding is computed."""

Steps = Callable[[int, int], None]
"""Called with the steps done and all steps."""


class Tuner(Protocol):
    """Fine-tunes encoders."""

    def libraries(self) -> Mapping[str, str]:
        """Return the versions of the libraries that the outcome hangs on.

        Raises:
            DeepModeError: one of them is not installed.
        """
        ...

    def tune(
        self,
        weights: Path,
        texts: Sequence[str],
        truth: Integers,
        *,
        labels: int,
        target: Path,
        seed: int,
        epochs: int,
        progress: Steps,
    ) -> TunedHead:
        """Fine-tune the encoder in ``weights`` on texts of the classes ``truth (n,)``.

        Writes it to ``target`` as encoders are published (configuration, tokenizer, safetensors),
        and returns the head that was trained with it.
        """
        ...


@dataclass(frozen=True, slots=True)
class TorchTuner:
    """Fine-tunes with torch, on ``threads`` cores. The same seed gives the same weights."""

    threads: int = 2

    def libraries(self) -> Mapping[str, str]:
        """Return the versions of torch and transformers."""
        try:
            return {name: version(name) for name in ("torch", "transformers")}
        except PackageNotFoundError as error:
            raise DeepModeError(
                f"The deep mode needs {error.name}, which is not installed.",
                hint="Install it: make torch",
            ) from None

    def tune(
        self,
        weights: Path,
        texts: Sequence[str],
        truth: Integers,
        *,
        labels: int,
        target: Path,
        seed: int,
        epochs: int,
        progress: Steps,
    ) -> TunedHead:
        """Fine-tune as the module's constants say."""
        self.libraries()
        import torch

        torch.set_num_threads(self.threads)
        torch.manual_seed(seed)
        model = fresh_model(weights)
        tokens = _token_ids(weights, texts)
        head = _new_head(torch, model.config.hidden_size, labels)
        steps = -(-len(texts) // BATCH) * epochs
        optimiser, schedule = optimiser_of(torch, model, head, steps)
        goals = torch.from_numpy(np.ascontiguousarray(truth))
        model.train()
        done = 0
        for epoch in range(epochs):
            for rows in batches([len(ids) for ids in tokens], seed=seed + epoch):
                vectors = unit_vectors(torch, model, [tokens[row] for row in rows])
                loss = torch.nn.functional.cross_entropy(head(vectors) * SCALE, goals[rows])
                optimiser.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(model.parameters(), MOST_GRADIENT)
                optimiser.step()
                schedule.step()
                done += 1
                progress(done, steps)
        _write(model, weights, target)
        return TunedHead(head.weight.detach().numpy().copy(), head.bias.detach().numpy().copy())


def fresh_model(weights: Path) -> Any:
    """Open the published encoder in a folder for tuning; its word vectors stay as they are."""
    from transformers import AutoModel
    from transformers.utils import logging

    logging.disable_progress_bar()
    model = AutoModel.from_pretrained(str(weights), local_files_only=True)
    model.embeddings.word_embeddings.weight.requires_grad_(False)
    return model


def _new_head(torch: Any, dimension: int, labels: int) -> Any:
    head = torch.nn.Linear(dimension, labels)
    torch.nn.init.normal_(head.weight, std=0.02)
    torch.nn.init.zeros_(head.bias)
    return head


def _token_ids(weights: Path, texts: Sequence[str]) -> list[list[int]]:
    tokenizer = open_tokenizer(weights / "tokenizer.json")
    return [encoding.ids for encoding in tokenizer.encode_batch(list(map(clean, texts)))]


def optimiser_of(torch: Any, model: Any, head: Any, steps: int) -> tuple[Any, Any]:
    """Return AdamW, and the schedule of its rates: up, then down to 0."""
    layers = [each for each in model.parameters() if each.requires_grad]
    groups = [
        {"params": layers, "lr": LAYER_RATE},
        {"params": list(head.parameters()), "lr": HEAD_RATE},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=WEIGHT_DECAY)
    warm = max(1, int(steps * WARM_UP))

    def rate(step: int) -> float:
        return min((step + 1) / warm, max(0.0, (steps - step) / max(1, steps - warm)))

    return optimiser, torch.optim.lr_scheduler.LambdaLR(optimiser, rate)


def batches(lengths: Sequence[int], *, seed: int) -> Iterator[list[int]]:
    """Yield rows of near lengths together, the batches in random order."""
    rng = random.Random(seed)
    order = list(range(len(lengths)))
    rng.shuffle(order)
    size = BATCH * _SORTED_BATCHES
    parts = [
        sorted(order[i : i + size], key=lengths.__getitem__) for i in range(0, len(order), size)
    ]
    batches = [part[i : i + BATCH] for part in parts for i in range(0, len(part), BATCH)]
    rng.shuffle(batches)
    yield from batches


def unit_vectors(torch: Any, model: Any, tokens: Sequence[Sequence[int]]) -> "torch.Tensor":
    """Return the pooled last layer ``(n, dimension)``, each of length 1, as serving pools it."""
    longest = max(map(len, tokens))
    pad = model.config.pad_token_id or 0
    ids = torch.tensor([[*row, *[pad] * (longest - len(row))] for row in tokens])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in tokens])
    hidden = model(input_ids=ids, attention_mask=mask).last_hidden_state
    pooled = (hidden * mask[:, :, None]).sum(dim=1)
    return torch.nn.functional.normalize(pooled, dim=-1)


def _write(model: Any, weights: Path, folder: Path) -> None:
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "tokenizer.json"):
        shutil.copyfile(weights / name, folder / name)
    state = {name: value.contiguous() for name, value in model.state_dict().items()}
    save_file(state, folder / "model.safetensors")
