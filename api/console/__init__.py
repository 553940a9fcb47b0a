"""The console: reps read conversations, answer, hand back and resolve."""
