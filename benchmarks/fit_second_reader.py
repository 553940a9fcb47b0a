"""Tunes the second reader on topics, texting and feelings together, and judges it.

    python -m benchmarks.fit_second_reader [--epochs 3] [--judge-only]   (needs torch)

Starts from the fast encoder's published weights; word vectors are left alone. It is tuned twice:
first without a fifth of the writers, of whose sentences it then says what is kept as evidence
(``intents/reading/second_reader.npz``), and which it is judged by; then on everybody, for serving
(``second_reader.safetensors`` beside it). ``--judge-only`` ends after the first. Half an hour on
two free cores. Sentences are shown with slips of the thumb in them three times in ten.
"""

import argparse
import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from agent.cli.console import tell
from agent.logs import configure_logs
from agent.progress import Steps
from agent.settings import CHECKOUT, load_settings
from intents.corpus.data import CONSENT_LABELS, Corpus, load_corpus
from intents.encoders.cross_encoder_export import save_layers
from intents.encoders.sessions import open_tokenizer
from intents.encoders.weights import FAST, find_weights
from intents.normalise import clean
from intents.reading.calibration import area_under_roc, sigmoid, softmax
from intents.reading.second_reader import LAYERS, SEEN, Outputs, Seen, marks_of
from intents.training.deep_tuning import (
    BATCH,
    SCALE,
    batches,
    fresh_model,
    optimiser_of,
    unit_vectors,
)
from intents.training.heads import SENTIMENTS

if TYPE_CHECKING:
    import torch

HELD_OUT = 0.2
TOPICS_COUNT = 3.0
"""Of the mean loss of twelve topics, each of them rare, against that of one choice among four."""
FRUSTRATION_COUNTS = 4.0
"""Of a squared error in [0, 1] against a log loss."""
RARE = -3.0
"""Where the logits of topics start: one sentence in twenty has a given one."""
OTHERS = 8
"""Every so manieth message of the intents is learnt as one that says nothing about texting."""
SLIPS = 0.3
LONGEST = 96
"""Tokens of a sentence that are read in tuning."""


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence with what one head should say of it; the others say nothing.

    ``topics`` marks the twelve, ``consent`` and ``sentiment`` are places among the labels, and
    ``frustration`` is in [0, 1].
    """

    text: str
    writer: str
    topics: tuple[float, ...] | None = None
    consent: int | None = None
    sentiment: int | None = None
    frustration: float = 0.0


def rows_of(corpus: Corpus, outputs: Outputs) -> list[Row]:
    """Return the sentences of the three kinds of data.

    Of consent those of the intents that say the same too, and some of the others, which say nothing
    about texting.
    """
    wishes = [row for row in corpus.intents if row.label in CONSENT_LABELS]
    others = [row for row in corpus.intents if row.label not in CONSENT_LABELS][::OTHERS]
    none = CONSENT_LABELS.index("none")
    return [
        *(
            Row(r.text, r.writer, topics=tuple(float(n in r.topics) for n in outputs.topics))
            for r in corpus.topics
        ),
        *(
            Row(r.text, r.writer, consent=CONSENT_LABELS.index(r.label))
            for r in (*corpus.consent, *wishes)
        ),
        *(Row(r.text, r.writer, consent=none) for r in others),
        *(
            Row(
                r.text,
                r.writer,
                sentiment=SENTIMENTS.index(r.sentiment),
                frustration=r.frustration,
            )
            for r in corpus.sentiment
        ),
    ]


def held_out_writers(rows: Sequence[Row], *, seed: int) -> set[str]:
    """Return writers who together wrote nearly a fifth."""
    counts = Counter(row.writer for row in rows)
    writers = sorted(counts)
    random.Random(seed).shuffle(writers)
    chosen: set[str] = set()
    for writer in writers:
        if sum(counts[w] for w in chosen) + counts[writer] <= HELD_OUT * len(rows):
            chosen.add(writer)
    return chosen


class Model:
    """The encoder in tuning, with one linear layer for all outputs."""

    def __init__(self, folder: Path, outputs: Outputs, *, seed: int) -> None:
        import torch

        torch.manual_seed(seed)
        self.torch = torch
        self.outputs = outputs
        self.body: Any = fresh_model(folder)
        self.head = torch.nn.Linear(self.body.config.hidden_size, outputs.count)
        torch.nn.init.normal_(self.head.weight, std=0.02)
        torch.nn.init.zeros_(self.head.bias)
        with torch.no_grad():
            self.head.bias[: len(outputs.topics)] = RARE / SCALE
        self._tokenizer = open_tokenizer(folder / "tokenizer.json")

    def logits(self, texts: Sequence[str]) -> "torch.Tensor":
        """Return ``(n, outputs)``."""
        return self.head(unit_vectors(self.torch, self.body, self._ids(texts))) * SCALE

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        read = self._tokenizer.encode_batch([clean(text) for text in texts])
        return [one.ids[:LONGEST] for one in read]

    def train(self, rows: Sequence[Row], *, epochs: int, seed: int, steps: Steps) -> None:
        """Tune on the sentences."""
        torch, rng = self.torch, random.Random(seed)
        total = -(-len(rows) // BATCH) * epochs
        optimiser, schedule = optimiser_of(torch, self.body, self.head, total)
        self.body.train()
        done = 0
        for epoch in range(epochs):
            texts = [with_slips(row.text, rng) for row in rows]
            for places in batches([len(text) for text in texts], seed=seed + epoch):
                loss = self._loss(
                    self.logits([texts[i] for i in places]), [rows[i] for i in places]
                )
                optimiser.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(self.body.parameters(), 1.0)
                optimiser.step()
                schedule.step()
                done += 1
                steps("tuning", done, total)
        self.body.eval()

    def _loss(self, logits: "torch.Tensor", rows: Sequence[Row]) -> "torch.Tensor":
        """Return the mean over the sentences, each by its own head."""
        functional = self.torch.nn.functional
        topics, consent, feelings = self.outputs.parts(logits)
        total: Any = logits.sum() * 0
        at = [i for i, row in enumerate(rows) if row.topics is not None]
        if at:
            truth = self.torch.tensor([rows[i].topics for i in at])
            each = functional.binary_cross_entropy_with_logits(topics[at], truth)
            total = total + len(at) * TOPICS_COUNT * each
        at = [i for i, row in enumerate(rows) if row.consent is not None]
        if at:
            truth = self.torch.tensor([rows[i].consent for i in at])
            total = total + len(at) * functional.cross_entropy(consent[at], truth)
        at = [i for i, row in enumerate(rows) if row.sentiment is not None]
        if at:
            truth = self.torch.tensor([rows[i].sentiment for i in at])
            felt = self.torch.tensor([rows[i].frustration for i in at])
            strays = functional.mse_loss(self.torch.sigmoid(feelings[at][:, -1]), felt)
            named = functional.cross_entropy(feelings[at][:, :-1], truth)
            total = total + len(at) * (named + FRUSTRATION_COUNTS * strays)
        return total / len(rows)

    def say(self, texts: Sequence[str]) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
        """Return the logits ``(n, outputs)`` of any number of texts."""
        with self.torch.no_grad():
            parts = [self.logits(texts[i : i + 64]).numpy() for i in range(0, len(texts), 64)]
        return np.concatenate(parts)

    def write(self, target: Path) -> None:
        """Write what tuning has changed, the scale of the logits taken into the head."""
        weights = {k: v.detach().numpy() for k, v in self.body.state_dict().items()}
        for name, value in self.head.state_dict().items():
            weights[f"head.{name}"] = value.detach().numpy() * SCALE
        save_layers({k: v.astype(np.float32) for k, v in weights.items()}, target)


def with_slips(text: str, rng: random.Random) -> str:
    """Return the text as a hasty thumb might have typed it, or as it is."""
    if rng.random() > SLIPS or len(text) < 4:
        return text
    letters = list(text)
    for _ in range(max(1, int(len(text) * rng.choice([0.03, 0.06])))):
        place = rng.randrange(len(letters) - 1)
        if not letters[place].isalpha():
            continue
        match rng.choice(("lost", "swapped", "doubled", "other")):
            case "lost" if len(letters) > 3:
                del letters[place]
            case "swapped":
                letters[place], letters[place + 1] = letters[place + 1], letters[place]
            case "doubled":
                letters[place] *= 2
            case _:
                letters[place] = rng.choice("abcdefghijklmnopqrstuvwxyz")
    hasty = "".join(letters)
    return hasty.lower() if rng.random() < SLIPS else hasty


def judge(rows: Sequence[Row], logits: Any, outputs: Outputs) -> None:
    """Print how well each head tells its sentences apart."""
    topics, consent, feelings = outputs.parts(logits)
    chances = sigmoid(topics.astype(np.float64))
    at = [i for i, row in enumerate(rows) if row.topics is not None]
    for column, name in enumerate(outputs.topics):
        truth = np.array([(rows[i].topics or ())[column] > 0 for i in at], bool)
        print(f"  {name}: AUROC {area_under_roc(chances[at, column], truth):.3f}")
    at = [i for i, row in enumerate(rows) if row.consent is not None]
    ends = softmax(consent[at], 1.0)[
        :, [CONSENT_LABELS.index(n) for n in ("opt_out", "unsure")]
    ].sum(axis=1)
    named = [CONSENT_LABELS[rows[i].consent or 0] for i in at]
    told = np.array([name in {"opt_out", "none"} for name in named], bool)
    said = np.array([name == "opt_out" for name in named], bool)
    print(f"  opt-outs from others: AUROC {area_under_roc(ends[told], said[told]):.4f}")
    at = [i for i, row in enumerate(rows) if row.sentiment is not None]
    guessed = feelings[at][:, :-1].argmax(axis=1)
    right = np.mean(guessed == np.array([rows[i].sentiment for i in at]))
    felt = np.array([rows[i].frustration for i in at])
    strays = np.abs(sigmoid(feelings[at][:, -1].astype(np.float64)) - felt).mean()
    print(f"  sentiment right {right:.3f}, frustration off by {strays:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--judge-only", action="store_true", help="end before the second tuning")
    options = parser.parse_args()
    configure_logs("ERROR")
    corpus = load_corpus(CHECKOUT / "training_data")
    outputs = Outputs(topics=tuple(sorted({t for row in corpus.topics for t in row.topics})))
    rows = rows_of(corpus, outputs)
    held = held_out_writers(rows, seed=options.seed)
    left_out = [row for row in rows if row.writer in held]
    print(f"{len(rows)} sentences; left out first: {len(left_out)} by {', '.join(sorted(held))}")

    def tuned(some: Sequence[Row]) -> Model:
        with tempfile.TemporaryDirectory() as scratch:
            weights = find_weights(FAST.name, load_settings().models, scratch=Path(scratch))
            model = Model(weights.folder, outputs, seed=options.seed)
        model.train(some, epochs=options.epochs, seed=options.seed, steps=Steps(tell))
        return model

    logits = tuned([row for row in rows if row.writer not in held]).say([r.text for r in left_out])
    judge(left_out, logits, outputs)
    if options.judge_only:
        return
    tuned(rows).write(LAYERS)
    marks = marks_of([row.text for row in left_out])
    marks, first = np.unique(marks, return_index=True)
    learnt = np.setdiff1d(marks_of([row.text for row in rows]), marks)
    Seen(learnt, marks, logits[first], outputs).write(SEEN)


if __name__ == "__main__":
    main()
