"""Escalation: pure rules over signals, with thresholds from a file."""
