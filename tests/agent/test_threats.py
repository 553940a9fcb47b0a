"""Threats to staff, said in calm words too: a person sees them; what only sounds like one is none."""

from pathlib import Path

import pytest

from agent.domain.conversations import ConversationStatus
from agent.escalation.threats import threatens
from agent.store.unit_of_work import Database
from tests.agent.builders import topics
from tests.agent.house import House, build_house
from tests.conftest import CountingIds, FakeClock


@pytest.fixture
def house(sqlite_database: Database, clock: FakeClock, ids: CountingIds, tmp_path: Path) -> House:
    return build_house(sqlite_database.engine, sqlite_database, clock, ids, tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "she'd better watch her back", "we know where your cook lives", "I'll snap your arm",
        "somebody should slap that waiter", "im going to burn your van", "your boss needs a slap",
        "I will make him regret it", "wait till i get my hands on her", "i hope you all die",
        "we're gonna put you in hospital", "you'll end up in a wheelchair", "im gonna hurt your cleaner",
        "ill have him beaten", "you messed with the wrong family", "kill yourself",
        "he'll get what's coming to him", "by the time im finished with her she wont work again",
    ],
)  # fmt: skip
def test_a_plain_threat_is_one_whatever_the_mood(text: str) -> None:
    assert threatens(text, grim=False)


@pytest.mark.parametrize(
    "text",
    [
        "they'll be sorry", "tell her to be careful", "you don't know who you're dealing with",
        "dont make me drive over", "im coming with my uncles", "ill pay your boss a visit",
        "i've got a shotgun", "u r dead", "i know your face", "ill be waiting outside for her",
    ],
)  # fmt: skip
def test_a_veiled_threat_hangs_on_the_mood(text: str) -> None:
    assert threatens(text, grim=True)
    assert not threatens(text, grim=False)


@pytest.mark.parametrize(
    "text",
    [
        "i'd kill for a window seat", "these fees are killing me", "can you hit me with the price",
        "ill beat the rush", "he knows where you park so he can deliver", "you won't regret it",
        "i will drive over and pick it up", "shoot you an email later", "she broke her wrist",
        "can you cut his hair", "does it burn wood", "the class kicked my butt", "ill find the shop",
        "can i punch my card", "you guys smashed it", "my wife would murder me", "hope it dies down",
        "we need a good beating brush for rugs", "i know where your shop is",
    ],
)  # fmt: skip
def test_what_only_sounds_like_a_threat_is_none(text: str) -> None:
    assert not threatens(text, grim=True)


@pytest.mark.parametrize(
    ("text", "reading", "status"),
    [
        ("i will break your legs", {}, ConversationStatus.WAITING),
        ("i will break your legs haha", {}, ConversationStatus.BOT),
        ("i will break your legs haha", {"topics": topics(abuse=0.3)}, ConversationStatus.WAITING),
        ("he'll regret it", {"sentiment_score": -0.7}, ConversationStatus.WAITING),
        ("he'll regret it", {"sentiment_score": 0.2}, ConversationStatus.BOT),
        ("he'll regret it", {"topics": topics(abuse=0.3)}, ConversationStatus.WAITING),
        ("and you call that service", {"topics": topics(abuse=0.4), "frustration": 0.5}, ConversationStatus.WAITING),
        ("and you call that service", {"topics": topics(abuse=0.4), "frustration": 0.2}, ConversationStatus.BOT),
    ],
)  # fmt: skip
def test_a_person_sees_threats_and_half_heard_abuse_of_somebody_angry(
    house: House, text: str, reading: dict[str, object], status: ConversationStatus
) -> None:
    house.understander.tell(text, **reading)

    house.text(text)

    assert house.conversation().status is status
