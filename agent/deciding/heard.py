"""What a message says about texting: STOP, START, HELP, in any words. Pure."""

import re

from agent.deciding.consent import opt_out
from agent.deciding.pending import asks_anew, yes_or_no
from agent.deciding.policy import Policy, say
from agent.deciding.several import hears_opt_out
from agent.domain.conversations import PendingKind
from agent.domain.signals import Decision, Route, Signals
from intents.reading.consent import RULED_OUT_BELOW
from intents.types import ConsentReading


def consent(signals: Signals, policy: Policy) -> Decision | None:
    """STOP, START and HELP in any words come before everything else, always."""
    reading, rule = _consent_reading(signals)
    if signals.consent_done == "joined" and reading is not ConsentReading.OPT_OUT:
        return _topics(signals.consent_done)
    if signals.conversation.opted_out:
        return _consent_when_opted_out(reading, rule)
    if signals.consent_done and reading is None:
        return _topics(signals.consent_done)
    if reading is ConsentReading.OPT_OUT:
        return opt_out(signals, policy, rule, "The customer wants no more texts.")
    return _start_or_help(reading, rule)


def _start_or_help(reading: ConsentReading | None, rule: str) -> Decision | None:
    match reading:
        case ConsentReading.OPT_IN:
            return say(Route.CONSENT, rule, "The customer wants texts.", "opt_in_done")
        case ConsentReading.HELP if rule == "consent_word":
            return say(Route.CONSENT, rule, "HELP alone.", "help")
        case _:
            return None


def _consent_reading(signals: Signals) -> tuple[ConsentReading | None, str]:
    """Return what the message says about texting, and the rule that heard it."""
    if signals.consent_word is not None:
        return signals.consent_word, "consent_word"
    if signals.denies_stop:
        said = None if signals.understanding is None else signals.understanding.consent
        wants = said is ConsentReading.OPT_IN and not asked_about_texts(signals)
        return (said if wants else None), "consent_model"
    if signals.consent_heard is not None:
        return signals.consent_heard, "consent_model"
    understanding = signals.understanding
    return (None if understanding is None else understanding.consent), "consent_model"


def _sounds_unsure(signals: Signals) -> bool:
    return _consent_reading(signals)[0] is ConsentReading.UNSURE


def asked_about_texts(signals: Signals) -> bool:
    """Whether the agent's last words were 'do you want no more texts?'."""
    pending = signals.conversation.pending
    return pending is not None and pending.kind is PendingKind.CONFIRM_OPT_OUT


def _consent_when_opted_out(reading: ConsentReading | None, rule: str) -> Decision:
    match reading:
        case ConsentReading.OPT_IN:
            return say(Route.CONSENT, rule, "The customer wants texts again.", "opt_in_done")
        case ConsentReading.HELP if rule == "consent_word":
            return say(Route.CONSENT, rule, "HELP alone.", "help")
        case _:
            return Decision(
                route=Route.NONE,
                rule="opted_out",
                reason="The customer has said STOP; nothing is sent until they say START.",
            )


def _topics(done: str) -> Decision:
    return say(Route.CONSENT, f"consent_{done}", "The customer sees to their topics.", done)


def confirmed_opt_out(signals: Signals, policy: Policy) -> Decision | None:
    """The answer to 'do you want no more texts?', also where a person is in charge meanwhile."""
    if not asked_about_texts(signals):
        return None
    if signals.denies_stop:
        return None if signals.rest else _stays()
    said = True if _STOPS.fullmatch(signals.text) else yes_or_no(signals)
    if signals.keyword is None and said is not None and not _is_plain(said, signals):
        return None
    match said:
        case True:
            asked = signals.conversation.pending
            return opt_out(
                signals,
                policy,
                "opt_out_confirmed",
                "The customer confirmed.",
                before="" if asked is None else asked.question,
            )
        case False:
            return _stays()
        case None:
            return None


_STOPS = re.compile(
    r"\W*(?:(?:yes|yeah|yep|please|pls|just|ok|so|then)\W+)*stop(?:\W+(?:it|them|all|everything|now|please|pls|"
    r"these|the|those|of|texts?|texting|messages|messaging|me|us|altogether|thanks|thank you))*\W*",
    re.IGNORECASE,
)  # fmt: skip
"""Stopping and nothing else, said when asked whether to stop."""


def _is_plain(said: bool, signals: Signals) -> bool:  # noqa: FBT001 - the answer itself
    """Whether what the models took for a yes or a no is nothing else besides.

    'I don't want this' is a no to the question's words, and surely none to being stopped; 'ok but
    where is my parcel' is a question.
    """
    if _STOPS.fullmatch(signals.text):
        return True
    if _sounds_unsure(signals):
        return False
    return not (said and (asks_anew(signals.text) or is_angry(signals)))


def is_angry(signals: Signals) -> bool:
    """Whether a message is at least half-way to clear frustration."""
    read = signals.understanding
    return read is not None and read.frustration >= _ANGRY_FROM


def _stays() -> Decision:
    return say(Route.CONSENT, "opt_out_declined", "The customer stays.", "opt_out_declined")


_ABOUT_TEXTS_FROM = 0.97
"""P(opt_out or unsure) from which an unsure message is taken for one about texts rather than about
the service: 'enough already' has .99, 'the fourth time I am writing, I am absolutely done' .84 to
.95 in versions seen so far. Set by these two, not tuned."""

_ANGRY_FROM = 0.5
"""Frustration halfway between annoyed (.4) and clearly frustrated (.6): from here on words that
name no texts are taken for a complaint."""

_NAMES_TEXTS = re.compile(
    r"\b(?:te?xt(?:s|ing|ed)?|messag(?:es?|ing)|msgs?|sms|stop\w*|unsub\w*|opt(?:ed|ing)?|remove|list|"
    r"number|spam\w*|leave (?:me|us)|alone|bother\w*|contact\w*|pester\w*|enough|inbox|"
    r"notif\w*|alerts?|sending|send|blow(?:ing)? up|annoy\w*|harass\w*|block\w*|delete)\b",
    re.IGNORECASE,
)


_NAMES_THEM_SURELY = re.compile(
    r"\b(?:te?xt(?:s|ing|ed)?|messag(?:es?|ing)|msgs?|sms|stop\w*|unsub\w*|opt(?:ed|ing)?|remove|list|"
    r"number|spam\w*|leave (?:me|us)|inbox|notif\w*|alerts?)\b",
    re.IGNORECASE,
)
"""Words that name texts even of somebody who writes of another matter: not 'enough is enough'."""


def names_texts(signals: Signals) -> bool:
    """Whether a message's words may be about being texted at all."""
    names = _NAMES_THEM_SURELY if signals.conversation.goes_on else _NAMES_TEXTS
    return names.search(signals.text) is not None


def surely_about_texts(signals: Signals) -> bool:
    """Whether a message is surely about being texted, whatever else it sounds like."""
    read = signals.understanding
    return read is not None and read.consent_score >= _ABOUT_TEXTS_FROM


def _declines_offer(signals: Signals) -> bool:
    """Whether it is a no to the offer of a person: 'no, leave it' is not about texts then."""
    pending = signals.conversation.pending
    offered = pending is not None and pending.kind is PendingKind.OFFER_PERSON
    return offered and yes_or_no(signals) is False and not names_texts(signals)


_WISHES_FROM = 0.9
"""P(opt_in) from which 'i want your offers' is a wish for texts, where the reading of consent rules
leaving out: whoever wants texts is not asked whether they shall end."""


def _wants_texts(signals: Signals) -> bool:
    read = signals.understanding
    if read is None or read.intent != "opt_in" or hears_opt_out(signals):
        return False
    return read.confidence >= _WISHES_FROM and read.consent_score < RULED_OUT_BELOW


def unsure_opt_out(signals: Signals, policy: Policy) -> Decision | None:
    """Ask once where a message may mean no more texts; who surely says so again is obeyed.

    A complaint that names no texts gets an apology and the offer of a person instead.
    """
    if not (_sounds_unsure(signals) or hears_opt_out(signals)) or _wants_texts(signals):
        return None
    if asked_about_texts(signals):
        if not (_sounds_unsure(signals) and surely_about_texts(signals)):
            return None
        return opt_out(
            signals, policy, "opt_out_repeated", "Asked about it, the customer said it again."
        )
    if _declines_offer(signals):
        return None
    if is_angry(signals) and not names_texts(signals):
        return say(
            Route.SMALLTALK,
            "offer_unsure_complaint",
            "An angry message that names no texts; a person is offered.",
            policy.routing.offer_person.get("complaint", "complaint_offer"),
        )
    return say(
        Route.CONSENT,
        "consent_unsure",
        "This may mean no more texts; one short question settles it.",
        "confirm_opt_out",
    )
