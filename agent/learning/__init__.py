"""Learning from live traffic: versions that are served, shadows, labels, emerging topics."""
