"""Fits what a free wording is forgiven by the guard, and judges it on brands left out.

    python -m benchmarks.fit_leeway [--least 0.62] [--write]

Reads the claims that the guard turns down strictly: those of true replies (the cases seen, those in
free wording, those that join facts) should be held, those of near-misses and of true replies whose
page was taken away should not. Each claim counts by the statement that speaks most for it. Cases
that are held back are not read. ``--write`` puts the weights where the guard reads them.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from agent.replies import guard as guarding
from agent.replies.entailment import nearest_first, why_not
from agent.replies.evidence import Evidence
from agent.replies.guard import Guard
from agent.replies.leeway import TRIED, WEIGHTS, is_ruled_out, signs_of
from agent.replies.spots import Claim, Spot
from tests.replies.near_misses import joined_replies, near_misses

STRENGTH = 0.3
"""Inverse of the regularisation; a guess that was not tuned."""
ROUNDS = 6
FOLDS = 8


@dataclass(frozen=True, slots=True)
class Row:
    """A claim that was turned down: the signs by each statement that may hold it."""

    brand: str
    is_held: bool
    text: str
    signs: tuple[dict[str, float], ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--least", type=float, default=0.62, help="probability that is enough")
    parser.add_argument("--write", action="store_true", help="put the weights into use")
    arguments = parser.parse_args()
    rows = list(_rows())
    names = sorted(rows[0].signs[0])
    tables = [np.array([[signs[n] for n in names] for signs in row.signs]) for row in rows]
    held = np.array([row.is_held for row in rows])
    _print_figures(_judged(rows, tables, held), held)
    model = _fit(tables, held, np.arange(len(rows)))
    weights = {n: round(float(w), 3) for n, w in zip(names, model.coef_[0], strict=True)}
    weights |= {"bias": round(float(model.intercept_[0]), 3), "least": arguments.least}
    print(json.dumps(weights, indent=1))
    if arguments.write:
        WEIGHTS.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")


def _rows() -> Iterator[Row]:
    for case in (c for c in near_misses() if not c.part.held_out):
        yield from _turned_down(case.true_reply, case.evidence, case.brand, is_held=True)
        for row in _turned_down(case.near_miss, case.evidence, case.brand, is_held=False):
            if not case.telltale or case.telltale.split()[0].casefold() in row.text.casefold():
                yield row
        result = Guard().check(case.true_reply, case.evidence)
        if result.evidence and not result.cut:
            holders = {item.id for item in result.evidence}
            rest = tuple(item for item in case.evidence if item.id not in holders)
            yield from _turned_down(case.true_reply, rest, case.brand, is_held=False)
    for brand, reply, evidence in joined_replies():
        yield from _turned_down(reply, evidence, brand, is_held=True)


def _turned_down(
    reply: str, evidence: Sequence[Evidence], brand: str, *, is_held: bool
) -> list[Row]:
    """Return the claims of a reply that no statement holds strictly."""
    found: dict[str, Row] = {}

    def listen(
        claim: Claim, spots: Sequence[Spot], *, freely: bool = False
    ) -> tuple[str, Spot | None]:
        reason, spot = why_not(claim, spots, freely=freely)
        nearest = nearest_first(claim, spots)[:TRIED] if reason else []
        signs = tuple(
            signs_of(claim, near, spots) for near in nearest if not is_ruled_out(claim, near, spots)
        )
        if signs:
            row = Row(brand, is_held, claim.statement.text, signs)
            found.setdefault(claim.statement.text, row)
        return reason, spot

    guarding.why_not = listen
    try:
        Guard().check(reply, evidence)
    finally:
        guarding.why_not = why_not
    return list(found.values())


def _fit(
    tables: Sequence[NDArray[np.float64]], held: NDArray[np.bool_], chosen: NDArray[np.int_]
) -> LogisticRegression:
    """Fit on the statement that speaks most for each claim, by the fit before."""
    refusals = [table.sum(axis=1) for table in tables]
    picked = [int(np.argmin(refusals[i])) for i in chosen]
    for _ in range(ROUNDS):
        table = np.array([tables[i][p] for i, p in zip(chosen, picked, strict=True)])
        model = LogisticRegression(C=STRENGTH, max_iter=2000).fit(table, held[chosen])
        picked = [int(np.argmax(model.decision_function(tables[i]))) for i in chosen]
    return model


def _judged(
    rows: Sequence[Row], tables: Sequence[NDArray[np.float64]], held: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the probability of each claim by a fit without its brand."""
    brands = sorted({row.brand for row in rows})
    np.random.default_rng(0).shuffle(brands)
    likely = np.zeros(len(rows))
    for fold in range(FOLDS):
        left_out = np.isin([row.brand for row in rows], brands[fold::FOLDS])
        model = _fit(tables, held, np.flatnonzero(~left_out))
        for i in np.flatnonzero(left_out):
            likely[i] = model.predict_proba(tables[i])[:, 1].max()
    return likely


def _print_figures(likely: NDArray[np.float64], held: NDArray[np.bool_]) -> None:
    print(f"{held.sum()} claims of true replies, {(~held).sum()} others; brands left out")
    for least in np.arange(0.3, 0.85, 0.05):
        true, false = (likely[held] >= least).mean(), (likely[~held] >= least).mean()
        print(f"from {least:.2f}: {true:.1%} of the true ones held, {false:.1%} of the others")


if __name__ == "__main__":
    main()
