"""Parts of a long text, where a provider hands them over one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePart:
    """One part of a text from a customer.

    ``reference`` is the phone's own number for the text: the same for all its parts, and used
    again after a while. ``number`` counts from 1 to ``total``.
    """

    provider: str
    part_id: str
    sender: str
    recipient: str
    reference: str
    number: int
    total: int
    text: str
    arrived_at: datetime


def first_of_each(parts: Sequence[MessagePart]) -> list[MessagePart]:
    """Return the parts of one text in their order.

    Where a number came twice (a phone that used its reference again), the one that came first.
    """
    chosen: dict[int, MessagePart] = {}
    for part in sorted(parts, key=lambda part: (part.arrived_at, part.part_id)):
        chosen.setdefault(part.number, part)
    return [chosen[number] for number in sorted(chosen)]
