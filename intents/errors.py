"""The errors of this room. ``hint`` says what to do about it.

IntentsError
├── WeightsError        no encoder weights, or not the ones expected
├── TrainingDataError   a file of training data is wrong; names file and line
├── VersionError        a trained version is missing, broken or does not fit the encoder
├── DeepModeError       the deep mode lacks what it needs
└── GateError           a promotion or rollback that must not happen
"""

from pathlib import Path


class IntentsError(Exception):
    """Base of every error that this room raises on purpose."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class WeightsError(IntentsError):
    """The encoder's weights are missing or are not the expected ones."""


class TrainingDataError(IntentsError):
    """A file of training data is wrong. ``path`` and ``line`` (from 1; 0 if none) say where."""

    def __init__(self, message: str, *, path: Path, line: int = 0) -> None:
        where = f"{path}:{line}" if line else str(path)
        super().__init__(f"{where}: {message}", hint="Correct the file and run the command again.")
        self.path = path
        self.line = line


class VersionError(IntentsError):
    """A trained version is missing, broken or does not fit."""


class DeepModeError(IntentsError):
    """The deep mode cannot run here."""


class GateError(IntentsError):
    """A version may not become the active one."""
