"""Restarts with a later build, and processes that never come back."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.crash.conftest import MakeUrl
from tests.crash.life import Birth, Text, phone
from tests.crash.lives import Killed, Life, Zygote
from tests.crash.provider import Provider, running_provider
from tests.crash.world import World


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'deploy.db'}"
    return str(request.getfixturevalue("new_postgres")(f"deploy_{abs(hash(str(tmp_path)))}"))


def text(place: int, words: str, *, number: int = 1, silence_s: float | None = None) -> Text:
    return Text(id=f"in-{place}-{number}", sender=phone(place), text=f"{words} #{place}",
                silence_s=silence_s)  # fmt: skip


def test_a_later_build_finishes_what_the_earlier_left_and_its_timers(
    zygote: Zygote, provider: Provider, url: str, tmp_path: Path
) -> None:
    birth = Birth(url=url, home=str(tmp_path), provider=provider.url)
    earlier = zygote.birth(birth)
    world = World(url, provider)
    earlier.text(text(1, "[busy] a send that waits for its second try"))
    until(lambda: phone(1) in provider.refused)
    earlier.text(text(2, "a burst that is still going on", silence_s=1.5))
    earlier.text(text(3, "[slow] a turn in the middle"))
    until(lambda: world.count("SELECT count(*) FROM turns WHERE state = 'claimed'") > 0)
    earlier.kill()
    left = world.unfinished()
    assert len(left) >= 3

    later = zygote.birth(Birth(url=url, home=str(tmp_path), provider=provider.url, changed=True))
    assert world.settled()
    later.text(text(4, "a text for the later build"))
    assert world.settled()
    verdict = world.judge()
    later.kill()
    assert verdict.wrong == []
    assert verdict.endings["answered"] == 4
    assert left <= world.patched(), "the later build's code ran what the earlier had left"
    world.close()


def test_one_of_two_processes_killed_for_good_leaves_its_work_to_the_other(
    zygote: Zygote, provider: Provider, new_postgres: MakeUrl, tmp_path: Path
) -> None:
    birth = Birth(url=new_postgres("two_processes"), home=str(tmp_path), provider=provider.url)
    doomed, other = zygote.birth(birth), zygote.birth(birth)
    world = World(birth.url, provider)
    texts = [
        text(place, "[slow] is it waterproof?", number=number)
        for number in (1, 2) for place in range(1, 13)
    ]  # fmt: skip
    for number, one in enumerate(texts):
        if number == len(texts) // 2:
            doomed.kill()
        deliver(one, [doomed, other] if number % 2 else [other, doomed])
    assert world.settled()
    verdict = world.judge()
    other.kill()
    assert verdict.wrong == []
    assert sum(verdict.endings.values()) == len(texts)
    world.close()


def test_two_processes_that_live_do_not_take_each_others_turns(
    zygote: Zygote, provider: Provider, new_postgres: MakeUrl, tmp_path: Path
) -> None:
    birth = Birth(
        url=new_postgres("two_that_live"), home=str(tmp_path), provider=provider.url,
        silent_s=60.0,
    )  # fmt: skip
    one, other = zygote.birth(birth), zygote.birth(birth)
    world = World(birth.url, provider)
    for place in range(1, 21):
        [one, other][place % 2].text(text(place, "[slow] is it warm?"))
    assert world.settled()
    verdict = world.judge()
    assert verdict.wrong == []
    assert verdict.endings["answered"] == 20
    executors = world.executors()
    assert world.count("SELECT max(attempts) FROM turns") == 1
    one.kill()
    other.kill()
    world.close()
    assert len(executors) == 2, "both have worked"


def test_two_processes_that_take_each_other_for_dead_send_nothing_twice(
    zygote: Zygote, provider: Provider, new_postgres: MakeUrl, tmp_path: Path
) -> None:
    # A paused machine or a slow database looks like death; here every beat comes too late.
    birth = Birth(
        url=new_postgres("two_mistaken"), home=str(tmp_path), provider=provider.url,
        beat_s=0.3, silent_s=0.1,
    )  # fmt: skip
    one, other = zygote.birth(birth), zygote.birth(birth)
    world = World(birth.url, provider)
    for place in range(1, 31):
        [one, other][place % 2].text(text(place, "[slow] is it light?"))
    assert world.settled()
    attempts = world.count("SELECT max(attempts) FROM turns")
    verdict = world.judge()
    one.kill()
    other.kill()
    world.close()
    assert verdict.wrong == []
    assert attempts > 1, "no turn was taken over though its process lived"


def deliver(one: Text, lives: list[Life]) -> None:
    """Deliver a text as a provider does: to the next address where the first does not answer."""
    for life in lives:
        try:
            life.text(one)
        except Killed:
            continue
        return
    raise AssertionError("no process takes texts")


def until(holds: Callable[[], bool], within_s: float = 20.0) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)
