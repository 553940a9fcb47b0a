"""The console's routes put together."""

from pathlib import Path

from fastapi import APIRouter

from agent.wiring.services import Services
from api.console import (
    acting,
    consent,
    conversations,
    deliveries,
    knowledge,
    labels,
    live_learning,
    models,
    sign_in,
    unanswered,
)
from api.pages import assets
from api.pages.stopping import hear_stop
from api.pages.templating import Pages

_HERE = Path(__file__).parent


def router(services: Services) -> APIRouter:
    """Make the console's routes."""
    made = APIRouter(tags=["console"], include_in_schema=False, lifespan=hear_stop)
    files = assets.Assets("/console/assets", [assets.SHARED, _HERE / "static"])
    pages = Pages(folder=_HERE / "templates", assets=files, brand=services.brand)
    files.add_to(made)
    made.include_router(sign_in.routes(services, pages))
    made.include_router(conversations.live_routes(services))
    made.include_router(conversations.reading_routes(services, pages))
    made.include_router(acting.routes(services, pages))
    made.include_router(deliveries.reading_routes(services, pages))
    for part in (consent, models, live_learning, labels, knowledge, unanswered):
        made.include_router(part.reading_routes(services, pages))
        made.include_router(part.acting_routes(services, pages))
    made.include_router(labels.correcting_routes(services, pages))
    made.include_router(knowledge.uploading_routes(services, pages))
    return made
