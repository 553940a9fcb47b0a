"""The brand's public pages: signing up at ``/join``, choosing topics at ``/preferences/…``.

Plain HTML without scripts or cookies. What a form agrees to is shown beside its button and kept
word for word; the form names the version it was shown, so that no other text can be agreed to.
"""

from fastapi import APIRouter

from agent.wiring.services import Services
from api.pages import assets
from api.pages.templating import SHARED, Pages
from api.routes.join import join_routes
from api.routes.preferences import preference_routes


def router(services: Services) -> APIRouter:
    """Make the public pages' routes."""
    made = APIRouter(include_in_schema=False)
    files = assets.Assets("/public/assets", [assets.SHARED])
    pages = Pages(folder=SHARED / "public", assets=files, brand=services.brand)
    files.add_to(made)
    made.include_router(join_routes(services, pages))
    made.include_router(preference_routes(services, pages))
    return made
