"""Claims: a reply, or a page, cut into statements and read for what the guard compares."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from agent.replies.canonical import canonical_form
from agent.replies.light import RISKY
from agent.replies.values import Value, values_of
from agent.replies.words import STOP_WORDS, Word, content_words, is_row, normalise, stem, words

_NEGATORS = frozenset(
    """not no never without neither nor none cannot cant dont doesnt didnt isnt arent wont wasnt
    werent shouldnt wouldnt couldnt hasnt havent mustnt aint nobody nothing
    nowhere hardly""".split()  # noqa: SIM905
)
_SCOPE_WORDS = 4
_SCOPE_END = re.compile(
    r"[,.;:!?()]|\s-\s|\bbut\b|\bif\b|\bwhen\b|\bwhile\b|\bbecause\b|\bsince\b|\bonce\b|"
    r"\bhowever\b|\bthough\b|\bunless\b|\bexcept\b|\binstead\b"
)
_SUBJECT = re.compile(
    r"\b(?:we|you|they|i|there|nobody|it (?:is|can|will|takes|costs))\b", re.IGNORECASE
)
_PAST = re.compile(
    r"\b(?:used to|formerly|previously|retired|(?:our|the|my) (?:old|former|previous)|"
    r"old price|until (?:last|20\d\d|\w+ 20\d\d)|last (?:year|"
    r"season|month|winter|summer|spring|fall)|"
    r"(?:was|were|had been) (?:\$|€|£|\d|open|free|closed|located|at|on)|in the past|before "
    r"20\d\d|back in 20\d\d|years ago)\b"
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

    ``text`` is in canonical wording. ``stems`` carry its matter (``order``: in order),
    ``negated`` those of them under a negation somewhere, ``stated`` those somewhere under none,
    ``denied_of`` those that something is denied of (``lunch is not included``);
    ``names`` are the lower-case names in it (``opener``: the first word, where it might be one).
    """

    text: str
    order: tuple[str, ...]
    stems: frozenset[str]
    negated: frozenset[str]
    stated: frozenset[str]
    values: tuple[Value, ...]
    denied_of: frozenset[str]
    names: frozenset[str]
    opener: str
    past: bool
    tokens: frozenset[str]


@lru_cache(maxsize=8_000)
def read_statement(text: str) -> Statement:
    """Read one sentence or clause."""
    canonical = canonical_form(text)
    values = values_of(canonical)
    blanked = _blanked(canonical, values)
    content = content_words(blanked)
    order = tuple(word.stem for word in content)
    negated = _negated(blanked)
    return Statement(
        text=canonical,
        order=order,
        stems=frozenset(order),
        negated=frozenset(word.stem for word in negated),
        stated=frozenset(
            word.stem for word in content if word.start not in {w.start for w in negated}
        ),
        denied_of=_denied_of(blanked),
        values=values,
        names=_names(_blanked(normalise(text), values_of(normalise(text)))),
        opener=opener_of(text),
        past=_PAST.search(canonical) is not None,
        tokens=frozenset(word.stem for word in words(canonical)) | _parts(canonical),
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
        bare = word.text.casefold()
        if bare.replace("'", "") not in _NEGATORS and not bare.endswith("n't"):
            continue
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


def _denied_of(text: str) -> frozenset[str]:
    """Return the stems before a negation, from the beginning of its clause."""
    ends = [0, *(match.end() for match in _SCOPE_END.finditer(text))]
    listed = words(text)
    found: set[str] = set()
    for word in listed:
        bare = word.text.casefold()
        if bare.replace("'", "") in _NEGATORS or bare.endswith("n't"):
            begin = max(end for end in ends if end <= word.start)
            found.update(w.stem for w in listed if begin <= w.start < word.start)
    return frozenset(found)


def _names(text: str) -> frozenset[str]:
    first = re.search(r"\S", text)
    start = first.start() if first else 0
    return frozenset(
        match.group().casefold().removesuffix("'s").strip(".'-")
        for match in _NAME.finditer(text)
        if match.start() != start
        and text[max(0, match.start() - 2) : match.start()] not in {". ", "! ", "? ", ": "}
        and match.group().casefold().split("'")[0] not in _NO_NAMES
        and len(match.group()) > 1
    )


def opener_of(text: str) -> str:
    """Return the first word in lower case where it is capitalised and no common word."""
    match = re.match(r"\W*([A-Z][\w-]*)", text)
    word = match.group(1).casefold() if match else ""
    return "" if word in STOP_WORDS or word in _NO_NAMES else word


# "No other shop" denies something, "No, ..." answers: only a mark after it makes it an opening.
_LEADING_YES_NO = re.compile(
    r"^\s*(?:(?:yes|no|yep|nope|sure|absolutely|of course|certainly|correct)\s*[,.!:;-]+\s*"
    r"|(?:yes|yep)\s+)(?=\S)",
    re.IGNORECASE,
)


def opening(sentence: str) -> tuple[str, str]:
    """Return a leading yes or no (with its mark) and the rest."""
    match = _LEADING_YES_NO.match(sentence)
    return (match.group(), sentence[match.end() :]) if match else ("", sentence)


_CLAUSE = re.compile(
    r";\s+|,?\s+-\s+|(?:,\s*|\s+)(?=(?:and|but|so|plus|or)\s+(?:we|you|i|it|they|there|our|your|"
    r"the|all|any|every|"
    r"each|if|returns?|shipping|delivery|orders?|refunds?|it's|they're|you'll|we'll|we're|that|"
    r"this)\b)"
    r"|,\s+(?=(?:but|although|though|while|whereas|plus|which|and|or|with)\s)",
    re.IGNORECASE,
)


def clauses_of(sentence: str) -> list[tuple[str, int]]:
    """Cut a sentence where a clause with a subject of its own begins; each with its end."""
    clauses: list[tuple[str, int]] = []
    start = 0
    for match in _CLAUSE.finditer(sentence):
        clauses.append((sentence[start : match.start()].strip(), match.start()))
        start = match.end()
    clauses.append((sentence[start:].strip(), len(sentence)))
    return [(clause, end) for clause, end in clauses if clause]


_LIMITING = re.compile(
    r"^(?:but|except|unless|only|if|although|though|provided|however|when|while)\b", re.IGNORECASE
)


def limits(clause: str) -> bool:
    """Whether a clause takes back something of what stands before it."""
    return _LIMITING.match(clause) is not None


_MARKER = re.compile(
    r"\b(?:if|unless|provided|as long as|only|except|excluding|other than|must|once|after|before|"
    r"until|when|"
    r"during|while|with the exception|subject to|depending on|requires?|need(?:s|ed)?|minimum|plus|"
    r"within (?=the |our )|(?:on|for) (?=(?:all |any )?(?:orders?|purchases?|baskets?|bills?)\b)|"
    r"by appointment|by prior|for (?=(?:\w+ )?(?:members|students|seniors|children|customers|"
    r"subscribers|teachers)\b)|"
    r"(?:that|who|which)(?= (?:has|have|is|are|was|were|you|we|do|does)\b)|"
    r"with (?=(?:the |a |an |your |its |their |all )?(?:\w+ )?(?:receipt|card|proof|id|packaging|"
    r"tags?|labels?|invoice|"
    r"number|ticket|voucher|code|box)\b))",
    re.IGNORECASE,
)
_SPOT_CLAUSE = re.compile(
    r";\s*|,?\s+but\s+|,\s+and\s+|,\s+while\s+|,\s+(?=(?:not|no|never)\s)|,?\s+however,?\s+|\.\s+|"
    r",?\s+whereas\s+|\s-\s",
    re.IGNORECASE,
)


def spot_clauses(text: str) -> list[str]:
    """Cut a sentence of the evidence into clauses that may differ in negation and condition.

    A table row is one clause: its cells all speak of the first.
    """
    if is_row(text):
        return [text]
    return [clause for clause in _SPOT_CLAUSE.split(text) if clause.strip()]


def conditions_of(clause: str) -> list[str]:
    """Return the conditions in a clause, each from its marker to the next comma or the end."""
    found: list[str] = []
    for match in _MARKER.finditer(clause):
        if found and match.start() < clause.find(found[-1]) + len(found[-1]):
            continue
        ends = _RELATIVE_END if match.group().casefold() in _RELATIVE else _CONDITION_END
        end = ends.search(clause, match.end())
        found.append(clause[match.start() : end.start() if end else len(clause)])
    return found


_RELATIVE = frozenset({"that", "who", "which"})
_CONDITION_END = re.compile(r"[,;()]|\.(?=\s|$)")
# "a box that has already shipped is not ...": the second verb is the sentence's own.
_RELATIVE_END = re.compile(
    r"[,;()]|\.(?=\s|$)|(?<=\w)\s(?=(?:is|are|can|cannot|can't|may|must|will|costs?|takes?|gets?|"
    r"needs?)\b)"
    r"(?<!that\s)(?<!who\s)(?<!which\s)"
)
