"""What a customer has told already is not asked for again."""

import re
from collections.abc import Sequence

from agent.replies.candidates import Candidate
from agent.replies.questions import Question

_ASKS_FOR_NUMBER = re.compile(
    r"\b(?:text|send|tell|give|message|reply|write)\b.{0,25}\b(?:order|booking|reference|tracking|"
    r"account|policy|membership|job|ticket|case) (?:number|no\.?|id|code|reference)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"#?\b(?=[\w-]*\d{3})[\w-]{4,20}\b")
"""A number as orders have them; a size, or a price of three digits, is none."""


def without_asking_again(question: Question, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Leave out the sentences that ask for a number where the question names one."""
    if not names_number(question.text):
        return list(candidates)
    return [one for one in candidates if _ASKS_FOR_NUMBER.search(one.unit.text) is None]


def names_number(text: str) -> bool:
    """Whether a text holds a number as orders have them."""
    return _NUMBER.search(text) is not None
