"""Accepted labels as files, in the form of the training data, under the home.

``labels/intents/<intent>.yaml`` is for training; ``labels/test/live.jsonl`` is the live test set.
The rows are the truth: the files are written anew from them, and what is gone from the rows
(a label taken back, a customer erased) is gone from the files.
"""

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from agent.domain.learning import LabelItem, LabelQueue
from agent.store.label_rows import text_hash
from agent.store.unit_of_work import Database

WRITER = "live"
"""Whose utterances these are, so that they are held out together."""

_DESCRIPTION = re.compile(r"^description:\s*(.+)$", re.MULTILINE)
_HEAD_BYTES = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written: utterances for training, and blind messages.

    ``left_out`` labels are of texts that are in a test set.
    """

    folder: str
    utterances: int
    blind: int
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelFiles:
    """Writes the files. ``training_data`` gives the intents' descriptions and the test sets."""

    database: Database
    folder: Path
    training_data: Path

    def write(self) -> Exported:
        """Write all files that differ from the rows."""
        with self.database.read() as uow:
            worth = uow.labels.labelled(LabelQueue.WORTH)
            blind = uow.labels.labelled(LabelQueue.BLIND)
            tested = uow.labels.blind_hashes()
        tested |= written_tests(self.training_data)
        learnt = [item for item in worth if item.text_hash not in tested]
        wanted = self._files(learnt, blind)
        for path in self._present():
            if path not in wanted:
                path.unlink()
        for path, body in wanted.items():
            _write(path, body)
        return Exported(
            folder=str(self.folder),
            utterances=len(learnt),
            blind=len(blind),
            left_out=len(worth) - len(learnt),
        )

    def _files(self, learnt: Sequence[LabelItem], blind: Sequence[LabelItem]) -> dict[Path, str]:
        by_intent: dict[str, list[str]] = {}
        for item in learnt:
            by_intent.setdefault(item.label, []).append(item.text)
        described = self._descriptions(by_intent)
        files = {
            self.folder / "intents" / f"{intent}.yaml": _as_yaml(intent, described[intent], texts)
            for intent, texts in by_intent.items()
        }
        if blind:
            files[self.folder / "test" / "live.jsonl"] = _as_jsonl(blind)
        return files

    def _present(self) -> list[Path]:
        return [*(self.folder / "intents").glob("*.yaml"), *(self.folder / "test").glob("*.jsonl")]

    def _descriptions(self, intents: Mapping[str, Sequence[str]]) -> dict[str, str]:
        """Return each intent's description as the training data has it; else its name in words."""
        found = {intent: intent.replace("_", " ") for intent in intents}
        for path in (self.training_data / "intents").rglob("*.yaml"):
            if path.stem in found:
                with path.open(encoding="utf-8", errors="replace") as file:
                    match = _DESCRIPTION.search(file.read(_HEAD_BYTES))
                if match:
                    found[path.stem] = str(yaml.safe_load(match[1]))
        return found


def written_tests(training_data: Path) -> set[str]:
    """Return the hashes of the texts in the written test sets."""
    hashes = set()
    for path in sorted((training_data / "test").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                hashes.add(text_hash(str(json.loads(line).get("text", ""))))
    return hashes


def _as_yaml(intent: str, description: str, texts: Sequence[str]) -> str:
    body = {
        "intent": intent,
        "description": description,
        "utterances": {WRITER: list(dict.fromkeys(texts))},
    }
    return yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=10_000)


def _as_jsonl(items: Sequence[LabelItem]) -> str:
    lines = (
        json.dumps(
            {
                "text": item.text,
                "intent": item.label,
                "labelled_one": item.label,
                "labelled_two": item.second_label or None,
            },
            ensure_ascii=False,
        )
        for item in items
    )
    return "".join(line + "\n" for line in lines)


def _write(path: Path, body: str) -> None:
    """Replace a file in one step where its content differs."""
    if path.is_file() and path.read_text(encoding="utf-8") == body:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    draft.write_text(body, encoding="utf-8")
    draft.replace(path)
