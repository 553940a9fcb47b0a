"""The errors of this room. ``hint`` says what to do about it.

KnowledgeError
├── NoKnowledgeError       the folder is missing, or holds nothing that can be read
├── CollectionError        the index asked for is missing, or does not fit the encoder
├── VectorStoreError       Chroma cannot be reached, or its files cannot be opened
└── QuestionFileError      a file of test questions is wrong; names file and line
"""

from pathlib import Path


class KnowledgeError(Exception):
    """Base of every error that this room raises on purpose."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class NoKnowledgeError(KnowledgeError):
    """There is nothing to index."""


class CollectionError(KnowledgeError):
    """The index is missing or does not fit."""


class VectorStoreError(KnowledgeError):
    """Chroma does not answer."""


class QuestionFileError(KnowledgeError):
    """A file of questions is wrong. ``line`` counts from 1."""

    def __init__(self, message: str, *, path: Path, line: int) -> None:
        super().__init__(
            f"{path}:{line}: {message}", hint="Correct the line and run the command again."
        )
        self.path = path
        self.line = line
