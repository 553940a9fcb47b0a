"""What texts that are not composed must keep to: their names, placeholders and length."""

import re
import string
from collections.abc import Mapping

from agent.errors import ConfigurationError
from agent.replies.segments import fit, measure

_HANDOVER = frozenset({"promise", "minutes"})
_HELPLINES = frozenset({"emergency", "crisis", "safety"})

NEEDED: Mapping[str, frozenset[str]] = {
    "opt_out_done": frozenset(),
    "opt_in_done": frozenset(),
    "help": frozenset(),
    "confirm_opt_out": frozenset(),
    "joined": frozenset({"topics", "frequency"}),
    "double_opt_in": frozenset({"topics", "frequency"}),
    "double_opt_in_declined": frozenset(),
    "preferences": frozenset({"choices", "link"}),
    "preferences_saved": frozenset({"choices"}),
    "opt_out_declined": frozenset(),
    "wrong_number": frozenset(),
    "newsletter_hint": frozenset(),
    "greeting": frozenset(),
    "greeting_known": frozenset({"name"}),
    "thanks": frozenset(),
    "goodbye": frozenset(),
    "affirm_idle": frozenset(),
    "deny_idle": frozenset(),
    "positive_feedback": frozenset(),
    "feedback_unsure": frozenset(),
    "bot_challenge": frozenset(),
    "menu_intro": frozenset(),
    "clarify": frozenset({"first", "second"}),
    "not_known_offer": frozenset(),
    "not_known": frozenset(),
    "matter_not_known": frozenset({"matter"}),
    "matter_not_known_offer": frozenset({"matter"}),
    "not_understood_offer": frozenset(),
    "out_of_scope": frozenset(),
    "empty_message": frozenset(),
    "not_text": frozenset(),
    "picture_alone": frozenset(),
    "handover": frozenset({"minutes"}),
    "handover_closing": frozenset({"opens"}),
    "handover_closed": frozenset({"opens"}),
    "handover_frustrated": _HANDOVER,
    "handover_sensitive": _HANDOVER,
    "handover_mistreated": _HANDOVER,
    "handover_bereaved": _HANDOVER,
    "handover_crisis": _HANDOVER | _HELPLINES,
    "handover_emergency": _HANDOVER | _HELPLINES,
    "handover_danger": _HANDOVER | _HELPLINES,
    "handover_safety": _HANDOVER | _HELPLINES,
    "failed_turn_handover": _HANDOVER,
    "trouble_handover": frozenset(),
    "still_waiting": frozenset({"minutes"}),
    "still_waiting_until": frozenset({"opens"}),
    "still_waiting_late": frozenset(),
    "overdue": frozenset(),
    "person_cancelled": frozenset(),
    "person_still_looks": frozenset(),
    "no_person": frozenset(),
    "handed_back": frozenset(),
    "complaint_offer": frozenset(),
    "callback_offer": frozenset(),
    "callback_offer_or_call": frozenset({"number"}),
}
"""Every template there must be, with the placeholders that its caller fills."""

_SAMPLES = {
    "name": "Bartholomew",
    "topics": "order updates and news and offers",
    "frequency": "as orders move, up to 4 msgs a month",
    "choices": "1 order updates: OFF\n2 news and offers: OFF\n3 how often: at most monthly",
    "link": " Or here: https://texts.pinyonpace.example/preferences/" + "x" * 48,
    "minutes": "120",
    "opens": "Wednesday at 10:30 AM",
    "promise": "I've passed this to a colleague. Our desk is closed just now and will answer here "
    "when it is back, Wednesday at 10:30 AM.",
    "number": "+353 20 911 0148",
    "emergency": "your local emergency number",
    "crisis": "someone you trust or a crisis line",
    "safety": " Our safety line is +353 20 911 0148.",
    "first": "changing your account details",
    "second": "whether something is in stock",
    "matter": "changing your account details and trouble signing up",
}
"""Longish values for measuring a template at load."""

MOST_SEGMENTS = 2
_MAY_SAY_STOP = frozenset({"opt_in_done", "help", "wrong_number", "preferences_saved"})
# Carriers act on these words themselves (sms.md, section 4), so no question may ask for them.
_PROMPTS_RESERVED = re.compile(
    r"\b(?:reply|text|send|answer|type)\b(?:\s+(?:with|back|us|me|or|YES|NO|START))*\W+"
    r"(?:STOP|STOPALL|CANCEL|END|QUIT|UNSUBSCRIBE|REVOKE|OPTOUT)\b",
    re.IGNORECASE,
)


def faults_of(name: str, text: str, common: Mapping[str, str], most: int) -> list[str]:
    """Return what is wrong with a text.

    ``common`` is what every text may use, ``most`` how many parts it may take.
    """
    own = NEEDED.get(name)
    if own is None:
        return ["no such text is used; the names are in templates.yaml"]
    try:
        used = placeholders(name, text)
    except ConfigurationError as error:
        return [str(error)]
    unknown = sorted(used - own - common.keys())
    if unknown:
        return [f"unknown placeholder or no value in the brand file: {', '.join(unknown)}"]
    faults = []
    if not text.strip():
        faults.append("the text is empty")
    if name not in _MAY_SAY_STOP and _PROMPTS_RESERVED.search(text):
        faults.append("it asks for a reply that carriers take as an opt-out")
    segments = measure(fit(text.format_map({**_SAMPLES, **common}))).segments
    if segments > most:
        faults.append(f"it takes {segments} parts, at most {most} are allowed")
    return faults


def placeholders(name: str, text: str) -> frozenset[str]:
    """Return the placeholders of a text.

    Raises:
        ConfigurationError: its braces are broken, or hold more than a name.
    """
    try:
        fields = [field for _, field, _, _ in string.Formatter().parse(text) if field is not None]
    except ValueError as error:
        raise ConfigurationError(
            f"broken braces in {name!r} ({error}); write {{{{ for a brace"
        ) from None
    odd = [field for field in fields if not field.isidentifier()]
    if odd:
        raise ConfigurationError(f"{odd[0]!r} is no plain placeholder")
    return frozenset(fields)
