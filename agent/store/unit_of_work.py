"""One transaction with its repositories."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from agent.domain.ports import Clock, Ids
from agent.store import news
from agent.store.engine import READ_ONLY
from agent.store.repositories.consent import Consents
from agent.store.repositories.consent_questions import ConsentQuestions
from agent.store.repositories.conversations import Conversations
from agent.store.repositories.customers import Customers
from agent.store.repositories.deliveries import Deliveries
from agent.store.repositories.escalations import Escalations
from agent.store.repositories.jobs import Jobs
from agent.store.repositories.labels import Labels
from agent.store.repositories.live import Live
from agent.store.repositories.messages import Messages
from agent.store.repositories.own_knowledge import OwnKnowledge
from agent.store.repositories.parts import Parts
from agent.store.repositories.proactive import Proactive
from agent.store.repositories.questions import Questions
from agent.store.repositories.sending_numbers import SendingNumbers
from agent.store.repositories.sends import Sends
from agent.store.repositories.shadows import Shadows
from agent.store.repositories.suppressions import Suppressions
from agent.store.repositories.turns import Turns
from agent.store.repositories.unanswered import Unanswered
from agent.store.repositories.users import Users
from agent.store.tables import ConversationRow

_REMEMBERED = 200
"""Rows that a transaction holds on to: looking one up again then asks no database. SQLAlchemy
itself forgets a row as soon as nobody else holds it."""


class _Remembering(Session):
    """A session that holds on to its last rows, as SQLAlchemy's recipe for strong references does.

    The listeners are the class's: adding them to each session took longer than a short statement.
    """

    def __init__(self, bind: sa.Engine, *, expire_on_commit: bool) -> None:
        super().__init__(bind, expire_on_commit=expire_on_commit)
        self._rows: deque[object] = deque(maxlen=_REMEMBERED)

    def keep(self, row: object) -> None:
        """Hold on to a row."""
        # Conversations are changed from several sides: each look-up reads them afresh.
        if not isinstance(row, ConversationRow):
            self._rows.append(row)


for _moment in ("loaded_as_persistent", "pending_to_persistent"):
    sa.event.listen(_Remembering, _moment, _Remembering.keep)


class UnitOfWork:
    """The repositories of one transaction. ``session`` is for enqueueing durable work in it."""

    def __init__(self, session: Session, clock: Clock, ids: Ids) -> None:
        self.session = session
        self._clock = clock
        self.customers = Customers(session, clock, ids)
        self.conversations = Conversations(session, clock, ids)
        self.messages = Messages(session, clock, ids)
        self.parts = Parts(session, clock)
        self.turns = Turns(session, clock)
        self.consents = Consents(session, clock)
        self.consent_questions = ConsentQuestions(session, clock, ids)
        self.deliveries = Deliveries(session, clock)
        self.sending_numbers = SendingNumbers(session, clock, self.deliveries)
        self.sends = Sends(session, clock)
        self.escalations = Escalations(session, clock, ids)
        self.unanswered = Unanswered(session, clock)
        self.users = Users(session, clock, ids)
        self.live = Live(session, clock)
        self.labels = Labels(session, clock, ids)
        self.shadows = Shadows(session, clock)
        self.jobs = Jobs(session, clock, ids)
        self.questions = Questions(session, clock, ids)
        self.own_knowledge = OwnKnowledge(session, clock, ids)
        self.proactive = Proactive(session, clock, ids)
        self.suppressions = Suppressions(session, clock)

    def now(self) -> datetime:
        """Return the present time in UTC."""
        return self._clock.now()


class Database:
    """Opens units of work on one engine."""

    def __init__(self, engine: sa.Engine, clock: Clock, ids: Ids) -> None:
        self.engine = engine
        self._clock = clock
        self._ids = ids
        self._read_only = engine.dialect.name == "postgresql"
        options = {"postgresql_readonly": True} if self._read_only else {}
        self._read_engine = engine.execution_options(**{READ_ONLY: True}, **options)

    @contextmanager
    def begin(self) -> Iterator[UnitOfWork]:
        """Open a transaction: committed at the end, rolled back if anything is raised."""
        with _Remembering(self.engine, expire_on_commit=False) as session, session.begin():
            yield UnitOfWork(session, self._clock, self._ids)
            news.write(session)

    @contextmanager
    def read(self) -> Iterator[UnitOfWork]:
        """Open a transaction that only reads; nothing done in it is kept."""
        with Session(self._read_engine, expire_on_commit=False) as session:
            yield UnitOfWork(session, self._clock, self._ids)
            if self._read_only:
                # After a rollback psycopg would forget the statements it has prepared.
                session.connection().commit()
            else:
                session.rollback()
