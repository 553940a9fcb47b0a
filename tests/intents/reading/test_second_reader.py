"""The second reader: what it hears, what counts as fair evidence, and when it is asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from intents.corpus.data import CONSENT_LABELS, Corpus
from intents.encoders.encoder import Encoder
from intents.errors import VersionError, WeightsError
from intents.reading.deep import TunedModel
from intents.reading.parameters import (
    ConsentParameters,
    IntentParameters,
    MixingParameters,
    OutOfScopeParameters,
    Parameters,
    SecondParameters,
    SentimentParameters,
    TopicParameters,
)
from intents.reading.readers import SecondedReader, SingleReader, open_reader
from intents.reading.scoring import Raw
from intents.reading.second_reader import (
    LAYERS,
    Outputs,
    Said,
    SecondReader,
    Seen,
    layers_sha256,
    load_second_reader,
    marks_of,
)
from intents.training import seconding

OUTPUTS = Outputs(topics=("abuse", "minor"))


@pytest.fixture(scope="module")
def second(models_dir: Path) -> SecondReader:
    return load_second_reader(models_dir)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("please stop texting me", "opt_out"),
        ("plz tak me of ur txt lisst", "opt_out"),
        ("stop by the store on your way home and get milk", "none"),
        ("where is my order", "none"),
    ],
)
def test_it_hears_who_wants_no_more_texts(second: SecondReader, text: str, label: str) -> None:
    chances = second.read([text]).consent[0]
    assert CONSENT_LABELS[int(chances.argmax())] == label
    assert chances.sum() == pytest.approx(1, abs=1e-5)


def test_it_hears_topics_and_feelings(second: SecondReader) -> None:
    said = second.read(["my lawyer will be in touch, see you in court", "thank you, lovely shoes"])
    legal = second.outputs.topics.index("legal_threat")
    assert said.topics[0, legal] > 0.5 > said.topics[1, legal]
    assert said.sentiment[0, -1] > said.sentiment[1, -1]


def test_a_message_is_read_the_same_alone_and_among_others(second: SecondReader) -> None:
    texts = ["stop", "where is my parcel, it has been nine days now", "👍"]
    together = second.read(texts).consent
    alone = np.concatenate([second.read([text]).consent for text in texts])
    assert together == pytest.approx(alone, abs=1e-4)


def test_it_is_put_together_once(second: SecondReader, models_dir: Path) -> None:
    folder = models_dir / "encoders" / f"second-reader-{layers_sha256()[:8]}"
    before = (folder / "model.onnx").stat().st_mtime_ns
    load_second_reader(models_dir)
    assert (folder / "model.onnx").stat().st_mtime_ns == before


def test_a_damaged_part_says_what_to_do(models_dir: Path, tmp_path: Path) -> None:
    load_second_reader(models_dir)
    name = f"second-reader-{layers_sha256()[:8]}"
    folder = tmp_path / "encoders" / name
    folder.mkdir(parents=True)
    for file in (models_dir / "encoders" / name).iterdir():
        (folder / file.name).write_bytes(file.read_bytes()[:100])
    with pytest.raises(WeightsError, match="unreadable") as told:
        load_second_reader(tmp_path)
    assert "Delete" in (told.value.hint or "")


def test_the_shipped_marks_cover_what_it_has_learnt() -> None:
    seen = Seen.read()
    assert LAYERS.is_file()
    assert not set(seen.learnt.tolist()) & set(seen.left_out.tolist())
    assert seen.logits.shape == (len(seen.left_out), seen.outputs.count)


@dataclass
class Canned:
    """A tuned model that says the same of every text, and notes what it was asked."""

    row: Sequence[float]
    asked: list[str] = field(default_factory=list)

    def logits(self, texts: Sequence[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        self.asked += texts
        return np.array([self.row] * len(texts), np.float32)


def canned(row: Sequence[float]) -> tuple[Canned, SecondReader]:
    model = Canned(row)
    return model, SecondReader(cast(TunedModel, model), OUTPUTS)


def test_evidence_is_what_it_has_not_learnt() -> None:
    known = np.sort(marks_of(["learnt one", "learnt two"]))
    kept = np.full((1, OUTPUTS.count), 4, np.float32)
    seen = Seen(known, marks_of(["left out"]), kept, OUTPUTS)
    model, reader = canned([0.0] * OUTPUTS.count)

    rows, said = seen.evidence(["Learnt one!", "left out", "never seen", "learnt two"], reader)

    assert rows.tolist() == [1, 2]
    assert model.asked == ["never seen"]
    assert said.topics[:, 0] == pytest.approx([Said.of(kept, OUTPUTS).topics[0, 0], 0.5])


def test_marks_come_back_as_they_were_written(tmp_path: Path) -> None:
    marks = np.sort(marks_of(["a", "b"]))
    logits = np.ones((1, OUTPUTS.count), np.float32)
    Seen(marks, marks[:1], logits, OUTPUTS).write(tmp_path / "seen.npz")
    back = Seen.read(tmp_path / "seen.npz")
    assert back.learnt.tolist() == marks.tolist()
    assert back.outputs == OUTPUTS
    with pytest.raises(WeightsError, match="unreadable"):
        Seen.read(tmp_path / "none.npz")


COLUMNS = 2 + len(OUTPUTS.topics) + 4 + 3 + 1
PARAMETERS = Parameters(
    intents=IntentParameters(labels=("a", "b"), temperature=1.0, too_low=0.3, too_close=0.1),
    out_of_scope=OutOfScopeParameters(
        means=(0.0,) * 4, scales=(1.0,) * 4, coefficients=(0.0,) * 4, intercept=0.0, threshold=0.5
    ),
    topics=tuple(
        TopicParameters(topic=name, slope=1, intercept=0, threshold=0.5) for name in OUTPUTS.topics
    ),
    consent=ConsentParameters(
        labels=CONSENT_LABELS, temperature=1, certain=0.9, unsure=0.5, opt_in=0.9
    ),
    sentiment=SentimentParameters(
        labels=("positive", "neutral", "negative"), temperature=1, knots=((0, 0), (1, 1))
    ),
    second=SecondParameters(
        layers_sha256="made up",
        topics=0.5,
        consent=0.25,
        sentiment=0.0,
        bounds=MixingParameters(
            intent_margin=0, topic_from=0.5, consent_from=0.5, feeling_from=0.5
        ),
    ),
)


@dataclass
class CannedBase:
    """A first reader with given scores."""

    scores: np.ndarray[tuple[int, int], np.dtype[np.float32]]

    def score(self, texts: Sequence[str]) -> list[Raw]:
        return [Raw(row, 0.5) for row in self.scores[: len(texts)]]


def seconded(
    scores: Sequence[Sequence[float]], logits: Sequence[float]
) -> tuple[Canned, SecondedReader]:
    base = CannedBase(np.array(scores, np.float32))
    model, reader = canned(logits)
    return model, SecondedReader(cast(SingleReader, base), reader, PARAMETERS)


def test_it_is_asked_only_where_the_first_reading_leaves_doubt() -> None:
    calm = [0.0] * COLUMNS
    topic, text = list(calm), list(calm)
    topic[2], text[4] = 0.6, 0.8
    model, reader = seconded([calm, topic, text], [0.0] * OUTPUTS.count)

    found = reader.score(["calm", "a topic", "about texts"])

    assert model.asked == ["a topic", "about texts"]
    assert found[0].scores.tolist() == calm
    assert found[1].scores[2] == pytest.approx(0.5 * 0.6 + 0.5 * 0.5)
    assert found[1].scores[4] == 0
    assert found[2].scores[4] == pytest.approx(0.75 * 0.8 + 0.25 * 0.25)
    assert found[2].scores[2] == 0


def test_no_messages_are_no_scores() -> None:
    assert seconded([[0.0] * COLUMNS], [0.0] * OUTPUTS.count)[1].score([]) == []


def test_a_share_is_kept_only_where_it_helps() -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, 400)
    right = np.eye(2, dtype=np.float32)[truth]
    noise = rng.random((400, 2)).astype(np.float32)
    asked = np.ones(400, bool)

    def loss(mixed: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> float:
        return float(np.abs(mixed - right).mean())

    assert seconding._Head(right, noise, asked).best_share(loss) == 0
    assert seconding._Head(noise, right, asked).best_share(loss) == max(seconding.SHARES)
    assert seconding._Head(noise, right, ~asked).best_share(loss) == 0


def test_it_does_not_read_other_topics(tiny_corpus: Corpus) -> None:
    assert not seconding.fits(tiny_corpus)
    assert not seconding.fits(replace(tiny_corpus, topics=()))


def test_a_version_trained_beside_another_one_is_not_opened(
    models_dir: Path, encoder: Encoder, tiny_version: object, second: SecondReader
) -> None:
    folder = models_dir / str(getattr(tiny_version, "version", ""))
    for given in (None, second):
        with pytest.raises(VersionError, match="another second reader"):
            open_reader(folder, [encoder], PARAMETERS, given)
