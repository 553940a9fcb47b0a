"""Customers' texts at random: questions in many moods, bursts, duplicates, disorder, STOP."""

import random
from collections import deque
from dataclasses import dataclass, field

from tests.crash.life import Text, phone

MOODS = ["", "", "", "", "", "[slow] ", "[busy] ", "[down] ", "[hang] ", "[person] ", "[late] "]
DUPLICATED, SWAPPED, STOPS = 0.05, 0.05, 0.15
"""Shares: of texts delivered twice, of neighbours swapped, of customers who end with STOP."""


@dataclass
class Traffic:
    """An endless stream of texts, the same for the same seed. Customers never come twice."""

    seed: int
    first_place: int = 1
    stops: set[str] = field(default_factory=set)
    """Ids of the texts that say STOP."""

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._place = self.first_place
        self._waiting: deque[Text] = deque()

    def next(self) -> Text:
        """Return the next text."""
        if len(self._waiting) < 2:
            self._more()
        if self._random.random() < SWAPPED:
            self._waiting[0], self._waiting[1] = self._waiting[1], self._waiting[0]
        text = self._waiting.popleft()
        if self._random.random() < DUPLICATED:
            self._waiting.insert(self._random.randint(0, len(self._waiting)), text)
        return text

    def _more(self) -> None:
        """Let eight new customers write, all mixed up, each one's texts in order."""
        threads = [self._customer() for _ in range(8)]
        while any(threads):
            thread = self._random.choice([thread for thread in threads if thread])
            self._waiting.append(thread.pop(0))

    def _customer(self) -> list[Text]:
        place, self._place = self._place, self._place + 1
        texts = [
            Text(
                id=f"in-{place}-{number}",
                sender=phone(place),
                text=f"{self._random.choice(MOODS)}is it in stock? #{place} ({number})",
                silence_s=self._random.choice([0.0, 0.0, 0.3]),
            )
            for number in range(self._random.randint(1, 4))
        ]
        if self._random.random() < STOPS:
            stop = Text(id=f"stop-{place}", sender=phone(place), text="STOP")
            self.stops.add(stop.id)
            texts.insert(self._random.randint(1, len(texts)), stop)
        return texts
