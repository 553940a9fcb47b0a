"""Figures of sending for Prometheus, read from the database: the same in every process."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from agent.store.repositories.deliveries import SendingNumber
from agent.store.unit_of_work import Database


def sending_figures(database: Database) -> bytes:
    """Return in Prometheus' text format how often senders were refused, and which wait now."""
    with database.read() as uow:
        numbers = uow.deliveries.sending_numbers()
        now = uow.deliveries.now()
        waiting = [n.blocked_until is not None and n.blocked_until > now for n in numbers]
    registry = CollectorRegistry()
    registry.register(_Numbers(list(zip(numbers, waiting, strict=True))))
    return generate_latest(registry)


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
