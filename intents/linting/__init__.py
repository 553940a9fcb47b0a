"""Looks through labelled messages for what spoils a model."""
