"""The command ``textwise``: thin wrappers over plain functions."""
