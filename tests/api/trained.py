"""Trained versions that hold nothing but their manifest and figures."""

from pathlib import Path

from intents.figures.metrics import Predicted, figures
from intents.versions.manifest import Manifest
from intents.versions.registry import METRICS, Registry

INTENTS = ("contact_human_agent", "out_of_scope", "product_info", "return_product", "track_order")


def add_version(folder: Path, name: str, *, right: int = 9) -> None:
    """Write a version into the folder of models; ``right`` of ten messages were read rightly."""
    predictions = [
        Predicted(
            text=f"text {number}", truth="track_order",
            predicted="track_order" if number < right else "product_info", confidence=0.9,
            second="product_info", second_confidence=0.05, out_of_scope_score=0.1,
            out_of_scope=False,
        )
        for number in range(10)
    ]  # fmt: skip
    registry = Registry(folder)
    path = registry.path(name)
    path.mkdir(parents=True)
    figures(predictions, measured_on="held-out writers").write(path / METRICS)
    manifest = Manifest(
        version=name, encoder="fast", weights_sha256="w" * 64, data_sha256="d" * 64, seed=0,
        recipe={}, libraries={"numpy": "2"}, intents=INTENTS, topics=(), messages={"intents": 10},
    )  # fmt: skip
    registry.seal(path, manifest, [METRICS])
