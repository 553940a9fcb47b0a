"""Logs: one line an event, to stderr. Numbers and texts never go in; ids do."""

import io
import logging
import sys
from collections.abc import Collection, Mapping
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

_QUIET = ("alembic", "bm25s", "httpx", "httpcore", "chromadb", "openai", "uvicorn.access")


class _Stderr(io.StringIO):
    """Whatever sys.stderr is at the moment of writing."""

    def write(self, text: str) -> int:
        """Write through."""
        return sys.stderr.write(text)

    def flush(self) -> None:
        """Flush through."""
        sys.stderr.flush()


def redact(names: Collection[str]) -> Processor:
    """Return what takes the values of these fields out of a log line, in whatever case and depth.

    The second line of defence: what logs does not log them in the first place.
    """
    hidden = frozenset(name.lower() for name in names)

    def blot(value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        return {
            name: "[redacted]" if str(name).lower() in hidden else blot(inner)
            for name, inner in value.items()
        }

    def process(_logger: Any, _method: str, line: EventDict) -> EventDict:
        blotted: EventDict = blot(line)
        return blotted

    return process


def configure_logs(level: str, *, redacted: Collection[str] = ()) -> None:
    """Set up structlog and the standard library's logging for the process.

    ``redacted``: names of fields whose values no line may show, as the channels list them.
    """
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    handler = logging.StreamHandler(_Stderr())
    # On the handler: some libraries set their own loggers' levels when they are imported.
    handler.setLevel(number)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=number, handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact(redacted),
            # Plain tracebacks: pretty ones print local variables, texts and numbers among them.
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
            if sys.stderr.isatty()
            else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(_Stderr()),
        cache_logger_on_first_use=False,
    )
