"""The console's pages on questions without an answer, and on the answers that people write."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from agent.domain.knowledge import QuestionState
from agent.errors import InvalidInputError, NotFoundError
from agent.knowledge_desk import INGEST
from agent.store.repositories.users import User
from agent.wiring.services import Services
from api.console.access import LeadDep, lead
from api.console.job_view import IngestResult, result_of
from api.console.knowledge import HOME
from api.console.models import name_of, see
from api.pages.security import check_csrf
from api.pages.templating import Pages, page_route, told

RECENT = timedelta(minutes=10)
"""How long what came of the last answer is told."""

_FORM = [Depends(check_csrf), Depends(lead)]
_Text = Annotated[str, Form(max_length=20_000)]
_Field = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody wrote and could not be kept: shown again. ``about`` says in which form."""

    about: str = ""
    question: str = ""
    answer: str = ""
    valid_until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refusal:
    """Why something was not done; by default nothing was refused."""

    draft: Draft = Draft()
    trouble: str = ""
    status: int = HTTPStatus.OK


class _Pages:
    """Renders both pages; an action that is refused ends on the one it came from."""

    def __init__(self, services: Services, pages: Pages) -> None:
        self._services = services
        self._pages = pages

    def unanswered(self, request: Request, user: User, refusal: _Refusal = _Refusal()) -> Response:
        questions = self._services.knowledge.questions
        more = {"dismissed": questions.groups(QuestionState.DISMISSED)}
        return self._show(request, "knowledge_unanswered.html", user, refusal, more)

    def answers(self, request: Request, user: User, refusal: _Refusal = _Refusal()) -> Response:
        desk = self._services.knowledge
        written = desk.written()
        more = {
            "written": [answer for answer in written if not answer.withdrawn],
            "withdrawn": [answer for answer in written if answer.withdrawn],
            "today": desk.knowledge.today,
        }
        return self._show(request, "knowledge_answers.html", user, refusal, more)

    def _show(
        self,
        request: Request,
        template: str,
        user: User,
        refusal: _Refusal,
        more: Mapping[str, object],
    ) -> Response:
        with self._services.database.read() as uow:
            job = uow.jobs.latest(INGEST)
        groups = self._services.knowledge.questions.groups()
        if job is not None and self._services.clock.now() - job.updated_at > RECENT:
            job = None
        context = {
            "user": user,
            "groups": groups,
            "open": len(groups),
            "job": job,
            "done": result_of(job, IngestResult),
            "draft": refusal.draft,
            "trouble": refusal.trouble,
            **more,
        }
        return self._pages.render(request, template, context, status=refusal.status)


def reading_routes(services: Services, pages: Pages) -> APIRouter:
    """Make the pages that are read."""
    made = APIRouter(prefix=HOME, route_class=page_route(pages), dependencies=[Depends(lead)])
    page = _Pages(services, pages)

    @made.get("/unanswered")
    def show_unanswered(request: Request, user: LeadDep) -> Response:
        return page.unanswered(request, user)

    @made.get("/answers")
    def show_answers(request: Request, user: LeadDep) -> Response:
        return page.answers(request, user)

    @made.get("/answers/{answer_id}")
    def show_revisions(request: Request, user: LeadDep, answer_id: str) -> Response:
        revisions = services.knowledge.revisions(answer_id)
        if not revisions:
            raise NotFoundError(f"There is no written answer {answer_id}.")
        context = {
            "user": user,
            "revisions": revisions,
            "open": len(services.knowledge.questions.groups()),
        }
        return pages.render(request, "knowledge_revisions.html", context)

    return made


def acting_routes(services: Services, pages: Pages) -> APIRouter:
    """Make the forms. What is refused is shown with its reason and what was written."""
    made = APIRouter(prefix=HOME, route_class=page_route(pages), dependencies=_FORM)
    desk, page = services.knowledge, _Pages(services, pages)

    def act(request: Request, user: User, draft: Draft, action: Callable[[], object]) -> Response:
        grouped = draft.about.startswith("qst")
        try:
            action()
        except (InvalidInputError, NotFoundError) as error:
            status, words = told(error)
            show = page.unanswered if grouped else page.answers
            return show(request, user, _Refusal(draft=draft, trouble=words, status=status))
        return see(f"{HOME}/unanswered" if grouped else f"{HOME}/answers")

    @made.post("/answers")
    def write(
        request: Request, user: LeadDep, question: _Text = "", answer: _Text = "",
        valid_until: _Field = "", group: _Field = "",
    ) -> Response:  # fmt: skip
        draft = Draft(about=group, question=question, answer=answer, valid_until=valid_until)
        return act(
            request, user, draft,
            lambda: desk.write(
                question, answer, _day(valid_until), by=name_of(user), group=group
            ),
        )  # fmt: skip

    @made.post("/answers/{answer_id}")
    def rewrite(
        request: Request, user: LeadDep, answer_id: str, question: _Text = "", answer: _Text = "",
        valid_until: _Field = "",
    ) -> Response:  # fmt: skip
        draft = Draft(about=answer_id, question=question, answer=answer, valid_until=valid_until)
        return act(
            request, user, draft,
            lambda: desk.rewrite(
                answer_id, question, answer, _day(valid_until), by=name_of(user)
            ),
        )  # fmt: skip

    @made.post("/answers/{answer_id}/withdraw")
    def withdraw(request: Request, user: LeadDep, answer_id: str) -> Response:
        draft = Draft(about=answer_id)
        return act(request, user, draft, lambda: desk.withdraw(answer_id, by=name_of(user)))

    @made.post("/unanswered/{group}/dismiss")
    def dismiss(request: Request, user: LeadDep, group: str) -> Response:
        draft = Draft(about=group)
        return act(request, user, draft, lambda: desk.questions.dismiss(group, by=name_of(user)))

    @made.post("/unanswered/{group}/restore")
    def restore(request: Request, user: LeadDep, group: str) -> Response:
        draft = Draft(about=group)
        return act(request, user, draft, lambda: desk.questions.restore(group, by=name_of(user)))

    return made


def _day(written: str) -> date | None:
    """Return the day of a date field, None where it was left empty.

    Raises:
        InvalidInputError: it is no day.
    """
    if not written.strip():
        return None
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        raise InvalidInputError(
            f"{written!r} is no day such as 2026-11-30.", field="valid_until"
        ) from None
