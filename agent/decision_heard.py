"""What a message says about texting: STOP, START, HELP, in any words. Pure."""

from agent.decision_consent import opt_out
from agent.decision_pending import yes_or_no
from agent.decision_policy import Policy, say
from agent.decision_several import hears_opt_out
from agent.domain.conversations import PendingKind
from agent.domain.signals import Decision, Route, Signals
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
    if signals.consent_heard is not None:
        return signals.consent_heard, "consent_model"
    understanding = signals.understanding
    return (None if understanding is None else understanding.consent), "consent_model"


def _sounds_unsure(signals: Signals) -> bool:
    return _consent_reading(signals)[0] is ConsentReading.UNSURE


def _asked_about_texts(signals: Signals) -> bool:
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
    if not _asked_about_texts(signals):
        return None
    said = yes_or_no(signals)
    if said is False and signals.keyword is None and _sounds_unsure(signals):
        # 'i dont want this' is a no to the question's words, and surely none to being stopped.
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
            return say(Route.CONSENT, "opt_out_declined", "The customer stays.", "opt_out_declined")
        case None:
            return None


_ABOUT_TEXTS_FROM = 0.97
"""P(opt_out or unsure) from which an angry message is about texts rather than about the service:
'enough already' has .99, 'the fourth time I am writing, I am absolutely done' .84 to .95 in
versions seen so far. Set by these two, not tuned."""


def surely_about_texts(signals: Signals) -> bool:
    """Whether a message is surely about being texted, whatever else it sounds like."""
    read = signals.understanding
    return read is not None and read.consent_score >= _ABOUT_TEXTS_FROM


def unsure_opt_out(signals: Signals, policy: Policy) -> Decision | None:
    """Ask once where a message may mean no more texts; whoever says so again is obeyed."""
    if not _sounds_unsure(signals) and not hears_opt_out(signals):
        return None
    if _asked_about_texts(signals):
        return opt_out(
            signals, policy, "opt_out_repeated", "Asked about it, the customer said it again."
        )
    return say(
        Route.CONSENT,
        "consent_unsure",
        "This may mean no more texts; one short question settles it.",
        "confirm_opt_out",
    )
