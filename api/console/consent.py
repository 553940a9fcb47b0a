"""One customer's consent, for the rep who talks with them: what holds, why, and what is new."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from agent.consent.desk import Withdrawal
from agent.consent.importing import GivenConsent
from agent.consent.proof import Proof
from agent.domain.consent import ConsentSource
from agent.domain.conversations import Conversation
from agent.domain.ids import ConversationId
from agent.errors import InvalidInputError, NotFoundError
from agent.store.repositories.deliveries import Unreachable
from agent.store.repositories.users import User
from agent.wiring.services import Services
from api.console.access import RepDep, rep
from api.pages.security import check_csrf
from api.pages.templating import Pages, page_route

_PREFIX = "/console/conversations/{conversation_id}/consent"
Field = Annotated[str, Form(max_length=4000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """What a rep has written; kept where it is refused."""

    topic: str = ""
    shown: str = ""
    how: str = ""


def reading_routes(services: Services, pages: Pages) -> APIRouter:
    """Make the page."""
    made = APIRouter(prefix=_PREFIX, route_class=page_route(pages), dependencies=[Depends(rep)])

    @made.get("")
    def show(conversation_id: str, request: Request, user: RepDep) -> Response:
        return _page(services, pages, request, ConversationId(conversation_id), user)

    return made


def acting_routes(services: Services, pages: Pages) -> APIRouter:
    """Make the two forms: a consent that the customer gave, and one that they took back."""
    made = APIRouter(
        prefix=_PREFIX, route_class=page_route(pages), dependencies=[Depends(check_csrf)]
    )

    @made.post("/given")
    def given(
        conversation_id: str,
        request: Request,
        user: RepDep,
        topic: Field = "",
        shown: Field = "",
        how: Field = "",
    ) -> Response:
        draft = _Draft(topic=topic, shown=shown, how=how)
        key = ConversationId(conversation_id)
        try:
            _note(services, key, user, draft)
        except InvalidInputError as error:
            return _page(
                services, pages, request, key, user, draft=draft, trouble=f"{error} {error.hint}"
            )
        return _back(conversation_id)

    @made.post("/withdrawn")
    def withdrawn(
        conversation_id: str, request: Request, user: RepDep, topic: Field = "", how: Field = ""
    ) -> Response:
        key = ConversationId(conversation_id)
        try:
            services.consent.desk.withdraw(
                Withdrawal(
                    number=_number(services, key),
                    by=user.name,
                    topic=topic,
                    source=ConsentSource.REP,
                    evidence=_evidence(key, how),
                )
            )
        except InvalidInputError as error:
            return _page(services, pages, request, key, user, trouble=f"{error} {error.hint}")
        return _back(conversation_id)

    return made


def _note(services: Services, key: ConversationId, user: User, draft: _Draft) -> None:
    topic = services.brand.consent.topics.get(draft.topic)
    if topic is None:
        raise InvalidInputError("Choose what the customer agreed to.", field="topic")
    if not draft.how.strip():
        raise InvalidInputError("Say how the customer told you, for the proof.", field="how")
    services.consent.desk.note(
        GivenConsent(
            number=_number(services, key),
            purpose=topic.purpose,
            at=services.clock.now(),
            text_shown=draft.shown.replace("\r\n", "\n").strip(),
            source=ConsentSource.REP,
            topic=draft.topic,
            evidence=_evidence(key, draft.how),
        ),
        by=user.name,
    )


def _evidence(key: ConversationId, how: str) -> str:
    return f"conversation {key}: {how.strip()}" if how.strip() else f"conversation {key}"


def _number(services: Services, key: ConversationId) -> str:
    return _conversation(services, key)[0].customer_address


def _conversation(
    services: Services, key: ConversationId
) -> tuple[Conversation, Unreachable | None]:
    with services.database.read() as uow:
        conversation = uow.conversations.get(key)
        return conversation, uow.deliveries.unreachable(conversation.customer_id)


def _page(
    services: Services,
    pages: Pages,
    request: Request,
    key: ConversationId,
    user: User,
    *,
    draft: _Draft | None = None,
    trouble: str = "",
) -> Response:
    conversation, unreachable = _conversation(services, key)
    context = {
        "user": user,
        "conversation": conversation,
        "unreachable": unreachable,
        "proof": _proof(services, conversation),
        "draft": draft or _Draft(),
        "trouble": trouble.strip(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if trouble else HTTPStatus.OK
    return pages.render(request, "consent.html", context, status=status)


def _proof(services: Services, conversation: Conversation) -> Proof | None:
    """Return the proof; None for somebody in the web chat, who has no number to text."""
    try:
        return services.consent.desk.read(conversation.customer_address)
    except (InvalidInputError, NotFoundError):
        return None


def _back(conversation_id: str) -> Response:
    return RedirectResponse(
        f"/console/conversations/{conversation_id}/consent", status_code=HTTPStatus.SEE_OTHER
    )
