"""The ways in which a number is written, to find where it still stands."""

import json
from collections.abc import Sequence

import phonenumbers


def spellings(address: str) -> tuple[str, ...]:
    """Return an address in every usual form, the longest first; what is no number, as it is."""
    try:
        number = phonenumbers.parse(address, None)
    except phonenumbers.NumberParseException:
        return (address,)
    national = str(number.national_number)
    forms = phonenumbers.PhoneNumberFormat
    written = {
        phonenumbers.format_number(number, form)
        for form in (forms.E164, forms.INTERNATIONAL, forms.NATIONAL, forms.RFC3966)
    }
    written |= {address, f"{number.country_code}{national}", national}
    if len(national) == _NANP_DIGITS:
        area, exchange, line = national[:3], national[3:6], national[6:]
        written |= {sep.join((area, exchange, line)) for sep in ".- "}
        written |= {f"({area}) {exchange}-{line}", f"({area}){exchange}-{line}"}
    return tuple(sorted(written, key=lambda form: (-len(form), form)))


_NANP_DIGITS = 10


def as_stored(text: str) -> Sequence[str]:
    """Return a text as it stands in a plain column, and in a JSON one."""
    escaped = json.dumps(text)[1:-1]
    return (text,) if escaped == text else (text, escaped)
