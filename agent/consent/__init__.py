"""Consent: the words that must always work, and what they mean."""
