"""Topics: which are on, changing them by number or in plain words. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agent.consent.terms import ConsentTerms, Topic
from agent.consent.words import normalise
from agent.domain.consent import (
    ConsentEvent,
    ConsentState,
    Purpose,
    present_frequency,
    present_state,
)

FREQUENCY = "frequency"
"""The option of the menu that is no topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicChoice:
    """One topic and whether the customer gets it."""

    key: str
    title: str
    purpose: Purpose
    on: bool
    frequency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What a customer has chosen. ``frequency`` is the brand's name for how often.

    ``stopped``: a STOP holds for everything.
    """

    topics: tuple[TopicChoice, ...]
    frequency: str
    frequencies: tuple[tuple[str, str], ...]
    stopped: bool = False

    @property
    def options(self) -> tuple[str, ...]:
        """What the numbers of the menu stand for."""
        keys = tuple(topic.key for topic in self.topics)
        return (*keys, FREQUENCY) if self._asks_how_often else keys

    @property
    def said_frequency(self) -> str:
        """How often, in words."""
        return dict(self.frequencies).get(self.frequency, self.frequency)

    @property
    def next_frequency(self) -> str:
        """What choosing 'how often' in the menu changes to."""
        keys = [key for key, _ in self.frequencies]
        place = keys.index(self.frequency) if self.frequency in keys else -1
        return keys[(place + 1) % len(keys)]

    @property
    def menu(self) -> str:
        """The numbered list as a text: ``1 order updates: ON, 2 news and offers: OFF``."""
        lines = [
            f"{place} {topic.title}: {'ON' if topic.on else 'OFF'}"
            for place, topic in enumerate(self.topics, start=1)
        ]
        if self._asks_how_often:
            lines.append(f"{len(lines) + 1} how often: {self.said_frequency}")
        return "\n".join(lines)

    @property
    def _asks_how_often(self) -> bool:
        marketing = any(t.on and t.purpose is Purpose.MARKETING for t in self.topics)
        return marketing and len(self.frequencies) > 1


def preferences(terms: ConsentTerms, ledger: Iterable[ConsentEvent]) -> Preferences:
    """Return what the ledger of one customer and sender says about the brand's topics."""
    lines = list(ledger)
    first = next(iter(terms.frequencies), "")
    return Preferences(
        topics=tuple(_choice(key, topic, lines) for key, topic in terms.topics.items()),
        frequency=present_frequency(lines) or first,
        frequencies=tuple(terms.frequencies.items()),
        stopped=present_state(lines, Purpose.CONVERSATIONAL) is ConsentState.OUT,
    )


def _choice(key: str, topic: Topic, lines: list[ConsentEvent]) -> TopicChoice:
    state = present_state(lines, topic.purpose, topic=key)
    return TopicChoice(
        key=key,
        title=topic.title,
        purpose=topic.purpose,
        on=state is ConsentState.IN,
        frequency=topic.frequency,
    )


# ── in plain words ─────────────────────────────────────────────────────────────────────────────

_LONGEST = 80
_NOUN = r"(?:texts?|updates?|messages?|msgs?|alerts?|notifications?|sms)"
_WHAT = r"(?P<what>\w+(?: \w+){0,2}?)"
_PLEASE = r"(?:please |pls |plz |can you |could you )*"
_TAIL = r"(?: (?:please|pls|plz|thanks|thank you|thx|from now on|from you|ok))*"
# 'just the order' may answer a question of ours: so it takes a word for texts, or 'send me'.
_ONLY = re.compile(
    rf"{_PLEASE}(?:i )?(?:just|only|nothing but)(?: want)?(?: the| my)? {_WHAT} {_NOUN}{_TAIL}|"
    rf"{_PLEASE}(?:just|only) (?:send|text) me(?: about)?(?: the| my)? "
    rf"(?P<sent>\w+(?: \w+){{0,2}}?)(?: {_NOUN})?{_TAIL}"
)
_NO = re.compile(
    rf"{_PLEASE}(?:no more(?: of)?(?: the| your)?|"
    rf"stop (?:sending|texting)(?: me)?(?: about)?(?: the| your)?|stop(?: the| your)(?= .* texts)|"
    rf"unsubscribe(?: me)? from(?: the| your)?|opt(?: me)? out of(?: the| your)?|"
    rf"don t (?:send|text) me(?: about)?(?: any)?(?: more)?) {_WHAT}(?: {_NOUN})*{_TAIL}|"
    rf"{_PLEASE}no (?P<noun>\w+(?: \w+){{0,2}}?) {_NOUN}{_TAIL}"
)
_MARKETING = frozenset(
    [
        "marketing",
        "promo",
        "promos",
        "promotion",
        "promotions",
        "promotional",
        "offer",
        "offers",
        "ad",
        "ads",
        "advert",
        "adverts",
        "advertising",
        "deal",
        "deals",
        "sale",
        "sales",
        "news",
        "newsletter",
        "spam",
        "discounts",
        "coupons",
    ]
)
_SERVICE = frozenset(
    [
        "order",
        "orders",
        "shipping",
        "delivery",
        "deliveries",
        "parcel",
        "appointment",
        "appointments",
        "booking",
        "bookings",
        "service",
        "account",
    ]
)
_IDLE = frozenset(
    ["and", "or", "the", "my", "your", "about", "of", "news", "updates", "update", "texts"]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicWish:
    """Topics to turn off because the customer said so."""

    off: tuple[str, ...]


def read_topic_wish(text: str, terms: ConsentTerms) -> TopicWish | None:
    """Read 'only order updates please' or 'no more offers'; None where a message is neither.

    Only whole, short messages that name topics of this brand count.
    """
    if len(text) > _LONGEST:
        return None
    said = normalise(text)
    only = _ONLY.fullmatch(said)
    if only is not None:
        kept = _named(only["what"] or only["sent"], terms.topics)
        off = tuple(key for key in terms.topics if key not in kept)
        return TopicWish(off=off) if kept and off else None
    no = _NO.fullmatch(said)
    off = () if no is None else tuple(_named(no["what"] or no["noun"], terms.topics))
    return TopicWish(off=off) if off else None


def _named(words: str, topics: Mapping[str, Topic]) -> list[str]:
    """Return the topics that words name: every word must speak of one."""
    said = [word for word in words.split() if word not in _IDLE] or words.split()
    named: list[str] = []
    for key, topic in topics.items():
        own = set(normalise(f"{key} {topic.title}").split()) - (_IDLE - {"news"})
        kin = _MARKETING if topic.purpose is Purpose.MARKETING else _SERVICE & _widened(own)
        if any(word in own | kin for word in said):
            named.append(key)
    known = {w for t in topics for w in normalise(f"{t} {topics[t].title}").split()}
    return named if all(w in known | _MARKETING | _SERVICE for w in said) else []


def _widened(own: set[str]) -> set[str]:
    """Return words for service that mean a topic: orders are also parcels and deliveries."""
    orders = {"order", "orders", "shipping", "delivery", "deliveries", "parcel"}
    visits = {"appointment", "appointments", "booking", "bookings"}
    return {w for group in (orders, visits) if own & group for w in group} | {"service", "account"}
