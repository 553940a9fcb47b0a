"""Style sheets and scripts, under an address that changes with their content."""

import hashlib
import mimetypes
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter, HTTPException, Response

SHARED = Path(__file__).with_name("static")
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_FOREVER = "public, max-age=31536000, immutable"


class Assets:
    """The files of some folders, read once; they are small."""

    def __init__(self, prefix: str, folders: Sequence[Path]) -> None:
        self._files = {
            path.name: path.read_bytes()
            for folder in folders
            for path in sorted(folder.iterdir())
            if path.suffix in _TYPES
        }
        digest = hashlib.sha256()
        for name, content in sorted(self._files.items()):
            digest.update(name.encode() + b"\0" + content + b"\0")
        self.version = digest.hexdigest()[:12]
        self._prefix = prefix

    def url(self, name: str) -> str:
        """Return a file's address.

        Raises:
            KeyError: there is no such file.
        """
        if name not in self._files:
            raise KeyError(name)
        return f"{self._prefix}/{self.version}/{name}"

    def add_to(self, router: APIRouter) -> None:
        """Serve the files. Scripts import each other by relative address, so under one version."""

        @router.get(f"{self._prefix}/{{version}}/{{name}}", include_in_schema=False)
        def asset(version: str, name: str) -> Response:
            return self._respond(version, name)

    def _respond(self, version: str, name: str) -> Response:
        content = self._files.get(name)
        if content is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, f"There is no file {name}.")
        # A page from before a deploy asks for the old version and gets the new file, uncached.
        cache = _FOREVER if version == self.version else "no-store"
        media_type = _TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0]
        headers = {"Cache-Control": cache, "X-Content-Type-Options": "nosniff"}
        return Response(content, media_type=media_type, headers=headers)
