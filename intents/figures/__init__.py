"""Figures and curves over predictions, with their intervals."""
