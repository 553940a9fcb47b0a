"""What a message says about texting itself: from the trained head, beside exact and mistyped words.

Sources of the words: CTIA's and the FCC's lists (47 CFR 64.1200(a)(10)); ARRET and ALTO are
honoured by carriers in Canada and the US.
"""

import re
from collections.abc import Mapping

from intents.normalise import key
from intents.reading.foreign import in_other_script, may_end_texts
from intents.reading.parameters import ConsentParameters
from intents.types import ConsentReading

OPT_OUT_BY_LANGUAGE: dict[str, frozenset[str]] = {
    "en": frozenset(
        {"stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke",
         "optout", "opt out", "remove", "stop texting", "stop texts", "unsub"}
    ),
    "es": frozenset(
        {"alto", "baja", "darse de baja", "dar de baja", "cancelar", "parar", "basta", "detener"}
    ),
    "fr": frozenset(
        {"arret", "arrêt", "arreter", "arrêter", "désabonner", "desabonner", "désinscrire",
         "desinscrire", "se désinscrire"}
    ),
    "de": frozenset({"stopp", "abmelden", "abbestellen"}),
    "pt": frozenset({"parar", "cancelar", "sair", "descadastrar"}),
    "it": frozenset({"basta", "annulla", "cancellami", "disiscrivimi", "ferma"}),
    "nl": frozenset({"afmelden"}),
    "sv": frozenset({"stopp", "avsluta", "avregistrera"}),
    "no": frozenset({"stopp", "avmeld"}),
    "da": frozenset({"afmeld"}),
    "pl": frozenset({"wypisz"}),
    "cs": frozenset({"odhlásit"}),
    "hu": frozenset({"leiratkozás"}),
    "ru": frozenset({"стоп", "отписаться"}),
    "uk": frozenset({"стоп", "відписатися"}),
    "tr": frozenset({"iptal", "ret"}),
    "vi": frozenset({"hủy"}),
    "id": frozenset({"batal", "berhenti"}),
    "ko": frozenset({"수신거부"}),
    "zh": frozenset({"退订", "退訂", "停止"}),
    "ja": frozenset({"停止", "配信停止"}),
    "ar": frozenset({"الغاء", "إلغاء", "توقف"}),
    "hi": frozenset({"हटाओ", "रोकें"}),
}  # fmt: skip
"""What carriers and providers honour, or print under their texts, by language (ISO 639-1). The
foreign ones mean nothing else in an English text: so no Italian 'fine', no Portuguese 'pare'."""

OPT_OUT_WORDS = frozenset().union(*OPT_OUT_BY_LANGUAGE.values())
OPT_IN_WORDS = frozenset(
    {"start", "unstop", "subscribe", "resubscribe", "optin", "opt in", "resume texts"}
)
HELP_WORDS = frozenset({"help", "info"})

_MISTYPED = ("stop", "stopall", "unsubscribe", "optout", "unsub")
"""Long or common enough that one slip still shows what was meant; two in a long one."""

_LONG_WORD = 9

_REAL_WORDS = frozenset(
    {
        "shop", "stops", "stoop", "step", "stow", "slop", "atop", "stomp", "strop", "top", "sop",
        "spot", "stock", "store", "subscribe", "unstop", "start", "snub", "unsure", "unsaid",
        "subscribed", "subscriber", "resubscribed",
        "setup", "stoup", "tops", "drop", "shot", "slot", "snob", "step up",
    }
)  # fmt: skip

_LONGEST_WORD_MESSAGE = 14
_HELP_FROM = 0.6
_SECOND_OPINION_FROM = 0.6
RULED_OUT_BELOW = 0.08
"""P(opt_out or unsure) below which the intent head is not believed. Of a writer apart, 24 of 320
others were asked about with .01 and 13 with .08, and no English opt-out of 220 was lost between the
two. In another script the consent head knows nothing to rule out with (.001 to .02 of opt-outs)."""

_OPT_IN_FROM = 0.97
_OPT_IN_HINT, _SURELY_ABOUT_TEXTS = 0.3, 0.2
"""Plainly about texts (P(none) below the second) but torn between wanting and not wanting them
('texts off pls', 'i changed my mind about your texts'): one question settles it."""


def word_reading(text: str) -> ConsentReading | None:
    """Return what a message of one or two words says, mistyped STOPs included; else None."""
    if len(text) > _LONGEST_WORD_MESSAGE * 2:
        return None
    word = key(text)
    if word in OPT_OUT_WORDS or word.replace(" ", "") in {"stop", "stopall"}:
        return ConsentReading.OPT_OUT
    if word in OPT_IN_WORDS:
        return ConsentReading.OPT_IN
    if word in HELP_WORDS:
        return ConsentReading.HELP
    return ConsentReading.OPT_OUT if _is_mistyped_stop(word) else None


def _is_mistyped_stop(word: str) -> bool:
    if not 3 < len(word) <= _LONGEST_WORD_MESSAGE or word in _REAL_WORDS or not word.isalpha():  # noqa: PLR2004
        return False
    if len(set(word)) <= 4 and "".join(dict.fromkeys(word)) == "stop":  # noqa: PLR2004 - STOOOPPP
        return True
    from rapidfuzz.distance import OSA

    return any(
        OSA.distance(word, meant) <= (2 if len(meant) >= _LONG_WORD else 1) for meant in _MISTYPED
    )


def wordless_reading(text: str) -> tuple[ConsentReading | None, float]:
    """Return what a message without a letter says: a sign to stop earns a question."""
    return (ConsentReading.UNSURE, 1.0) if _SIGNS_TO_STOP.search(text) else (None, 0.0)


def read_consent(
    text: str, probabilities: dict[str, float], parameters: ConsentParameters
) -> tuple[ConsentReading | None, float]:
    """Return the reading with its probability.

    The second part is P(opt_out) where the reading is ``opt_out`` or None, P(opt_out or unsure)
    for ``unsure``, P(opt_in) for ``opt_in``. Exact words count as certain.
    """
    word = word_reading(text)
    if word is not None:
        return word, 1.0
    if not any(c.isalpha() for c in text):
        return wordless_reading(text)
    wants = _wants_texts(probabilities, parameters)
    ends = _ends_texts(probabilities, parameters) if may_end_texts(text) else None
    if ends is ConsentReading.OPT_OUT or wants is None:
        wanted = probabilities["opt_out"] + (
            probabilities["unsure"] if ends is ConsentReading.UNSURE else 0.0
        )
        return ends, wanted
    return wants, probabilities["opt_in"]


def _ends_texts(
    probabilities: dict[str, float], parameters: ConsentParameters
) -> ConsentReading | None:
    """Return whether a message ends texts, may end them, or neither."""
    out, unsure = probabilities["opt_out"], probabilities["unsure"]
    if out >= parameters.certain:
        return ConsentReading.OPT_OUT
    torn = probabilities["opt_in"] >= _OPT_IN_HINT and probabilities["none"] < _SURELY_ABOUT_TEXTS
    return ConsentReading.UNSURE if out + unsure >= parameters.unsure or torn else None


def _wants_texts(
    probabilities: dict[str, float], parameters: ConsentParameters
) -> ConsentReading | None:
    """Return whether a message asks for texts: taken wrongly, that overrides a STOP."""
    wants = probabilities["opt_in"]
    doubt = probabilities["opt_out"] + probabilities["unsure"]
    plain = wants >= max(parameters.opt_in, _OPT_IN_FROM) and wants > doubt
    return ConsentReading.OPT_IN if plain else None


_SIGNS_TO_STOP = re.compile("[🛑🚫⛔✋]")
"""Alone they may mean stop, or no: one asks."""


def second_opinion(
    text: str, intent: str, confidence: float, probabilities: Mapping[str, float]
) -> bool:
    """Whether the intent head hears an opt-out that the consent head only doubts: then one asks."""
    heard = probabilities.get("opt_out", 1.0) + probabilities.get("unsure", 0.0)
    if intent != "opt_out" or confidence < _SECOND_OPINION_FROM:
        return False
    return (heard >= RULED_OUT_BELOW or in_other_script(text)) and may_end_texts(text)


def asks_for_help(intent: str, confidence: float) -> bool:
    """Whether a message asks for help in general, surely enough to count as HELP."""
    return intent == "help" and confidence >= _HELP_FROM
