"""The fast path: keywords and emoji answers for which no model runs."""

from agent.keywords.match import Keywords, load_keywords

__all__ = ["Keywords", "load_keywords"]
