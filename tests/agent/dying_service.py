"""A service that is in the middle of a turn when it is killed: run by test_durable.py.

    python -m tests.agent.dying_service DATABASE_URL HOME

Takes one text, and writes the file HOME/composing while it composes the reply, for ever.
"""

import sys
import time
from pathlib import Path

from tests.agent.durable_house import build, text


def main(url: str, home: Path) -> None:
    def stuck() -> None:
        (home / "composing").touch()
        time.sleep(600)

    house = build(url, home)
    house.answerer.while_answering = stuck
    house.services.start()
    text(house, "do you resole boots?")
    time.sleep(600)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
