"""Ways of saying the same thing, brought to one, so that negations and promises can be compared."""

import re

from agent.replies.clock_words import in_figures
from agent.replies.paraphrase import in_other_words
from agent.replies.words import normalise

_MONTH_NAME = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)

_CANONICAL = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (
            (
                r"\b(?:costs?|pay|pays) (?:you )?nothing\b|\b(?:there(?:'s| is) "
                r")?nothing (?:more |extra )?"
                r"to pay\b|\b(?:don't|do not|won't|will not) (?:have to |need to "
                r")?pay (?:anything|a thing|"
                r"for (?:it|that|this))\b"
            ),
            "is free",
        ),
        (r"\bwithout (?:any )?(?:charge|charging(?: you)?|paying|cost|further cost)\b", "free"),
        (r"\b(?:sold out|out of stock|unavailable)\b", "not available"),
        (r"\bin stock\b", "available"),
        (r"\bnon-?\s?refundable\b", "not refundable"),
        (r"\bnon-?\s?transferable\b", "not transferable"),
        (r"\bnon-?\s?returnable\b", "not returnable"),
        (r"\bineligible\b", "not eligible"),
        (r"\bunable to\b", "cannot"),
        (r"\b(?:closed|shut)\b", "not open"),
        (r"\bcloses(?= (?:on|in|every|for|over|during)\b)", "is not open"),
        (r"\b(\w+) excluded\b", r"not \1"),
        (r"\bexcluding\b", "not"),
        (
            r"\b(?:(?:have|has) )?(?:stopped|ceased|discontinued|given up|gave up) (?=\w+ing\b)",
            "not ",
        ),
        (r"\bunder[- ](\d+)s\b", r"children under \1"),
        (r"\bover[- ](\d+)s\b", r"people over \1"),
        (r"\bdo(?:es)?n't cost (?:you )?(?:anything|a thing)\b", "is free"),
        (r"\b(?:all year(?:[ -]round)?|the whole year|throughout the year)\b", "year-round"),
        (
            rf"\b({_MONTH_NAME}) (\d{{1,2}})(?: ?- ?| to | and )(\d{{1,2}})\b(?![:.]\d| ?[ap]m)",
            r"\1 \2 to \1 \3",
        ),
        (
            (
                r"\b(?:the )?(\d{1,2})(?:st|nd|rd|th)?( ?- ?| to | until | till | and )(?:the )?"
                rf"(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({_MONTH_NAME})\b"
            ),
            r"\1\2\3 \4",
        ),
        (rf"\b(\d{{1,2}})( ?- ?| to | and )(\d{{1,2}}) ({_MONTH_NAME})\b", r"\1 \4\2\3 \4"),
        (r"\ban? (?:extra|additional|further) (?=[$€£₹¥]|[A-Z]{1,3}[$ ]?\d)", ""),
        (
            (
                r"\b(?:(?:was|were|has been|have been|is|are|got) )(?:dropped|removed|taken down|"
                r"discontinued|withdrawn|abolished|scrapped|phased out|gone)\b"
            ),
            "is not offered",
        ),
        (r"\b(?:has |have )?(?:ended|stopped) in (?=20\d\d)", "is not offered since "),
        (r"\b(?:prohibited|forbidden|banned)\b", "not allowed"),
        (r"\b(?:refuse|decline)s?\b", "do not accept"),
        (
            (
                r"\b(?:free of charge|(?:at |for )?no (?:extra |further )?(?:charge|cost|"
                r"fee)s?"
                r"|complimentary|on the house|on us(?=[.,;!]|$)|without charge|for nothing)\b"
            ),
            "free",
        ),
        (
            (
                r"\b(?:sen[dt]|bring|brought|mail|ship) "
                r"(?:it |them |things |items |an item |something |goods )?back\b"
            ),
            "return",
        ),
        (r"\b(?:get |have )?(?:your |their |the |all your )?money back\b", "refund"),
        (r"\bno (?:later|more|less|fewer|longer) than\b|\bnot (?:more|less) than\b", "within"),
        (r"\bnot (?:only|just)\b", ""),
        (r"\bno need to\b|\bdo(?:es)? ?n[o']t (?:need|have) to\b", "needless"),
        (r"\bno longer\b", "not"),
        (r"\bby appointment only\b", "only by appointment"),
        (r"\bwhole[- ]grain\b", "wholegrain"),
    )
)


def canonical_form(text: str) -> str:
    """Return a text with words that mean the same brought to one wording."""
    text = in_other_words(in_figures(normalise(text)))
    for pattern, replacement in _CANONICAL:
        text = pattern.sub(replacement, text)
    return text
