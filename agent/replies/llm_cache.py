"""Drafts of a language model kept for the same question on the same evidence.

In memory and not in the database: a draft is worth one call, is made again in seconds, and would
otherwise have to be found and erased with a customer. The key holds the texts of the evidence, so a
page or row that changes is never answered from here. Drafts on a customer's own rows are not kept.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence

from agent.replies.drafts import Draft
from agent.replies.evidence import Evidence

MOST_DRAFTS = 1_000
"""About a megabyte; the one not asked for the longest goes first."""
_OWN = frozenset({"order", "appointment", "customer"})


class DraftCache:
    """Keeps the last drafts. Safe to use from several threads."""

    def __init__(self, *, most: int = MOST_DRAFTS) -> None:
        self._most = most
        self._drafts: OrderedDict[str, Draft] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._drafts)

    def get(self, key: str) -> Draft | None:
        """Return the draft kept under a key; None where there is none."""
        with self._lock:
            draft = self._drafts.get(key)
            if draft is not None:
                self._drafts.move_to_end(key)
            return draft

    def put(self, key: str, draft: Draft) -> None:
        """Keep a draft. One without a key is nobody else's business and is not kept."""
        if not key:
            return
        with self._lock:
            self._drafts[key] = draft
            self._drafts.move_to_end(key)
            while len(self._drafts) > self._most:
                self._drafts.popitem(last=False)


def cache_key(question: str, evidence: Sequence[Evidence], *parts: str) -> str:
    """Return a hash of what a draft depends on; empty where it may not be kept.

    ``parts`` are the prompt's words and the model's name; the question's case and blanks do not
    count.
    """
    if any(item.kind in _OWN for item in evidence):
        return ""
    asked = " ".join(question.casefold().split())
    shown = (field for item in evidence for field in (item.id, item.heading, item.text))
    return hashlib.sha256("\x1f".join((asked, *parts, *shown)).encode()).hexdigest()
