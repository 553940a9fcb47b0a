"""Numbers that take no texts, and the brand's own numbers that are set up wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Depends, Request, Response

from agent.domain.ids import ConversationId
from agent.store.repositories.sending_numbers import SendingNumber
from agent.store.unit_of_work import UnitOfWork
from agent.wiring.services import Services
from api.console.access import RepDep, rep
from api.pages.templating import Pages, page_route

MOST = 200
"""Customers shown at once, the latest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreached:
    """A customer whose number refused a text, and where to read on."""

    name: str
    address: str
    problem: str
    code: str
    since: datetime
    conversation_id: ConversationId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """One of the brand's numbers that was refused as set up wrong. ``waits``: its texts do."""

    number: SendingNumber
    waits: bool


def reading_routes(services: Services, pages: Pages) -> APIRouter:
    """Make the page."""
    made = APIRouter(prefix="/console", route_class=page_route(pages), dependencies=[Depends(rep)])

    @made.get("/deliveries")
    def show(request: Request, user: RepDep) -> Response:
        now = services.clock.now()
        with services.database.read() as uow:
            context = {
                "user": user,
                "unreached": unreached(uow),
                "senders": alarmed(uow, now),
                "most": MOST,
            }
        return pages.render(request, "deliveries.html", context)

    return made


def alarmed(uow: UnitOfWork, now: datetime) -> Sequence[Sender]:
    """Return the brand's numbers that were refused as set up wrong, those that wait first."""
    found = [
        Sender(number=n, waits=n.blocked_until is not None and n.blocked_until > now)
        for n in uow.sending_numbers.all()
        if n.alarms
    ]
    return sorted(found, key=lambda sender: not sender.waits)


def unreached(uow: UnitOfWork) -> Sequence[Unreached]:
    """Return customers whose numbers take no texts."""
    found = []
    for one in uow.deliveries.latest_unreachable(limit=MOST):
        customer = uow.customers.get(one.customer_id)
        if customer is None:
            continue
        threads = uow.proactive.threads(one.customer_id)
        found.append(
            Unreached(
                name=customer.name,
                address=customer.address,
                problem=one.problem,
                code=one.code,
                since=one.since,
                conversation_id=threads[0] if threads else None,
            )
        )
    return found
