"""Logs: one line an event, to stderr. Numbers and texts never go in; ids do."""

import io
import logging
import sys

import structlog

_QUIET = ("alembic", "bm25s", "httpx", "httpcore", "chromadb", "openai", "uvicorn.access")


class _Stderr(io.StringIO):
    """Whatever sys.stderr is at the moment of writing."""

    def write(self, text: str) -> int:
        """Write through."""
        return sys.stderr.write(text)

    def flush(self) -> None:
        """Flush through."""
        sys.stderr.flush()


def configure_logs(level: str) -> None:
    """Set up structlog and the standard library's logging for the process."""
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
            # Plain tracebacks: pretty ones print local variables, texts and numbers among them.
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
            if sys.stderr.isatty()
            else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(_Stderr()),
        cache_logger_on_first_use=False,
    )
