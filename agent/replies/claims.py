"""Statements: a sentence or clause, of a reply or a page, read for what the guard compares."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from agent.replies.canonical import canonical_form
from agent.replies.discourse import matter_of_speech
from agent.replies.light import RISKY
from agent.replies.values import Value, ValueKind, values_of
from agent.replies.words import STOP_WORDS, Word, content_words, normalise, stem, words

_NEGATORS = frozenset(
    """not no never without neither nor none cannot cant dont doesnt didnt isnt arent wont wasnt
    werent shouldnt wouldnt couldnt hasnt havent mustnt aint nobody nothing
    nowhere hardly""".split()  # noqa: SIM905
)
_SCOPE_WORDS = 4
_SCOPE_END = re.compile(
    r"[,.;:!?()]|\s-\s|\bbut\b|\bif\b|\bwhen\b|\bwhile\b|\bbecause\b|\bsince\b|\bonce\b|"
    r"(?<=\bnot available)|\bhowever\b|\bthough\b|\bunless\b|\bexcept\b|\binstead\b"
)
_SUBJECT = re.compile(
    r"\b(?:we|you|they|i|there|nobody|it (?:is|can|will|takes|costs))\b", re.IGNORECASE
)
_PAST = re.compile(
    r"\b(?:used to|formerly|previously|retired|(?:our|the|my) (?:old|former|previous)|"
    r"old price|(?:until|till|up to) (?:last|(?:(?:\d{1,2} )?\w+ )?20\d\d)|moved "
    r"(?:from|out of|away)|"
    r"last (?:year|"
    r"season|month|winter|summer|spring|fall)|"
    r"(?:was|were|had been) (?:[A-Z]{0,3} ?[$€£₹¥฿₺₩₦₱]?\d|open|free|closed|located|"
    r"at|on|in [A-Z])|in the past|before that|"
    r"before "
    r"(?:\w+ )?20\d\d|back in 20\d\d|years ago)\b"
    r"|\bin 20(?:1\d|2[0-5])\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<![\w'])[A-ZÀ-Þ][\w'À-ÿ-]*(?:\.\w+)?")
_NO_NAMES = frozenset(
    """i i'm i'll i've i'd ok sms yes no am pm faq us reply stop help start text mon tue wed thu
    fri sat sun monday tuesday wednesday thursday friday saturday sunday mondays tuesdays
    wednesdays thursdays fridays saturdays sundays january february march april may june july
    august september october november december jan feb mar apr jun jul aug sep sept oct nov
    dec usd eur id diy""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence or clause as the guard reads it.

    ``text`` is in canonical wording, ``spoken`` as it was worded.
    ``stems`` carry its matter (``order``: in order),
    ``negated`` those of them under a negation somewhere, ``stated`` those somewhere under none,
    ``denied_of`` those that something is denied of (``lunch is not included``);
    ``denied_values`` the keys of values under a negation; ``universals`` words such as ``every``;
    ``names`` are the lower-case names in it (``opener``: the first word, where it might be one).
    """

    text: str
    spoken: str
    order: tuple[str, ...]
    stems: frozenset[str]
    negated: frozenset[str]
    stated: frozenset[str]
    values: tuple[Value, ...]
    denied_of: frozenset[str]
    denied_values: frozenset[tuple[ValueKind, str, str]]
    universals: frozenset[str]
    names: frozenset[str]
    opener: str
    past: bool
    tokens: frozenset[str]


@lru_cache(maxsize=8_000)
def read_statement(text: str) -> Statement:
    """Read one sentence or clause."""
    text = _in_full(matter_of_speech(normalise(text)))
    canonical = canonical_form(text)
    values = values_of(canonical)
    blanked = _blanked(canonical, values)
    content = content_words(blanked)
    order = tuple(word.stem for word in content)
    negated = _negated(blanked)
    return Statement(
        text=canonical,
        spoken=text,
        order=order,
        stems=frozenset(order),
        negated=frozenset(word.stem for word in negated),
        stated=frozenset(
            word.stem for word in content if word.start not in {w.start for w in negated}
        ),
        denied_of=_denied_of(blanked),
        values=values,
        denied_values=_denied_values(blanked, values),
        universals=frozenset(word.stem for word in words(blanked)) & UNIVERSALS,
        names=_names(_blanked(normalise(text), values_of(normalise(text)))),
        opener=opener_of(text),
        past=_PAST.search(canonical) is not None,
        tokens=frozenset(word.stem for word in words(canonical)) | _parts(canonical),
    )


_SHORT_FOR = (
    (re.compile(r"\b(?:the )?(?:UK|U\.K\.)(?!\w)"), "the United Kingdom"),
    (re.compile(r"\b(?:the )?(?:USA|U\.S\.A?\.?|(?<=[a-z] )US)(?![\w$])"), "the United States"),
    (re.compile(r"\b(?:the )?EU\b"), "the European Union"),
)


def _in_full(text: str) -> str:
    for pattern, name in _SHORT_FOR:
        text = pattern.sub(name, text)
    return text


UNIVERSALS = frozenset(
    stem(word)
    for word in (
        "all",
        "every",
        "always",
        "never",
        "everything",
        "everyone",
        "each",
        "anyone",
        "anybody",
        "everybody",
        "whoever",
        "whichever",
        "whatever",
    )
)


def _parts(text: str) -> frozenset[str]:
    """Return the stems within hyphened words: ``move-in day`` is when somebody moves in."""
    hyphened = (word.text for word in words(text) if "-" in word.text)
    return (
        frozenset(stem(part.casefold()) for whole in hyphened for part in whole.split("-") if part)
        - RISKY
    )


def _blanked(text: str, values: tuple[Value, ...]) -> str:
    """Blank out the values, which are compared as such and not as words."""
    for value in values:
        start, end = value.span
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _negated(text: str) -> list[Word]:
    """Return the words under a negation: a few after it, up to the end of its clause."""
    found: list[Word] = []
    ends = [match.start() for match in _SCOPE_END.finditer(text)]
    listed = words(text)
    for place, word in enumerate(listed):
        if not _is_negator(word):
            continue
        bare = word.text.casefold()
        end = next((e for e in ends if e > word.start), len(text))
        if bare == "without":
            # "without it we cannot": what is lacking ends where somebody acts.
            subject = _SUBJECT.search(text, word.start + len(bare))
            end = min(end, subject.start() if subject else end)
        inside = (
            w
            for w in listed[place + 1 :]
            if w.start < end and w.text.casefold().split("'")[0] not in STOP_WORDS
        )
        found.extend(islice(inside, _SCOPE_WORDS))
    return found


def _denied_values(text: str, values: tuple[Value, ...]) -> frozenset[tuple[ValueKind, str, str]]:
    """Return the keys of the values that a negation reaches: ``none on Sundays``."""
    ends = [match.start() for match in _SCOPE_END.finditer(text)]
    found: set[tuple[ValueKind, str, str]] = set()
    for word in words(text):
        if _is_negator(word):
            end = next((e for e in ends if e > word.start), len(text))
            found.update(v.key for v in values if word.start < v.span[0] < end)
    return frozenset(found)


def _is_negator(word: Word) -> bool:
    bare = word.text.casefold()
    return bare.replace("'", "") in _NEGATORS or bare.endswith("n't")


def _denied_of(text: str) -> frozenset[str]:
    """Return the stems before a negation, from the beginning of its clause."""
    ends = [0, *(match.end() for match in _SCOPE_END.finditer(text))]
    listed = words(text)
    found: set[str] = set()
    for word in listed:
        if _is_negator(word):
            begin = max(end for end in ends if end <= word.start)
            found.update(w.stem for w in listed if begin <= w.start < word.start)
    return frozenset(found)


_BEGINS = re.compile(r"(?:[!?:]|(?<!\b[DMS]r)(?<!\bM[sr])(?<!\bMrs)(?<!\bSt)\.) $")
"""What stands before a word that is capitalised because it begins something; no title does."""


def _names(text: str) -> frozenset[str]:
    first = re.search(r"\S", text)
    start = first.start() if first else 0
    return frozenset(
        match.group().casefold().removesuffix("'s").strip(".'-")
        for match in _NAME.finditer(text)
        if match.start() != start
        and _BEGINS.search(text, 0, match.start()) is None
        and match.group().casefold().split("'")[0] not in _NO_NAMES
        and len(match.group()) > 1
    )


def opener_of(text: str) -> str:
    """Return the first word in lower case where it is capitalised and no common word."""
    match = re.match(r"\W*([A-Z][\w-]*)", text)
    word = match.group(1).casefold() if match else ""
    return "" if word in STOP_WORDS or word in _NO_NAMES else word
