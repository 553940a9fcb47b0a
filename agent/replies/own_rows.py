"""Answering from the customer's own rows: orders, appointments, points."""

import re
from collections.abc import Sequence

from agent.domain.customers import Appointment, Order
from agent.replies.drafts import Draft
from agent.replies.evidence import Evidence
from agent.replies.row_words import status_of
from agent.replies.values import ValueKind, values_of
from intents.types import EntityType, Understanding

_ORDER_INTENTS = frozenset({"track_order", "delivery_problem"})
_ORDER_STATUS = re.compile(
    r"\b(?:where|track|status|arriv\w*|eta|here yet|come yet|shipped|on (?:its|the) way|"
    r"when\b.{0,40}\b(?:get|come|be here))",
    re.IGNORECASE,
)
_MINE = re.compile(r"\b(?:my|mine|our|i|it|the)\b", re.IGNORECASE)
_THING = re.compile(
    r"\b(?:order|package|parcel|delivery|shipment|stuff|box)\b|\bit\b", re.IGNORECASE
)
_CONTENTS = re.compile(r"\bwhat(?:'s| is| did i| was)\b.{0,30}\b(?:in|order)\b", re.IGNORECASE)
_PAID = re.compile(r"\bhow much\b|\btotal\b|\bwhat did i pay\b", re.IGNORECASE)
_APPOINTMENT_INTENTS = frozenset({"confirm_appointment"})
_APPOINTMENT = re.compile(
    r"\b(?:when|what time|what day|is|do i|am i|where)\b.{0,40}\b(?:appointment|appt|booking|"
    r"booked|slot|fitting|session)\b",
    re.IGNORECASE,
)
_POINTS = re.compile(r"\b(?:points?|tier|status|level|rewards?|balance)\b", re.IGNORECASE)
_MY_OWN = re.compile(r"\b(?:my|do i have|have i|am i|i have|i've got|ive got)\b", re.IGNORECASE)

_MOST_TOLD = 2
"""Open orders told in one reply."""


def answer_from_own_rows(
    question: str, understanding: Understanding | None, facts: Sequence[Evidence]
) -> Draft | None:
    """Answer from the customer's own rows, or None where the question is not about them.

    An order number that is none of theirs gets no other order's answer.
    """
    intent = "" if understanding is None else understanding.intent
    orders = [e for e in facts if isinstance(e.row, Order)]
    if orders and (intent in _ORDER_INTENTS or _about_own_order(question)):
        return _orders(question, understanding, orders)
    appointments = [e for e in facts if isinstance(e.row, Appointment)]
    if appointments and (intent in _APPOINTMENT_INTENTS or _APPOINTMENT.search(question)):
        booked = [e for e in appointments if getattr(e.row, "status", "") == "booked"]
        chosen = (booked or appointments)[:_MOST_TOLD]
        return Draft(text=" ".join(e.text for e in chosen), evidence=tuple(chosen))
    points = [e for e in facts if e.kind == "customer"]
    if points and _POINTS.search(question) and _MY_OWN.search(question):
        return Draft(text=points[0].text, evidence=(points[0],))
    return None


def _about_own_order(question: str) -> bool:
    return all(p.search(question) for p in (_ORDER_STATUS, _MINE, _THING))


def _orders(
    question: str, understanding: Understanding | None, orders: list[Evidence]
) -> Draft | None:
    named = _numbers_named(question, understanding)
    if named:
        orders = [e for e in orders if _key(_order(e).number) in named]
    chosen = [e for e in orders if _order(e).is_open] or orders[:1]
    if not chosen:
        return None
    told = chosen[:_MOST_TOLD]
    if len(told) > 1:
        return Draft(text=" ".join(_status(e) for e in told), evidence=tuple(told))
    return _one_order(question, told[0])


def _one_order(question: str, evidence: Evidence) -> Draft:
    order = _order(evidence)
    sentences = [_status(evidence)]
    if order.items and _CONTENTS.search(question):
        sentences.insert(0, _sentence_with(evidence, " holds "))
    if _PAID.search(question):
        sentences = [_sentence_with(evidence, " was placed on ")]
    elif order.tracking_url and order.is_open:
        sentences.append(f"Track it: {order.tracking_url}")
    return Draft(text=" ".join(sentences), evidence=(evidence,))


def _status(evidence: Evidence) -> str:
    """Return the evidence's own first sentences, which know what day it is."""
    known = re.match(r".*?\.(?= Order |$)", evidence.text, re.DOTALL)
    return known.group() if known else status_of(_order(evidence))


def _sentence_with(evidence: Evidence, words: str) -> str:
    order = _order(evidence)
    pattern = re.compile(rf"Order {re.escape(order.number)}{words}.*?\.(?=\s|$)")
    found = pattern.search(evidence.text)
    return found.group() if found else evidence.text


def _order(evidence: Evidence) -> Order:
    if not isinstance(evidence.row, Order):
        raise TypeError(f"{evidence.id} is no order")
    return evidence.row


def _numbers_named(question: str, understanding: Understanding | None) -> frozenset[str]:
    """Return the order numbers in the question: entities, else long numbers and codes."""
    if understanding is not None:
        found = [e.value for e in understanding.entities if e.type is EntityType.ORDER_NUMBER]
        if found:
            return frozenset(_key(value) for value in found)
    return frozenset(
        _key(value.amount)
        for value in values_of(question)
        if value.kind is ValueKind.CODE
        or (value.kind is ValueKind.NUMBER and len(value.amount) >= _SHORTEST_NUMBER)
    )


_SHORTEST_NUMBER = 4


def _key(number: str) -> str:
    return re.sub(r"[^a-z0-9]", "", number.casefold())
