"""How values are written: a pattern for each form, and how it is brought to normal form."""

import re
from collections.abc import Callable
from enum import StrEnum


class ValueKind(StrEnum):
    """What a value is. Values of different kinds are never the same."""

    LINK = "link"
    EMAIL = "email"
    PHONE = "phone"
    CODE = "code"
    MONEY = "money"
    PERCENT = "percent"
    DATE = "date"
    TIME = "time"
    WEEKDAY = "weekday"
    DURATION = "duration"
    MEASURE = "measure"
    NUMBER = "number"


_NUMBER_WORDS = {
    word: str(number)
    for number, word in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen twenty""".split()  # noqa: SIM905
    )
} | {"thirty": "30", "forty": "40", "forty-five": "45", "fifty": "50", "sixty": "60",
     "ninety": "90", "hundred": "100", "dozen": "12"}  # fmt: skip


_WORD_NUMBER = "|".join(sorted(_NUMBER_WORDS, key=len, reverse=True))


_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\d+/\d+"


_N = rf"(?:{_DIGITS}|\b(?:{_WORD_NUMBER})\b)"


_TO = r"\s?(?:-|to|and|or)\s?"


_RANGE = rf"(?P<low>{_N})(?:{_TO}(?P<high>{_N}))?"


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)


_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


_DAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:days?)?"


_UNITS = {
    "minute": "minutes?|mins?",
    "hour": "hours?|hrs?",
    "business day": r"(?:business|working|work)[ -]days?",
    "day": "days?",
    "night": "nights?",
    "week": "weeks?|wks?",
    "month": "months?",
    "year": "years?|yrs?",
}


_MEASURES = {
    "kg": "kg|kilos?|kilograms?", "g": "g|grams?", "lb": "lbs?|pounds?", "oz": "oz|ounces?",
    "km": "km|kilomet(?:er|re)s?", "m": "m|met(?:er|re)s?", "cm": "cm|centimet(?:er|re)s?",
    "mm": "mm|millimet(?:er|re)s?", "mi": "miles?|mi", "ft": "ft|feet|foot",
    "in": "inch(?:es)?|in(?=[.,;)]|$)",
    "l": "l|lit(?:er|re)s?", "ml": "ml", "gal": "gallons?|gal", "sq ft": "sq\\.? ?ft",
    "w": "w|watts?",
    "lm": "lumens?|lm", "mah": "mah", "gb": "gb", "mph": "mph", "degree": "°\\s?[cf]?|degrees?",
}  # fmt: skip


def _units(table: dict[str, str]) -> str:
    return "|".join(table.values())


def _unit_named(table: dict[str, str], found: str) -> str:
    return next(
        name for name, pattern in table.items() if re.fullmatch(pattern, found, re.IGNORECASE)
    )


_Make = Callable[[re.Match[str]], tuple[str, str]]


def _amount(match: re.Match[str]) -> str:
    low, high = match["low"], match["high"]
    return _number(low) if high is None else f"{_number(low)}-{_number(high)}"


def _number(found: str) -> str:
    found = found.casefold().replace(",", "")
    found = _NUMBER_WORDS.get(found, found)
    return found.rstrip("0").rstrip(".") if "." in found else found


def _link(match: re.Match[str]) -> tuple[str, str]:
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", match.group().casefold()).rstrip("/.,;:!?)"), ""


def _phone(match: re.Match[str]) -> tuple[str, str]:
    digits = re.sub(r"\D", "", match.group())
    return digits.removeprefix("1") if len(digits) == 11 else digits, ""  # noqa: PLR2004


def _money(match: re.Match[str]) -> tuple[str, str]:
    sign = match["sign"] or match["after"]
    plain = sign.casefold().strip(" .")
    name = _CURRENCIES.get(plain, _CURRENCIES.get(plain.rstrip("s"), plain))
    return _amount(match), name


_CURRENCIES = {"dollar": "$", "usd": "$", "euro": "€", "eur": "€", "pound": "£", "gbp": "£",
               "buck": "$", "cent": "cent", "krone": "kr", "kroner": "kr", "kronor": "kr",
               "nok": "kr", "sek": "kr", "dkk": "kr", "peso": "peso", "mxn": "peso",
               "franc": "chf", "sfr": "chf", "rupee": "₹", "inr": "₹", "yen": "¥", "jpy": "¥",
               "rand": "r", "zar": "r", "shilling": "ksh", "kes": "ksh", "pln": "zł"}  # fmt: skip
_SIGN = (
    r"[$€£₹¥]|\b(?:USD|EUR|GBP|CAD|AUD|NZD|CHF|SFr\.?|KSh|KES|NOK|SEK|DKK|INR|JPY|ZAR|PLN|MXN)\s?|"
    r"\bR(?=\d)|\bkr(?=\s?\d)"
)
"""What stands before an amount. ``R420`` is rand; a lone R before letters is none."""
_AFTER = (
    r"€|£|¥|zł|dollars?|bucks?|euros?|cents?|pesos?|francs?|rupees?|yen\b|rand\b|kroner\b|kronor\b|"
    r"krone\b|shillings?|kr\b|(?:USD|EUR|GBP|CAD|AUD|NZD|CHF|KES|NOK|SEK|DKK|INR|JPY|ZAR|PLN|MXN)\b"
)


def _duration(match: re.Match[str]) -> tuple[str, str]:
    unit = _unit_named(_UNITS, match["unit"])
    if match["half"]:
        return ("30", "minute") if unit == "hour" else ("0.5", unit)
    return ("1" if match["a"] else _amount(match)), unit


def _share(match: re.Match[str]) -> tuple[str, str]:
    if match["half"]:
        return "1/2", "share"
    count = {"a": "1", "one": "1", "two": "2", "three": "3"}[match["count"].casefold()]
    return f"{count}/{'4' if match['part'].casefold().startswith('q') else '3'}", "share"


def _measure(match: re.Match[str]) -> tuple[str, str]:
    return _amount(match), _unit_named(_MEASURES, match["unit"])


def _date(match: re.Match[str]) -> tuple[str, str]:
    month = _MONTHS.index(match["month"].casefold()[:3]) + 1
    return f"{month}/{int(match['day'])}", match["year"] or ""


def _iso_date(match: re.Match[str]) -> tuple[str, str]:
    return f"{int(match['m'])}/{int(match['d'])}", match["y"]


def _month_alone(match: re.Match[str]) -> tuple[str, str]:
    return str(_MONTHS.index(match["month"].casefold()[:3]) + 1), match["year"] or ""


def _time(match: re.Match[str]) -> tuple[str, str]:
    if match["noon"]:
        return ("720" if match["noon"].casefold() == "noon" else "0"), ""
    half = (match["half"] or "").casefold().replace(".", "")
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    return str(hour * 60 + minute), ""


def _weekday(match: re.Match[str]) -> tuple[str, str]:
    text = match.group().casefold()
    if text.startswith("weekday"):
        return "mon-fri", ""
    if text.startswith("weekend"):
        return "sat-sun", ""
    ends = [d[:3] for d in re.findall(_DAY, text)]
    joined = re.search(r"-|\bto\b|\bthrough\b|\bthru\b", text)
    return ("-" if joined else ",").join(ends), ""


def _plain(match: re.Match[str]) -> tuple[str, str]:
    return _amount(match), ""


def _as_is(match: re.Match[str]) -> tuple[str, str]:
    return match.group().casefold(), ""


PATTERNS: tuple[tuple[ValueKind, re.Pattern[str], _Make], ...] = tuple(
    (kind, re.compile(pattern, flags), make)
    for kind, pattern, flags, make in (
        (ValueKind.EMAIL, r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE, _as_is),
        (
            ValueKind.LINK,
            (r"https?://[^\s<>\"')\]]+|\bwww\.[^\s<>\"')\]]+|"
            r"\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|example|shop|store|io|co|us|uk|de|info|biz|app|link|ly|me)\b(?:/[^\s<>\"')\]]*)?"),
            re.IGNORECASE,
            _link,
        ),
        (
            ValueKind.PHONE,
            (r"(?<![\w$])\+?(?:\d[ .-]?)?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b|(?<!\w)\+\d{8,15}\b"
            r"|(?<![\w$-])\d{3}-\d{4}\b"),
            0,
            _phone,
        ),
        (ValueKind.DATE, r"\b(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})\b", 0, _iso_date),
        (ValueKind.DATE, r"\b(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})\b", 0, _iso_date),
        (
            ValueKind.DATE,
            rf"\b{_MONTH}\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|:)(?:,?\s(?P<year>20\d\d))?",
            re.IGNORECASE,
            _date,
        ),
        (
            ValueKind.DATE,
            (rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: "
            rf"of)?\s{_MONTH}(?!\w)(?:,?\s(?P<year>20\d\d))?"),
            re.IGNORECASE,
            _date,
        ),
        (
            ValueKind.TIME,
            (r"\b(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))?\s?(?P<half>[ap]\.?m\b\.?)"
            r"|\b(?P<noon>noon|midnight)\b"),
            re.IGNORECASE,
            _time,
        ),
        (
            ValueKind.TIME,
            r"\b(?P<hour>\d{1,2}):(?P<minute>\d{2})\b(?P<half>)(?P<noon>)",
            0,
            _time,
        ),
        (
            ValueKind.MONEY,
            (rf"(?P<sign>{_SIGN})\s?(?P<low>{_DIGITS})"
            rf"(?:{_TO}[$€£₹¥]?(?P<high>{_DIGITS}))?(?P<after>)"),
            0,
            _money,
        ),
        (
            ValueKind.MONEY,
            rf"(?P<sign>){_RANGE}\s?(?P<after>{_AFTER})",
            re.IGNORECASE,
            _money,
        ),
        (
            ValueKind.PERCENT,
            (r"\b(?P<count>a|one|two|three)[ -](?P<part>quarters?|thirds?)\b|\b(?P<half>half)(?= "
            r"(?:of|the|price|off)\b)"),
            re.IGNORECASE,
            _share,
        ),
        (ValueKind.PERCENT, rf"{_RANGE}\s?(?:%|percent\b|per cent\b)", re.IGNORECASE, _plain),
        (
            ValueKind.DURATION,
            (rf"(?:{_RANGE}|(?P<half>\bhalf (?=an? ))?\b(?P<a>an?|"
            rf"per|same)\b)[ -]?(?P<unit>{_units(_UNITS)})\b"),
            re.IGNORECASE,
            _duration,
        ),
        (
            ValueKind.MEASURE,
            rf"{_RANGE}[ -]?(?P<unit>{_units(_MEASURES)})(?![\w])",
            re.IGNORECASE,
            _measure,
        ),
        (
            ValueKind.WEEKDAY,
            (rf"\b{_DAY}(?:\s?(?:-|to|through|thru|,|and|&)\s?{_DAY})*\b|\bweekdays?\b|"
            rf"\bweekends?\b"),
            re.IGNORECASE,
            _weekday,
        ),
        (
            ValueKind.DATE,
            (r"\b(?P<month>January|February|March|April|May|June|July|August|September|October|"
            r"November|December)\b(?! I\b| we\b| you\b)(?:\s(?P<year>20\d\d))?"),
            0,
            _month_alone,
        ),
        (
            ValueKind.CODE,
            r"\b(?=[A-Z0-9-]*[A-Z])(?=[A-Z0-9-]*\d)[A-Z0-9]+(?:-[A-Z0-9]+)*\b",
            0,
            _as_is,
        ),
        (ValueKind.NUMBER, rf"(?<![\w.]){_RANGE}(?:st|nd|rd|th)?(?![\w%])", re.IGNORECASE, _plain),
    )
)  # fmt: skip
