"""Texts go before turns, and few turns think at once."""

import os
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from agent.domain.consent import ConsentState
from agent.runtime.right_of_way import AT_EASE, FRESH_S, Beacon, RightOfWay
from agent.wiring.texts import unless_crowded
from intents.types import ConsentReading
from tests.agent.house import House

SOON_S, LONG_S = 5.0, 60.0


def in_background(task: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=task, daemon=True)
    thread.start()
    return thread


def test_a_turn_waits_until_the_texts_are_in() -> None:
    way, thought = RightOfWay(longest_s=LONG_S), threading.Event()

    def think() -> None:
        with way.thinking():
            thought.set()

    with way.arriving(), way.arriving():
        in_background(think)
        assert not thought.wait(0.1)
    assert thought.wait(SOON_S)


def test_a_turn_does_not_wait_for_ever() -> None:
    way = RightOfWay(longest_s=0.05)
    with way.arriving(), way.thinking():
        pass


def test_no_more_turns_think_at_once_than_there_are_places() -> None:
    way, let_go, inside = RightOfWay(thinkers=1), threading.Event(), threading.Event()
    second = threading.Event()

    def first_turn() -> None:
        with way.thinking():
            inside.set()
            let_go.wait(SOON_S)

    def second_turn() -> None:
        with way.thinking():
            second.set()

    in_background(first_turn)
    assert inside.wait(SOON_S)
    in_background(second_turn)
    assert not second.wait(0.1)
    let_go.set()
    assert second.wait(SOON_S)


def test_a_turn_that_fails_gives_its_place_back() -> None:
    way = RightOfWay(thinkers=1)
    for _ in range(3):
        with pytest.raises(ValueError, match="no luck"), way.thinking():
            raise ValueError("no luck")


def test_it_is_crowded_only_while_many_texts_come_in() -> None:
    way = RightOfWay()
    with ExitStack() as texts:
        for _ in range(AT_EASE):
            texts.enter_context(way.arriving())
        assert not way.crowded
        texts.enter_context(way.arriving())
        assert way.crowded
    assert not way.crowded


@pytest.mark.parametrize("text", ["STOP", "please lose my number"])
def test_who_wants_no_more_texts_is_obeyed_in_a_crowd_too(house: House, text: str) -> None:
    house.understander.tell("please lose my number", consent=ConsentReading.OPT_OUT)
    way = RightOfWay()
    read = unless_crowded(way, house.parts.inbox.read_consent)
    house.parts = replace(house.parts, inbox=replace(house.parts.inbox, read_consent=read))
    with ExitStack() as texts:
        for _ in range(AT_EASE + 1):
            texts.enter_context(way.arriving())
        house.text(text, run=False)
        at_once = house.consent()
    house.parts.run_waiting()
    assert at_once is (ConsentState.OUT if text == "STOP" else ConsentState.IN)
    assert house.consent() is ConsentState.OUT


def test_a_text_counts_while_the_inbox_takes_it_in(house: House) -> None:
    way = RightOfWay()
    seen: list[bool] = []

    def read(_text: str) -> tuple[ConsentReading | None, float]:
        seen.append(way.crowded)
        return None, 0.0

    inbox = replace(house.parts.inbox, read_consent=read, arriving=way.arriving)
    house.parts = replace(house.parts, inbox=inbox)
    house.text("first")
    with ExitStack() as others:
        for _ in range(AT_EASE):
            others.enter_context(way.arriving())
        house.text("second")
    assert seen == [False, True]
    assert not way.crowded


def test_another_process_s_text_is_seen_for_a_moment_only(tmp_path: Path) -> None:
    beacon, other = Beacon(tmp_path), tmp_path / "another"
    other.touch()

    def told(seconds_ago: float) -> bool:
        os.utime(other, (time.time() - seconds_ago,) * 2)
        return beacon.lit()

    assert any(told(0.0) for _ in range(20))
    assert not told(2 * FRESH_S)
    assert not told(-LONG_S)  # a clock that was set back holds nobody up


def test_a_text_taken_in_is_told_to_other_processes(tmp_path: Path) -> None:
    way, other = RightOfWay(beacon=Beacon(tmp_path)), Beacon(tmp_path)
    seen = False
    for _ in range(20):
        with way.arriving():
            seen = seen or other.lit()
        time.sleep(FRESH_S)
    assert seen


def test_a_process_does_not_wait_for_its_own_text_once_that_is_in(tmp_path: Path) -> None:
    beacon = Beacon(tmp_path)
    way = RightOfWay(beacon=beacon)
    with way.arriving():
        pass
    # However coarsely the file's time is kept.
    for file in tmp_path.iterdir():
        os.utime(file, (time.time(),) * 2)
    assert not beacon.lit()


def test_a_process_that_tells_last_still_sees_the_others_texts(tmp_path: Path) -> None:
    mine, other = Beacon(tmp_path), Beacon(tmp_path)
    seen = False
    for _ in range(20):
        other.tell()
        mine.tell()
        seen = seen or mine.lit()
        time.sleep(FRESH_S)
    assert seen


def test_files_of_processes_long_gone_are_deleted(tmp_path: Path) -> None:
    left, fresh = tmp_path / "left", tmp_path / "fresh"
    for file in (left, fresh):
        file.touch()
    os.utime(left, (time.time() - 7200,) * 2)
    Beacon(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["fresh"]


def test_a_turn_that_waits_for_texts_keeps_no_place_from_others() -> None:
    way, thought = RightOfWay(longest_s=LONG_S, thinkers=1), threading.Event()

    def think() -> None:
        with way.thinking():
            thought.set()

    with way.arriving():
        in_background(think)
        assert not thought.wait(0.1)
        assert way._thinkers.acquire(blocking=False)
        way._thinkers.release()
    assert thought.wait(SOON_S)


def test_without_its_folder_nobody_waits_and_nothing_breaks(tmp_path: Path) -> None:
    gone = Beacon(tmp_path / "no such folder" / "texts")
    way = RightOfWay(longest_s=LONG_S, beacon=gone)
    with way.arriving():
        pass
    with way.thinking():
        assert not gone.lit()
