"""From labelled messages to a version: heads, calibration, thresholds, the deep mode."""
