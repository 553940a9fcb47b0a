"""Labelled messages: training data and test sets, in our form and in other people's."""
