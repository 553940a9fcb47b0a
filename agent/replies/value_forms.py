"""How values are written: a pattern for each form, with what brings it to normal form."""

import re
from enum import StrEnum

from agent.replies.value_readers import (
    DAY,
    NUMBER_WORDS,
    Reader,
    read_amount,
    read_as_is,
    read_date,
    read_duration,
    read_iso_date,
    read_link,
    read_measure,
    read_money,
    read_month,
    read_phone,
    read_share,
    read_time,
    read_weekday,
)
from agent.replies.value_units import DURATIONS, MEASURES, any_unit


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


_WORD_NUMBER = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))


_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\d+/\d+"


_N = rf"(?:{_DIGITS}|\b(?:{_WORD_NUMBER})\b)"


_TO = r"\s?(?:-|to|and|or)\s?"


_RANGE = rf"(?P<low>{_N})(?:{_TO}(?P<high>{_N}))?"


_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)


_CODES = (
    "USD|EUR|GBP|CAD|AUD|NZD|SGD|HKD|CHF|KES|NOK|SEK|DKK|INR|JPY|ZAR|PLN|MXN|AED|SAR|PHP|THB|MYR|"
    "IDR|CNY|KRW|BRL|HUF|CZK|ILS|NGN"
)
_SIGN = (
    rf"\b(?:NZ|CA|HK|US|A|S)\$|[$€£₹¥฿₺₩₦₱₫₪]|\b(?:{_CODES}|SFr\.?|KSh)\s?|\bR(?=\d)|\bkr(?=\s?\d)"
)
"""What stands before an amount. ``R420`` is rand; a lone R before letters is none."""
_AFTER = (
    r"€|£|¥|฿|zł|złoty|zlotys?|baht\b|dirhams?|riyals?|ringgit|shekels?|forints?|lira|kč\b|"
    r"dollars?|bucks?|euros?|cents?|pesos?|francs?|rupees?|yen\b|rand\b|kroner\b|kronor\b|"
    rf"krone\b|shillings?|kr\b|(?:{_CODES})\b"
)


PATTERNS: tuple[tuple[ValueKind, re.Pattern[str], Reader], ...] = tuple(
    (kind, re.compile(pattern, flags), make)
    for kind, pattern, flags, make in (
        (ValueKind.EMAIL, r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE, read_as_is),
        (
            ValueKind.LINK,
            (r"https?://[^\s<>\"')\]]+|\bwww\.[^\s<>\"')\]]+|"
            r"\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|example|shop|store|io|co|us|uk|de|info|biz|app|link|ly|me)\b(?:/[^\s<>\"')\]]*)?"),
            re.IGNORECASE,
            read_link,
        ),
        (
            ValueKind.PHONE,
            (r"(?<![\w$])\+?(?:\d[ .-]?)?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b|(?<!\w)\+\d{8,15}\b"
            r"|(?<![\w$-])\d{3}-\d{4}\b"),
            0,
            read_phone,
        ),
        (ValueKind.DATE, r"\b(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})\b", 0, read_iso_date),
        (ValueKind.DATE, r"\b(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})\b", 0, read_iso_date),
        (
            ValueKind.DATE,
            rf"\b{_MONTH}\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|:)(?:,?\s(?P<year>20\d\d))?",
            re.IGNORECASE,
            read_date,
        ),
        (
            ValueKind.DATE,
            (rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: "
            rf"of)?\s{_MONTH}(?!\w)(?:,?\s(?P<year>20\d\d))?"),
            re.IGNORECASE,
            read_date,
        ),
        (
            ValueKind.TIME,
            (r"(?<![$€£\d:.])\b(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))?(?P<noon>)"
            r"(?=\s?(?:-|to|and|until|till)\s?(?P<until>\d{1,2})(?::\d{2})?\s?(?P<half>[ap])\.?m\b)"),
            re.IGNORECASE,
            read_time,
        ),
        (
            ValueKind.TIME,
            (r"\b(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))?\s?(?P<half>[ap]\.?m\b\.?)"
            r"|\b(?P<noon>noon|midnight)\b"),
            re.IGNORECASE,
            read_time,
        ),
        (
            ValueKind.TIME,
            r"\b(?P<hour>\d{1,2}):(?P<minute>\d{2})\b(?P<half>)(?P<noon>)",
            0,
            read_time,
        ),
        (
            ValueKind.MONEY,
            (rf"(?P<sign>{_SIGN})\s?(?P<low>{_DIGITS})"
            rf"(?:{_TO}[$€£₹¥฿₺₩₦₱₫₪]?(?P<high>{_DIGITS}))?(?P<after>)"),
            0,
            read_money,
        ),
        (
            ValueKind.MONEY,
            rf"(?P<sign>){_RANGE}\s?(?P<after>{_AFTER})",
            re.IGNORECASE,
            read_money,
        ),
        (
            ValueKind.PERCENT,
            (r"\b(?P<count>a|one|two|three)[ -](?P<part>quarters?|thirds?)\b|\b(?P<half>half)(?= "
            r"(?:of|the|price|off)\b)"),
            re.IGNORECASE,
            read_share,
        ),
        (ValueKind.PERCENT, rf"{_RANGE}\s?(?:%|percent\b|per cent\b)", re.IGNORECASE, read_amount),
        (
            ValueKind.DURATION,
            (rf"(?:{_RANGE}|(?P<half>\bhalf (?=an? ))?\b(?P<a>an?|"
            rf"per|same|every|each)\b)[ -]?(?P<unit>{any_unit(DURATIONS)})\b"),
            re.IGNORECASE,
            read_duration,
        ),
        (
            ValueKind.MEASURE,
            rf"{_RANGE}[ -]?(?P<unit>{any_unit(MEASURES)})(?![\w])",
            re.IGNORECASE,
            read_measure,
        ),
        (
            ValueKind.WEEKDAY,
            (rf"\b(?:(?P<which>first|second|third|fourth|last|[1-4](?:st|nd|rd|th)|other) )?"
            rf"(?:{DAY}(?:,?\s?(?:-|to|through|thru|until|till|,|and|or|&)\s?{DAY})*|weekdays?|weekends?)\b"),
            re.IGNORECASE,
            read_weekday,
        ),
        (
            ValueKind.DATE,
            (r"\b(?P<month>January|February|March|April|May|June|July|August|September|October|"
            r"November|December)\b(?! I\b| we\b| you\b)(?:\s(?P<year>20\d\d))?"),
            0,
            read_month,
        ),
        (
            ValueKind.CODE,
            r"\b(?=[A-Z0-9-]*[A-Z])(?=[A-Z0-9-]*\d)[A-Z0-9]+(?:-[A-Z0-9]+)*\b",
            0,
            read_as_is,
        ),
        (
            ValueKind.NUMBER,
            rf"(?<![\w.]){_RANGE}(?:st|nd|rd|th)?(?![\w%])",
            re.IGNORECASE,
            read_amount,
        ),
    )
)  # fmt: skip
