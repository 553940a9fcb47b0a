"""``/v1/consent``: what a shop's checkout writes down of consent, and what holds now."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from agent.consent.desk import Withdrawal
from agent.consent.importing import GivenConsent
from agent.consent.proof_data import proof_data
from agent.domain.consent import ConsentSource, Purpose
from agent.wiring.services import Services
from api.auth import API_KEY, ServicesDep

router = APIRouter(prefix="/v1/consent", tags=["consent"], dependencies=API_KEY)

Number = Annotated[str, Field(min_length=1, max_length=40)]
Line = Annotated[str, Field(max_length=400)]
Source = Literal["checkout", "in_store", "web_form", "qr", "rep", "import"]


class Evidence(BaseModel):
    """How it came about, beyond the text: kept in the ledger, erased with the customer."""

    model_config = ConfigDict(extra="forbid")

    page: Line = ""
    ip: Annotated[str, Field(max_length=64)] = ""
    browser: Line = ""
    order: Line = ""

    def details(self, **more: str) -> dict[str, str]:
        """Return what is there, with ``more``."""
        return {name: value for name, value in {**self.model_dump(), **more}.items() if value}


class NewConsent(BaseModel):
    """A consent that was given. ``id`` makes a repeated call harmless.

    ``text_shown`` is the exact text, ``version`` the shop's own name for it; ``at`` is now if left
    out. ``evidence`` names a proof, such as a screenshot or an order.
    """

    model_config = ConfigDict(extra="forbid")

    number: Number
    purpose: Literal[Purpose.TRANSACTIONAL, Purpose.MARKETING]
    text_shown: Annotated[str, Field(max_length=4000)] = ""
    version: Annotated[str, Field(max_length=100)] = ""
    source: Source = "checkout"
    topic: Annotated[str, Field(max_length=40)] = ""
    at: AwareDatetime | None = None
    id: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    by: Annotated[str, Field(max_length=100)] = ""
    evidence: Line = ""
    details: Evidence = Evidence()


class NewWithdrawal(BaseModel):
    """A consent that is taken back: of a topic, of a purpose, or with neither of all texts."""

    model_config = ConfigDict(extra="forbid")

    number: Number
    purpose: Literal[Purpose.TRANSACTIONAL, Purpose.MARKETING] | None = None
    topic: Annotated[str, Field(max_length=40)] = ""
    source: Source = "rep"
    by: Annotated[str, Field(max_length=100)] = ""
    evidence: Line = ""
    details: Evidence = Evidence()


@router.post("", status_code=HTTPStatus.CREATED)
def give(body: NewConsent, services: ServicesDep, response: Response) -> Mapping[str, Any]:
    """Write down a consent with its evidence. 200: it stood there already."""
    recorded = services.consent.desk.note(
        GivenConsent(
            number=body.number,
            purpose=body.purpose,
            at=body.at or services.clock.now(),
            text_shown=body.text_shown.strip(),
            source=ConsentSource(body.source),
            topic=body.topic,
            evidence=body.evidence or body.id or "",
        ),
        by=body.by or "API",
        key=body.id or "",
        details=body.details.details(version=body.version),
    )
    if not recorded:
        response.status_code = HTTPStatus.OK
    return {"duplicate": not recorded, **_state(services, body.number)}


@router.post("/withdrawals", status_code=HTTPStatus.CREATED)
def take_back(body: NewWithdrawal, services: ServicesDep, response: Response) -> Mapping[str, Any]:
    """Write down that a customer wants no more such texts. 200: that was known already."""
    recorded = services.consent.desk.withdraw(
        Withdrawal(
            number=body.number,
            by=body.by or "API",
            purpose=body.purpose,
            topic=body.topic,
            source=ConsentSource(body.source),
            evidence=body.evidence,
            details=body.details.details(),
        )
    )
    if not recorded:
        response.status_code = HTTPStatus.OK
    return {"duplicate": not recorded, **_state(services, body.number)}


@router.get("/{number}")
def look(number: str, services: ServicesDep) -> Mapping[str, Any]:
    """Say what holds now, by purpose and topic, with the ledger's lines behind it."""
    data = proof_data(services.consent.desk.read(number))
    return {name: data[name] for name in (*_STATE, "ledger", "chain")}


_STATE = ("number", "state", "topics", "frequency")


def _state(services: Services, number: str) -> dict[str, Any]:
    data = proof_data(services.consent.desk.read(number))
    return {name: data[name] for name in _STATE}
