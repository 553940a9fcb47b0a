"""Vonage writes numbers without the plus."""

MIN_DIGITS = 7
"""Shorter ones are short codes, which have no plus anywhere."""


def to_e164(number: str) -> str:
    """Return a number with its plus; short codes and names as they are."""
    bare = number.strip()
    is_number = bare.isascii() and bare.isdecimal() and len(bare) >= MIN_DIGITS
    return f"+{bare}" if is_number else bare


def to_vonage(number: str) -> str:
    """Return a number without its plus."""
    return number.removeprefix("+")
