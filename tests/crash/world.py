"""What is in the database and at the provider, looked at from outside, and whether it is right.

Plain SQL on purpose: what judges the service does not share its code.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from tests.crash.provider import Provider

SETTLE_S = 120.0

_OPEN = """
SELECT (SELECT count(*) FROM messages WHERE direction = 'inbound' AND turn_id IS NULL)
     + (SELECT count(*) FROM turns WHERE state = 'claimed')
     + (SELECT count(*) FROM messages
         WHERE direction = 'outbound' AND delivery IN ('pending', 'queued', 'sending'))
     + (SELECT count(*) FROM {schema}workflow_status WHERE status IN ('PENDING', 'ENQUEUED'))
"""
_INBOUND = """
SELECT m.id, m.provider_id, m.text, m.turn_id, m.conversation_id, t.state,
       c.status, c.customer_id, c.customer_address
  FROM messages m JOIN conversations c ON c.id = m.conversation_id
  LEFT JOIN turns t ON t.id = m.turn_id
 WHERE m.direction = 'inbound' {where}
"""
_OUTBOUND = """
SELECT m.id, m.turn_id, m.conversation_id, m.text, m.delivery, m.essential, c.customer_address
  FROM messages m JOIN conversations c ON c.id = m.conversation_id
 WHERE m.direction = 'outbound' {where}
"""
_OPTED_OUT = """
SELECT e.action FROM consent_events e
 WHERE e.customer_id = :customer AND e.purpose = 'conversational' ORDER BY e.id DESC LIMIT 1
"""
_OUT_SINCE = """
SELECT 1 FROM messages m JOIN consent_events e ON e.customer_id = :customer
 WHERE m.id = :message AND e.purpose = 'conversational' AND e.action = 'opt_out'
   AND (e.at >= m.created_at OR NOT EXISTS (
        SELECT 1 FROM consent_events later
         WHERE later.customer_id = e.customer_id AND later.purpose = e.purpose
           AND later.id > e.id AND later.at < m.created_at))
"""
"""Whether a customer was opted out at some time since a text of theirs came."""
_UNFINISHED = """
SELECT workflow_uuid AS id FROM {schema}workflow_status
 WHERE status IN ('PENDING', 'ENQUEUED', 'DELAYED')
"""
_PATCHED = """
SELECT workflow_uuid AS id FROM {schema}operation_outputs WHERE function_name LIKE 'DBOS.patch-%'
"""
_EXECUTORS = "SELECT DISTINCT executor_id AS id FROM {schema}workflow_status"
_CASES = "SELECT 1 FROM escalations WHERE conversation_id = :c AND closed_at IS NULL"


@dataclass
class Verdict:
    """How texts ended, and what is wrong."""

    endings: Counter[str]
    wrong: list[str]


class World:
    """One database and the provider beside it."""

    def __init__(self, url: str, provider: Provider) -> None:
        self.url = url
        self.provider = provider
        self.engine = sa.create_engine(url, pool_pre_ping=True)
        postgres = self.engine.dialect.name == "postgresql"
        self._schema = "dbos." if postgres else ""
        self._open = _OPEN.format(schema=self._schema)

    def open_work(self) -> int:
        """Return how many texts, turns, sends and workflows are not done yet."""
        with self.engine.connect() as connection:
            return int(connection.execute(sa.text(self._open)).scalar_one())

    def settled(self, within_s: float = SETTLE_S) -> bool:
        """Wait until everything is done; False if the time was not enough."""
        deadline = time.monotonic() + within_s
        while self.open_work() > 0:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.03)
        return True

    def count(self, sql: str) -> int:
        """Return the number that a query counts."""
        with self.engine.connect() as connection:
            return int(connection.execute(sa.text(sql)).scalar_one())

    def unfinished(self) -> set[str]:
        """Return the ids of the workflows that are not done."""
        rows = self._rows(_UNFINISHED.format(schema=self._schema))
        return {row.id for row in rows}

    def patched(self) -> set[str]:
        """Return the ids of the workflows that have met a ``DBOS.patch``."""
        rows = self._rows(_PATCHED.format(schema=self._schema))
        return {row.id for row in rows}

    def executors(self) -> set[str]:
        """Return the processes that have run workflows."""
        rows = self._rows(_EXECUTORS.format(schema=self._schema))
        return {row.id for row in rows if row.id}

    def close(self) -> None:
        """Let the database go."""
        self.engine.dispose()

    def stored(self, address: str, text: str) -> bool:
        """Whether a text to this address is in the outbox."""
        where = "AND c.customer_address = :to AND m.text = :text"
        return bool(self._rows(_OUTBOUND.format(where=where), to=address, text=text))

    def judge(self, addresses: Sequence[str] = ()) -> Verdict:
        """Judge the customers with these addresses, or all."""
        verdict = Verdict(Counter(), [])
        where, values = "", {}
        if addresses:
            where = "AND c.customer_address IN :addresses"
            values = {"addresses": list(addresses)}
        inbound = self._rows(_INBOUND.format(where=where), **values)
        outbound = self._rows(_OUTBOUND.format(where=where), **values)
        for ids, count in Counter(row.provider_id for row in inbound).items():
            if count > 1:
                verdict.wrong.append(f"the text {ids} is stored {count} times")
        for row in inbound:
            ending = self._ending(row, [o for o in outbound if o.turn_id == row.turn_id])
            verdict.endings[ending] += 1
            if ending.startswith("lost"):
                verdict.wrong.append(f"{row.provider_id} ({row.text}) from {row.customer_address}"
                                     f" is {ending}")  # fmt: skip
        self._judge_sends(outbound, verdict)
        return verdict

    def opted_out(self, customer_id: str) -> bool:
        """Whether the ledger's last line about a customer is a STOP."""
        rows = self._rows(_OPTED_OUT, customer=customer_id)
        return bool(rows) and rows[0].action == "opt_out"

    def customer_of(self, address: str) -> str:
        """Return the id of the customer with this address."""
        rows = self._rows(_INBOUND.format(where="AND c.customer_address = :a"), a=address)
        return str(rows[0].customer_id)

    def essential(self, message_id: str) -> bool:
        """Whether a message may go to somebody opted out."""
        rows = self._rows(_OUTBOUND.format(where="AND m.id = :id"), id=message_id)
        return bool(rows and rows[0].essential)

    def began_before_stop(self, message_id: str) -> bool:
        """Whether a message was composed before its customer's first STOP was stored."""
        return bool(
            self._rows(
                "SELECT 1 FROM messages m JOIN conversations c ON c.id = m.conversation_id"
                " JOIN consent_events e ON e.customer_id = c.customer_id"
                " WHERE m.id = :id AND e.action = 'opt_out' AND m.created_at <= e.at",
                id=message_id,
            )
        )

    def ledger_lines(self, customer_id: str) -> Counter[tuple[str, str]]:
        """Count a customer's lines by purpose and evidence."""
        rows = self._rows(
            "SELECT purpose, evidence, action FROM consent_events WHERE customer_id = :c",
            c=customer_id,
        )
        return Counter((row.purpose, row.evidence) for row in rows)

    def _ending(self, text: sa.Row, replies: list[sa.Row]) -> str:
        """Say how a text ended: answered, unknown, with a person, silent by STOP, or lost."""
        states = {reply.delivery for reply in replies}
        if text.turn_id is None or text.state not in {"composed", "failed"}:
            ending = f"lost: its turn is {text.state}"
        elif states & {"sent", "delivered", "undelivered"}:
            ending = "answered"
        elif "unknown" in states:
            ending = "unknown"
        elif text.status in {"waiting", "human"} and self._open_cases(text.conversation_id):
            ending = "person"
        elif states <= {"cancelled"} and self._out_since(text):
            ending = "silent by STOP"
        else:
            ending = f"lost: replies {sorted(states)}, conversation {text.status}"
        return ending

    def _open_cases(self, conversation_id: str) -> int:
        return len(self._rows(_CASES, c=conversation_id))

    def _out_since(self, text: sa.Row) -> bool:
        return bool(self._rows(_OUT_SINCE, customer=text.customer_id, message=text.id))

    def _judge_sends(self, outbound: list[sa.Row], verdict: Verdict) -> None:
        taken = Counter(t.message_id for t in self.provider.taken)
        for row in outbound:
            if taken[row.id] > 1:
                verdict.wrong.append(f"message {row.id} left {taken[row.id]} times")
            if row.delivery in {"sent", "delivered"} and taken[row.id] == 0:
                verdict.wrong.append(f"message {row.id} counts as sent and never left")
            if row.delivery in {"pending", "queued", "cancelled", "failed"} and taken[row.id]:
                verdict.wrong.append(f"message {row.id} left and counts as {row.delivery}")
        texts = Counter((row.turn_id, row.text) for row in outbound if row.turn_id)
        for (turn_id, text), count in texts.items():
            if count > 1:
                verdict.wrong.append(f"turn {turn_id} says {text!r} {count} times")

    def _rows(self, sql: str, **values: object) -> Sequence[sa.Row]:
        query = sa.text(sql)
        if "addresses" in values:
            query = query.bindparams(sa.bindparam("addresses", expanding=True))
        with self.engine.connect() as connection:
            return connection.execute(query, values).all()
