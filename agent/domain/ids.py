"""Identifiers. Each is an opaque string; the prefix only helps people who read logs."""

from typing import NewType

CustomerId = NewType("CustomerId", str)
ConversationId = NewType("ConversationId", str)
MessageId = NewType("MessageId", str)
TurnId = NewType("TurnId", str)
EscalationId = NewType("EscalationId", str)
RepId = NewType("RepId", str)
