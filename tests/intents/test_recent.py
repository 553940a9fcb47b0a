"""What was worked out lately is not worked out again."""

import pytest

from intents.recent import Recent


def test_each_key_is_computed_once_and_given_in_order() -> None:
    asked: list[list[str]] = []

    def lengths(keys: list[str]) -> list[int]:
        asked.append(keys)
        return [len(key) for key in keys]

    recent: Recent[str, int] = Recent(10)
    assert recent.of(["one", "three", "one"], lengths) == [3, 5, 3]
    assert recent.of(["three", "seven!"], lengths) == [5, 6]
    assert asked == [["one", "three"], ["seven!"]]


def test_the_least_lately_used_is_forgotten() -> None:
    recent: Recent[str, str] = Recent(2)
    for keys in (["a"], ["b"], ["a"], ["c"]):
        recent.of(keys, list)
    asked: list[str] = []

    def note(keys: list[str]) -> list[str]:
        asked.extend(keys)
        return keys

    recent.of(["a", "c", "b"], note)
    assert asked == ["b"]


def test_more_keys_at_once_than_are_remembered_are_all_answered() -> None:
    assert Recent[str, str](2).of(["a", "b", "c", "d"], list) == ["a", "b", "c", "d"]


def test_nothing_is_remembered_of_what_failed() -> None:
    recent: Recent[str, int] = Recent(2)

    def fail(keys: list[str]) -> list[int]:
        raise OSError(keys[0])

    with pytest.raises(OSError, match="a"):
        recent.of(["a"], fail)
    assert recent.of(["a"], lambda keys: [1 for _ in keys]) == [1]
