"""What is worth a label, what is drawn blind, and what counts as a difference."""

from typing import Any

import pytest

from agent.domain.learning import Guess, Kind, Reason
from agent.learning.differences import differences
from agent.learning.worth import drawn_blind, message_hash, reasons_of, value_of
from intents.types import Candidate, Doubt


def guess(intent: str = "track_order", confidence: float = 0.9, **changes: Any) -> Guess:
    values: dict[str, Any] = {
        "intent": intent,
        "confidence": confidence,
        "candidates": (
            Candidate(intent=intent, confidence=confidence),
            Candidate(intent="deny", confidence=(1 - confidence) / 2),
        ),
    }
    return Guess(**{**values, **changes})


@pytest.mark.parametrize(
    ("read", "reasons"),
    [
        (guess(), ()),
        (guess(doubt=Doubt.TOO_LOW), (Reason.TOO_LOW,)),
        (guess(doubt=Doubt.TOO_CLOSE), (Reason.TOO_CLOSE,)),
        (guess(doubt=Doubt.TOO_LOW, out_of_scope=True), (Reason.TOO_LOW, Reason.OUT_OF_SCOPE)),
    ],
)
def test_doubt_is_a_reason(read: Guess, reasons: tuple[Reason, ...]) -> None:
    assert reasons_of(read) == reasons


def test_known_errors_come_before_likely_ones_and_those_before_doubt() -> None:
    order = [Reason.CORRECTED, Reason.ESCALATED, Reason.DISAGREEMENT, Reason.TOO_CLOSE,
             Reason.TOO_LOW, Reason.OUT_OF_SCOPE]  # fmt: skip
    values = [value_of((reason,), guess()) for reason in order]

    assert values == sorted(values, reverse=True)
    assert value_of((Reason.TOO_CLOSE,), guess(confidence=0.4)) > value_of(
        (Reason.TOO_CLOSE,), guess(confidence=0.8)
    )
    assert value_of((), guess()) == 0


def test_one_in_a_hundred_is_drawn_and_the_same_ones_each_time() -> None:
    hashes = [message_hash("salt", f"msg_{number}") for number in range(20_000)]
    drawn = [h for h in hashes if drawn_blind(h)]

    # Binomial(20000, 0.01): 200 on average, five standard deviations are 70.
    assert 130 < len(drawn) < 270
    assert drawn == [h for h in hashes if drawn_blind(h)]
    assert not any(drawn_blind(h, 0.0) for h in hashes)
    assert all(drawn_blind(h, 1.0) for h in hashes)


def test_who_does_not_know_the_salt_cannot_tell_which_are_drawn() -> None:
    assert message_hash("salt", "msg_1") != message_hash("pepper", "msg_1")


@pytest.mark.parametrize(
    ("shadow", "kinds"),
    [
        (guess(), ()),
        (guess("track_order", 0.4), ()),
        (guess("get_refund"), (Kind.INTENT,)),
        (guess(out_of_scope=True), (Kind.OUT_OF_SCOPE,)),
        (guess(consent="opt_out"), (Kind.CONSENT,)),
        (guess("get_refund", topics=("legal_threat",)), (Kind.INTENT, Kind.TOPICS)),
    ],
)
def test_versions_differ_in_what_would_be_done(shadow: Guess, kinds: tuple[Kind, ...]) -> None:
    assert differences(guess(), shadow) == kinds


def test_two_that_leave_a_message_alone_do_not_differ() -> None:
    live, shadow = guess("deny", out_of_scope=True), guess("affirm", out_of_scope=True)

    assert differences(live, shadow) == ()
