"""Fits what tells several wishes in one message from one wish told at length."""

from collections.abc import Sequence

import numpy as np

from intents.corpus.data import SeveralRow
from intents.reading.parameters import Parameters, PartsParameters
from intents.reading.parts import QUIET, Clause, clauses, evidence, fit_parts
from intents.reading.readers import Reader
from intents.reading.readings import intent_chances

_LEAST_EACH = 20
"""Messages of either kind below which a regression on seven pieces would only learn them."""


def train_parts(
    rows: Sequence[SeveralRow], reader: Reader, parameters: Parameters
) -> PartsParameters | None:
    """Fit on messages that no head has been trained on; None where they are too few."""
    pieces, several = [], []
    for row in rows:
        found = evidence_of(row.text, reader, parameters)
        if found is not None:
            pieces.append(found)
            several.append(len(set(row.intents) - QUIET) > 1)
    truth = np.array(several, bool)
    if min(int(truth.sum()), int((~truth).sum())) < _LEAST_EACH:
        return None
    return fit_parts(np.array(pieces), truth)


def evidence_of(
    text: str, reader: Reader, parameters: Parameters
) -> "np.ndarray[tuple[int], np.dtype[np.float64]] | None":
    """Return the evidence ``(7,)`` of one message, as serving takes it; None if it has none."""
    spans = clauses(text)
    if not spans:
        return None
    raws = reader.score_quickly([text[start:end] for start, end in spans])
    read = [
        Clause(*span, intent_chances(raw, parameters))
        for span, raw in zip(spans, raws, strict=True)
    ]
    whole = intent_chances(reader.score([text])[0], parameters)
    return evidence(whole, read, parameters.intents.labels)
