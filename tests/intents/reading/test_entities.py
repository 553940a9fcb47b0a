from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.entities.catalogue_names import CatalogueNames
from intents.entities.finder import EntityReader
from intents.types import Entity, EntityType, Expected

PRODUCTS = (
    "Ridgeline Trail Shoe",
    "Ridgeline Hiking Boot",
    "Ember Down Jacket",
    "Creek Waterproof Sock",
)


@pytest.fixture(scope="module")
def reader() -> EntityReader:
    return EntityReader.load(PRODUCTS)


def values(found: Sequence[Entity], kind: EntityType) -> list[str]:
    return [entity.value for entity in found if entity.type is kind]


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("where is #48213", EntityType.ORDER_NUMBER, ["48213"]),
        ("ord 7731-b still nothing", EntityType.ORDER_NUMBER, ["7731-B"]),
        ("order number: TX-99812 pls", EntityType.ORDER_NUMBER, ["TX-99812"]),
        ("my order is late", EntityType.ORDER_NUMBER, []),
        ("do you have it in size 9.5 wide", EntityType.SIZE, ["9.5 wide"]),
        ("sz L please", EntityType.SIZE, ["L"]),
        ("an xl or an xxl", EntityType.SIZE, ["XL", "XXL"]),
        ("a 10 wide", EntityType.SIZE, ["10 wide"]),
        ("i'm small fry", EntityType.SIZE, []),
        ("the navy one, not light blue", EntityType.COLOR, ["navy", "light blue"]),
        ("i paid $1,249.50", EntityType.MONEY, ["1249.50 USD"]),
        ("it was 20 bucks", EntityType.MONEY, ["20.00 USD"]),
        ("€9,99 each", EntityType.MONEY, ["9.99 EUR"]),
        ("mail me at Greg.H@x-y.co.uk", EntityType.EMAIL, ["greg.h@x-y.co.uk"]),
        ("call (512) 555-0134", EntityType.PHONE, ["+15125550134"]),
        ("i need 3 pairs", EntityType.QUANTITY, ["3"]),
        ("two boxes and a dozen", EntityType.QUANTITY, ["2", "12"]),
        ("x2 please", EntityType.QUANTITY, ["2"]),
        ("six shirts", EntityType.QUANTITY, ["6"]),
        ("hi my name is Greg Hanson", EntityType.PERSON, ["Greg Hanson"]),
        ("this is Not funny", EntityType.PERSON, []),
        ("thanks - Maria", EntityType.PERSON, ["Maria"]),
        ("do u have the ember down jaket", EntityType.PRODUCT, ["Ember Down Jacket"]),
        ("ridgeline boots?", EntityType.PRODUCT, ["Ridgeline Hiking Boot"]),
        ("is the trail open", EntityType.PRODUCT, []),
    ],
)
def test_finds(reader: EntityReader, text: str, kind: EntityType, expected: list[str]) -> None:
    assert values(reader.read(text), kind) == expected


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("can we do tomorrow at 3pm instead", "tomorrow at 3pm"),
        ("the 24th works", "24th"),
        ("on Nov 24, maybe", "Nov 24"),
        ("around 10:30?", "10:30"),
        ("next friday pls", "next friday"),
    ],
)
def test_dates_and_times_are_found_with_a_value(reader: EntityReader, text: str, span: str) -> None:
    (entity,) = (e for e in reader.read(text) if e.type is EntityType.DATE_TIME)
    assert entity.text == span
    assert entity.value


def test_a_time_in_numbers_becomes_iso(reader: EntityReader) -> None:
    (entity,) = (e for e in reader.read("2026-12-01 ok") if e.type is EntityType.DATE_TIME)
    assert entity.value == "2026-12-01"


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (EntityType.ORDER_NUMBER, "its 48213", "48213"),
        (EntityType.SIZE, "9", "9"),
        (EntityType.SIZE, "8 and a half wide", "8.5 wide"),
        (EntityType.SIZE, "medium i think", "M"),
        (EntityType.QUANTITY, "three", "3"),
    ],
)
def test_an_answer_is_read_as_what_was_asked_for(
    reader: EntityReader, kind: EntityType, text: str, value: str
) -> None:
    found = reader.read(text, Expected(kind="entity", entity_type=kind))
    assert values(found, kind) == [value]


@given(st.text(max_size=200))
def test_spans_are_true_and_never_overlap(text: str) -> None:
    reader = _READER or _make()
    found = reader.read(text)
    ends = 0
    for entity in found:
        assert text[entity.start : entity.end] == entity.text
        assert entity.start >= ends
        ends = entity.end


_READER: EntityReader | None = None


def _make() -> EntityReader:
    global _READER  # noqa: PLW0603 - one reader for all of hypothesis's examples
    _READER = EntityReader.load(PRODUCTS)
    return _READER


def test_products_can_be_changed(reader: EntityReader) -> None:
    own = EntityReader.load()
    assert values(own.read("the Ember Down Jacket"), EntityType.PRODUCT) == []
    own.know_products(("Ember Down Jacket",))
    assert values(own.read("the Ember Down Jacket"), EntityType.PRODUCT) == ["Ember Down Jacket"]


def test_two_products_in_one_message() -> None:
    found = list(CatalogueNames(PRODUCTS).find("ridgeline trail shoe or the creek sock"))
    assert [e.value for e in found] == ["Ridgeline Trail Shoe", "Creek Waterproof Sock"]


def test_no_catalogue_no_products() -> None:
    assert list(CatalogueNames(()).find("ridgeline trail shoe")) == []
