"""semantic-router: the routes whose utterances lie nearest, on the fast tier's weights."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, Self

from benchmarks.baselines_kinds import SkippedError, Weights


class SemanticRouterBaseline:
    """``IndexedRouter`` over a local index, each intent a route with its messages as utterances."""

    def __init__(self, router: Any) -> None:
        self._router = router

    @property
    def name(self) -> str:
        """With the library's version."""
        return f"semantic-router {version('semantic-router')}, MiniLM"

    @classmethod
    def make(cls, texts: Sequence[str], labels: Sequence[str], weights: Weights) -> Self:
        """Train it: embed every message."""
        try:
            import torch
            from semantic_router import Route
            from semantic_router.encoders import HuggingFaceEncoder
            from semantic_router.routers import IndexedRouter
        except ImportError as error:
            raise SkippedError(
                f"not installed (make torch; pip install semantic-router, 1.1 or newer): {error}"
            ) from None
        torch.set_num_threads(1)
        by_label: dict[str, list[str]] = {}
        for text, label in zip(texts, labels, strict=True):
            by_label.setdefault(label, []).append(text)
        routes = [Route(name=name, utterances=found) for name, found in by_label.items()]
        encoder = HuggingFaceEncoder(name=str(weights()), device="cpu")
        return cls(IndexedRouter(encoder=encoder, routes=routes))

    def classify(self, text: str) -> tuple[str, float]:
        """Return the best route and its similarity, cut to [0, 1]; an empty name is no route."""
        found = self._router(text)
        return str(found.name or ""), min(max(float(found.confidence or 0.0), 0.0), 1.0)

    def close(self) -> None:
        """Nothing is held."""
