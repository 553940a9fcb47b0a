"""'when do you open': the week as a table or list of the pages tells it, not one odd day of it.

Of all sentences with a day and a time those about holidays often have most of the question's words.
Whoever names no day wants the usual week, and that stands in several rows.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from agent.replies.candidates import Candidate
from agent.replies.cases import fit_of
from agent.replies.drafts import Draft
from agent.replies.evidence import Evidence
from agent.replies.questions import Question
from agent.replies.words import Unit, content_stems, units_of
from knowledge_base.opening_hours import hours_of_a_day, usual_hours

_DAY = re.compile(
    r"\b(?:(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:days?)?|weekdays?|weekends?"
    r"|daily|every day)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b\d{1,2}(?:[:.]\d\d)?\s?(?:[ap]\.?m\b|h\b|uhr\b)|\b\d{1,2}[:.]\d\d\b|\b(?:noon|midnight)\b"
    r"|\bclosed\b",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]* \d|\d(?:st|nd|rd|th)?"
    r"(?: of)? (?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)"
    r"|holiday|christmas|easter|thanksgiving|new year|\beve\b",
    re.IGNORECASE,
)
_ABOUT_OPENING = re.compile(r"\bopen|\bhours\b|\bclos(?:e|es|ing)\b", re.IGNORECASE)
_NO_NAME = re.compile(
    r"^(?:our |the )?(?:open|opening|shop|store|hours|times?|when)\b", re.IGNORECASE
)

_DESK = re.compile(
    r"\b(?:desk|customer|support|service|care|phones?|call|ring|text|chat|reply|answer|reach)\b",
    re.IGNORECASE,
)

_FEWEST_ROWS = 2
"""One row is no week: a sentence tells as much."""
_MOST_WORDS = 12
"""Of a line that is not in a table."""


def answer_with_hours(
    question: Question, evidence: Sequence[Evidence], fits: Callable[[str], bool]
) -> Draft | None:
    """Tell the usual week, or its rows of a weekday that is named.

    None where neither is asked for, or no page has the week in rows.

    ``fits`` says whether a reply is short enough: places are named one after another until it is
    not. A place or a thing that the question names must be what the rows stand under.
    """
    of_day = hours_of_a_day(question.text)
    named = usual_hours(question.text) if of_day is None else of_day
    if named is None:
        return None
    wanted = content_stems(" ".join(named))
    day = "" if of_day is None else question.text
    text = ""
    used: list[Evidence] = []
    for passage in evidence:
        week = _week(passage, wanted, day)
        longer = f"{text}\n{week}".strip()
        if week and week not in text and fits(longer):
            # The cells' own words in another order: the guard and the trace know them so.
            shown = replace(passage, text=f"{passage.text}\n{week}")
            text, used = longer, [*used, shown]
    return Draft(text=text, evidence=tuple(used)) if used else None


def without_desk_hours(question: Question, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Leave out when the help desk answers, where pages tell when the shop is open."""
    if not _ABOUT_OPENING.search(question.text) or _DESK.search(question.text):
        return list(candidates)
    told = (f"{one.unit.lead_in} {one.unit.text}" for one in candidates if _is_of_page(one))
    if not any(_DAY.search(text) and _TIME.search(text) for text in told):
        return list(candidates)
    return [one for one in candidates if one.evidence.kind != "brand"]


def _is_of_page(one: Candidate) -> bool:
    return one.evidence.kind == "passage"


def _week(passage: Evidence, wanted: frozenset[str], day: str) -> str:
    """Return a passage's week in one sentence; empty where it tells none, or another's.

    ``day``: a text that names the weekday wanted; empty for all of them.
    """
    rows = [unit for unit in units_of(passage.text) if _tells(unit)]
    if passage.kind != "passage" or len(rows) < _FEWEST_ROWS:
        return ""
    about = f"{passage.heading} {rows[0].lead_in} {rows[0].text}"
    if not _ABOUT_OPENING.search(about) or not wanted <= content_stems(about):
        return ""
    days = [_day_of(unit.text) for unit in rows if not day or fit_of(day, unit.text).met]
    if not days:
        return ""
    said = f"{_name(passage, rows[0])}: {', '.join(days)}"
    return said if said.endswith(".") else f"{said}."


def _tells(unit: Unit) -> bool:
    """Whether a row, or a line that begins with a day, tells hours that are not of one date."""
    line = _DAY.match(unit.text) is not None and len(unit.text.split()) <= _MOST_WORDS
    if unit.kind != "row" and not line:
        return False
    has_both = _DAY.search(unit.text) is not None and _TIME.search(unit.text) is not None
    return has_both and _DATED.search(f"{unit.lead_in} {unit.text}") is None


def _day_of(text: str) -> str:
    """Word ``Day: Sunday; Durango: 11 a.m. to 4 p.m.`` as ``Sunday 11 a.m. to 4 p.m.``."""
    cells = [cell.partition(": ") for cell in text.split("; ")]
    if len(cells) == 2:  # noqa: PLR2004 - a day and its hours need no header
        return " ".join(value.strip() for _, _, value in cells)
    if len(cells) > 2 and all(value for _, _, value in cells):  # noqa: PLR2004
        told = ", ".join(f"{header.strip()} {value.strip()}" for header, _, value in cells[1:])
        return f"{cells[0][2].strip()} ({told})"
    return text if text.endswith("m.") else text.rstrip(".")


def _name(passage: Evidence, row: Unit) -> str:
    """Return whose hours they are: the one column's header, or the last heading."""
    headers = [cell.partition(": ")[0].strip() for cell in row.text.split("; ")]
    if row.kind == "row" and len(headers) == 2 and not _NO_NAME.match(headers[1]):  # noqa: PLR2004
        return headers[1]
    return row.lead_in or passage.heading.rsplit(" > ", 1)[-1]
