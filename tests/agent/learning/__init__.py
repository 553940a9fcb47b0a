"""Learning from live traffic."""
