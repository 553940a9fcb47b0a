"""Adding rows that another process may be adding too."""

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel


def add_unless_there(session: Session, table: type[SQLModel], **values: object) -> None:
    """Add a row unless another process has: two that add the same one must not fail."""
    postgres = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if postgres else sqlite.insert
    session.execute(insert(table).values(**values).on_conflict_do_nothing())
