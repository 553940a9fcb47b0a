"""Which numbers to call when life is in danger, by the brand's country.

Sources. Emergency numbers: the European Union's 112 (Directive (EU) 2018/1972, article 109), the
numbers that ``phonenumbers`` carries for each country (a test holds these to it). Crisis lines,
from their own pages: 988 Suicide & Crisis Lifeline (US, 988lifeline.org), Suicide Crisis Helpline
(Canada, 988.ca), Samaritans 116 123 (UK and Ireland, samaritans.org), Lifeline 13 11 14 (Australia,
lifeline.org.au), 1737 (New Zealand, 1737.org.nz), Telefonseelsorge 0800 111 0 111 (Germany) and 142
(Austria), Die Dargebotene Hand 143 (Switzerland), 3114 (France, 3114.fr), 024 (Spain, Ministry of
Health), 113 (Netherlands, 113.nl), Mental Helse 116 123 (Norway), Livslinien 70 201 201 (Denmark,
livslinien.dk), Tele-MANAS 14416 (India), SADAG 0800 567 567 (South Africa, sadag.org), SOS 1767
(Singapore, sos.org.sg). Those of Australia, Austria, Denmark, Germany, the Netherlands, Norway,
Singapore, South Africa, Switzerland, the United Kingdom and the United States were found the same
in other public lists in November 2026; Denmark's does not answer in the early morning. Where a
country is not known, none is named: a wrong number is worse.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import phonenumbers

from agent.brand import Brand


@dataclass(frozen=True, slots=True, kw_only=True)
class Helplines:
    """Words that follow 'call': the emergency number, and the line for thoughts of suicide."""

    emergency: str = "your local emergency number"
    crisis: str = "someone you trust or a crisis line"


KNOWN: Mapping[str, Helplines] = {
    "US": Helplines(emergency="911", crisis="or text 988"),
    "CA": Helplines(emergency="911", crisis="or text 988"),
    "GB": Helplines(emergency="999", crisis="Samaritans on 116 123"),
    "IE": Helplines(emergency="112 or 999", crisis="Samaritans on 116 123"),
    "AU": Helplines(emergency="000", crisis="Lifeline on 13 11 14"),
    "NZ": Helplines(emergency="111", crisis="or text 1737"),
    "DE": Helplines(emergency="112", crisis="Telefonseelsorge on 0800 111 0 111"),
    "AT": Helplines(emergency="112", crisis="Telefonseelsorge on 142"),
    "CH": Helplines(emergency="112", crisis="Die Dargebotene Hand on 143"),
    "FR": Helplines(emergency="112", crisis="3114"),
    "ES": Helplines(emergency="112", crisis="024"),
    "NL": Helplines(emergency="112", crisis="113"),
    "NO": Helplines(emergency="112", crisis="Mental Helse on 116 123"),
    "DK": Helplines(emergency="112", crisis="Livslinien on 70 201 201"),
    "IN": Helplines(emergency="112", crisis="Tele-MANAS on 14416"),
    "ZA": Helplines(emergency="112", crisis="SADAG on 0800 567 567"),
    "SG": Helplines(emergency="995", crisis="SOS on 1767"),
    "MX": Helplines(emergency="911"),
    "JP": Helplines(emergency="119"),
    "KR": Helplines(emergency="119"),
    "HK": Helplines(emergency="999"),
    "MY": Helplines(emergency="999"),
    "PH": Helplines(emergency="911"),
    "AE": Helplines(emergency="998"),
    "BR": Helplines(emergency="192"),
    "KE": Helplines(emergency="999"),
    "IL": Helplines(emergency="101"),
    "TR": Helplines(emergency="112"),
}
"""By ISO 3166-1 country."""

_EUROPE = Helplines(emergency="112")
"""112 is answered in every country whose clocks are a city of Europe's."""

_BY_ZONE: Mapping[str, tuple[str, ...]] = {
    "IE": ("Europe/Dublin",),
    "GB": ("Europe/London", "Europe/Belfast"),
    "NZ": ("Pacific/Auckland", "Pacific/Chatham"),
    "AU": ("Australia/",),
    "CA": tuple(
        f"America/{city}"
        for city in (
            "Toronto", "Vancouver", "Edmonton", "Winnipeg", "Halifax", "St_Johns", "Regina",
            "Montreal", "Moncton", "Whitehorse", "Yellowknife", "Iqaluit",
        )
    ),
    "US": (
        *(
            f"America/{city}"
            for city in (
                "New_York", "Chicago", "Denver", "Los_Angeles", "Phoenix", "Anchorage", "Detroit",
                "Boise", "Indiana/", "Kentucky/", "North_Dakota/", "Juneau",
            )
        ),
        "Pacific/Honolulu", "US/",
    ),
    "DE": ("Europe/Berlin",), "AT": ("Europe/Vienna",), "CH": ("Europe/Zurich",),
    "FR": ("Europe/Paris",), "ES": ("Europe/Madrid", "Atlantic/Canary"),
    "NL": ("Europe/Amsterdam",), "NO": ("Europe/Oslo",), "DK": ("Europe/Copenhagen",),
    "IN": ("Asia/Kolkata", "Asia/Calcutta"), "ZA": ("Africa/Johannesburg",),
    "SG": ("Asia/Singapore",), "MX": ("America/Mexico_City",), "JP": ("Asia/Tokyo",),
    "BR": ("America/Sao_Paulo",), "KE": ("Africa/Nairobi",),
}  # fmt: skip
"""Time zones, or their beginnings, of countries whose numbers do not tell them: +1, or made-up."""


def helplines(brand: Brand) -> Helplines:
    """Return whom to call: what the brand file says, else the numbers of the brand's country."""
    known = _of_country(brand)
    own = brand.emergency
    return Helplines(
        emergency=own.number or known.emergency, crisis=own.crisis_line or known.crisis
    )


def _of_country(brand: Brand) -> Helplines:
    by_zone = next((c for c, zones in _BY_ZONE.items() if brand.time_zone.startswith(zones)), None)
    country = _region(brand.numbers[0]) or by_zone or _region(brand.contact.phone) or ""
    if country in KNOWN:
        return KNOWN[country]
    return _EUROPE if brand.time_zone.startswith("Europe/") else Helplines()


def _region(number: str) -> str | None:
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number, None))
    except phonenumbers.NumberParseException:
        return None
