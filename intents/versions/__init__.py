"""Trained versions on disk: what each was made of, and which of them is active."""
