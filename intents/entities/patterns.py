"""The words and shapes by which entities are known. Data only."""
# ruff: noqa: E501 - a pattern is easier to read and to mend in one line

import re

COLORS = frozenset(
    """
    black white red blue green yellow orange purple pink brown grey gray beige tan navy teal
    turquoise maroon burgundy olive khaki cream ivory gold silver bronze copper charcoal lavender
    lilac violet magenta coral peach mint rust mustard plum indigo sage taupe camel nude rose
    cobalt aqua cyan crimson scarlet emerald slate sand denim leopard tortoise multicolor
    """.split()  # noqa: SIM905 - a list of words is easier to read and to diff than of literals
)
COLOR_SHADES = frozenset(
    ["light", "dark", "bright", "pale", "deep", "hot", "forest", "royal", "sky", "baby", "off"]
)

LETTER_SIZES = {
    "xxs": "XXS", "xs": "XS", "s": "S", "m": "M", "l": "L", "xl": "XL", "xxl": "XXL", "2xl": "XXL",
    "xxxl": "3XL", "3xl": "3XL", "4xl": "4XL", "5xl": "5XL", "small": "S", "medium": "M",
    "large": "L", "sm": "S", "med": "M", "lg": "L",
}  # fmt: skip
PLAIN_SIZES = frozenset(
    ["xxs", "xs", "xl", "xxl", "2xl", "xxxl", "3xl", "4xl", "5xl", "small", "medium", "large"]
)
"""Those that mean a size without the word 'size' before them."""

WIDTHS = frozenset(
    [
        "wide",
        "narrow",
        "regular",
        "slim",
        "ee",
        "eee",
        "4e",
        "2e",
        "tall",
        "petite",
        "short",
        "long",
    ]
)
SIZE_WORDS = frozenset(["size", "sizes", "sz", "sized"])

NUMBER_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30,
    "forty": 40, "fifty": 50, "hundred": 100, "dozen": 12, "couple": 2,
}  # fmt: skip
COUNTED = frozenset(
    """
    pair pairs pcs pc pieces piece units unit boxes box bags bag packs pack bottles bottle cases
    case of sets set copies copy tickets ticket rolls items item shirts shoes boots people persons
    """.split()  # noqa: SIM905
)

WEEKDAYS = (
    "monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tues?|wed|thur?s?|fri|sat|sun"
)
MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    "jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
)
_CLOCK = r"(?:[01]?\d|2[0-3])(?::[0-5]\d)?\s?(?:am|pm|a\.m\.|p\.m\.|a|p)\b|(?:[01]?\d|2[0-3]):[0-5]\d|noon|midnight"
_DAY = (
    rf"(?:(?:this|next|coming|last)\s+)?(?:{WEEKDAYS})\b|today|tonight|tomorrow|tmrw|tmr|yesterday"
    rf"|(?:{MONTHS})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{MONTHS})\b(?:\s+\d{{4}})?"
    r"|\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}(?:/\d{2,4})?|the\s+\d{1,2}(?:st|nd|rd|th)"
    r"|in\s+(?:\d+|a|an|two|three)\s+(?:days?|weeks?|hours?|months?)"
    r"|(?:next|this|last)\s+(?:week|month|weekend)"
)
DATE_TIME = re.compile(
    rf"\b(?:(?:{_DAY})(?:\s*,?\s*(?:at|around|@|by)?\s*(?:{_CLOCK}))?"
    rf"|(?:at|around|@|by)?\s*(?:{_CLOCK})(?:\s+(?:on\s+)?(?:{_DAY}))?)",
    re.IGNORECASE,
)
DATE_LEAD = re.compile(r"^(?:at|around|@|by|on|the)\s+", re.IGNORECASE)
DATE_WORDS = {
    "tmrw": "tomorrow",
    "tmr": "tomorrow",
    "tonight": "today 20:00",
    "noon": "12:00",
    "midnight": "00:00",
}

EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
MONEY = re.compile(
    r"(?P<sign>[$€£])\s?(?P<a>\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d+(?:[.,]\d{1,2})?)"
    r"|(?P<b>\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d+(?:[.,]\d{1,2})?)\s?"
    r"(?P<word>dollars?|bucks?|usd|euros?|eur|pounds?|quid|gbp|€|£|cents)(?!\w)",
    re.IGNORECASE,
)
CURRENCIES = {"$": "USD", "€": "EUR", "£": "GBP", "usd": "USD", "eur": "EUR", "gbp": "GBP",
              "dollar": "USD", "buck": "USD", "euro": "EUR", "pound": "GBP", "quid": "GBP"}  # fmt: skip
ORDER_NUMBER = re.compile(
    r"#\s?(?P<hash>[A-Z0-9][A-Z0-9-]{2,19})\b"
    r"|\b(?:order|ord|po|invoice|inv|ticket|ref|reference|confirmation|tracking|rma|case)"
    r"(?:\s*(?:number|num|no|nr|id|code))?\s*[.:#-]*\s*(?:is\s+)?"
    r"(?P<named>(?=[A-Z0-9-]*\d)[A-Z0-9][A-Z0-9-]{2,19})\b"
    r"|\b(?P<shaped>[A-Z]{2,4}-\d{3,8}(?:-[A-Z0-9]{1,4})?|\d{3,6}-[A-Z]\b|\d{5,7}(?=\s+(?:is|was|still|has|never))|[A-Z]{2}\d{4,8})\b",
    re.IGNORECASE,
)
BARE_NUMBER = re.compile(r"(?=[A-Za-z0-9-]*\d)[A-Za-z0-9][A-Za-z0-9-]{2,19}")
BARE_WORD = re.compile(r"[A-Za-z0-9]+(?:[.,]5)?")
MAYBE_PHONE = re.compile(r"(?:\d[\s().+-]*){7,}")
PERSON = re.compile(
    r"\b(?i:my name is|my name's|name is|name's|this is|it's|its|i am|i'm|im|ask for|under the name|"
    r"under|signed|regards,?|thanks,?|cheers,?)\s+"
    r"(?P<name>[A-Z][a-z]+(?:['-][A-Z]?[a-z]+)?(?:\s+[A-Z][a-z]+(?:['-][A-Z]?[a-z]+)?){0,2})"
    r"|(?:^|[\s.!?])[-–—]\s?(?P<signed>[A-Z][a-z]+(?:\s+[A-Z][a-z.]+)?)\s*$"
)
NOT_PERSONS = frozenset(
    """
    Is Not Still The This That There Thanks Thank Hello Hi Hey Just Very So Sorry Really Looking
    Interested Waiting Done Good Great Fine Ready Here Going Trying Okay Ok Yes No Please Never
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June
    July August September October November December Black White Red Blue Order My Your Our All What
    When Where Why How Who Can Could Would Do Does Did Been Being Was Were Will A An And But Or
    Christmas Easter Thanksgiving Halloween For In On At To Of With Now Then Too Also Only Again
    """.split()  # noqa: SIM905
)
