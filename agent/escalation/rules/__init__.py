"""One file a rule; each defines ``RULE``. They are found by their folder."""
