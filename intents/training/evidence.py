"""What a training leaves to fit probabilities on."""

from dataclasses import dataclass

from intents.reading.calibration import Floats
from intents.training.heads import IntentScores


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What each head said of its own examples, by models that had not seen their writers."""

    intents: IntentScores
    topics: Floats | None
    consent: Floats | None
    sentiment: Floats | None
