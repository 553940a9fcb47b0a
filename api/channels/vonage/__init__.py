"""Vonage: the Messages API both ways, and texts through the older SMS API."""
