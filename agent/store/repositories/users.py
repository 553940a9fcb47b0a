"""People who sign in, and keys of the API."""

import hashlib
import secrets
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlmodel import Session, select

from agent.domain.ids import RepId
from agent.domain.ports import Clock, Ids
from agent.errors import ConflictError
from agent.store.service_tables import ApiKeyRow, UserRow

_HASHER = PasswordHasher()
# Verified against when there is no such user, so that both answers take the same time.
_NOBODY = _HASHER.hash(secrets.token_hex(16))


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A rep or lead."""

    id: RepId
    email: str
    name: str
    role: str


class Users:
    """Users by email, API keys by their hash."""

    def __init__(self, session: Session, clock: Clock, ids: Ids) -> None:
        self._session = session
        self._clock = clock
        self._ids = ids

    def add(self, *, email: str, name: str, role: str, password: str) -> User:
        """Add a user.

        Raises:
            ConflictError: the email is taken.
        """
        email = email.strip().lower()
        if self._by_email(email) is not None:
            raise ConflictError(f"There is already a user {email}.")
        row = UserRow(
            id=self._ids.new("usr"),
            email=email,
            name=name,
            role=role,
            password_hash=_HASHER.hash(password),
            created_at=self._clock.now(),
        )
        self._session.add(row)
        self._session.flush()
        return _user(row)

    def get(self, user_id: RepId) -> User | None:
        """Return the user, or None."""
        row = self._session.get(UserRow, user_id)
        return None if row is None else _user(row)

    def any(self) -> bool:
        """Whether anyone can sign in."""
        return self._session.exec(select(UserRow).limit(1)).first() is not None

    def sign_in(self, email: str, password: str) -> User | None:
        """Return the user if the password is right, else None."""
        row = self._by_email(email.strip().lower())
        try:
            _HASHER.verify(_NOBODY if row is None else row.password_hash, password)
        except (VerifyMismatchError, InvalidHashError):
            return None
        return None if row is None else _user(row)

    def add_api_key(self, name: str) -> str:
        """Make a key, store its hash and return the key itself, once."""
        key = "tw_" + secrets.token_urlsafe(24)
        self.keep_api_key(name, key)
        return key

    def keep_api_key(self, name: str, key: str) -> None:
        """Store the hash of a key made elsewhere."""
        self._session.add(
            ApiKeyRow(
                id=self._ids.new("key"),
                name=name,
                sha256=_sha256(key),
                created_at=self._clock.now(),
            )
        )
        self._session.flush()

    def knows_api_key(self, key: str) -> bool:
        """Whether this is one of the stored keys."""
        return (
            self._session.exec(select(ApiKeyRow).where(ApiKeyRow.sha256 == _sha256(key))).first()
            is not None
        )

    def _by_email(self, email: str) -> UserRow | None:
        return self._session.exec(select(UserRow).where(UserRow.email == email)).first()


def _user(row: UserRow) -> User:
    return User(id=RepId(row.id), email=row.email, name=row.name, role=row.role)


def _sha256(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
