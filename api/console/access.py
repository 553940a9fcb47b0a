"""Who may use the console: signed-in reps; wrong passwords are slowed down."""

import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, HTTPException, Request

from agent.store.repositories.users import User
from api.auth import session_user

WRONG_TRIES = 5
WINDOW = timedelta(minutes=1)
_MOST_ADDRESSES = 10_000

LEADS = frozenset({"lead", "admin"})
"""Roles that tune the agent; a rep answers customers."""


def rep(request: Request) -> User:
    """Return who is signed in.

    Raises:
        HTTPException: 303 to the sign-in, which leads back to a page that was asked for.
    """
    user = session_user(request)
    if user is not None:
        return user
    wanted = request.url.path if request.method == "GET" else "/console"
    raise HTTPException(
        HTTPStatus.SEE_OTHER,
        "Sign in first.",
        headers={"Location": f"/console/sign-in?{urlencode({'next': wanted})}"},
    )


def rep_for_data(request: Request) -> User:
    """Return who is signed in, for addresses that scripts read.

    Raises:
        HTTPException: 401 if nobody is.
    """
    user = session_user(request)
    if user is None:
        raise HTTPException(HTTPStatus.UNAUTHORIZED, "Sign in at /console/sign-in first.")
    return user


def lead(request: Request) -> User:
    """Return who is signed in, if they may choose models and label messages.

    Raises:
        HTTPException: 303 to the sign-in, 403 for a rep.
    """
    user = rep(request)
    if user.role not in LEADS:
        raise HTTPException(
            HTTPStatus.FORBIDDEN, "This page is for leads. Ask one to change your role."
        )
    return user


RepDep = Annotated[User, Depends(rep)]
LeadDep = Annotated[User, Depends(lead)]


class Throttle:
    """Counts wrong tries by network address: at most ``WRONG_TRIES`` in ``WINDOW``."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._wrong: dict[str, deque[datetime]] = {}
        self._lock = threading.Lock()

    def wait_s(self, address: str) -> int:
        """Return the seconds until another try is taken; 0 if one is taken now."""
        with self._lock:
            tries = self._recent(address)
            if len(tries) < WRONG_TRIES:
                return 0
            return max(1, int((tries[0] + WINDOW - self._now()).total_seconds()))

    def wrong(self, address: str) -> None:
        """Count a wrong try."""
        with self._lock:
            if len(self._wrong) >= _MOST_ADDRESSES:
                self._forget_old()
            self._wrong.setdefault(address, deque(maxlen=WRONG_TRIES)).append(self._now())

    def right(self, address: str) -> None:
        """Forget an address that has signed in."""
        with self._lock:
            self._wrong.pop(address, None)

    def _recent(self, address: str) -> deque[datetime]:
        tries = self._wrong.get(address, deque())
        while tries and tries[0] <= self._now() - WINDOW:
            tries.popleft()
        return tries

    def _forget_old(self) -> None:
        for address in [a for a in self._wrong if not self._recent(a)]:
            del self._wrong[address]
