"""A service at another time of day, one of several on a database: run by test_two_processes.py.

    python -m tests.agent.later_service DATABASE_URL HOME SECONDS

Its clock is that many seconds ahead. It runs until its input ends; each text that it sends becomes
a line of the file HOME/sent.
"""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from agent.channels import Receipt
from tests.agent.durable_house import build
from tests.fakes import FakeSender


@dataclass(frozen=True)
class ShiftedClock:
    """The system's clock, so much ahead."""

    ahead: timedelta

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class WritingSender(FakeSender):
    """Writes what is sent where other processes see it too."""

    sent_to: Path = Path("sent")

    def send(self, *, text: str, **to_whom: Any) -> Receipt:
        receipt = super().send(text=text, **to_whom)
        with self.sent_to.open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")
        return receipt


def main(url: str, home: Path, ahead: timedelta) -> None:
    sender = WritingSender(sent_to=home / "sent")
    house = build(url, home, clock=ShiftedClock(ahead), sender=sender)
    house.services.start()
    sys.stdin.read()
    house.services.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), timedelta(seconds=float(sys.argv[3])))
