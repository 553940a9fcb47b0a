"""A second look at a reading: figures of speech said plainly, without names, and in its context.

The models read a text alone, and know neither what a brand's products are called nor what a few
words go on from. So 'drop on the scree zero' and 'and to canada' may sound like leaving. Where a
reading is alarmed, but not surely, the text is read again as the brand and the customer see it;
what is not heard then was heard in a name, or in too few words. 'You guys slay' is read as what it
means, however sure the alarm. Pure, but for reading.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from agent.hearing.figures_of_speech import said_plainly
from intents.types import ConsentReading, EntityType, Understanding

ReadAgain = Callable[[str], Understanding]

_SURE_FROM = 0.9
"""Probability from which an alarm stands, whatever a second look says: a product may be called
'Leave Me Alone'. Set by what a miss costs, not tuned."""

_LEAVING_SURE_FROM = 0.75
"""The same for leaving: of twenty ways to leave that begin with 'and' or 'or' the least sure has
.84 in two versions of the models, harmless follow-ups lie between .2 and .65."""

_PERSON, _PERSON_FROM = "contact_human_agent", 0.5

_NAMELESS = "item"
"""What stands for a product's name; the models know it as anything that is sold."""

_GOES_ON = re.compile(
    r"\W*(?:(?:ok|okay|so|oh|yes|yeah|yep|hm+)\W+)*"
    r"(?:and|or|what about|how about|even|same (?:for|to|with|in))\b",
    re.IGNORECASE,
)
_MOST_WORDS = 6
"""A longer text that begins with 'and' says enough by itself."""

_GRIM_TO = -0.3
"""Sentiment score of a text said plainly to which its sure alarms stand: it is no praise then."""


def second_look(read: Understanding, previous: str, again: ReadAgain) -> Understanding:
    """Return the reading without the alarms that a second look does not confirm.

    ``previous`` is the customer's question before, empty where there is none. Only leaving is
    looked at after it: a harmless question before them makes real alarms ('it caught fire', 'sue
    you') sound harmless too, while the plain words of leaving stay sure of themselves.
    """
    plain = said_plainly(read.text)
    if plain != read.text:
        read = _said_so(read, again(plain))
    nameless = _without_names(read)
    if nameless != read.text and _unsure_alarm(read):
        read = _confirmed(read, again(nameless))
    if previous and _may_leave(read) and _goes_on(read.text):
        read = _staying(read, again(f"{previous.rstrip(' ?.!')} {nameless}"))
    return read


def _said_so(read: Understanding, plain: Understanding) -> Understanding:
    """Return the reading of a text with figures of speech, by how it reads said plainly."""
    grim = plain.sentiment_score <= _GRIM_TO
    heard = {topic.topic: topic.probability for topic in plain.topics}
    kept = [
        replace(t, probability=min(t.probability, heard.get(t.topic, t.probability)))
        for t in read.topics
        if t.topic in heard or (grim and t.probability >= _SURE_FROM)
    ]
    stays = read.consent is ConsentReading.UNSURE and plain.consent is None and not grim
    return replace(
        read.with_matter_of(plain),
        topics=tuple(kept),
        consent=None if stays else read.consent,
        consent_score=0.0 if stays else read.consent_score,
        sentiment=plain.sentiment,
        sentiment_score=plain.sentiment_score,
        frustration=min(read.frustration, plain.frustration),
    )


def _goes_on(text: str) -> bool:
    return len(text.split()) <= _MOST_WORDS and _GOES_ON.match(text) is not None


def _without_names(read: Understanding) -> str:
    """Return the text with each product's name replaced, where anything but names is left."""
    text = read.text
    for entity in sorted(read.entities, key=lambda e: -e.start):
        if entity.type is EntityType.PRODUCT:
            text = f"{text[: entity.start]}{_NAMELESS}{text[entity.end :]}"
    left = re.sub(rf"\b{_NAMELESS}\b", "", text)
    return text if any(c.isalpha() for c in left) else read.text


def _unsure_alarm(read: Understanding) -> bool:
    return (
        _may_leave(read)
        or any(topic.probability < _SURE_FROM for topic in read.topics)
        or _PERSON_FROM <= _wants_person(read) < _SURE_FROM
    )


def _may_leave(read: Understanding) -> bool:
    return read.consent is ConsentReading.UNSURE and read.consent_score < _LEAVING_SURE_FROM


def _wants_person(read: Understanding) -> float:
    return next((c.confidence for c in read.candidates if c.intent == _PERSON), 0.0)


def _confirmed(read: Understanding, seen: Understanding) -> Understanding:
    """Return a reading with those of its unsure alarms that another view of the text shares.

    A topic is then as probable as where it is heard least.
    """
    heard = {topic.topic: topic.probability for topic in seen.topics}
    sure = [t for t in read.topics if t.probability >= _SURE_FROM]
    shared = [
        replace(t, probability=min(t.probability, heard[t.topic]))
        for t in read.topics
        if t.probability < _SURE_FROM and t.topic in heard
    ]
    read = _staying(replace(read, topics=(*sure, *shared)), seen)
    if _PERSON_FROM <= _wants_person(read) < _SURE_FROM and _wants_person(seen) < _PERSON_FROM:
        read = _without_alarm(read, seen, _PERSON)
    return read


def _staying(read: Understanding, seen: Understanding) -> Understanding:
    """Return the reading without the doubt about leaving, unless another view shares it."""
    if not _may_leave(read) or seen.consent is not None:
        return read
    return _without_alarm(replace(read, consent=None, consent_score=0.0), seen, "opt_out")


def _without_alarm(read: Understanding, seen: Understanding, alarm: str) -> Understanding:
    """Return the reading with the other view's intents, where its own best one is the alarm."""
    return read.with_matter_of(seen) if read.intent == alarm else read
