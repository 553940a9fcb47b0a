"""Who may call: API keys for programs, signed session cookies for people."""

import hmac
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from agent.domain.ids import RepId
from agent.store.repositories.users import User
from agent.wiring.services import Services

_BEARER = HTTPBearer(auto_error=False, description="An API key.")


def services_of(request: Request) -> Services:
    """Return the services that the app was made with."""
    services: Services = request.app.state.services
    return services


def require_api_key(
    services: Annotated[Services, Depends(services_of)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
) -> None:
    """Let a request with a known key pass.

    Raises:
        HTTPException: 401 without a key or with an unknown one.
    """
    if credentials is None or not _knows(services, credentials.credentials):
        raise HTTPException(
            HTTPStatus.UNAUTHORIZED,
            "Send a key of this service: Authorization: Bearer <key>.",
            headers={"WWW-Authenticate": "Bearer"},
        )


def _knows(services: Services, key: str) -> bool:
    configured = services.settings.api_key
    if configured is not None and hmac.compare_digest(
        configured.get_secret_value().encode(), key.encode()
    ):
        return True
    with services.database.read() as uow:
        return uow.users.knows_api_key(key)


def session_user(request: Request) -> User | None:
    """Return who is signed in, or None."""
    user_id = request.session.get("user_id")
    if not isinstance(user_id, str):
        return None
    with services_of(request).database.read() as uow:
        return uow.users.get(RepId(user_id))


ServicesDep = Annotated[Services, Depends(services_of)]
API_KEY = [Depends(require_api_key)]

# The rep that a reply sent with an API key is written down to.
API_REP = User(id=RepId("api"), email="api", name="API", role="rep")
