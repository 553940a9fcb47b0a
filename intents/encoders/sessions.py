"""Opens published tokenizers and ONNX graphs, as a service on shared cores wants them."""

from pathlib import Path
from typing import TYPE_CHECKING

from intents.encoders.architectures import MAX_TOKENS

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer


def open_tokenizer(path: Path) -> "Tokenizer":
    """Open a published tokenizer, without its padding."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    # The published file pads every text to 128 tokens, which would cost five times the time.
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def open_session(path: Path) -> "InferenceSession":
    """Open a graph on one thread that does not spin."""
    import onnxruntime as ort

    # It would write a device id of its own into the home folder.
    ort.disable_telemetry_events()
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # An idle pool of spinning threads would burn a core of the service.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
