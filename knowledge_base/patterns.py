"""Building regular expressions from lists, so that each alternative stands on a line."""

import re


def any_of(*patterns: str) -> re.Pattern[str]:
    """Return a case-blind pattern that any of the given ones matches."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)
