"""Figures by how a message is written: style, length, writer."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from intents.figures.metrics import Predicted, interval

_TEXTESE = frozenset(
    {
        "u", "ur", "r", "pls", "plz", "thx", "tx", "ty", "btw", "idk", "lol", "omg", "wtf", "smh",
        "ngl", "tbh", "rn", "imo", "asap", "gonna", "wanna", "gotta", "lemme", "gimme", "cuz",
        "bc", "b4", "2day", "2moro", "tmrw", "tmr", "msg", "txt", "ppl", "dont", "cant", "wont",
        "im", "ive", "didnt", "doesnt", "isnt", "whats", "wheres", "nvm", "k", "ok", "ya", "yall",
        "y", "n", "w", "wat", "wut", "dis", "da", "dat", "bruh", "fr", "def", "prob", "abt", "hmu",
    }
)  # fmt: skip
_FOREIGN = frozenset(
    {
        "el", "la", "los", "las", "por", "para", "que", "mi", "quiero", "gracias", "hola", "donde",
        "pedido", "favor", "como", "le", "les", "je", "mon", "ma", "est", "pas", "merci", "bonjour",
        "commande", "und", "ich", "nicht", "bitte", "mein", "meine", "ist", "wo", "danke", "das",
        "der", "die", "nao", "não", "obrigado", "meu", "minha", "il", "mio", "grazie", "dove",
        "nie", "prosze", "proszę", "ang", "ko", "po", "mga", "salamat", "ne", "bir", "var",
    }
)  # fmt: skip
_ASKS = re.compile(
    r"^(?:(?:hi|hey|hello|so|ok|and|but|also)\W+)?(?:what|where|when|who|whose|why|which|how|is|are|"
    r"am|was|were|do|does|did|can|could|will|would|should|may|has|have|any)\b",
    re.IGNORECASE,
)
_EMOTICON = re.compile(r"(?<!\w)[:;=xX8][-']?[)(DPp/|]+(?!\w)|<3")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_LENGTHS = ((1, 2), (3, 5), (6, 10), (11, 20), (21, 10_000))

_KNOWN_FROM = 3
_COMMON_FROM = 8
_SHORTEST_TYPO = 4
_FOREIGN_SHARE = 0.34
_CAPS_SHARE = 0.8
_LEAST_LETTERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """The messages of one kind: how many, how often read rightly (95% Wilson), how confidently."""

    group: str
    name: str
    messages: int
    accuracy: float
    low: float
    high: float
    confidence: float


class Spelling:
    """Tells mistyped words: unseen ones, one slip away from a word that is often used."""

    def __init__(self, texts: Iterable[str]) -> None:
        counts = Counter(word for text in texts for word in set(_words(text)))
        self._known = {word for word, count in counts.items() if count >= _KNOWN_FROM}
        self._common: dict[int, list[str]] = {}
        for word, count in counts.items():
            if count >= _COMMON_FROM and len(word) >= _SHORTEST_TYPO:
                self._common.setdefault(len(word), []).append(word)
        self._judged: dict[str, bool] = {}

    def slips(self, text: str) -> bool:
        """Whether a message holds a mistyped word."""
        return any(self._mistyped(word) for word in _words(text) if len(word) >= _SHORTEST_TYPO)

    def _mistyped(self, word: str) -> bool:
        if word in self._known:
            return False
        if word not in self._judged:
            from rapidfuzz.distance import OSA

            near = (w for n in (-1, 0, 1) for w in self._common.get(len(word) + n, ()))
            self._judged[word] = any(
                OSA.distance(word, other, score_cutoff=1) <= 1
                # A plural or a verb's ending is no slip.
                and word.rstrip("s") != other.rstrip("s")
                for other in near
            )
        return self._judged[word]


def styles_of(text: str, spelling: Spelling) -> tuple[str, ...]:
    """Return the styles that a message shows; ``question`` or ``statement`` always."""
    found = ["question" if asks(text) else "statement"]
    words = _words(text)
    letters = [c for c in text if c.isalpha()]
    upper = sum(c.isupper() for c in letters)
    if len(letters) >= _LEAST_LETTERS and upper >= _CAPS_SHARE * len(letters):
        found.append("capitals")
    if any(unicodedata.category(c) == "So" for c in text) or _EMOTICON.search(text):
        found.append("emoji")
    if any(word in _TEXTESE for word in words):
        found.append("textese")
    if is_foreign(text):
        found.append("foreign")
    elif spelling.slips(text):
        found.append("typos")
    return tuple(found)


def asks(text: str) -> bool:
    """Whether a message is worded as a question, with or without its mark."""
    return "?" in text or _ASKS.match(text.strip()) is not None


def is_foreign(text: str) -> bool:
    """Whether a message is mostly in another language: by its script, or by its small words."""
    letters = [c for c in text if c.isalpha()]
    if letters and sum("LATIN" not in unicodedata.name(c, "") for c in letters) > len(letters) / 2:
        return True
    words = _words(text)
    return len(words) > 1 and sum(w in _FOREIGN for w in words) >= _FOREIGN_SHARE * len(words)


def length_of(text: str) -> str:
    """Return the class of length, in words."""
    count = max(len(text.split()), 1)
    low, high = next(pair for pair in _LENGTHS if count <= pair[1])
    return f"{low}+ words" if high == _LENGTHS[-1][1] else f"{low} to {high} words"


def slices(predictions: Sequence[Predicted], spelling: Spelling) -> tuple[Slice, ...]:
    """Return the figures by style, by length, and by writer where there are several."""
    found = [
        *_cut("style", predictions, lambda p: styles_of(p.text, spelling)),
        *_cut("length", predictions, lambda p: (length_of(p.text),)),
    ]
    if len({p.writer for p in predictions}) > 1:
        found += _cut("writer", predictions, lambda p: (p.writer or "(none)",))
    return tuple(found)


def _cut(
    group: str,
    predictions: Sequence[Predicted],
    names_of: Callable[[Predicted], Iterable[str]],
) -> list[Slice]:
    members: dict[str, list[Predicted]] = {}
    for p in predictions:
        for name in names_of(p):
            members.setdefault(name, []).append(p)
    rows = []
    for name, own in sorted(members.items(), key=lambda item: _in_order(item[0])):
        right = sum(p.right for p in own)
        low, high = interval(right, len(own))
        rows.append(
            Slice(
                group=group,
                name=name,
                messages=len(own),
                accuracy=round(right / len(own), 4),
                low=round(low, 4),
                high=round(high, 4),
                confidence=round(sum(p.confidence for p in own) / len(own), 4),
            )
        )
    return rows


def _in_order(name: str) -> tuple[int, str]:
    number = re.match(r"\d+", name)
    return (int(number.group()) if number else 0, name)


def _words(text: str) -> list[str]:
    return [word.casefold().replace("'", "") for word in _WORD.findall(text.replace("’", "'"))]
