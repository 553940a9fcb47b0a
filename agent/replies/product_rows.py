"""Answering from catalogue rows, in the rows' own values.

Price, stock, sizes, colours, attributes, comparison and a short list. Nothing here reads prose.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from agent.replies.drafts import Draft, worded
from agent.replies.evidence import Evidence, in_words, listed, money, stock_of
from agent.replies.questions import Aspect, Question
from agent.replies.scoring import respelled
from agent.replies.words import content_stems, stem, units_of, words
from intents.types import EntityType, Understanding
from knowledge_base.types import Product

PRODUCT_INTENTS = frozenset(
    {
        "product_info",
        "product_availability",
        "price_inquiry",
        "product_recommendation",
        "place_order",
        "price_objection",
    }
)
_SERVICE = content_stems(
    """shipping delivery return refund exchange warranty repair resole resoling appointment booking
    fitting discount coupon code promotion sale match points subscription pause skip birthday
    expire policy hours location parking order tracking payment invoice account newsletter class
    event rental rent guarantee"""
)
"""Matters that pages answer, even where a product is named."""

_ASKING = content_stems(
    """price cost stock size color cheaper cheapest expensive best good better recommend suggest
    advice looking buy sell carry available left link website page anything pair compare
    difference budget under between new today lol ye yer wot wots whats come gap value dear dearer
    one two small big biggest smallest much expensive list show currently still pound quid"""
) | frozenset({"left"})
"""Words that ask, and name nothing."""

_COLORS = frozenset(
    """black white grey gray red blue navy green olive brown tan beige pink purple yellow orange
    teal silver gold cream burgundy khaki charcoal""".split()  # noqa: SIM905
)
_COLOR_STEMS = content_stems(" ".join(_COLORS))
_SIZE = re.compile(
    r"\bsizes?\s+(?P<a>\d{1,2}(?:\.5)?|xx?s|s|m|l|xx?l|small|medium|large)\b|\bin (?:an? |size "
    r")?(?P<b>\d{1,2}(?:\.5)?|xx?s|xx?l|small|medium|large)\b"
    r"(?! ?(?:days?|weeks?|minutes?|hours?|colou?rs?|inch|%))|\b(?P<c>\d{1,2}(?:\.5)?)(?:'s|"
    r"s)?\s*(?:\?|$)",
    re.IGNORECASE,
)
_LETTERS = {"small": "S", "medium": "M", "large": "L"}
_MOST_LISTED = 3
_LONG_LIST = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What is asked of a row. ``size`` and ``color`` are empty where none is named."""

    question: Question
    size: str
    color: str


def answer_from_products(
    question: Question,
    understanding: Understanding | None,
    evidence: Sequence[Evidence],
    *,
    earlier: Question | None = None,
) -> Draft | None:
    """Answer from catalogue rows, or None where the question is not about products.

    ``earlier`` is the question that this one leans on ("and in blue?"): it names the product, and
    says what is asked where this one does not ("and the dry one?").
    """
    rows = [e for e in evidence if isinstance(e.row, Product)]
    if earlier is not None and not any(_is_named(question, e) for e in rows):
        rows = _named(earlier, rows)
        named = bool(rows) and any(_is_named(earlier, e) for e in rows)
    else:
        named = any(_is_named(question, e) for e in rows)
    if earlier is not None and not question.aspects:
        question = replace(question, aspects=earlier.aspects)
    if not rows or not _is_about_products(question, understanding, rows, named=named):
        return None
    rows = _named(question, rows)
    if len(rows) > 1:
        return _several(question, rows)
    wish = _Wish(
        question=question,
        size=_size(question, understanding),
        color=_color(question, understanding, _product(rows[0])),
    )
    return _single(wish, rows[0])


def _is_about_products(
    question: Question, understanding: Understanding | None, rows: list[Evidence], *, named: bool
) -> bool:
    names = frozenset().union(*(content_stems(f"{e.heading} {_product(e).category}") for e in rows))
    if (question.stems & _SERVICE) - names:
        return False
    if named:
        return True
    # Found by part of a name, by a filter or by likeness: what is asked must be the rows' business.
    told = frozenset().union(*(content_stems(f"{e.text} {_product(e).category}") for e in rows))
    known = told | names | _COLOR_STEMS
    matter = question.stems - _ASKING
    strange = len(respelled(matter, Counter(known)) - known)
    intent = "" if understanding is None else understanding.intent
    if intent in PRODUCT_INTENTS:
        return strange <= _MOST_STRANGE * len(matter)
    return bool(question.aspects) and not strange


_MOST_STRANGE = 0.34
"""Share of a question's words that may be none of the rows', where its intent is a product."""


def _named(question: Question, rows: list[Evidence]) -> list[Evidence]:
    """Keep the rows whose name stands in the question, the longest names first.

    A name within a longer one counts only where it stands by itself too; where no name stands as
    written, all its words anywhere will do.
    """
    rest = _phrase(question.text)
    written: list[Evidence] = []
    for row in sorted(rows, key=lambda e: -len(_phrase(e.heading))):
        if _phrase(row.heading) in rest:
            written.append(row)
            rest = rest.replace(_phrase(row.heading), " | ")
    if written:
        return [row for row in rows if row in written]
    whole = [e for e in rows if _is_named(question, e)]
    longest = [e for e in whole if not any(_name_of(e) < _name_of(other) for other in whole)]
    return longest or rows


def _phrase(text: str) -> str:
    return f" {' '.join(word.stem for word in words(text))} "


def _is_named(question: Question, evidence: Evidence) -> bool:
    return _name_of(evidence) <= {word.stem for word in words(question.text)}


def _name_of(evidence: Evidence) -> frozenset[str]:
    """Return the words of a name with its numbers: a card of 25 is not one of 50."""
    return frozenset(word.stem for word in words(evidence.heading))


def _single(wish: _Wish, evidence: Evidence) -> Draft | None:
    product, aspects = _product(evidence), wish.question.aspects
    the, plural = _subject(product)
    sentences: list[str] = []
    attribute = _attribute(wish.question, product)
    if attribute:
        sentences.append(attribute)
    sentences += [told for told in _dates(wish.question, product) if told != attribute]
    fits = _made_in(wish, product)
    if fits:
        sentences.append(fits)
    if aspects & {Aspect.STOCK} or (fits and not fits.startswith("No")):
        stock = _agree(stock_of(product), plural=plural)
        sentences.append(
            f"{'They' if sentences and plural else 'It' if sentences else the} {stock}."
        )
    if Aspect.PRICE in aspects:
        price = money(product.price, product.currency)
        sentences.append(f"{the} {'cost' if plural else 'costs'} {price}.")
    if not fits:
        subject = the if not sentences else "They" if plural else "It"
        sentences += _choices(aspects, product, subject=subject, plural=plural)
    if not sentences and not _is_told(wish.question, evidence):
        return None
    guess = not sentences
    if guess:
        sentences = _described(wish.question, evidence)
    if product.url and (aspects & {Aspect.LINK, Aspect.ADVICE} or len(sentences) == 1):
        sentences.append(product.url)
    text = " ".join(sentences)
    return Draft(text=text, evidence=(worded(evidence, text),), guess=guess)


def _several(question: Question, rows: list[Evidence]) -> Draft:
    if Aspect.COMPARE in question.aspects:
        rows = sorted(rows, key=lambda e: _product(e).price)
        if _DEAREST.search(question.text):
            return _draft(f"The {rows[-1].heading} costs most, {_price(rows[-1])}.", rows[-1:])
        rows = rows[:_MOST_LISTED]
        cheapest, *others = rows
        if len(rows) == _PAIR and _GAP.search(question.text):
            return _draft(_gap(cheapest, others[0]), rows)
        against = listed([f"{_price(e)} for the {e.heading}" for e in others])
        text = f"The {cheapest.heading} costs least, {_price(cheapest)}, against {against}."
        return _draft(text, rows)
    had = [e for e in rows if _product(e).available]
    chosen = (had or rows)[:_MOST_LISTED]
    shown = listed([f"the {e.heading} ({_price(e)})" for e in chosen])
    text = f"{shown[0].upper()}{shown[1:]} {'are' if len(chosen) > 1 else 'is'} in stock."
    if not had:
        text = f"I find {shown}, but sold out at the moment."
    return _draft(text, chosen, guess=Aspect.ADVICE not in question.aspects)


_PAIR = 2
_DEAREST = re.compile(r"\bmost expensive\b|\bpriciest\b|\bdearest\b", re.IGNORECASE)
_GAP = re.compile(
    r"\b(?:difference|gap|how much (?:more|less|cheaper|dearer)|compare|vs|versus|better value)\b",
    re.IGNORECASE,
)


def _gap(cheaper: Evidence, dearer: Evidence) -> str:
    low, high = _product(cheaper), _product(dearer)
    more = money(high.price - low.price, high.currency)
    return (
        f"The {high.name} costs {_price(dearer)}, {more} more than the {low.name} "
        f"({_price(cheaper)})."
    )


def _draft(text: str, rows: list[Evidence], *, guess: bool = False) -> Draft:
    return Draft(text=text, evidence=tuple(worded(e, text) for e in rows), guess=guess)


def _attribute(question: Question, product: Product) -> str:
    """Answer by an attribute named in the question: waterproof, weight, material."""
    the, plural = _subject(product)
    are = "are" if plural else "is"
    for key, value in product.attributes.items():
        parts = key.replace("_", " ").split()
        if not value or not {stem(w) for w in parts if len(w) > 2} & question.stems:  # noqa: PLR2004
            continue
        name, unit = (parts[:-1], parts[-1]) if key.endswith(_UNIT_SUFFIXES) else (parts, "")
        if value.casefold() in {"yes", "true"}:
            return f"Yes, {_lower(the)} {are} {' '.join(name)}."
        if value.casefold() in {"no", "false"}:
            return f"No, {_lower(the)} {are} not {' '.join(name)}."
        measured = f"{_in_words(value)} {unit}".strip()
        return f"The {' '.join(name)} of {_lower(the)}: {measured}."
    return ""


_ASKS_WHEN = re.compile(
    r"\bwhen\b|\bwhat (?:day|days|date|dates|time)\b|\bkicks? off\b|\bstarts?\b", re.IGNORECASE
)
_TELLS_WHEN = frozenset({"date", "day", "days", "time", "times", "start", "starts"})


def _dates(question: Question, product: Product) -> list[str]:
    """Return the columns that tell when, where that is asked."""
    if not _ASKS_WHEN.search(question.text):
        return []
    the, _ = _subject(product)
    return [
        f"The {' '.join(key.split('_'))} of {_lower(the)}: {_in_words(value)}."
        for key, value in product.attributes.items()
        if value and _TELLS_WHEN & set(key.split("_"))
    ]


def _in_words(value: str) -> str:
    """Write an ISO date in words; anything else stays as it is."""
    try:
        return in_words(date.fromisoformat(value))
    except ValueError:
        return value


_UNIT_SUFFIXES = ("_g", "_kg", "_mm", "_cm", "_l", "_lm", "_oz", "_lb", "_in", "_h")


def _made_in(wish: _Wish, product: Product) -> str:
    """Say whether it is made in the size and colour named."""
    the, plural = _subject(product)
    come, do = ("come", "do") if plural else ("comes", "does")
    sizes = {size.casefold() for size in product.sizes}
    colors = {color.casefold() for color in product.colors}
    if wish.size and sizes and wish.size.casefold() not in sizes:
        return f"No, {_lower(the)} {do} not come in {wish.size}. Sizes: {_range(product.sizes)}."
    if wish.color and colors and not any(wish.color in color for color in colors):
        return f"No, {_lower(the)} {do} not come in {wish.color}. Colors: {listed(product.colors)}."
    width = _width(wish.question, product)
    if width and wish.size and sizes:
        return f"{the} {come} in size {wish.size}, but I find no {width} one of it."
    wanted = [wish.color] if wish.color and colors else []
    wanted += [f"size {wish.size}"] if wish.size and sizes else []
    return f"Yes, {_lower(the)} {come} in {' and in '.join(wanted)}." if wanted else ""


_WIDTH = re.compile(r"\b(?:wide|narrow)\b", re.IGNORECASE)


def _width(question: Question, product: Product) -> str:
    """Return the width asked for where the row tells of none such."""
    asked = _WIDTH.search(question.text)
    told = f"{product.name} {product.description} {' '.join(product.sizes)}".casefold()
    return asked.group().casefold() if asked and asked.group().casefold() not in told else ""


def _choices(
    aspects: frozenset[Aspect], product: Product, *, subject: str, plural: bool
) -> list[str]:
    it = f"{subject} {'come' if plural else 'comes'}"
    found = []
    if Aspect.SIZE in aspects and product.sizes:
        found.append(f"{it} in sizes {_range(product.sizes)}.")
    if Aspect.COLOR in aspects and product.colors:
        found.append(f"{it} in {listed(product.colors)}.")
    return found


def _is_told(question: Question, evidence: Evidence) -> bool:
    """Whether the row has at least half of the words that the question asks about."""
    product = _product(evidence)
    asked = question.stems - content_stems(f"{product.name} {product.category}") - _ASKING
    return len(asked & content_stems(evidence.text)) * 2 >= len(asked)


def _described(question: Question, evidence: Evidence) -> list[str]:
    """Return what the row's description says to the question, with its price and stock."""
    product = _product(evidence)
    the, plural = _subject(product)
    units = [u.text for u in units_of(product.description)] if product.description else []
    units.sort(key=lambda text: -len(content_stems(text) & question.stems))
    price = money(product.price, product.currency)
    stock = _agree(stock_of(product), plural=plural)
    return [*units[:1], f"{the} {'cost' if plural else 'costs'} {price} and {stock}."]


def _subject(product: Product) -> tuple[str, bool]:
    """Return ``The Ridgeline Dry`` and whether the name is a plural."""
    last = product.name.split()[-1].casefold()
    return f"The {product.name}", last.endswith("s") and not last.endswith(("ss", "us", "is"))


def _agree(stock: str, *, plural: bool) -> str:
    return stock.replace("is ", "are ", 1) if plural else stock


def _lower(the: str) -> str:
    return f"the{the[3:]}"


def _range(sizes: Sequence[str]) -> str:
    if len(sizes) <= _LONG_LIST:
        return listed(sizes)
    return f"{sizes[0]} to {sizes[-1]}"


def _price(evidence: Evidence) -> str:
    product = _product(evidence)
    return money(product.price, product.currency)


def _product(evidence: Evidence) -> Product:
    if not isinstance(evidence.row, Product):
        raise TypeError(f"{evidence.id} is no product")
    return evidence.row


def _size(question: Question, understanding: Understanding | None) -> str:
    entity = None if understanding is None else understanding.entity(EntityType.SIZE)
    if entity is not None:
        found = re.sub(r"^(?:us |uk |eu )?size\s+", "", entity.value.strip(), flags=re.IGNORECASE)
    else:
        match = _SIZE.search(question.text)
        found = (match["a"] or match["b"] or match["c"]) if match else ""
    return _LETTERS.get(found.casefold(), found.upper())


def _color(question: Question, understanding: Understanding | None, product: Product) -> str:
    entity = None if understanding is None else understanding.entity(EntityType.COLOR)
    if entity is not None:
        return entity.value.casefold()
    asked = set(re.findall(r"[a-z]+", question.text.casefold()))
    # A colour in the product's name is no wish ("the Blue Ridge tent").
    asked -= set(product.name.casefold().split())
    own = [c.casefold() for c in product.colors if c.casefold() in question.text.casefold()]
    return own[0] if own else next(iter(sorted(asked & _COLORS)), "")
