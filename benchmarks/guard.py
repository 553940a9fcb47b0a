"""The guard on near-misses of twelve classes, and on true replies about the same matters.

    python -m benchmarks.guard [--only seen|free|free_dev|apart] [--failures]

The cases (tests/replies/guard_cases) are written by hand for invented brands. Those in ``free`` and
``free_dev`` are replies in the words of a friendly assistant. ``free_dev`` and ``apart`` are held
out (somebody who had not seen the guard wrote ``apart``): nobody looks at them while it is mended,
and ``--failures`` never shows them. Baseline: a reply gets through if its every number
stands somewhere in the evidence, which is what many pipelines check.
"""

import argparse
import re
import time

from intents.figures.metrics import interval
from tests.replies.near_misses import NearMiss, Part, Verdict, judge, near_misses, rejected

BARS = "bars: recall .95 overall and .90 in each class, 5% of the true replies rejected"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=list(Part), help="only these cases")
    parser.add_argument("--failures", action="store_true", help="show what went wrong (seen cases)")
    arguments = parser.parse_args()
    cases = [
        case for case in near_misses() if arguments.only is None or case.part == arguments.only
    ]
    began = time.perf_counter()
    verdicts = [judge(case) for case in cases]
    took_ms = (time.perf_counter() - began) * 1000 / max(1, 2 * len(cases))
    _print_table(verdicts)
    print(f"\n{took_ms:.1f} ms a reply; {BARS}")
    if arguments.failures:
        _print_failures([v for v in verdicts if not v.case.part.held_out])


def _print_table(verdicts: list[Verdict]) -> None:
    parts = [[v for v in verdicts if v.case.part is part] for part in Part]
    print(f"| class | {' | '.join(Part)} | by numbers alone |")
    print("|---" * (len(parts) + 2) + "|")
    for kind in sorted({v.case.kind for v in verdicts}):
        of_kind = [[v for v in part if v.case.kind == kind] for part in parts]
        plain = sum(_has_strange_number(v.case) for part in of_kind for v in part)
        cells = [f"{sum(v.caught for v in part)} of {len(part)}" for part in of_kind]
        print(f"| {kind} | {' | '.join(cells)} | {plain} of {sum(map(len, of_kind))} |")
    plain = sum(_has_strange_number(v.case) for v in verdicts)
    cells = [_share(sum(v.caught for v in part), len(part)) for part in parts]
    print(f"| recall | {' | '.join(cells)} | {_share(plain, len(verdicts))} |")
    cells = [_share(len(rejected(part)), len(part)) for part in parts]
    print(f"| true replies rejected | {' | '.join(cells)} | |")
    cells = [f"{_kept(part):.1%}" if part else "-" for part in parts]
    print(f"| words kept of the true replies | {' | '.join(cells)} | |")


def _kept(verdicts: list[Verdict]) -> float:
    """Return the mean share of a true reply's words that the guard leaves standing."""
    return sum(verdict.kept for verdict in verdicts) / len(verdicts)


def _print_failures(verdicts: list[Verdict]) -> None:
    for verdict in verdicts:
        if not verdict.caught:
            print(f"let through  {verdict.case.kind:22} {verdict.case.near_miss}")
    for verdict in rejected(verdicts):
        print(f"rejected  {verdict.case.true_reply}\n          {verdict.reason}")


def _share(hits: int, of: int) -> str:
    """Return a share with Wilson's 95% interval."""
    if not of:
        return "-"
    low, high = interval(hits, of)
    return f"{hits / of:.1%} ({low:.1%} to {high:.1%})"


def _has_strange_number(case: NearMiss) -> bool:
    held = set(re.findall(r"\d+", " ".join(item.text for item in case.evidence)))
    return not set(re.findall(r"\d+", case.near_miss)) <= held


if __name__ == "__main__":
    main()
