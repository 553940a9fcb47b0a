"""Values as written brought to normal form: an amount and a unit for each pattern's match."""

import re
from collections.abc import Callable

from agent.replies.value_units import DURATIONS, MEASURES, unit_named

Reader = Callable[[re.Match[str]], tuple[str, str]]

NUMBER_WORDS = {
    word: str(number)
    for number, word in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen twenty""".split()  # noqa: SIM905
    )
} | {"a hundred": "100", "one hundred": "100", "hundred": "100", "dozen": "12", "a dozen": "12"}
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
NUMBER_WORDS |= {
    ten if not digit else f"{ten}{joined}{word}": str(20 + 10 * place + digit)
    for place, ten in enumerate(_TENS)
    for digit, word in enumerate(("", *tuple(NUMBER_WORDS)[1:10]))
    for joined in "- "
}


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Days of the week as values name them, in order."""


DAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:days?)?"


def _amount(match: re.Match[str]) -> str:
    low, high = match["low"], match["high"]
    return _number(low) if high is None else f"{_number(low)}-{_number(high)}"


def _number(found: str) -> str:
    found = found.casefold().replace(",", "")
    found = NUMBER_WORDS.get(found, found)
    return found.rstrip("0").rstrip(".") if "." in found else found


def read_link(match: re.Match[str]) -> tuple[str, str]:
    """Read a link without its scheme and what ends a sentence."""
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", match.group().casefold()).rstrip("/.,;:!?)"), ""


def read_phone(match: re.Match[str]) -> tuple[str, str]:
    """Read the digits of a phone number."""
    digits = re.sub(r"\D", "", match.group())
    return digits.removeprefix("1") if len(digits) == 11 else digits, ""  # noqa: PLR2004


def read_money(match: re.Match[str]) -> tuple[str, str]:
    """Read an amount and its currency."""
    sign = match["sign"] or match["after"]
    plain = sign.casefold().strip(" .")
    plain = "$" if plain.endswith("$") else plain
    name = _CURRENCIES.get(plain, _CURRENCIES.get(plain.rstrip("s"), plain))
    return _amount(match), name


_CURRENCIES = {"dollar": "$", "usd": "$", "euro": "€", "eur": "€", "pound": "£", "gbp": "£",
               "buck": "$", "cad": "$", "aud": "$", "nzd": "$", "sgd": "$", "hkd": "$",
               "cent": "cent", "krone": "kr", "kroner": "kr", "kronor": "kr",
               "nok": "kr", "sek": "kr", "dkk": "kr", "peso": "peso", "mxn": "peso",
               "franc": "chf", "sfr": "chf", "rupee": "₹", "inr": "₹", "yen": "¥", "jpy": "¥",
               "rand": "r", "zar": "r", "shilling": "ksh", "kes": "ksh", "pln": "zł",
               "złoty": "zł", "zloty": "zł", "baht": "฿", "thb": "฿", "czk": "kč", "krw": "₩",
               "php": "₱", "ngn": "₦", "ils": "₪", "shekel": "₪", "huf": "forint"}  # fmt: skip


def read_duration(match: re.Match[str]) -> tuple[str, str]:
    """Read how long something lasts."""
    unit = unit_named(DURATIONS, match["unit"])
    if match["half"]:
        return ("30", "minute") if unit == "hour" else ("0.5", unit)
    return ("1" if match["a"] else _amount(match)), unit


def read_share(match: re.Match[str]) -> tuple[str, str]:
    """Read a part of a whole."""
    if match["half"]:
        return "50", ""
    count = {"a": 1, "one": 1, "two": 2, "three": 3}[match["count"].casefold()]
    if match["part"].casefold().startswith("q"):
        return str(25 * count), ""
    return f"{count}/3", "share"


def read_measure(match: re.Match[str]) -> tuple[str, str]:
    """Read how long, heavy or large something is."""
    return _amount(match), unit_named(MEASURES, match["unit"])


def read_date(match: re.Match[str]) -> tuple[str, str]:
    """Read a month and day as ``12/24``, and the year where it is told."""
    month = _MONTHS.index(match["month"].casefold()[:3]) + 1
    return f"{month}/{int(match['day'])}", match["year"] or ""


def read_iso_date(match: re.Match[str]) -> tuple[str, str]:
    """Read a date in figures."""
    return f"{int(match['m'])}/{int(match['d'])}", match["y"]


def read_month(match: re.Match[str]) -> tuple[str, str]:
    """Read a month by itself."""
    return str(_MONTHS.index(match["month"].casefold()[:3]) + 1), match["year"] or ""


def read_time(match: re.Match[str]) -> tuple[str, str]:
    """Read a time of day as minutes after midnight."""
    if match["noon"]:
        return ("720" if match["noon"].casefold() == "noon" else "0"), ""
    half = (match["half"] or "").casefold().replace(".", "")
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    until = match.groupdict().get("until")
    if until and hour % 12 >= int(until) % 12:
        half = "a" if half.startswith("p") else "p"  # "9 to 5 pm" begins in the morning
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    return str(hour * 60 + minute), ""


def read_weekday(match: re.Match[str]) -> tuple[str, str]:
    """Read weekdays, with what tells which of the month they are as their unit."""
    text = match.group().casefold()
    which = _ORDINALS.get(match["which"] or "", match["which"] or "")
    if "weekday" in text:
        return "mon-fri", which
    if "weekend" in text:
        return "sat-sun", which
    days = [d[:3] for d in re.findall(DAY, text)]
    between = [_UP_TO.search(part) is not None for part in re.split(DAY, text)[1:-1]]
    if len(days) == 2 and between == [True]:  # noqa: PLR2004
        return "-".join(days), which
    listed = text.count("-") == len(between) > 1  # "mon-wed-fri"
    for place, joined in enumerate(between):
        if joined and not listed:
            days += _days_between(days[place], days[place + 1])
    return ",".join(sorted(set(days), key=DAYS.index)), which


_UP_TO = re.compile(r"-|\bto\b|\bthrough\b|\bthru\b|\b(?:un)?till?\b")


def _days_between(first: str, last: str) -> list[str]:
    begin, end = DAYS.index(first), DAYS.index(last)
    return [DAYS[day % 7] for day in range(begin + 1, end + (7 if end < begin else 0))]


_ORDINALS = {"1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth", "other": "second"}


def read_amount(match: re.Match[str]) -> tuple[str, str]:
    """Read a number or a range of numbers."""
    return _amount(match), ""


def read_as_is(match: re.Match[str]) -> tuple[str, str]:
    """Read what is only compared letter by letter."""
    return match.group().casefold(), ""
