"""The words of the product as frozen dataclasses and state machines. Standard library only."""
