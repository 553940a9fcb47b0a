"""Words that say the same in a reply and on a page, brought to one for the guard.

Kept to the guard: what stands here makes no two words equal for finding or choosing answers.
"""

import re

_ALIKE = {
    "see": "seen saw seeing", "give": "given gave", "know": "known knew", "make": "made",
    "hold": "held", "keep": "kept", "bring": "brought", "sell": "sold", "send": "sent",
    "lose": "lost losing", "find": "found", "meet": "met", "run": "ran", "show": "shown",
    "speak": "spoke spoken", "write": "wrote written", "choose": "chose chosen",
    "drive": "drove driven", "eat": "ate eaten", "wear": "wore worn", "grow": "grew grown",
    "begin": "began begun", "build": "built", "feed": "fed", "come": "came", "break": "broke",
    "steal": "stole stolen theft", "tear": "tore torn", "lend": "lent", "spend": "spent",
    "take": "taken took", "ride": "rode ridden", "throw": "thrown threw", "buy": "bought",
    "pickup": "pick-up pickups pick-ups collect collected collects collecting collection",
    "until": "till til", "breakdown": "break-down", "elevator": "lift lifts",
    "apartment": "flat flats", "medicine": "medication medications", "minus": "less",
    "beginner": "beginners novice novices newcomer newcomers", "compulsory": "mandatory obligatory",
    "permitted": "allowed", "timetable": "schedule", "taxi": "cab", "luggage": "baggage",
    "ahead": "beforehand", "fridge": "refrigerator", "company": "companies firm firms",
    "toilet": "restroom loo washroom bathroom", "garbage": "trash rubbish",
    "further": "extra additional", "cover": "coverage", "move": "reschedule rescheduled rebook "
    "rebooked postpone postponed shift shifted", "change": "alter altered amend amended modify "
    "modified", "start": "commence commences", "rent": "hire hired borrow borrowed",
    "supply": "provide provides provided supplied",
    "teacher": "instructor instructors tutor tutors "
    "trainer trainers teachers", "car": "vehicle vehicles automobile cars", "discount": "reduction "
    "discounts", "instalment": "installment installments instalments", "bill": "invoice invoices",
    "sick": "ill unwell", "late": "delayed overdue", "baby": "infant infants babies",
    "drink": "beverage beverages drinks", "vegetarian": "veggie",
    "pupil": "pupils learner learners",
    "warranty": "guarantee guarantees warranties", "refund": "reimburse reimbursed reimbursement",
    "near": "close-by nearby closest nearest", "pensioner": "senior seniors pensioners retiree "
    "retirees", "dog": "pup pups doggy pooch dogs", "cat": "kitty cats", "holiday": "vacation",
    "post": "postage mail", "none": "no-one",
    "quote": "estimate estimates quotes quotation",
}  # fmt: skip
_ONE_WORD = {other: word for word, others in _ALIKE.items() for other in others.split()}
_WORD = re.compile(rf"\b(?:{'|'.join(sorted(_ONE_WORD, key=len, reverse=True))})\b", re.IGNORECASE)


_VALUE_NEXT = (
    r"(?= (?:an? |the |of )?(?:[$€£₹¥]|\d|[A-Z]{1,3}\$? ?\d|(?:one|two|three|four|"
    r"five|six|seven|eight|"
    r"nine|ten|twelve|fifteen|twenty|thirty|forty|fifty|day|week|month|year|hour|minute|inch|"
    r"kilo|mile)\b))"
)
_COUNT = (
    r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|"
    r"fifty)"
)
_PHRASES = tuple(
    (re.compile(pattern, re.IGNORECASE), wording)
    for pattern, wording in (
        (r"\b(?:an?|one) (hour|day|week|month|year) and a half\b", r"1.5 \1s"),
        (r"\bone and a half (?=hour|day|week|month|year)", "1.5 "),
        (r"\btwo and a half (?=hour|day|week|month|year)", "2.5 "),
        (r"\bthree and a half (?=hour|day|week|month|year)", "3.5 "),
        (r"\b(?:a )?quarter of an hour\b", "15 minutes"),
        (r"\b(?:a|one) fortnight\b", "2 weeks"),
        (r"\b(?:three[- ]quarters of an hour|three quarters? hour)\b", "45 minutes"),
        (r"\b(?:every|each) (?:second|other) (day|week|month|year)\b", r"every 2 \1s"),
        (r"\b(?:every|each) third (day|week|month|year)\b", r"every 3 \1s"),
        (r"\bweekly\b", "every week"),
        (r"\bmonthly\b", "every month"),
        (r"\b(?:yearly|annual(?:ly)?|per annum)\b", "every year"),
        (r"\bdaily\b", "every day"),
        (r"\bof (?:each|every) month\b", "of the month"),
        (r"\b(?:a |per )(?:person|head)\b|\bapiece\b", "each"),
        (
            (
                r"\b(?:at the moment|right now|at present|currently|for now|these days|nowadays|"
                r"as of now)\b"
            ),
            "",
        ),
        (
            (
                r"\b(?:round the clock|around the clock|24/7|(?:24|twenty-four) hours a day|"
                r"day or night|at any hour)\b"
            ),
            "day and night",
        ),
        (
            (
                r"\b(?:do not|don't|doesn't|does not|fail to|didn't) (?:show|turn) up\b"
                r"|\b(?:not|without) (?:showing|turning) up\b"
            ),
            "no-show",
        ),
        (r"\b(?:show|turn)(?:s|ed|ing)? up\b", "arrive"),
        (r"\bpick(?:s|ed|ing)? (?:(it|them|your \w+) )?up\b", r"pickup \1"),
        (r"\b(?:break(?:s|ing)?|broke|broken) down\b", "breakdown"),
        (
            (
                r"\b(?:comes?|works? out|amounts?) (?:to|at) (?=[$€£₹¥]|\d|[A-Z]{1,3}[$ ]?\d)"
                r"|\b(?:sets?|will set) you back (?=[$€£₹¥]|\d|[A-Z]{1,3}[$ ]?\d)"
            ),
            "costs ",
        ),
        (
            (
                r"\b(?:pa(?:y|ys|id|ying)|giv(?:e|es|en|ing)|gave) "
                r"((?:(?:the|your|his|her|their|all|it|them|you) ?)?(?:(?:first|whole|full) )?"
                r"(?:\w+ )?)back\b"
            ),
            r"refund \1",
        ),
        (r"\b(?:have|has|had) to\b|\bneeds? to be\b", "must"),
        (r"\b(?:won't|will not|wouldn't) cost (?:you )?(?:anything|a thing|a penny)\b", "is free"),
        (r"\b(?:beside|alongside|adjacent to|right by)(?= )", "next to"),
        (
            r"\b(?:across from|facing|over the road from|across the (?:road|street) from)\b",
            "opposite",
        ),
        (r"\b(?:underneath|beneath|below)(?= (?:the|our|a)\b)", "under"),
        (r"\boff[- ]limits\b", "not allowed"),
        (r"\b(?:doesn't|does not|won't|will not) cost (?:anything )?(?:extra|more)\b", "is free"),
        (
            (
                r"\b(?:above|exceeding|in excess of|upwards of|(?:longer|greater|"
                r"deeper|higher|older|"
                rf"heavier|larger|bigger|taller|wider|farther) than){_VALUE_NEXT}"
            ),
            "over",
        ),
        (
            (
                r"\b(?:(?:shorter|lower|younger|lighter|smaller|nearer|closer|cheaper) than)"
                rf"{_VALUE_NEXT}"
            ),
            "under",
        ),
        (r"\b(per|a|each|every) kilo\b", r"\1 kg"),
        (r"\b(are|is|were|'re) all(?= [a-z]+(?:ed|en)\b| there\b| in\b)", r"\1"),
        (r"\ball (?:about|around|over|set|that|it|the more)\b", ""),
        (r"\bexcept that\b", "but"),
        (r"\bused to (be|cost)\b", r"formerly was"),
        (r"\bused to(?= [a-z])", "formerly"),
        (r"\b(a|an|one|two|three|\d+) (?:full|whole) (?=(?:hour|day|week|month|year)s?\b)", r"\1 "),
        (rf"\b(?:anywhere )?from ({_COUNT}) (?:up )?to (?={_COUNT}\b)", r"from \1 to "),
        (rf"\b({_COUNT}) up to (?={_COUNT}\b)", r"\1 to "),
        (
            (
                r"\b(?:further|farther|longer|more|higher) than that\b"
                r"|\b(?:above|over|past|any(?:thing)? (?:more|beyond)) that\b"
            ),
            "beyond that",
        ),
        (
            (
                r"\bif (?:you (?:don't|do not) (?:love|like) (?:it|them)|you(?:'re| "
                r"are)(?: not|n't) "
                r"(?:happy|satisfied|pleased)(?: with (?:it|them))?|(?:it|they)(?:'s| is|'re| are)"
                r"(?: not|n't) (?:right |quite right )?for you|(?:it|they) "
                r"(?:doesn't|don't) suit you|"
                r"you change your mind)"
            ),
            "if unhappy",
        ),
        (
            (
                r"\b(?:is|are|lies?|falls?) (?:outside|beyond) (?:of )?(?:our|the) "
                r"(\w+) (?:area|zone|range|region)\b"
            ),
            r"cannot have \1",
        ),
        (r"\bcheck (?=with|for|that|if|whether|out|our|the|it)", "see "),
        (r"\b(?:a new|another|a different) (?=date|day|time|one|slot|appointment)", "another "),
        (
            r"\bget (?:(?:all|some|half) )?((?:the|your|their|it|them|that) ?(?:\w+ )?)back\b",
            r"refund \1",
        ),
        (r"\bhalf[- ]hour\b(?! and)", "30-minute"),
        (r"\bin full\b|\bfully(?= (?:refund|charge|booked))", ""),
        (r"\bin advance\b", "ahead"),
        (r"\b(is|are|isn't|aren't|not) part of\b", r"\1 included in"),
        (r"\bcredit cards?\b", "creditcard"),
        (r"\bcall(?:s|ed|ing)? (?:(it|them|(?:the|a|your) \w+) )?off\b", r"cancel \1"),
        (r"\b(is|are|'s|'re) (?:away|absent)\b", r"\1 not here"),
        (r"\bon top of (?:that|it)\b|\bas well\b", "too"),
        (r"\b(?:is|are|be|am|'re|'m|'s) not able to\b|'re not able to\b|\bunable to\b", "cannot"),
    )
)
"""Phrases, applied in this order."""


def in_other_words(text: str) -> str:
    """Return a text with the words of a paraphrase brought to those that the guard compares."""
    for pattern, wording in _PHRASES:
        text = pattern.sub(wording, text)
    return _WORD.sub(lambda match: _ONE_WORD[match.group().casefold()], text)
