"""What customers can sign up to and what they are shown for it: the brand file's ``consent``."""

import hashlib
import re
from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from agent.consent.words import normalise, read_consent_word, read_preferences_word
from agent.domain.consent import Purpose

RATES = "Msg & data rates may apply."
_MOST_TOPICS = 6
"""The menu's digits: topics, how often, and stopping; and it must fit in two parts."""

_LONGEST_KEYWORD = 60
"""Characters of a message that may be a keyword, with marks and emoji around it."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Topic(_Strict):
    """Something to get texts about. ``frequency`` is what customers are told.

    ``keywords`` are texted to sign up, alone in a message.
    """

    title: str = Field(min_length=1, max_length=40)
    purpose: Purpose
    frequency: str = Field(default="", max_length=40)
    keywords: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _sane(self) -> Self:
        if self.purpose is Purpose.CONVERSATIONAL:
            raise ValueError("a topic is transactional or marketing")
        if self.purpose is Purpose.MARKETING and not self.frequency:
            raise ValueError(
                "marketing needs a frequency, such as 'up to 4 msgs a month': carriers want "
                "customers to be told"
            )
        for word in self.keywords:
            if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]{2,19}", word):
                raise ValueError(f"the keyword {word!r} is not 3 to 20 letters and digits")
            if read_consent_word(word, opted_out=True) or read_preferences_word(word):
                raise ValueError(f"the keyword {word!r} already means something to carriers or us")
        return self


_TOPICS = {
    "orders": Topic(
        title="order updates", purpose=Purpose.TRANSACTIONAL, frequency="as orders move"
    ),
    "offers": Topic(
        title="news and offers",
        purpose=Purpose.MARKETING,
        frequency="up to 4 msgs a month",
        keywords=("JOIN",),
    ),
}

_FREQUENCIES = {"any": "as they come", "weekly": "at most weekly", "monthly": "at most monthly"}
_FREQUENCY_DAYS = {"any": 0.0, "daily": 1.0, "weekly": 7.0, "monthly": 30.0}
"""What the names mean that a brand file need not explain."""

_AGREEMENT = (
    "{action}, you agree to get {topics} by text from {brand} at the number you {give}"
    "{frequency}. Consent is not a condition of any purchase. {rates} Reply HELP for help, STOP to "
    "stop.{links}"
)


class ConsentTerms(_Strict):
    """The brand file's ``consent``: topics, how often, and links to the small print.

    ``frequency_days``: the least days between two marketing texts for each name in
    ``frequencies``; 0: as many as the caps allow.
    """

    topics: Mapping[str, Topic] = Field(
        default_factory=lambda: dict(_TOPICS), min_length=1, max_length=_MOST_TOPICS
    )
    frequencies: Mapping[str, str] = Field(default_factory=lambda: dict(_FREQUENCIES))
    frequency_days: Mapping[str, Annotated[float, Field(ge=0, le=366)]] = Field(
        default_factory=lambda: dict(_FREQUENCY_DAYS)
    )
    terms_url: str = ""
    privacy_url: str = ""

    @model_validator(mode="after")
    def _keywords_unique(self) -> Self:
        words = [normalise(word) for topic in self.topics.values() for word in topic.keywords]
        doubled = sorted({word for word in words if words.count(word) > 1})
        if doubled:
            raise ValueError(f"keywords of two topics: {', '.join(doubled)}")
        return self

    @field_validator("frequency_days", mode="before")
    @classmethod
    def _known_names(cls, value: object) -> object:
        return {**_FREQUENCY_DAYS, **value} if isinstance(value, Mapping) else value

    @model_validator(mode="after")
    def _frequencies_meant(self) -> Self:
        unclear = [name for name in self.frequencies if name not in self.frequency_days]
        if unclear:
            raise ValueError(
                f"frequency_days lacks {', '.join(unclear)}: say how many days lie between two "
                "marketing texts, 0 for no limit; customers are promised it"
            )
        return self

    def topic_of_keyword(self, text: str) -> str | None:
        """Return the topic that a message consisting of its keyword signs up to."""
        word = normalise(text) if len(text) <= _LONGEST_KEYWORD else ""
        for key, topic in self.topics.items():
            if word and word in {normalise(keyword) for keyword in topic.keywords}:
                return key
        return None

    def titles(self, keys: tuple[str, ...]) -> str:
        """Return topics as a customer reads them; ones that the file no longer names by key."""
        titles = [self.topics[key].title if key in self.topics else key for key in keys]
        return titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])} and {titles[-1]}"

    def said_frequency(self, keys: tuple[str, ...]) -> str:
        """Return how often, as customers are told; empty where no topic says."""
        said = [self.topics[key].frequency for key in keys if key in self.topics]
        return ", ".join(dict.fromkeys(filter(None, said)))

    def agreement(self, brand: str, keys: tuple[str, ...], *, by_keyword: str = "") -> str:
        """Return the text that a customer agrees to, as it is shown and the ledger keeps it.

        ``by_keyword``: for those who text the keyword; else for those who choose the topics.
        """
        frequency = self.said_frequency(keys)
        return self._agreement(
            brand,
            action=f"By texting {by_keyword.upper()}" if by_keyword else "By signing up",
            topics=self.titles(keys),
            frequency=f" ({frequency})" if frequency else "",
            give="text from" if by_keyword else "give here",
        )

    def form_agreement(self, brand: str) -> str:
        """Return the text below the boxes of a form."""
        return self._agreement(
            brand, action="By sending this", topics="the texts ticked above", give="give"
        )

    def shown_on_form(self, brand: str, keys: tuple[str, ...]) -> str:
        """Return all that somebody agreed to who ticked these boxes."""
        ticked = [
            f"{topic.title} ({topic.frequency})" if topic.frequency else topic.title
            for key, topic in self.topics.items()
            if key in keys
        ]
        return f"Ticked: {', '.join(ticked)}. {self.form_agreement(brand)}"

    def _agreement(
        self, brand: str, *, action: str, topics: str, give: str, frequency: str = ""
    ) -> str:
        links = [
            f"{name}: {url}"
            for name, url in (("Terms", self.terms_url), ("Privacy", self.privacy_url))
            if url
        ]
        return _AGREEMENT.format(
            action=action,
            topics=topics,
            brand=brand,
            give=give,
            frequency=frequency,
            rates=RATES,
            links=f" {'. '.join(links)}." if links else "",
        )


def text_version(text: str) -> str:
    """Return the version of a text that was shown: it changes with every letter."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]
