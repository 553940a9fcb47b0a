"""Lawful sending: quiet hours, caps, and texts that the brand sends of its own accord."""
