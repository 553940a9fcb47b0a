"""Errors of ``intents/`` as those of the agent."""

from collections.abc import Iterator
from contextlib import contextmanager

from agent.errors import NotFoundError
from intents.errors import IntentsError


@contextmanager
def intents_told() -> Iterator[None]:
    """Turn the errors of ``intents/`` into those that the API has a status for."""
    try:
        yield
    except IntentsError as error:
        raise NotFoundError(str(error), hint=error.hint) from error
