"""Signing up away from the phone: the web form with its double opt-in.

Whoever fills in a form may type anybody's number, so nothing is agreed until that number answers
YES. The form never tells whether a number is known, has signed up or has said STOP.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import phonenumbers
import structlog

from agent.brand import Brand
from agent.consent.ledger import LedgerOf
from agent.consent.questions import DOUBLE_OPT_IN_STANDS, QuestionKind
from agent.consent.terms import text_version
from agent.domain.conversations import Conversation
from agent.domain.ids import CustomerId, MessageId
from agent.domain.messages import Author
from agent.domain.ports import Clock
from agent.errors import InvalidInputError
from agent.outgoing import put_into_outbox
from agent.replies.segments import fit
from agent.replies.templates import Templates
from agent.sending.numbers import read_number
from agent.sending.proactive import ProactiveTexts
from agent.store.unit_of_work import Database, UnitOfWork

_log = structlog.get_logger(__name__)

PER_NUMBER_A_DAY = 2
PER_ORIGIN_AN_HOUR = 10
PER_HOUR = 300
"""Bounds of a flood: of texts to one number, from one visitor, and in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUp:
    """A form that was sent.

    ``shown`` is the exact text beside the button; ``origin`` tells visitors apart (an address),
    ``details`` are kept as evidence.
    """

    number: str
    topics: tuple[str, ...]
    frequency: str = ""
    source: str
    shown: str
    origin: str
    details: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUps:
    """Takes sign-ups and asks for the YES."""

    database: Database
    brand: Brand
    templates: Templates
    texts: ProactiveTexts
    clock: Clock

    def request(self, sign_up: SignUp) -> bool:
        """Text the number and ask for a YES; False where it was not texted.

        It is not where it has said STOP (then only its own START or keyword counts), was asked
        already, or too many were asked. Callers tell everybody the same.

        Raises:
            InvalidInputError: the number or the topics are wrong.
        """
        number = self._number(sign_up.number)
        self._check(sign_up)
        with self.database.begin() as uow:
            if self._flood(uow, sign_up.origin):
                _log.warning("sign_ups_flood")
                return False
            customer_id = uow.customers.ensure(number)
            if not self._may_ask(uow, customer_id):
                return False
            conversation = self.texts.thread_with(uow, customer_id, number)
            message_id = self._ask(uow, conversation, sign_up)
            self._note(uow, conversation, sign_up, message_id)
            return True

    def _number(self, text: str) -> str:
        number = read_number(text, self.brand)
        home = self.brand.numbers[0]
        # Forms are flooded with numbers abroad that cost their owner's friends a fee a text.
        if _country(number) != _country(home):
            raise InvalidInputError("We can only text numbers of our own country.", field="number")
        return number

    def _check(self, sign_up: SignUp) -> None:
        terms = self.brand.consent
        unknown = [key for key in sign_up.topics if key not in terms.topics]
        if not sign_up.topics or unknown:
            raise InvalidInputError("Choose at least one of the topics.", field="topics")
        if sign_up.frequency and sign_up.frequency not in terms.frequencies:
            raise InvalidInputError("Choose one of the frequencies.", field="frequency")

    def _flood(self, uow: UnitOfWork, origin: str) -> bool:
        hour_ago = self.clock.now() - timedelta(hours=1)
        asked = uow.consent_questions.count_since
        return asked(hour_ago) >= PER_HOUR or asked(hour_ago, origin=origin) >= PER_ORIGIN_AN_HOUR

    def _may_ask(self, uow: UnitOfWork, customer_id: CustomerId) -> bool:
        ledger = LedgerOf(uow=uow, brand=self.brand, customer_id=customer_id, evidence="")
        if ledger.stopped() or ledger.open_question(QuestionKind.DOUBLE_OPT_IN) is not None:
            return False
        day_ago = self.clock.now() - timedelta(days=1)
        asked = uow.consent_questions.count_since(day_ago, customer_id=customer_id)
        return asked < PER_NUMBER_A_DAY

    def _ask(self, uow: UnitOfWork, conversation: Conversation, sign_up: SignUp) -> MessageId:
        terms = self.brand.consent
        text = fit(
            self.templates.say(
                "double_opt_in",
                topics=terms.titles(sign_up.topics),
                frequency=terms.said_frequency(sign_up.topics),
            )
        )
        provider = self.texts.provider_for(uow, conversation.id)
        message = put_into_outbox(
            uow, conversation.id, text, author=Author.AGENT, provider=provider
        )
        self.texts.queue.enqueue_send(uow.session, message.id, delay_s=0)
        return message.id

    def _note(
        self,
        uow: UnitOfWork,
        conversation: Conversation,
        sign_up: SignUp,
        message_id: MessageId,
    ) -> None:
        ledger = LedgerOf(
            uow=uow,
            brand=self.brand,
            customer_id=conversation.customer_id,
            evidence=message_id,
            details=sign_up.details,
        )
        ledger.request(sign_up.topics, source=sign_up.source, shown=sign_up.shown)
        uow.consent_questions.ask(
            conversation.customer_id,
            conversation_id=conversation.id,
            sender=self.brand.slug,
            kind=QuestionKind.DOUBLE_OPT_IN,
            message_id=message_id,
            lapses_at=self.clock.now() + DOUBLE_OPT_IN_STANDS,
            topics=sign_up.topics,
            frequency=sign_up.frequency,
            source=sign_up.source,
            text_shown=sign_up.shown,
            text_version=text_version(sign_up.shown),
            details=sign_up.details,
            origin=sign_up.origin,
        )


def _country(number: str) -> int:
    return int(phonenumbers.parse(number, None).country_code or 0)
