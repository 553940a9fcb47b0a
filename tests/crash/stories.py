"""What customers and reps do in the crash tests, and what has to come of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.crash.life import RepReply, Text, phone


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait until everything is done, or (``refused``) until the provider has refused a text."""

    refused: bool = False


Event = Text | RepReply | Wait


def _text(place: int, number: int, words: str, silence_s: float | None = None) -> Text:
    return Text(
        id=f"in-{place}-{number}", sender=phone(place), text=words.format(f"#{place}"),
        silence_s=silence_s,
    )  # fmt: skip


def _question(place: int) -> list[Event]:
    return [_text(place, 1, "do you ship abroad? {}")]


def _busy(place: int) -> list[Event]:
    return [_text(place, 1, "[busy] do you ship? {}")]


def _down(place: int) -> list[Event]:
    return [_text(place, 1, "[down] do you ship? {}")]


def _refused(place: int) -> list[Event]:
    return [_text(place, 1, "[refused] do you ship? {}")]


def _raising(place: int) -> list[Event]:
    return [_text(place, 1, "[raise] do you ship? {}")]


def _person(place: int) -> list[Event]:
    return [_text(place, 1, "[person] please {}")]


def _late(place: int) -> list[Event]:
    return [_text(place, 1, "[late] in green? {}")]


def _burst(place: int) -> list[Event]:
    return [
        _text(place, 1, "one more thing {}", silence_s=0.2),
        _text(place, 2, "do you gift wrap? {}", silence_s=0.2),
    ]


def _stop(place: int) -> list[Event]:
    return [_text(place, 1, "STOP")]


def _stop_while_waiting(place: int) -> list[Event]:
    return [_text(place, 1, "[busy] do you ship? {}"), Wait(refused=True), _text(place, 2, "Stop!")]


def _stop_while_composing(place: int) -> list[Event]:
    return [_text(place, 1, "[slow] do you ship? {}"), _text(place, 2, "stop")]


def _back_again(place: int) -> list[Event]:
    return [_text(place, 1, "STOP"), Wait(), _text(place, 2, "START")]


def _rep(place: int) -> list[Event]:
    return [
        _text(place, 1, "[person] please {}"),
        Wait(),
        RepReply(to=phone(place), text=f"Robin here. #{place}"),
    ]


STORIES: Mapping[str, Callable[[int], list[Event]]] = {
    "stop while a reply waits": _stop_while_waiting,
    "stop while composing": _stop_while_composing,
    "stop": _stop,
    "stop, then start": _back_again,
    "question": _question,
    "provider busy": _busy,
    "provider fails": _down,
    "provider refuses": _refused,
    "turn that raises": _raising,
    "person wanted": _person,
    "text while composing": _late,
    "burst": _burst,
    "rep replies": _rep,
}
"""Those about consent first: of boundaries that several stories share the first is tried."""

STOPPED = frozenset({"stop while a reply waits", "stop while composing", "stop"})
"""After these the customer is opted out."""

FAILING = frozenset({"provider fails"})
"""In these the outcome of the send is unknown without a crash."""
