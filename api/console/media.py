"""Pictures and files of a message, as a rep sees them.

A foreign server learns of a rep only when the rep opens a link: nothing of it is loaded by itself.
Pictures that lie on our own address are shown small.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urlsplit

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".gif", ".webp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A link with its words. ``thumbnail`` is a path on this site, empty where there is none."""

    link: str
    words: str
    thumbnail: str = ""


def attachments(links: Sequence[str], *, public_url: str = "") -> tuple[Attachment, ...]:
    """Describe a message's links; those that are no web addresses are left out."""
    ours = urlsplit(public_url)
    found = []
    for place, link in enumerate(links, start=1):
        parts = urlsplit(link)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            continue
        picture = PurePosixPath(parts.path).suffix.lower() in PICTURES
        own = bool(public_url) and (parts.scheme, parts.netloc) == (ours.scheme, ours.netloc)
        found.append(
            Attachment(
                link=link,
                words=f"{'Picture' if picture else 'File'} {place}, on {parts.hostname}",
                thumbnail=parts.path if own and picture else "",
            )
        )
    return tuple(found)
