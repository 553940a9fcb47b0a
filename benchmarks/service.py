"""The running service: seconds to ready, memory, CPU while idle, and the latency of a text.

    python -m benchmarks.service [--idle-seconds 60]

Starts `textwise serve` on a free port with a throw-away home, and reads /proc (Linux).
Baseline for the latency: GET /health/live in the same run, which is HTTP alone.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from benchmarks.timing import HEADER, row, texts, times_ms

TICKS = os.sysconf("SC_CLK_TCK")
SETTLE_S = 15
"""After it is ready the service still embeds sentences in the background; that is no idling."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--idle-seconds", type=int, default=60)
    parser.add_argument("--messages", type=int, default=100)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        run(Path(home), arguments.idle_seconds, arguments.messages)


def run(home: Path, idle_s: int, count: int) -> None:
    first = start(home)
    stop(first.process)
    second = start(home)
    pid = second.process.pid
    try:
        print(f"first start, empty home (indexes the knowledge): {first.ready_s:.1f} s to ready")
        print(f"second start: {second.ready_s:.1f} s to ready")
        print(f"memory after start: {memory_mb(pid):.0f} MB resident")
        time.sleep(SETTLE_S)
        before, began = cpu_s(pid), time.time()
        time.sleep(idle_s)
        idle = (cpu_s(pid) - before) / (time.time() - began)
        print(f"idle CPU over {idle_s} s: {idle:.1%} of one core")
        key = json.loads((home / "secrets.json").read_text())["api_key"]
        messages = texts(count, seed=2)
        alone = times_ms(lambda _: get(f"{second.url}/health/live"), messages)
        spent = cpu_s(pid)
        whole = times_ms(lambda text: post(second.url, key, text), messages, warm_up=5)
        spent = (cpu_s(pid) - spent) / (len(messages) + 5)
        print("\n" + HEADER)
        print(row("GET /health/live (baseline)", alone, alone))
        print(row("POST /v1/messages, wait: true", whole, alone))
        print(f"\nCPU a text: {spent * 1000:.0f} ms; memory afterwards: {memory_mb(pid):.0f} MB")
    finally:
        stop(second.process)


class Started:
    """A service that answers."""

    def __init__(self, process: subprocess.Popen[bytes], url: str, ready_s: float) -> None:
        self.process, self.url, self.ready_s = process, url, ready_s


def start(home: Path) -> Started:
    """Start the service and wait until it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    began = time.time()
    process = subprocess.Popen(
        [sys.executable, "-m", "agent.cli.main", "serve", "--port", str(port)],
        env={**os.environ, "TEXTWISE_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    while time.time() - began < 180:
        try:
            get(f"{url}/health/ready")
            return Started(process, url, time.time() - began)
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise SystemExit("the service did not become ready in three minutes")


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(timeout=30)


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read()


def post(url: str, key: str, text: str) -> None:
    sender = f"bench:{abs(hash(text))}"
    request = urllib.request.Request(
        f"{url}/v1/messages",
        data=json.dumps({"from": sender, "text": text, "wait": True}).encode(),
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        answer.read()


def memory_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


if __name__ == "__main__":
    main()
