"""Trains the cross-encoder that selects sentences, and judges it on brands left out.

    python -m benchmarks.fit_selection [--held-out 6] [--write] [--epochs 2] [--on]   (needs torch)

Starts from the fast encoder's published weights and reads ``training_data/answers``. For each
question the loss is a softmax over its sentences and 'none of them', beside a binary loss for each
sentence; sentences that only look like an answer are always among the negatives. With ``--write``
all brands are trained on, and ``agent/replies/selection.safetensors`` is written; with ``--on``
training goes on from what is there, as after adding questions, and the mean of both is kept (the
shipped file is the mean of three such rounds). Either way it is judged on the brands of
``training_data/test/answers``, which are never trained on.
"""

import argparse
import random
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from agent.cli.console import tell
from agent.logs import configure_logs
from agent.progress import Steps
from agent.replies.selection import LAYERS, MOST_READ
from agent.settings import CHECKOUT, load_settings
from agent.wiring.models import load_understander
from benchmarks.answer_data import Asked, Choice, asked_of
from intents.encoders.cross_encoder import MOST_TOKENS
from intents.encoders.cross_encoder_export import read_layers, save_layers
from intents.encoders.weights import FAST, find_weights
from intents.normalise import clean
from knowledge_base.evaluation import auroc

if TYPE_CHECKING:
    import torch

ANSWERS = CHECKOUT / "training_data" / "answers"
TEST = CHECKOUT / "training_data" / "test" / "answers"
LAYER_RATE, HEAD_RATE = 1e-4, 1e-3
WARM_UP = 0.1
"""Share of the steps over which the rate rises; it then falls to 0 in a straight line."""

QUESTIONS_A_STEP = 8
RIGHT_SHOWN, WRONG_SHOWN = 1, 5
"""Sentences of each sort that a question is shown with in one epoch, drawn anew each time."""
HARD = 16
"""Wrong ones are drawn from so many of the likeliest, and one from the others."""
EACH_COUNTS, WRONG_COUNTS = 0.5, 0.35
"""What the binary loss counts for, and in it a wrong sentence against a right one."""


class Model:
    """The cross-encoder in training."""

    def __init__(self, folder: Path, *, seed: int) -> None:
        import torch
        from tokenizers import Tokenizer
        from transformers import AutoModel

        torch.manual_seed(seed)
        self.torch = torch
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(MOST_TOKENS)
        self.body: Any = AutoModel.from_pretrained(str(folder), local_files_only=True)
        # Words that no training text uses keep their meaning.
        self.body.embeddings.word_embeddings.weight.requires_grad_(False)
        self.head = torch.nn.Linear(self.body.config.hidden_size, 1)
        torch.nn.init.normal_(self.head.weight, std=0.02)
        torch.nn.init.zeros_(self.head.bias)

    def go_on_from(self, layers: Path) -> None:
        """Take what an earlier training has written."""
        tensors = {k: self.torch.from_numpy(v) for k, v in read_layers(layers).items()}
        head = {k: tensors.pop(f"head.{k}") for k in ("weight", "bias")}
        self.head.load_state_dict(head)
        self.body.load_state_dict(tensors, strict=False)

    def average_with(self, layers: Path) -> None:
        """Take the mean of these layers and those: what was learnt first is not unlearnt.

        Between two trainings of which one went on from the other the loss has no hill (Wortsman
        et al. 2022), so the mean is as good on each one's questions.
        """
        earlier = {k: self.torch.from_numpy(v) for k, v in read_layers(layers).items()}
        with self.torch.no_grad():
            for prefix, part in (("", self.body), ("head.", self.head)):
                for name, value in part.state_dict().items():
                    if prefix + name in earlier:
                        value.copy_((value + earlier[prefix + name]) / 2)

    def scores(self, pairs: Sequence[tuple[str, str]]) -> "torch.Tensor":
        """Return a log-odds for each pair; pairs of like length are run together."""
        torch = self.torch
        read = self.tokenizer.encode_batch([(clean(a), clean(b)) for a, b in pairs])
        order = sorted(range(len(pairs)), key=lambda i: len(read[i].ids))
        parts = [part.tolist() for part in np.array_split(order, max(1, len(order) // 16))]
        scores = torch.cat([self._run([read[i] for i in part]) for part in parts])
        return scores[torch.argsort(torch.tensor([i for part in parts for i in part]))]

    def _run(self, read: Sequence[Any]) -> "torch.Tensor":
        torch = self.torch
        longest = max(len(one.ids) for one in read)

        def padded(rows: Sequence[list[int]]) -> "torch.Tensor":
            return torch.tensor([[*row, *[0] * (longest - len(row))] for row in rows])

        mask = padded([one.attention_mask for one in read])
        hidden = self.body(
            input_ids=padded([one.ids for one in read]),
            attention_mask=mask,
            token_type_ids=padded([one.type_ids for one in read]),
        ).last_hidden_state
        mean = (hidden * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        return self.head(mean)[:, 0]  # type: ignore[no-any-return]

    def train(self, asked: Sequence[Asked], *, epochs: int, seed: int, steps: Steps) -> None:
        """Train on the questions."""
        torch, rng = self.torch, random.Random(seed)
        total = -(-len(asked) // QUESTIONS_A_STEP) * epochs
        optimiser, schedule = self._optimiser(total)
        self.body.train()
        for step, questions in enumerate(_steps(asked, epochs, rng)):
            shown = [_shown(one, rng) for one in questions]
            both = list(zip(questions, shown, strict=True))
            scores = self.scores([(one.question, c.text) for one, cs in both for c in cs])
            parts = scores.split([len(choices) for choices in shown])
            losses = [self._loss(part, cs) for part, cs in zip(parts, shown, strict=True)]
            loss = torch.stack(losses).mean()
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.body.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            steps("training", step + 1, total)
        self.body.eval()

    def _loss(self, scores: "torch.Tensor", shown: Sequence[Choice]) -> "torch.Tensor":
        torch = self.torch
        right = torch.tensor([float(one.answers) for one in shown])
        every = torch.logsumexp(torch.cat([scores, scores.new_zeros(1)]), 0)
        wanted = torch.logsumexp(scores[right > 0], 0) if right.any() else 0.0
        each = torch.nn.functional.binary_cross_entropy_with_logits(
            scores, right, weight=right + WRONG_COUNTS * (1 - right)
        )
        return every - wanted + EACH_COUNTS * each

    def _optimiser(self, total: int) -> tuple[Any, Any]:
        torch = self.torch
        layers = [p for p in self.body.parameters() if p.requires_grad]
        optimiser = torch.optim.AdamW(
            [
                {"params": layers, "lr": LAYER_RATE},
                {"params": list(self.head.parameters()), "lr": HEAD_RATE},
            ],
            weight_decay=0.01,
        )
        warm = int(total * WARM_UP) + 1

        def rate(step: int) -> float:
            return min((step + 1) / warm, max(0.0, (total - step) / max(1, total - warm)))

        return optimiser, torch.optim.lr_scheduler.LambdaLR(optimiser, rate)

    def write(self, target: Path) -> None:
        """Write what training has changed."""
        weights = {k: v.detach().numpy() for k, v in self.body.state_dict().items()}
        weights |= {f"head.{k}": v.detach().numpy() for k, v in self.head.state_dict().items()}
        save_layers({k: v.astype(np.float32) for k, v in weights.items()}, target)


def _steps(asked: Sequence[Asked], epochs: int, rng: random.Random) -> Iterator[list[Asked]]:
    for _ in range(epochs):
        order = list(asked)
        rng.shuffle(order)
        for start in range(0, len(order), QUESTIONS_A_STEP):
            yield order[start : start + QUESTIONS_A_STEP]


def _shown(one: Asked, rng: random.Random) -> list[Choice]:
    right = [choice for choice in one.choices if choice.answers]
    near = [choice for choice in one.choices if choice.near and not choice.answers]
    others = [choice for choice in one.choices if not choice.answers and not choice.near]
    hard = rng.sample(others[:HARD], min(WRONG_SHOWN, len(others[:HARD])))
    wrong = [*near, *hard][:WRONG_SHOWN]
    far = rng.sample(others[HARD:], 1) if len(others) > HARD else []
    return [*rng.sample(right, min(RIGHT_SHOWN, len(right))), *wrong, *far]


def judge(model: Model, asked: Sequence[Asked]) -> None:
    """Print how often the best sentence is right, and how well unanswerable ones are refused."""
    right, wrong, empty = [], [], []
    with model.torch.no_grad():
        for one in asked:
            read = one.choices[:MOST_READ]
            scores = model.scores([(one.question, choice.text) for choice in read]).numpy()
            best = int(scores.argmax())
            place = right if read[best].answers else wrong if one.answerable else empty
            place.append(float(scores[best]))
    known = len(right) + len(wrong)
    told = (
        f"{known} answerable, {len(empty)} not; AUROC right against unanswerable",
        f"{auroc(right, empty) or 0.0:.3f}",
    )
    print(*told)
    for cut in (-1.0, 0.0, 0.5, 1.0, 1.5, 2.0):
        shares = [np.sum(np.array(sort) >= cut) / known for sort in (right, wrong)]
        refused = np.mean(np.array(empty) < cut)
        print(f"  from {cut}: right {shares[0]:.3f}, wrong {shares[1]:.3f}, refused {refused:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--held-out", type=int, default=6, help="brands left out of training")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true", help="train on all, and write the layers")
    parser.add_argument("--on", action="store_true", help="go on from the layers that are there")
    options = parser.parse_args()
    configure_logs("ERROR")
    settings = load_settings()
    encoder = load_understander(settings).encoder
    files = sorted(ANSWERS.glob("*.yaml"))
    random.Random(options.seed).shuffle(files)
    held = set() if options.write else {file.stem for file in files[: options.held_out]}
    asked = [one for file in files for one in asked_of(file, encoder)]
    train = [one for one in asked if one.brand not in held and _teaches(one)]
    with tempfile.TemporaryDirectory() as scratch:
        weights = find_weights(FAST.name, settings.models, scratch=Path(scratch))
        model = Model(weights.folder, seed=options.seed)
    if options.on:
        model.go_on_from(LAYERS)
    print(f"{len(files)} brands, {len(held)} left out; {len(train)} questions to learn from")
    model.train(train, epochs=options.epochs, seed=options.seed, steps=Steps(tell))
    if options.on:
        model.average_with(LAYERS)
    if options.write:
        model.write(LAYERS)
    else:
        judge(model, [one for one in asked if one.brand in held])
    judge(model, [one for file in sorted(TEST.glob("*.yaml")) for one in asked_of(file, encoder)])


def _teaches(one: Asked) -> bool:
    """An answer that the search has not found would be taught as unanswerable."""
    return bool(one.choices) and one.answerable == any(choice.answers for choice in one.choices)


if __name__ == "__main__":
    main()
