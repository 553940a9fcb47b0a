"""Which rows each head learns from, and the table of all texts with their vectors."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from intents.corpus.data import Corpus, Labelled, Row, SentimentRow, TopicRow
from intents.encoders.encoder import Encoder
from intents.normalise import key
from intents.reading.calibration import Integers
from intents.reading.features import Space
from intents.training.kernel import Rows

Progress = Callable[[str, int, int], None]
"""Called with the stage's name, how much of it is done, and how much there is (0: unknown)."""

CALM_INTENTS = frozenset(
    {
        "track_order", "delivery_period", "delivery_options", "check_cancellation_fee",
        "change_shipping_address", "set_up_shipping_address", "exchange_item", "track_refund",
        "check_refund_policy", "check_invoice", "get_invoice", "check_payment_methods",
        "create_account", "edit_account", "recover_password", "product_info", "sizing_help",
        "price_inquiry", "promotions", "book_appointment", "reschedule_appointment",
        "confirm_appointment", "pause_subscription", "skip_delivery", "change_subscription",
        "store_hours", "store_location", "newsletter_subscription", "greeting", "thanks", "goodbye",
        "affirm", "deny", "positive_feedback", "help", "bot_challenge", "wrong_number", "opt_in",
        "product_availability", "request_callback", "contact_customer_service",
    }
)  # fmt: skip
"""Intents whose utterances carry no sensitive topic, so that they serve as its negatives."""

_CALM_EACH = 60
"""Utterances a calm intent gives as negatives of the topics; more did not sharpen them."""

_LEAST_GRAMS, _FULL_GRAMS_FROM = 0.3, 50
"""Examples an intent from which n-grams count in full."""

_HARD_NEGATIVES = 1500
_EVEN_NEGATIVES = 1500


class Table:
    """All texts once, with their vectors; heads ask for their own rows.

    ``grams`` scales what the n-grams count beside the vectors.
    """

    def __init__(
        self, texts: Sequence[str], encoder: Encoder, progress: Progress, *, grams: float = 1.0
    ) -> None:
        self.texts = list(dict.fromkeys(texts))
        self._place = {text: i for i, text in enumerate(self.texts)}
        total = len(self.texts)
        pooled = encoder.pooled(
            self.texts, progress=lambda done: progress("encoding messages", done, total)
        )
        progress("counting n-grams", 0, 0)
        self.space = Space.fit(pooled, self.texts, grams=grams)
        self.rows = Rows(self.space.projection(pooled), self.space.ngrams.matrix(self.texts))

    def places(self, examples: Sequence[Row]) -> Integers:
        """Return where each example's text stands in the table."""
        return self.places_of([example.text for example in examples])

    def places_of(self, texts: Sequence[str]) -> Integers:
        """Return where each text stands in the table."""
        return np.array([self._place[text] for text in texts], np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """What each head learns from. ``views`` are the intents' own names as words, by name."""

    intents: tuple[Labelled, ...]
    views: tuple[str, ...]
    topics: tuple[TopicRow, ...]
    consent: tuple[Labelled, ...]
    sentiment: tuple[SentimentRow, ...]


def texts_of(corpus: Corpus) -> list[str]:
    """Return every text that is learnt from, the names of the intents last."""
    rows = (*corpus.intents, *corpus.topics, *corpus.consent, *corpus.sentiment)
    return [*(row.text for row in rows), *views_of(corpus.intents)]


def views_of(examples: Sequence[Labelled]) -> tuple[str, ...]:
    """Return each intent's name as words: one more example of it, and at ten a good one."""
    return tuple(
        " ".join(label.replace("_", " ").split())
        for label in sorted({example.label for example in examples})
    )


def gram_share(examples: Sequence[Labelled]) -> float:
    """Return how much n-grams count: less where an intent has few examples to share words with.

    With ten examples an intent .3 is better than 1 (BANKING77's training half: 86.7% against
    86.1%), with a hundred 1 is better than .3.
    """
    counts = Counter(example.label for example in examples)
    each = float(np.median(list(counts.values())))
    return float(np.clip(each / _FULL_GRAMS_FROM, _LEAST_GRAMS, 1.0))


def examples_of(corpus: Corpus, table: Table) -> Examples:
    """Return the rows of each head."""
    intents = intent_examples_of(corpus)
    return Examples(
        intents=intents,
        views=views_of(intents),
        topics=topic_examples_of(corpus),
        consent=consent_examples_of(corpus, table),
        sentiment=corpus.sentiment,
    )


def once(examples: Sequence[Labelled]) -> tuple[Labelled, ...]:
    """Drop later examples that read the same; the linter reports them."""
    seen: dict[str, Labelled] = {}
    for example in examples:
        seen.setdefault(key(example.text), example)
    return tuple(seen.values())


def consent_as_intents(corpus: Corpus) -> list[Labelled]:
    """Return the consent rows that say what an intent says."""
    known = {row.label for row in corpus.intents}
    return [row for row in corpus.consent if row.label in known & {"opt_out", "opt_in"}]


def intent_examples_of(corpus: Corpus) -> tuple[Labelled, ...]:
    """Return the intents' utterances, and the consent rows that say the same, each once."""
    return once((*corpus.intents, *consent_as_intents(corpus)))


def topic_examples_of(corpus: Corpus) -> tuple[TopicRow, ...]:
    """Return the topic data, near misses included, and calm utterances as negatives."""
    if not corpus.topics:
        return ()
    calm: list[TopicRow] = []
    for intent in sorted(CALM_INTENTS):
        rows = [row for row in corpus.intents if row.label == intent]
        every = max(1, len(rows) // _CALM_EACH)
        calm += [
            TopicRow(text=r.text, writer=r.writer, path=r.path, line=r.line, topics=frozenset())
            for r in rows[::every]
        ]
    seen: dict[str, TopicRow] = {}
    for example in (*corpus.topics, *calm):
        seen.setdefault(key(example.text), example)
    return tuple(seen.values())


def consent_examples_of(corpus: Corpus, table: Table) -> tuple[Labelled, ...]:
    """Return the consent data, the intents that say the same, and negatives.

    Those are the other messages most like an opt-out, with an even sample of the rest.
    """
    if not corpus.consent:
        return ()
    same = [row for row in corpus.intents if row.label in {"opt_out", "opt_in"}]
    others = [row for row in corpus.intents if row.label not in {"opt_out", "opt_in"}]
    said = [*(row for row in corpus.consent if row.label == "opt_out"), *same]
    projected = table.rows.projected
    products = projected[table.places(others)] @ projected[table.places(said)].T
    nearest = np.argsort(-products.max(axis=1), kind="stable") if said else np.arange(len(others))
    every = max(1, (len(others) - _HARD_NEGATIVES) // _EVEN_NEGATIVES)
    chosen = [*nearest[:_HARD_NEGATIVES], *nearest[_HARD_NEGATIVES::every]]
    negatives = [
        Labelled(text=row.text, label="none", writer=row.writer, path=row.path, line=row.line)
        for row in (others[i] for i in sorted(chosen))
    ]
    return once((*corpus.consent, *same, *negatives))
