"""What serving runs: a version's heads over a message, out come probabilities."""
