"""What a trained version was made of: ``manifest.json`` in its folder."""

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from intents.errors import VersionError

FORM = 4
"""Of the artefacts and of training. Raised when either changes in a way that the recipe's numbers
do not show."""

DEEP_FORM = 5
"""Of a deep version, which holds an encoder of its own: a release that would not see it must not
load the rest."""

FORMS = frozenset({FORM, DEEP_FORM})
"""A version of another form is not loaded."""

TRAIN = "Train one: textwise intents train"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepRecord:
    """How a deep version was made.

    ``tuned`` is the encoder that was fine-tuned, twice: once without ``held_out`` messages, on
    which the probabilities were fitted (``calibration_seconds``), and once on all
    (``tuning_seconds``). ``share`` in [0, 1] is what it got in the average of the intents'
    probabilities; at 0 it is not asked.
    """

    tuned: str
    epochs: int
    messages: int
    held_out: int
    share: float
    calibration_seconds: float
    tuning_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a version was made of. The same makings give the same ``version``.

    ``deep`` is there if an encoder was fine-tuned for it.
    """

    version: str
    encoder: str
    weights_sha256: str
    data_sha256: str
    seed: int
    recipe: dict[str, float]
    libraries: dict[str, str]
    intents: tuple[str, ...]
    topics: tuple[str, ...]
    messages: dict[str, int]
    artefacts: dict[str, str] = field(default_factory=dict)
    deep: DeepRecord | None = None

    def write(self, path: Path) -> None:
        """Write it as JSON."""
        path.write_bytes(_MANIFEST.dump_json(self, indent=2) + b"\n")


_MANIFEST = TypeAdapter(Manifest)


def read_manifest(path: Path) -> Manifest:
    """Read one.

    Raises:
        VersionError: it is missing or broken.
    """
    try:
        return _MANIFEST.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise VersionError(f"{path} is unreadable: {error}", hint=TRAIN) from None
