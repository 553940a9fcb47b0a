"""Queues are looked into at once where this process has put something in, and seldom otherwise."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from agent.runtime.patience import Patience, is_outage
from agent.runtime.polling import LEAST_GAP_S, Alarms, NudgedStop


def wait_until(true: Callable[[], bool], within_s: float = 5.0) -> bool:
    deadline = time.monotonic() + within_s
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def test_a_nudge_ends_the_wait_at_once() -> None:
    stop = NudgedStop()
    threading.Timer(0.05, stop.nudge).start()
    began = time.monotonic()

    assert stop.wait(30) is False

    assert time.monotonic() - began < 10


def test_a_nudge_before_the_wait_is_not_lost() -> None:
    stop = NudgedStop()
    stop.nudge()

    assert stop.wait(30) is False


def test_many_nudges_do_not_make_many_looks() -> None:
    stop = NudgedStop()
    stop.wait(0)
    began = time.monotonic()
    for _ in range(3):
        stop.nudge()
        stop.wait(30)

    assert time.monotonic() - began >= 3 * LEAST_GAP_S * 0.9


def test_stopping_ends_the_wait_even_within_the_gap() -> None:
    stop = NudgedStop()
    stop.wait(0)
    stop.set()

    assert stop.wait(30) is True


def test_alarms_ring_in_order_and_those_at_the_same_time_once() -> None:
    rung: list[str] = []
    first, second = (lambda: rung.append("first")), (lambda: rung.append("second"))
    alarms = Alarms()
    alarms.after(0.4, second)
    for _ in range(50):
        alarms.after(0.1, first)
    alarms.start()

    assert wait_until(lambda: "second" in rung)
    alarms.close()

    # Fifty within a moment fall into one grain of time, or two where it turns meanwhile.
    assert rung[0] == "first"
    assert rung[-1] == "second"
    assert rung.count("first") <= 2


def test_an_alarm_that_raises_does_not_silence_the_others() -> None:
    rung = threading.Event()

    def broken() -> None:
        raise RuntimeError("broken")

    alarms = Alarms()
    alarms.start()
    alarms.after(0.0, broken)
    alarms.after(0.1, rung.set)

    assert rung.wait(5)
    alarms.close()


def outage() -> sa.exc.OperationalError:
    return sa.exc.OperationalError("SELECT 1", {}, Exception("server closed the connection"))


def test_work_waits_for_a_database_that_is_away() -> None:
    errors: list[Exception] = [outage(), sa.exc.TimeoutError(), outage()]

    def task() -> str:
        if errors:
            raise errors.pop(0)
        return "done"

    assert Patience(first_s=0.01, longest_s=0.02).through(task) == "done"


@pytest.mark.parametrize(
    "error", [ValueError("wrong"), sa.exc.IntegrityError("INSERT", {}, Exception("twice"))]
)
def test_what_is_wrong_is_not_repeated(error: Exception) -> None:
    tries: list[Any] = []

    def task() -> None:
        tries.append(1)
        raise error

    with pytest.raises(type(error)):
        Patience(first_s=0.01).through(task)
    assert len(tries) == 1
    assert not is_outage(error)


def test_patience_ends_with_its_time_and_with_the_process() -> None:
    def away() -> None:
        raise outage()

    with pytest.raises(sa.exc.OperationalError):
        Patience(first_s=0.01, longest_s=0.02, most_s=0.1).through(away)
    stopping = Patience(first_s=60.0)
    stopping.stop.set()
    with pytest.raises(sa.exc.OperationalError):
        stopping.through(away)
