"""``textwise intents gate``: whether a version may be promoted."""

from typing import Annotated

import typer

from agent.cli.console import OUT, errors_told, print_json
from agent.cli.intents_shared import AsJson, live_labels, progress, version_named, written_test
from agent.foundation import lay_foundation
from agent.settings import load_settings
from agent.wiring.models import model_registry


def gate(
    version: Annotated[str, typer.Argument(help="The version to ask about.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Say whether a version may be promoted, and why not; nothing is changed."""
    from intents.evaluation.promotion import judge

    with errors_told():
        settings = load_settings()
        registry = model_registry(lay_foundation(settings))
        name = version_named(registry, version)
        with progress() as show:
            verdict = judge(
                registry,
                name,
                written_test=written_test(settings, None),
                live_test=live_labels(settings, None),
                progress=show,
            )
        if as_json:
            row = {
                "version": name,
                "against": verdict.against,
                "passed": verdict.passed,
                "reasons": list(verdict.reasons),
                "sentences": list(verdict.sentences),
                "summary": verdict.summary,
            }
            print_json(row)
            return
        for sentence in verdict.sentences:
            OUT.print(sentence, highlight=False)
        for reason in verdict.reasons:
            OUT.print(f"Against it: {reason}.", highlight=False)
        if verdict.passed:
            OUT.print(f"{name} may be promoted.", highlight=False)
