"""Predictions made by hand."""

from collections.abc import Sequence

from intents.figures.metrics import Predicted


def predicted(
    text: str, guess: str, truth: str = "a", *, confidence: float = 0.9, writer: str = "ann"
) -> Predicted:
    return Predicted(
        text=text,
        truth=truth,
        predicted=guess,
        confidence=confidence,
        second="b",
        second_confidence=round((1 - confidence) / 2, 4),
        out_of_scope_score=1.0 if guess == "out_of_scope" else 0.0,
        out_of_scope=guess == "out_of_scope",
        writer=writer,
        where=f"x.yaml:{len(text)}",
    )


def many(truth: str, guesses: Sequence[str], *, confidence: float = 0.9) -> list[Predicted]:
    """One message for each guess, all of one intent."""
    return [
        predicted(f"{truth} {i}", guess, truth, confidence=confidence)
        for i, guess in enumerate(guesses)
    ]
