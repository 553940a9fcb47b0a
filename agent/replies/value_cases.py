"""Values that hold for one case each: ``$65 for small dogs and $95 for large dogs``."""

import re

from agent.replies.claims import Statement, read_statement
from agent.replies.spots import Claim, Spot
from agent.replies.value_checks import same
from agent.replies.values import Value, values_of


def is_one_of_several(claim: Claim, value: Value, spot: Spot) -> bool:
    """Whether the evidence gives two values of one subject for two cases, and no case is named.

    ``A groom is $65 for small dogs and $95 for large dogs`` is not ``a groom is $65``.
    """
    said = _bounded(claim.sentence) | claim.context
    for match in _tails(spot.statement.text):
        first, second = read_statement(match["first"]), read_statement(match["second"])
        cases = [_bounded(first) - _bounded(second), _bounded(second) - _bounded(first)]
        amounts = [values_of(match["one"]), values_of(match["two"])]
        if not all(cases) or not all(amounts) or amounts[0][0].kind is not amounts[1][0].kind:
            continue
        for place in (0, 1):
            if same(value, amounts[place][0]) and not cases[place] & said:
                return True
    return False


def _bounded(statement: Statement) -> frozenset[str]:
    """Return a statement's matter, each value with its bound: under and over 30 lb are two."""
    return statement.stems | {f"{v.kind}:{v.amount}{v.unit} {v.bound}" for v in statement.values}


def case_of(value: Value, spot: Spot) -> str:
    """Return the case that the evidence gives a value for."""
    for match in _tails(spot.statement.text):
        for amount, tail in (("one", "first"), ("two", "second")):
            if any(same(value, found) for found in values_of(match[amount])):
                return match[tail].strip()
    return ""


def _tails(text: str) -> list[re.Match[str]]:
    return list(_TWO_TAILS.finditer(text))


_AMOUNT = (
    r"(?:[A-Z]{0,3}[$€£₹¥]\s?\d[\d.,]*\d|(?:CHF|KSh|R)\s?\d[\d.,]*\d|"
    r"\d+ (?:kr|pesos|euros|minutes|hours|days|weeks|months))"
)
_RATE = r"(?: (?:a|an|per) \w+)?"
_CASE = r"(?:for|in|on|within|from|with|if|during) [^,;.]{3,60}"
_TWO_TAILS = re.compile(
    rf"(?P<one>{_AMOUNT}){_RATE} (?P<first>{_CASE}?),? (?:and|or|but) "
    rf"(?P<two>{_AMOUNT}){_RATE} (?P<second>{_CASE})"
)
