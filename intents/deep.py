"""The deep mode: fine-tunes the encoder itself on the labelled messages, with torch.

Full fine-tuning by cross-entropy with the constants that issue 3 found to work: learning rate
1e-4 for the layers and 1e-3 for the head, batches of 32, word embeddings frozen (so that words
which no training message uses keep their meaning). What a teacher says of a message, where there
is one, is mixed into its label (Hinton et al. 2015).
"""

import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from intents.architectures import MAX_TOKENS
from intents.calibration import Floats, Integers
from intents.errors import DeepModeError
from intents.normalise import clean

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
"""Logits are a linear head on the vector of length 1, times this: 20 as sentence-transformers
scales cosines."""

_SORTED_BATCHES = 50
"""Batches whose messages are sorted by length together, so that little padding is computed."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """The fine-tuned encoder's folder (as published: config, tokenizer, safetensors), and its head.

    ``head`` is ``(labels, dimension)``, ``bias`` ``(labels,)``: ``SCALE * head @ vector + bias``
    are the logits of a message whose pooled last layer is ``vector``.
    """

    folder: Path
    head: Floats
    bias: Floats


def fine_tune(
    weights: Path,
    texts: Sequence[str],
    targets: Floats,
    *,
    target_folder: Path,
    seed: int,
    epochs: int = EPOCHS,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Tuned:
    """Fine-tune the encoder in ``weights`` and write it to ``target_folder``.

    ``targets (n, labels)`` are probabilities: one-hot labels, or labels mixed with a teacher's
    opinion. ``progress`` is called with the steps done and all steps.

    Raises:
        DeepModeError: torch is not installed.
    """
    torch, model = _load(weights, seed)
    tokens = _token_ids(weights, texts)
    head = torch.nn.Linear(model.config.hidden_size, targets.shape[1])
    torch.nn.init.normal_(head.weight, std=0.02)
    torch.nn.init.zeros_(head.bias)
    optimiser, schedule, total = _optimiser(torch, model, head, len(texts), epochs)
    goals = torch.from_numpy(np.ascontiguousarray(targets, np.float32))
    model.train()
    done = 0
    for epoch in range(epochs):
        for rows in _batches([len(ids) for ids in tokens], seed=seed + epoch):
            logits = head(_vectors(torch, model, [tokens[row] for row in rows])) * SCALE
            loss = torch.nn.functional.cross_entropy(logits, goals[rows])
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            done += 1
            progress(done, total)
    return _write(model, head, weights, target_folder)


def _load(weights: Path, seed: int) -> "tuple[Any, Any]":
    try:
        import torch
        from transformers import AutoModel
    except ImportError:
        raise DeepModeError(
            "The deep mode needs torch, which is not installed.", hint="Install it: make torch"
        ) from None
    torch.manual_seed(seed)
    model = AutoModel.from_pretrained(str(weights), local_files_only=True)
    model.embeddings.word_embeddings.weight.requires_grad_(False)
    return torch, model


def _token_ids(weights: Path, texts: Sequence[str]) -> list[list[int]]:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(weights / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return [tokenizer.encode(clean(text)).ids for text in texts]


def _optimiser(
    torch: Any, model: Any, head: Any, messages: int, epochs: int
) -> tuple[Any, Any, int]:
    trained = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(
        [
            {"params": trained, "lr": LAYER_RATE},
            {"params": list(head.parameters()), "lr": HEAD_RATE},
        ],
        weight_decay=WEIGHT_DECAY,
    )
    total = -(-messages // BATCH) * epochs
    warm = max(1, int(total * WARM_UP))

    def rate(step: int) -> float:
        return min((step + 1) / warm, max(0.0, (total - step) / max(1, total - warm)))

    return optimiser, torch.optim.lr_scheduler.LambdaLR(optimiser, rate), total


def _batches(lengths: Sequence[int], *, seed: int) -> Iterator[list[int]]:
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


def _vectors(torch: Any, model: Any, tokens: Sequence[Sequence[int]]) -> "torch.Tensor":
    """Return the pooled last layer ``(n, dimension)``, each of length 1."""
    longest = max(map(len, tokens))
    pad = model.config.pad_token_id or 0
    ids = torch.tensor([[*row, *[pad] * (longest - len(row))] for row in tokens])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in tokens])
    hidden = model(input_ids=ids, attention_mask=mask).last_hidden_state
    pooled = (hidden * mask[:, :, None]).sum(dim=1)
    return torch.nn.functional.normalize(pooled, dim=-1)


def _write(model: Any, head: Any, weights: Path, folder: Path) -> Tuned:
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "tokenizer.json"):
        shutil.copyfile(weights / name, folder / name)
    state = {name: value.contiguous() for name, value in model.state_dict().items()}
    save_file(state, folder / "model.safetensors")
    return Tuned(folder, head.weight.detach().numpy(), head.bias.detach().numpy())


def soft_targets(truth: Integers, teacher: Floats | None, *, labels: int, trust: float) -> Floats:
    """Return ``(n, labels)``: one-hot labels, ``trust`` of each given to the teacher's opinion.

    A row of the teacher that is not a number counts as no opinion.
    """
    out = np.zeros((len(truth), labels), np.float32)
    out[np.arange(len(truth)), truth] = 1
    if teacher is None:
        return out
    known = np.isfinite(teacher).all(axis=1)
    out[known] = (1 - trust) * out[known] + trust * teacher[known]
    return out
