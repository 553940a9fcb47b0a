"""Headers of every page, and the token that forms carry."""

import hmac
import secrets
from http import HTTPStatus
from typing import Annotated

from fastapi import Form, HTTPException, Request

# Nothing inline and nothing from elsewhere: a text that slipped through escaping still cannot run.
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}

PAGE_HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in _POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}

_KEY = "csrf"


def csrf_token(request: Request) -> str:
    """Return the session's form token, making one at first use."""
    token = request.session.get(_KEY)
    if not isinstance(token, str):
        token = secrets.token_urlsafe(24)
        request.session[_KEY] = token
    return token


def check_csrf(request: Request, csrf: Annotated[str, Form()] = "") -> None:
    """Let a form pass that carries the session's token.

    Raises:
        HTTPException: 403 where the token is missing or another's.
    """
    known = request.session.get(_KEY)
    if not isinstance(known, str) or not hmac.compare_digest(known.encode(), csrf.encode()):
        raise HTTPException(
            HTTPStatus.FORBIDDEN,
            "This form is too old or came from elsewhere. Go back, reload the page and try again.",
        )


def local_path(wanted: str, *, otherwise: str) -> str:
    """Return ``wanted`` if it is a path on this site, else ``otherwise``."""
    # Browsers read a second slash, or a backslash in its place, as the beginning of a host.
    local = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if local and wanted.isprintable() else otherwise
