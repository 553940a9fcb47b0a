"""What follows where a question about consent gets no answer."""

from agent.brand import Brand
from agent.consent.ledger import LedgerOf
from agent.consent.questions import ConsentQuestion, QuestionKind, QuestionState
from agent.domain.consent import ConsentSource, ConsentState, Purpose, present_state
from agent.store.unit_of_work import Database, UnitOfWork


def question_lapsed(uow: UnitOfWork, question: ConsentQuestion, brand: Brand) -> None:
    """Settle a question that was not answered in time.

    A sign-up lapses and nothing changes. Silence after 'do you want no more texts?' ends
    marketing, which must be wanted for sure; answers and service texts go on, and a later YES is
    still obeyed.
    """
    if not uow.consent_questions.settle(question.id, QuestionState.LAPSED):
        return
    ledger = _ledger(uow, question, brand)
    if question.kind is QuestionKind.DOUBLE_OPT_IN:
        ledger.lapse(question)
    else:
        _end_marketing(ledger)


def question_is_late(uow: UnitOfWork, question: ConsentQuestion, brand: Brand) -> None:
    """Settle a question that may no longer be asked, as if it had not been answered."""
    if uow.consent_questions.settle(question.id, QuestionState.LATE):
        _end_marketing(_ledger(uow, question, brand))


def lapse_questions(database: Database, brand: Brand) -> int:
    """Settle all questions whose time is over; return how many. For the background."""
    with database.read() as uow:
        waiting = [q for q in uow.consent_questions.lapsed() if q.sender == brand.slug]
    if not waiting:
        return 0
    with database.begin() as uow:
        for question in waiting:
            question_lapsed(uow, question, brand)
    return len(waiting)


def _end_marketing(ledger: LedgerOf) -> None:
    if present_state(ledger.lines(), Purpose.MARKETING) is ConsentState.IN:
        ledger.end_marketing(ConsentSource.NO_ANSWER)


def _ledger(uow: UnitOfWork, question: ConsentQuestion, brand: Brand) -> LedgerOf:
    return LedgerOf(
        uow=uow, brand=brand, customer_id=question.customer_id, evidence=question.message_id
    )
