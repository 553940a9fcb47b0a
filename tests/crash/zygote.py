"""Imports everything once, then forks a service process as often as it is asked to.

    python -m tests.crash.zygote SOCKET      (the key of the socket stands in ZYGOTE_KEY, as hex)

A process started the ordinary way spends two seconds importing; a fork is there at once, and dies
as easily.
"""

import os
import signal
import sys
from multiprocessing.connection import Client

from tests.crash.life import be_born


def main(address: str, key: bytes) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    control = Client(address, authkey=key)
    while True:
        try:
            birth = control.recv()
        except EOFError:
            return
        if os.fork() == 0:
            control.close()
            be_born(birth, Client(address, authkey=key))


if __name__ == "__main__":
    main(sys.argv[1], bytes.fromhex(os.environ["ZYGOTE_KEY"]))
