"""Recipients' numbers as people write them."""

import phonenumbers

from agent.brand import Brand
from agent.errors import InvalidInputError


def read_number(to: str, brand: Brand, *, field: str = "to") -> str:
    """Read a recipient's number; one without a country code is of the brand's country.

    Raises:
        InvalidInputError: it is no number that could take a text.
    """
    try:
        code = phonenumbers.parse(brand.numbers[0], None).country_code or 0
        number = phonenumbers.parse(to, phonenumbers.region_code_for_country_code(code))
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise InvalidInputError(
            f"{to!r} is no phone number; write it with its country code, such as +13035550123.",
            field=field,
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
