"""The conversation: what is said, decided, kept and sent."""
