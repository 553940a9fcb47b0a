"""Signs of what a message says about texting itself, as features beside the n-grams.

Word lists alone obey too often ('stop the box') and embeddings alone miss the unheard-of ('nix the
texts'); as features of the same model both weigh what the other sees. Each sign is one pattern over
the folded text.
"""
# ruff: noqa: E501 - a pattern is easier to read and to mend in one line

import re

_GAP = r"(?:\W+\w+){0,4}\W+"
_SHORT_GAP = r"(?:\W+\w+){0,2}\W+"
_STOP = (
    r"(?:s+t+o+p+\w{0,3}|stpo|sotp|stahp|q[ui]{2}t\w*|cease|desist|halt|end|nix|kill|cut|lay off|ban|"
    r"no more|nae mair|no further|never|don'?t|do not|dinnae|dinna|not|without|enough|refuse|"
    r"discontinue|cancel|revoke|withdraw|silence|mute|block\w*)"
)
_TEXTS = (
    r"(?:te?xts?|te?xti?n?g?|txt\w*|tex|messag\w*|msgs?|mesg\w*|sms\w*|alerts?|blasts?|pings?|"
    r"dings?|pinging|buzz\w*|writ(?:e|ing) (?:to )?(?:me|us)|contact\w*)"
)
_TAKE = r"(?:take|tak|remove|strike|get|pull|scratch|drop|delete|scrub|erase|keep|leave|cross|wipe)"
_ME = r"(?:me|us|my|this|the|our|it|him|her|old)"
_THING = (
    r"(?:orders?|subscription|box|delivery|deliveries|appointment|membership|plan|shipment|item|"
    r"payment|charge|refund|booking|account|card|store|shop)"
)

SIGNS: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "stop_texts": rf"\b{_STOP}\b{_GAP}{_TEXTS}\b",
        "texts_end": rf"\b{_TEXTS}\b{_GAP}(?:{_STOP}|go|gotta|unwanted|annoy\w*|too much|away)\b",
        "off_list": rf"\b{_TAKE}\s+{_ME}\b{_SHORT_GAP}(?:off|out|from|down)\b"
        r"|\boff\s+(?:of\s+)?(?:the|your|ur|yer|this|that|any)\s+(?:\w+\s+)?(?:list|books?|system|texts?)"
        r"|\bunlist|\bun-?subscri|\bunenroll",
        "lose_number": r"\b(?:lose|forget|delete|erase|remove|bin|drop|trash|toss|rest)\b"
        r"(?:\W+\w+){0,2}\W+(?:numbers?|digits|contact|cell|mobile)\b|\bnumber\s+(?:rest|alone)\b",
        "opt_out": r"\bopt(?:ing|ed)?\s*-?(?:\s*\w+\s+)?(?:out|oot)\b|\boptout\b",
        "opt_in": r"\bopt(?:ing|ed)?\s*-?(?:\s*\w+\s+)?(?:back\s+)?in\b|\bsign me (?:back )?up\b"
        rf"|\b(?:start|resume|restart|reactivate|keep|unmute|turn on){_GAP}{_TEXTS}",
        "leave_alone": r"\bleave (?:me|us|my \w+)\b.{0,20}\b(?:alone|alane|be|peace)\b|\bleft (?:in|alone)\b"
        r"|\b(?:pack|cut|knock) it (?:in|out|off)\b|\bget lost\b|\bgo away\b|\bbug(?:ger)? off\b",
        "not_interested": r"\bnot interested\b|\bno longer (?:want|wish|need|interested)"
        r"|\b(?:don'?t|do not) (?:want|wish|care|need)\b",
        "other_channel": r"\b(?:e-?mails?|emailing|newsletters?|inbox|mail|call|calls|phone me|ring)\b",
        "other_thing": rf"\b{_STOP}\b{_GAP}{_THING}\b",
        "wrong_person": r"\bwrong (?:number|person|guy|phone)\b|\bwho (?:is|are|r|dis)\b",
        "foreign": r"\bno (?:quiero|me|mas|más)\b|\bbasta\b|\barr[eê]te[zr]?\b|\bne (?:me|m')|\bkeine\b"
        r"|\bnicht mehr\b|\baufh[oö]ren\b|\bpare\b|\bn[aã]o (?:quero|me)\b|\bplus de\b|\bnon\b.*\bpi[uù]\b"
        r"|\batmay[ıi]n|\bmesaj\b|\bprzesta|\bhuwag\b|\bbaja\b|\bdejen?\b|\bd[eé]jame\b",
    }.items()
}  # fmt: skip


def signs(folded: str) -> list[int]:
    """Return the places, in ``SIGNS``, of the signs that a folded text shows."""
    return [place for place, pattern in enumerate(SIGNS.values()) if pattern.search(folded)]
