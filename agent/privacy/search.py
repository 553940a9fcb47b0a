"""Looking through every table, the engine's too, for what should no longer be there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from agent.privacy.spellings import as_stored
from agent.store.personal_data import engine_tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A column in which something was found, and in how many rows."""

    table: str
    column: str
    rows: int


def search(session: Session, needles: Sequence[str]) -> list[Trace]:
    """Find texts in all columns of all tables; takes a look at every row.

    Args:
        session: the database.
        needles: what to look for, in any part of a value; upper and lower case as given.
    """
    forms = sorted({form for needle in needles for form in as_stored(needle) if form})
    if not forms:
        return []
    return list(_found(session, forms))


def _found(session: Session, forms: Sequence[str]) -> Iterator[Trace]:
    for table in (*SQLModel.metadata.sorted_tables, *engine_tables(session).values()):
        columns = [column for column in table.columns if not _holds_no_text(column)]
        if not columns:
            continue
        counts = [
            sa.func.sum(sa.case((_contains(column, forms), 1), else_=0)).label(column.name)
            for column in columns
        ]
        row = session.execute(sa.select(*counts)).mappings().one()
        for column in columns:
            if row[column.name]:
                yield Trace(table=table.name, column=column.name, rows=int(row[column.name]))


def _contains(column: sa.Column[object], forms: Sequence[str]) -> sa.ColumnElement[bool]:
    text = sa.cast(column, sa.Text)
    return sa.or_(*(text.contains(form, autoescape=True) for form in forms))


def _holds_no_text(column: sa.Column[object]) -> bool:
    return isinstance(column.type, sa.Boolean | sa.Integer | sa.Numeric | sa.Date | sa.DateTime)
