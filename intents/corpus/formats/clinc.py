"""CLINC150's JSON (Larson et al. 2019): ``{"train": [[text, label], ...], "oos_train": ...}``.

Splits with ``val`` or ``test`` in their name are left out, so that nothing to be tested on is
learnt from. The label ``oos`` is ``out_of_scope`` here.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from intents.corpus.data import OUT_OF_SCOPE, Labelled
from intents.corpus.formats.form import Columns, Form, row
from intents.errors import TrainingDataError

_OUTSIDE = "oos"
_PAIR = 2


def _read(path: Path, columns: Columns) -> Iterator[Labelled]:
    del columns  # CLINC's files have no columns
    body = path.read_text(encoding="utf-8-sig")
    places = _Places(body)
    for name, pairs in _splits(path, body).items():
        wanted = not any(kind in name for kind in ("val", "test"))
        for pair in pairs:
            line = places.line_of(pair[0])
            if wanted:
                label = OUT_OF_SCOPE if pair[1] == _OUTSIDE else pair[1]
                yield row(path, line, pair[0], label)


def _splits(path: Path, body: str) -> dict[str, list[tuple[str, str]]]:
    try:
        top = json.loads(body)
    except ValueError as error:
        raise TrainingDataError(f"this is no JSON: {error}", path=path) from None
    if not isinstance(top, dict) or not all(isinstance(pairs, list) for pairs in top.values()):
        raise TrainingDataError('expected {"train": [[text, label], ...]}', path=path)
    found: dict[str, list[tuple[str, str]]] = {}
    for name, pairs in top.items():
        for pair in pairs:
            good = isinstance(pair, list) and len(pair) == _PAIR
            if not good or not all(isinstance(part, str) for part in pair):
                raise TrainingDataError(f"{name}: {pair!r} is no [text, label]", path=path)
        found[name] = [(pair[0], pair[1]) for pair in pairs]
    return found


class _Places:
    """Finds the lines of texts that are asked for in the file's order."""

    def __init__(self, body: str) -> None:
        self._body = body
        self._at = 0
        self._line = 1

    def line_of(self, text: str) -> int:
        """Return the text's line, 0 where the file spells it in another way."""
        for ascii_only in (False, True):
            found = self._body.find(json.dumps(text, ensure_ascii=ascii_only), self._at)
            if found >= 0:
                self._line += self._body.count("\n", self._at, found)
                self._at = found
                return self._line
        return 0


def _write(rows: Sequence[Labelled]) -> bytes:
    splits: dict[str, list[str]] = {"train": [], "oos_train": []}
    for each in rows:
        outside = each.label == OUT_OF_SCOPE
        pair = [each.text, _OUTSIDE if outside else each.label]
        splits["oos_train" if outside else "train"].append(json.dumps(pair, ensure_ascii=False))
    parts = [
        f' "{name}": [\n  ' + ",\n  ".join(lines) + "\n ]"
        for name, lines in splits.items()
        if lines
    ]
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode()


FORMAT = Form(name="clinc", endings=(".json",), read=_read, write=_write)
