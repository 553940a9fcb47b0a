"""The gateways' webhooks: texts and receipts, by GET or POST as each gateway likes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from agent.domain.messages import Delivery
from agent.errors import NotFoundError
from agent.wiring.services import Services
from api.auth import ServicesDep
from api.channels.gateway.dialect import Dialect, GatewayNews
from api.channels.gateway.fields import Fields, read_fields
from api.channels.gateway.files import Gateway
from api.channels.gateway.guard import Guard
from api.channels.gateway.inbound import PROVIDER, as_inbound
from api.channels.gateway.kinds import KINDS
from api.channels.news import DeliveryNews, take_news
from api.channels.webhook import not_set_up
from api.client_address import Network

_BAD_NEWS = frozenset({Delivery.UNDELIVERED, Delivery.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call that may pass, with what it carries."""

    gateway: Gateway
    fields: Fields

    @property
    def dialect(self) -> Dialect:
        """How its gateway speaks."""
        return KINDS[self.gateway.kind]


def make_router(gateways: Sequence[Gateway], trusted: Sequence[Network]) -> APIRouter:
    """Make the two webhooks of every gateway."""
    router = APIRouter(prefix="/webhooks/gateway", tags=["webhooks"])
    passed = Depends(_Door(gateways, trusted))

    @router.get("/{name}")  # noqa: FAST003 - the door reads the name
    @router.post("/{name}")
    def inbound(services: ServicesDep, call: Annotated[Call, passed]) -> Response:
        """Take an inbound text; the answer's body is what the gateway wants to hear."""
        text = call.dialect.read_text(call.fields)
        services.inbox.accept(
            as_inbound(
                call.gateway,
                text,
                now=services.clock.now(),
                is_stored=lambda provider_id: _is_stored(services, provider_id),
            )
        )
        return _acknowledge(call)

    @router.get("/{name}/status")  # noqa: FAST003 - the door reads the name
    @router.post("/{name}/status")
    def status(services: ServicesDep, call: Annotated[Call, passed]) -> Response:
        """Take a receipt; late or unknown news change nothing."""
        news = call.dialect.read_news(call.fields)
        if news.delivery is not None and _speaks_for_all(call.fields, news):
            _take(services, call, news, news.delivery)
        return _acknowledge(call)

    return router


class _Door:
    """Finds the gateway by its name and lets its calls pass."""

    def __init__(self, gateways: Sequence[Gateway], trusted: Sequence[Network]) -> None:
        self._guards: Mapping[str, Guard] = {
            gateway.name: Guard(gateway=gateway, trusted=trusted) for gateway in gateways
        }

    async def __call__(self, name: str, request: Request) -> Call:
        if not self._guards:
            raise not_set_up("A gateway", "gateways")
        guard = self._guards.get(name)
        if guard is None:
            raise NotFoundError(f"There is no gateway {name}.")
        guard.check(request)
        fields = await read_fields(request, *KINDS[guard.gateway.kind].bodies)
        return Call(gateway=guard.gateway, fields=fields)


def _acknowledge(call: Call) -> Response:
    return Response(call.dialect.acknowledgement, media_type="text/plain")


def _is_stored(services: Services, provider_id: str) -> bool:
    with services.database.read() as uow:
        return uow.messages.find_inbound(PROVIDER, provider_id) is not None


def _speaks_for_all(fields: Fields, news: GatewayNews) -> bool:
    """Whether news of a part are the message's: bad ones always, good ones of the last part."""
    return fields.get("part") != "earlier" or news.delivery in _BAD_NEWS


def _take(services: Services, call: Call, news: GatewayNews, delivery: Delivery) -> None:
    message_id = call.fields.get("message")
    take_news(
        services,
        DeliveryNews(
            provider=PROVIDER,
            # Kannel gives no id, and Jasmin one for each part: ours stands for theirs.
            provider_id=message_id,
            message_id=message_id,
            delivery=delivery,
            code=news.code,
            problem=news.problem,
        ),
    )
