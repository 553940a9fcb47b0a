"""News for live pages, kept until the transaction's end and written in one statement."""

from sqlmodel import Session

from agent.store.service_tables import EventRow

_KEPT = "textwise_news"


def keep(session: Session, news: EventRow) -> None:
    """Keep news for the transaction's end."""
    session.info.setdefault(_KEPT, []).append(news)


def write(session: Session) -> None:
    """Write what is kept: before the commit, or before somebody looks at the table."""
    kept: list[EventRow] = session.info.pop(_KEPT, [])
    session.add_all(kept)
