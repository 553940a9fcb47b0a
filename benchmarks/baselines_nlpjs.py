"""NLP.js, asked over a pipe: a Node process trains once, then answers line by line."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from benchmarks.baselines_kinds import SkippedError, Weights
from benchmarks.timing import CHECKOUT

SCRIPT = Path(__file__).with_name("baselines_nlpjs.js")
FOLDER = CHECKOUT / "var" / "node"
"""Where ``npm install --prefix var/node node-nlp`` puts it; ``NODE_PATH`` may name others."""

_LAST_WORDS_S = 10


class NlpJs:
    """``NlpManager`` of the npm package ``node-nlp``, as its quick start has it."""

    def __init__(self, process: "subprocess.Popen[str]", package: str) -> None:
        self._process = process
        self._package = package

    @property
    def name(self) -> str:
        """With the package's version."""
        return f"NLP.js (node-nlp {self._package})"

    @classmethod
    def make(cls, texts: Sequence[str], labels: Sequence[str], _weights: Weights) -> Self:
        """Train it in a process of its own."""
        node = shutil.which("node")
        if node is None:
            raise SkippedError("Node is not installed")
        places = [str(FOLDER / "node_modules"), *filter(None, [os.environ.get("NODE_PATH")])]
        process = subprocess.Popen(
            [node, str(SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "NODE_PATH": os.pathsep.join(places)},
        )
        rows = [[text, label] for text, label in zip(texts, labels, strict=True)]
        first = _exchange(process, json.dumps(rows))
        if "version" not in first:
            _end(process)
            raise SkippedError(
                "node-nlp is not installed (npm install --prefix var/node node-nlp)"
                if first.get("missing")
                else f"Node failed: {first.get('error', 'no answer')}"
            )
        return cls(process, str(first["version"]))

    def classify(self, text: str) -> tuple[str, float]:
        """Return the best intent and its score; ``None`` is what NLP.js calls none of them."""
        found = _exchange(self._process, json.dumps(text))
        return str(found["intent"]), float(str(found["score"]))

    def close(self) -> None:
        """End the process."""
        _end(self._process)


def _exchange(process: "subprocess.Popen[str]", line: str) -> dict[str, object]:
    """Send a line and return the line that comes back; nothing where the process has ended."""
    if process.stdin is None or process.stdout is None:
        return {}
    try:
        process.stdin.write(line + "\n")
        process.stdin.flush()
    except BrokenPipeError:
        pass  # it ended early, and has said why
    answer = process.stdout.readline()
    found = json.loads(answer) if answer else {}
    return found if isinstance(found, dict) else {}


def _end(process: "subprocess.Popen[str]") -> None:
    """Let the process see the end of its input, and wait until it is gone."""
    process.communicate(timeout=_LAST_WORDS_S)
