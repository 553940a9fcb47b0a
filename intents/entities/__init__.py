"""Entities in a message: order numbers, sizes, dates, and the names of products."""
