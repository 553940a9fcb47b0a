"""What a turn needs from the models and the knowledge: small protocols that fakes can satisfy."""

from collections.abc import Sequence
from typing import Protocol

from agent.replies.evidence import Evidence
from agent.replies.grounded import Answer
from intents.types import ConsentReading, Expected, Understanding


class Understands(Protocol):
    """Reads a message. ``version`` names the models."""

    @property
    def version(self) -> str:
        """The models' version."""
        ...

    def understand(self, text: str, expected: Expected | None = None) -> Understanding:
        """Read one message; never raises for odd texts."""
        ...

    def read_consent(self, text: str) -> tuple[ConsentReading | None, float]:
        """Read only what a message says about texting, with its probability."""
        ...


class HoldsModels(Understands, Protocol):
    """Reads with the version that is live, which may change between two calls."""

    def held(self) -> "HoldsModels":
        """Return the version that is live now, which never changes."""
        ...


class Answers(Protocol):
    """Answers questions from evidence. ``version`` names the knowledge."""

    @property
    def version(self) -> str:
        """The knowledge's version."""
        ...

    def mended(self, text: str) -> str:
        """Return a text with the slips mended whose words the knowledge spells otherwise."""
        ...

    def answer(
        self,
        question: str,
        *,
        previous: str = "",
        understanding: Understanding | None = None,
        facts: Sequence[Evidence] = (),
    ) -> Answer:
        """Answer one question, or say that the answer is not known."""
        ...


class ChoosesIntent(Protocol):
    """Settles which of several intents a message has."""

    def choose_intent(self, text: str, options: Sequence[str]) -> str | None:
        """Return one of the options, or None where it cannot tell."""
        ...
