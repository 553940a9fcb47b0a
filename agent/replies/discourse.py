"""Words of politeness and of the conversation itself, which state nothing about the matter.

"No worries! Just so you know, ..." says no more than what follows it. Such phrases are left out
before a reply is compared with its evidence; the customer reads them all the same.
"""

import re

from agent.replies.words import stem

_PHRASES = (
    r"(?:no|not to) (?:worr(?:y|ies)|problem|bother|stress)(?: at all)?",
    r"(?:please )?(?:don't|do not|never|no need to) (?:you )?(?:worry|fret|stress)",
    (
        r"(?:please )?(?:don't|do not|never) hesitate(?: to (?:ask|get in touch|reach "
        r"out|contact us))?"
    ),
    r"(?:please )?(?:don't|do not) forget(?: (?:that|to))?",
    r"(?:please )?(?:be sure|make sure|remember|be certain)(?: (?:that|to|you))?",
    (
        r"please (?:note|be aware|keep in mind|bear in mind|mind|remember)(?: that)?|"
        r"(?:keep|bear) in "
        r"mind(?: that)?|(?:note|be aware) that"
    ),
    (
        r"just (?:so you know|a (?:quick )?(?:heads[- ]up|note|reminder)|to (?:let "
        r"you know|confirm|"
        r"clarify|be clear))(?: that)?"
    ),
    r"(?:a )?(?:quick )?heads[- ]up(?: that)?|fyi|for your information",
    (
        r"(?:i|we)(?:'d| would) (?:love|be (?:so |very |more than )?(?:happy|glad|"
        r"delighted|pleased)) to"
    ),
    (
        r"(?:i|we)(?:'m| am|'re| are) (?:so |very |really |only |always )?(?:happy|glad|delighted|"
        r"pleased|excited) (?:to (?:hear|help|say|tell you|confirm|let you know)|that|you)"
        r"(?: (?:that|asked))?"
    ),
    r"(?:i|we) (?:can|could|may)? ?(?:confirm|assure you|tell you|let you know)(?: that)?",
    (
        r"(?:i|we)(?:'m| am|'re| are)? (?:so |very |really |truly |terribly |ever so "
        r")?(?:sorry|afraid)"
        r"(?: (?:to (?:hear|say)|about|for)(?: (?:that|this|it|the (?:trouble|confusion|wait|"
        r"inconvenience)))?| that| but)?"
    ),
    (
        r"(?:so |very |really )?sorry(?: (?:to hear|about|for)(?: (?:that|this|it|the (?:trouble|"
        r"confusion|wait|inconvenience)))?)?"
    ),
    r"(?:i'm |we're )?(?:so |very |really )?sorry (?:about|for|to hear about) your [a-z]+(?=[.,!])",
    r"(?:my |our )?(?:sincere )?apologies(?: for (?:that|this|the \w+))?|(?:i|we) apologi[sz]e",
    (
        r"(?:many )?thanks(?: (?:so much|a lot|again|very much))?(?: for (?:asking|"
        r"checking|reaching out|"
        r"getting in touch|your (?:message|question|patience|interest|text)|writing|contacting us|"
        r"letting us know))?"
    ),
    (
        r"thank you(?: (?:so|very) much| again)?(?: for (?:asking|checking|reaching "
        r"out|getting in touch|"
        r"your (?:message|question|patience|interest|text)|writing|contacting us|letting us know))?"
    ),
    (
        r"(?:^|(?<=[.!] )|(?<=that's )|(?<=what ))(?:an? )?(?:great|good|excellent|lovely|fair) "
        r"(?:question|choice|news|idea)(?: is(?: that)?)?"
    ),
    (
        r"(?:just |do |so )?let (?:us|me) know(?: if you (?:can't|cannot|can not) "
        r"make it| if (?:you have "
        r"|there(?:'s| is) |you need )?(?:any(?:thing)? |more |other |else |further )*questions?)?"
    ),
    r"the (?:good|great|bad|sad) news is(?: that)?|good to know",
    (
        r"(?:unfortunately|sadly|regrettably|luckily|fortunately|thankfully|happily|actually|basically|"
        r"essentially|generally speaking|of course|sure thing|indeed|obviously|"
        r"naturally|rest assured(?: that)?|to answer your question|to be (?:clear|"
        r"honest)|as (?:mentioned|far as i can see)|as it happens|in fact|in that case|that said|"
        r"having said that|by the way|btw|for sure)"
    ),
    r"(?:you'll|you will) be (?:happy|glad|pleased|delighted) to (?:hear|know|learn)(?: that)?",
    r"in case you(?:'re| are| were)? wondering",
    (
        r"(?:if (?:you(?:'d| would)? (?:like|want|wish|prefer|need|fancy)|that "
        r"(?:helps|suits you|works "
        r"for you)|needed|possible|necessary))(?=[,.!?;]|$)"
    ),
    (
        r"(?:whenever|when|wherever) (?:it )?(?:suits|you(?:'re| are) ready|you like|convenient)"
        r"(?: you)?"
    ),
    r"(?:go ahead and|kindly|please)",
    r"(?:it )?(?:looks|seems|sounds) (?:like|as if|as though)",
    r"(?:hope|i hope|we hope) (?:this|that|it) helps",
    r"(?:save|mark) the date|you're (?:all set|in luck|good to go)|all set|got it|no rush",
    (
        r"(?:hi|hello|hey)(?: there)?(?=[,!.])|good (?:morning|afternoon|evening)(?=[,!])|"
        r"welcome(?=[!,.])|you're welcome(?=[!,.])"
    ),
    r"(?:at the end of the day|all in all|in short|long story short|to sum up|in other words)",
)
_DISCOURSE = re.compile(rf"(?<![\w'-])(?:{'|'.join(_PHRASES)})(?![\w'-])", re.IGNORECASE)
_MAY = re.compile(
    r"(?<![\w'-])(?:feel free to|you(?:'re| are) (?:very |more than |always |most )?"
    r"(?:welcome|free|able|allowed) to|you(?:'ve| have) the option to|"
    r"it(?:'s| is) possible to)(?![\w'-])",
    re.IGNORECASE,
)
_LEFT_OVER = re.compile(r"^[\s,;:!.–-]+|\s+(?=[,.;:!?])|(?<=[,;:])(?:\s*[,;:])+")


def matter_of_speech(text: str) -> str:
    """Return a text without the phrases that only keep a conversation going."""
    bare = _MAY.sub("you can", _DISCOURSE.sub(" ", text))
    if bare == text:
        return text
    return _LEFT_OVER.sub("", re.sub(r"\s+", " ", bare)).strip()


COURTEOUS = frozenset(
    stem(word)
    for word in [
        "hear",
        "feel",
        "worry",
        "worries",
        "excite",
        "excited",
        "exciting",
        "glad",
        "happy",
        "hope",
        "wish",
        "wonder",
        "wondering",
        "question",
        "love",
        "great",
        "good",
        "nice",
        "lovely",
        "wonderful",
        "fantastic",
        "brilliant",
        "perfect",
        "pleasure",
        "thank",
        "thanks",
        "appreciate",
        "patience",
        "understand",
        "interest",
        "interested",
        "ask",
        "asking",
        "check",
        "checking",
        "know",
        "let",
        "look",
        "looking",
        "forward",
        "seeing",
        "soon",
        "welcome",
        "help",
        "assist",
        "assistance",
        "hand",
        "chat",
        "message",
        "text",
        "reply",
        "reach",
        "contact",
        "touch",
        "hesitate",
        "moment",
        "bit",
        "luck",
        "enjoy",
        "trouble",
        "confusion",
        "inconvenience",
        "frustrating",
        "frustration",
        "sorry",
        "apologise",
        "apologize",
        "apologies",
        "bear",
        "fine",
        "okay",
        "kind",
        "kindly",
        "word",
        "mind",
        "glad",
        "delighted",
        "delight",
        "honour",
        "pleased",
        "meet",
        "greet",
        "hi",
        "hello",
        "answer",
        "anything",
        "else",
        "sure",
        "awesome",
        "super",
        "thing",
        "sounds",
        "want",
        "need",
        "like",
        "fun",
        "shame",
        "pity",
        "disappointed",
        "disappointing",
        "rush",
        "problem",
        "queries",
        "query",
        "further",
        "day",
        "have",
        "bye",
        "cheers",
        "congratulations",
        "congrats",
    ]
)
"""Stems of which a sentence may consist that only is polite."""
