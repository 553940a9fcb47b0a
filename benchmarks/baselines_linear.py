"""Two linear baselines: on TF-IDF, and on the sentence embedding of the fast tier's weights."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, Self

import numpy as np

from benchmarks.baselines_kinds import SkippedError, Weights

_SEED = 0


class TfidfLinear:
    """Word and character TF-IDF into a linear support vector machine, as scikit-learn has them."""

    def __init__(self, model: Any) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """With scikit-learn's version."""
        return f"TF-IDF, linear SVM (scikit-learn {version('scikit-learn')})"

    @classmethod
    def make(cls, texts: Sequence[str], labels: Sequence[str], _weights: Weights) -> Self:
        """Train it."""
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.pipeline import make_pipeline, make_union
        from sklearn.svm import LinearSVC

        features = make_union(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
        )
        model = make_pipeline(features, LinearSVC(random_state=_SEED))
        model.fit(list(texts), list(labels))
        return cls(model)

    def classify(self, text: str) -> tuple[str, float]:
        """Return the best intent; its decision value, squashed, stands for the confidence."""
        values = np.atleast_2d(self._model.decision_function([text]))[0]
        if len(values) == 1:  # two classes share one value
            values = np.array([-values[0], values[0]])
        best = int(values.argmax())
        return str(self._model.classes_[best]), float(1 / (1 + np.exp(-values[best])))

    def close(self) -> None:
        """Nothing is held."""


class SentenceTransformerLogistic:
    """The usual recipe: the embedding of sentence-transformers into a logistic regression."""

    def __init__(self, encoder: Any, model: Any) -> None:
        self._encoder = encoder
        self._model = model

    @property
    def name(self) -> str:
        """With the library's version."""
        return f"MiniLM, logistic regression (s.-transformers {version('sentence-transformers')})"

    @classmethod
    def make(cls, texts: Sequence[str], labels: Sequence[str], weights: Weights) -> Self:
        """Train it."""
        try:
            import torch
            from sentence_transformers import SentenceTransformer
        except ImportError:
            raise SkippedError("torch is not installed (make torch)") from None
        from sklearn.linear_model import LogisticRegression

        torch.set_num_threads(1)
        encoder = SentenceTransformer(str(weights()), device="cpu")
        vectors = encoder.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        # The default C of 1 underfits vectors of length 1.
        model = LogisticRegression(C=30, max_iter=1000).fit(vectors, list(labels))
        return cls(encoder, model)

    def classify(self, text: str) -> tuple[str, float]:
        """Return the best intent and its probability."""
        vector = self._encoder.encode([text], normalize_embeddings=True, show_progress_bar=False)
        chances = self._model.predict_proba(vector)[0]
        best = int(chances.argmax())
        return str(self._model.classes_[best]), float(chances[best])

    def close(self) -> None:
        """Nothing is held."""
