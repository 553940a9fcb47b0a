"""What a customer's text changes in the ledger, in the very transaction that stores the text.

STOP must not wait for a turn: what is still to be sent is cancelled here, and a turn under way
finds the new state when it wants to send.
"""

from dataclasses import dataclass, field

import structlog

from agent.brand import Brand
from agent.consent.asking import NOT_LEFT, said_last
from agent.consent.denials import read_denial, stands
from agent.consent.free_text import Heard, ReadConsent, hear
from agent.consent.ledger import LedgerOf
from agent.consent.preferences import FREQUENCY, TopicWish, preferences, read_topic_wish
from agent.consent.questions import ConsentQuestion, QuestionKind, QuestionState
from agent.consent.words import (
    normalise,
    read_consent_word,
    read_preferences_word,
    read_yes_no,
)
from agent.domain.consent import ConsentSource, ConsentState, Purpose, present_state
from agent.domain.conversations import Conversation, ConversationStatus, PendingKind
from agent.domain.ids import CustomerId
from agent.domain.messages import Message
from agent.store.unit_of_work import UnitOfWork
from intents.types import ConsentReading

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a text says about texting, read before its transaction begins.

    ``denied``: it says that texts are not to end; ``denied_if_asked``: it says so as an answer to
    'do you want no more texts?'.
    """

    heard: Heard = field(default_factory=Heard)
    denied: bool = False
    denied_if_asked: bool = False
    wish: TopicWish | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentIntake:
    """Reads consent out of texts and writes it down."""

    brand: Brand
    read: ReadConsent

    def listen(self, text: str) -> Said:
        """Read a text; the models are asked only where no word settles it."""
        if read_consent_word(text) is not None or self._is_own_word(text):
            return Said()
        wish = read_topic_wish(text, self.brand.consent)
        return Said(wish=wish) if wish else self._hear(text)

    def _hear(self, text: str) -> Said:
        heard = hear(text, self.read)
        if heard.reading is not ConsentReading.OPT_OUT:
            return Said(heard=heard)
        return Said(
            heard=heard,
            denied=stands(read_denial(text, asked=False), self.read) is not None,
            denied_if_asked=stands(read_denial(text, asked=True), self.read) is not None,
        )

    def _is_own_word(self, text: str) -> bool:
        """Whether a word of ours settles what is said: then no model may read more into it."""
        joins = self.brand.consent.topic_of_keyword(text) is not None
        return joins or read_preferences_word(text) or read_yes_no(text) is not None

    def apply(
        self,
        uow: UnitOfWork,
        customer_id: CustomerId,
        conversation: Conversation,
        message: Message,
        said: Said,
    ) -> bool:
        """Write what a text says into the ledger; True where that changed the state."""
        ledger = LedgerOf(uow=uow, brand=self.brand, customer_id=customer_id, evidence=message.id)
        lines = ledger.lines()
        out = present_state(lines, Purpose.CONVERSATIONAL) is ConsentState.OUT
        word = read_consent_word(message.text, opted_out=out)
        source = ConsentSource.FREE_TEXT if word is None else ConsentSource.KEYWORD
        match word or _heard(said, conversation):
            case ConsentReading.OPT_OUT:
                if not out:
                    cancelled = ledger.stop(source)
                    _log.info("opted_out", conversation=conversation.id, cancelled=cancelled)
                return not out
            case ConsentReading.OPT_IN:
                ledger.start(source)
                return True
        changed = self._answers(ledger, conversation, message) or self._joins(ledger, message, out)
        if not changed and not out:
            changed = self._chooses(ledger, conversation, message, said.wish)
        if present_state(lines, Purpose.CONVERSATIONAL) is ConsentState.NONE:
            ledger.imply()
        return changed

    def _answers(self, ledger: LedgerOf, conversation: Conversation, message: Message) -> bool:
        """Take YES or NO to a double opt-in, if that is what was asked last."""
        answer = read_yes_no(message.text)
        if answer is None:
            return False
        question = ledger.open_question(QuestionKind.DOUBLE_OPT_IN)
        if question is None or not _asked_last(ledger.uow, question, conversation):
            return False
        state = QuestionState.YES if answer else QuestionState.NO
        if not ledger.uow.consent_questions.settle(question.id, state):
            return False
        if answer:
            ledger.confirm(question)
        else:
            ledger.decline(question)
        return True

    def _joins(self, ledger: LedgerOf, message: Message, out: bool) -> bool:  # noqa: FBT001
        """Take a brand's own keyword, such as JOIN: the customer's own phone is proof enough."""
        topic = self.brand.consent.topic_of_keyword(message.text)
        if topic is None:
            return False
        ledger.join(topic, keyword=normalise(message.text), from_stopped=out)
        return True

    def _chooses(
        self,
        ledger: LedgerOf,
        conversation: Conversation,
        message: Message,
        wish: TopicWish | None,
    ) -> bool:
        """Take a number of the menu of topics, or topics given up in plain words."""
        if wish is not None:
            for key in wish.off:
                ledger.turn_topic(key, on=False, source=ConsentSource.FREE_TEXT)
            return True
        pending = conversation.pending
        choosing = pending is not None and pending.kind is PendingKind.PREFERENCES
        if not choosing or conversation.status is not ConversationStatus.BOT or pending is None:
            return False
        number = normalise(message.text)
        place = int(number) - 1 if number.isdecimal() and len(number) == 1 else -1
        if not 0 <= place < len(pending.options):
            return False
        self._toggle(ledger, pending.options[place])
        return True

    def _toggle(self, ledger: LedgerOf, option: str) -> None:
        chosen = preferences(self.brand.consent, ledger.lines())
        if option == FREQUENCY:
            ledger.choose_frequency(chosen.next_frequency, source=ConsentSource.PREFERENCE_TEXT)
            return
        on = any(topic.key == option and topic.on for topic in chosen.topics)
        ledger.turn_topic(option, on=not on, source=ConsentSource.PREFERENCE_TEXT)


def _heard(said: Said, conversation: Conversation) -> ConsentReading | None:
    """Return what the models heard, unless the words deny it."""
    pending = conversation.pending
    asked = pending is not None and pending.kind is PendingKind.CONFIRM_OPT_OUT
    denied = said.denied_if_asked if asked else said.denied
    return None if denied else said.heard.reading


def _asked_last(uow: UnitOfWork, question: ConsentQuestion, conversation: Conversation) -> bool:
    """Whether a YES now can only mean this question: nothing else was asked after it."""
    if question.conversation_id != conversation.id:
        return False
    if uow.messages.get(question.message_id).delivery in NOT_LEFT:
        return False
    nothing_else = conversation.pending is None and conversation.flow is None
    return nothing_else or said_last(uow, conversation) == question.message_id
