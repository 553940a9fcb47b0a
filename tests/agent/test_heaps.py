"""The service's threads share few heaps."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from agent.runtime.heaps import MOST_HEAPS
from agent.settings import CHECKOUT

BUSY = """
import ctypes, sys, threading
from agent.runtime.heaps import limit_heaps
limit_heaps()
together = threading.Barrier(12)
def allocate():
    kept = []
    for _ in range(20):
        together.wait()
        kept += [bytearray(5000) for _ in range(20)]
threads = [threading.Thread(target=allocate) for _ in range(12)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="of glibc alone")
def test_many_threads_share_few_heaps(tmp_path: Path) -> None:
    told = tmp_path / "heaps.xml"
    subprocess.run([sys.executable, "-c", BUSY, str(told)], check=True, cwd=CHECKOUT)

    assert 1 <= told.read_text().count("<heap nr=") <= MOST_HEAPS
