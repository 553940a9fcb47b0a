"""Figures for Prometheus: what the database knows, the same in every process, and who answers.

prometheus-client's mode for several processes knows neither memory nor open files, which is what a
process tells of itself; so figures of processes are not added up here (docs/scale.md).
"""

import os
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from agent.runtime.patience import is_outage
from agent.store.repositories.sending_numbers import SendingNumber
from agent.store.unit_of_work import Database

ALIVE_S = 15.0
"""A process without a sign of life for so long counts as gone."""


def figures(database: Database, executor_id: str) -> bytes:
    """Return in Prometheus' text format who answers, and what the database knows.

    Without a database: ``textwise_database_up`` is 0 and the rest is missing.
    """
    registry = CollectorRegistry()
    try:
        registry.register(_Numbers(_sending_numbers(database)))
        alive = _processes(database)
    except SQLAlchemyError as error:
        if not is_outage(error):
            raise
        alive = None
    registry.register(_Processes(executor_id, alive))
    return generate_latest(registry)


def _sending_numbers(database: Database) -> list[tuple[SendingNumber, bool]]:
    with database.read() as uow:
        now = uow.deliveries.now()
        return [
            (number, number.blocked_until is not None and number.blocked_until > now)
            for number in uow.sending_numbers.all()
        ]


def _processes(database: Database) -> int:
    with database.read() as uow:
        return uow.live.alive_executors(ALIVE_S)


class _Processes(Collector):
    def __init__(self, executor_id: str, alive: int | None) -> None:
        self._executor_id = executor_id
        self._alive = alive

    def collect(self) -> Iterator[Metric]:
        who = GaugeMetricFamily(
            "textwise_process",
            "1; the process that this answer comes from, to which process_* and python_* belong.",
            labels=["executor", "pid"],
        )
        who.add_metric([self._executor_id, str(os.getpid())], 1.0)
        yield who
        yield GaugeMetricFamily(
            "textwise_database_up",
            "Whether this process reaches the database.",
            value=float(self._alive is not None),
        )
        if self._alive is not None:
            yield GaugeMetricFamily(
                "textwise_processes",
                "Processes with a sign of life in the last 15 seconds; all tell the same.",
                value=float(self._alive),
            )


class _Numbers(Collector):
    def __init__(self, numbers: list[tuple[SendingNumber, bool]]) -> None:
        self._numbers = numbers

    def collect(self) -> Iterator[Metric]:
        refusals = CounterMetricFamily(
            "textwise_sender_refusals",
            "Texts refused because an account or number is set up wrong.",
            labels=["provider", "number", "code"],
        )
        blocked = GaugeMetricFamily(
            "textwise_sender_waits",
            "1 while texts of a number wait because it is set up wrong.",
            labels=["provider", "number"],
        )
        for number, waits in self._numbers:
            names = [number.provider, number.number]
            refusals.add_metric([*names, number.code], number.alarms)
            blocked.add_metric(names, float(waits))
        yield refusals
        yield blocked
