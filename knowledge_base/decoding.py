"""Bytes to text, forgiving about how the file was saved."""

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class BinaryContentError(ValueError):
    """The bytes are no text."""


def decode(content: bytes) -> str:
    r"""Return the text of a file with ``\n`` as the only line end.

    UTF-8 with or without its mark, UTF-16 with its mark, else Windows-1252 (what spreadsheets
    write), else Latin-1, which takes any byte.

    Raises:
        BinaryContentError: the bytes hold zeros or hardly any printable character.
    """
    text = _decoded(content)
    controls = len(_CONTROL.findall(text[:4096]))
    if "\x00" in text or controls > max(8, len(text[:4096]) // 20):
        raise BinaryContentError("this is no text file")
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")
