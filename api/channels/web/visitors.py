"""Anonymous visitors, known by a signed cookie."""

import secrets
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import HTTPException, Request, Response
from itsdangerous import BadSignature, Signer

COOKIE = "textwise_chat"
LIFETIME_S = 180 * 24 * 3600
"""A visitor who comes back within half a year finds the conversation again."""
_BITS_HEX = 16
_SALT = "textwise.chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitors:
    """Makes and reads the cookies.

    The visitor's address is in our rows and on the console; the signature is what nobody else has.

    Args:
        secret: the service's own.
        secure: whether the service is reached over https.
        embedded: whether other sites show the chat, whose browsers then keep a cookie a site.
    """

    secret: str
    secure: bool
    embedded: bool

    def address(self, request: Request) -> str | None:
        """Return the visitor's address, None without a cookie or with a forged one."""
        try:
            return self._signer().unsign(request.cookies.get(COOKIE, "")).decode()
        except (BadSignature, UnicodeDecodeError):
            return None

    def require(self, request: Request) -> str:
        """Return the visitor's address.

        Raises:
            HTTPException: 403 without a cookie of ours.
        """
        address = self.address(request)
        if address is None:
            raise HTTPException(
                HTTPStatus.FORBIDDEN,
                "The chat does not know this browser: open /chat again, and allow its cookie.",
            )
        return address

    def new_address(self) -> str:
        """Return the address of a new visitor: 128 random bits."""
        return f"visitor-{secrets.token_hex(_BITS_HEX)}"

    def cookie(self, address: str) -> str:
        """Return the cookie's value for an address."""
        return self._signer().sign(address).decode()

    def remember(self, response: Response, address: str) -> None:
        """Give the visitor the cookie, or a longer life to the one there is."""
        attributes = [f"{COOKIE}={self.cookie(address)}", f"Max-Age={LIFETIME_S}", "Path=/chat",
                      "HttpOnly"]  # fmt: skip
        if self.secure and self.embedded:
            # In another site's frame browsers send back only cookies that say so; Partitioned
            # keeps one site's visitor apart from another's. Python's cookies know it from 3.14.
            attributes += ["Secure", "SameSite=None", "Partitioned"]
        else:
            attributes += [*(["Secure"] if self.secure else []), "SameSite=Lax"]
        response.headers.append("set-cookie", "; ".join(attributes))

    def _signer(self) -> Signer:
        return Signer(self.secret, salt=_SALT)
