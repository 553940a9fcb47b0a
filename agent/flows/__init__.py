"""Flows: dialogues described in YAML and advanced by a pure engine."""
