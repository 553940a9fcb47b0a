"""Harmless texts that are taken for an opt-out, a sensitive topic or the wish for a person.

    python -m benchmarks.false_alarms [FILE] [--version V ...]

FILE holds JSON lines with a ``text`` and, where it goes on from a question, the ``previous`` one;
by default ``training_data/test/harmless.jsonl``. Each text is read and decided on as the first of a
conversation, with the shipped rules. The baseline is another version, where one is named; without
any the active one is measured alone.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from agent.deciding.policy import Policy
from agent.decision import decide
from agent.domain.signals import Decision, Route, Signals
from agent.escalation.ruleset import load_rules
from agent.hearing.second_look import second_look
from agent.routing import load_routing
from agent.settings import CHECKOUT, load_settings
from intents.understanding import Understander

HARMLESS = CHECKOUT / "training_data/test/harmless.jsonl"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=HARMLESS)
    parser.add_argument("--version", action="append")
    parser.add_argument("--failures", action="store_true", help="print each false alarm")
    chosen = parser.parse_args()
    settings = load_settings()
    policy = Policy(rules=load_rules(settings.escalation), routing=load_routing())
    rows = [json.loads(line) for line in chosen.file.read_text(encoding="utf-8").splitlines()]
    print(
        "| version | texts | asked or obeyed | topic | person | other hand-over | question back |"
    )
    print("|---|---|---|---|---|---|---|")
    for version in chosen.version or [None]:
        understander = Understander.load(settings.models, version=version)
        decided = list(_decided(rows, understander, policy))
        counts = Counter(_alarm(decision) for _, decision in decided)
        kinds = ("consent", "sensitive_topic", "asked_for_person", "other", "clarify")
        print("|", " | ".join(map(str, (understander.version, len(rows), *map(counts.get, kinds)))))
        for text, decision in decided:
            if chosen.failures and _alarm(decision):
                print(f"  {text}: {decision.rule}. {decision.reason}")


def _decided(
    rows: list[dict[str, str]], understander: Understander, policy: Policy
) -> Iterator[tuple[str, Decision]]:
    for row in rows:
        read = second_look(
            understander.understand(row["text"]), row.get("previous", ""), understander.understand
        )
        yield row["text"], decide(Signals(text=row["text"], understanding=read), policy)


def _alarm(decision: Decision) -> str:
    """Return what a harmless text was taken for; empty where it was taken for none."""
    if decision.route is Route.ESCALATION:
        known = {"sensitive_topic", "asked_for_person"}
        return decision.rule if decision.rule in known else "other"
    return decision.route if decision.route in {Route.CONSENT, Route.CLARIFY} else ""


if __name__ == "__main__":
    main()
