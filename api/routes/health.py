"""Whether the service lives, is ready, and its figures."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from agent.runtime.figures import figures
from api.auth import ServicesDep

router = APIRouter(tags=["health"])


@router.get("/health/live")
def live() -> Mapping[str, str]:
    """Answer as long as the process does."""
    return {"status": "ok"}


@router.get("/health/ready")
def ready(services: ServicesDep, response: Response) -> Mapping[str, Any]:
    """Answer 200 once everything a turn needs is there, else 503 with what is missing."""
    checks = {
        "database": _database_answers(services.database.engine),
        "models": services.understander.version,
        "knowledge": services.answerer.version,
        "process": services.runtime.executor_id,
    }
    if checks["database"] != "ok":
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        return {"status": "unavailable", **checks}
    refused = services.learning.serving().refused
    if refused is not None:
        # The version before goes on answering, so the service is ready; somebody should look.
        checks["models_refused"] = refused.version
    return {"status": "ok", **checks}


@router.get("/metrics", include_in_schema=False)
def metrics(services: ServicesDep) -> Response:
    """Return Prometheus' text format: of this process, and of what the database knows."""
    told = generate_latest() + figures(services.database, services.runtime.executor_id)
    return Response(told, media_type=CONTENT_TYPE_LATEST)


def _database_answers(engine: sa.Engine) -> str:
    try:
        with engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
    except SQLAlchemyError as error:
        return f"unreachable ({type(error).__name__})"
    return "ok"
