"""Questions that only narrow down what the one before asked for: "under 160", "size 7?"."""

from knowledge_base.catalogue_filters import PLAIN_COLORS, SHADES
from knowledge_base.catalogue_query import AMOUNTS, SIZES, halved, spoken_amounts
from knowledge_base.words import content_words, normalise, words

_NARROWS = """size sizes sz wide narrow small medium large xs xl xxl men mens women womens ladies
    kids color colors colour colours cheap cheaper cheapest least most expensive dear dearer dearest
    budget max less under over left stock got men's women's"""
_NARROWING = frozenset(_NARROWS.split())
_COLORS = PLAIN_COLORS | SHADES
LONGEST_NARROWING_WORDS = 7


def narrows_only(question: str) -> bool:
    """Whether a question names nothing but a limit, a size or a colour."""
    said = words(question)
    if not said or len(said) > LONGEST_NARROWING_WORDS:
        return False
    text = spoken_amounts(halved(normalise(question)))
    rest = SIZES.sub(" ", AMOUNTS.sub(" ", text))
    left = [w for w in content_words(rest) if w not in _COLORS and w not in _NARROWING]
    narrowed = rest != text or bool(_COLORS & set(said))
    return narrowed and all(word.isdigit() for word in left)
