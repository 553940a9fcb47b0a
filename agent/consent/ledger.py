"""Writing the ledger of one customer with one brand: every way in ends here."""

from collections.abc import Mapping
from dataclasses import dataclass

from agent.brand import Brand
from agent.consent.questions import ConsentQuestion, QuestionKind, QuestionState
from agent.consent.terms import Topic, text_version
from agent.domain.consent import (
    ConsentAction,
    ConsentEvent,
    ConsentSource,
    ConsentState,
    Purpose,
    present_state,
    regained_by_start,
)
from agent.domain.ids import CustomerId
from agent.store.unit_of_work import UnitOfWork

_SERVICE = (Purpose.CONVERSATIONAL, Purpose.TRANSACTIONAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerOf:
    """One customer's ledger in one transaction.

    ``evidence`` is the id of the message that is written down, or another proof; ``actor`` who
    writes it down, where that is not the customer.
    """

    uow: UnitOfWork
    brand: Brand
    customer_id: CustomerId
    evidence: str
    actor: str = ""
    details: Mapping[str, str] | None = None

    def lines(self) -> list[ConsentEvent]:
        """Return this brand's lines, in the order they were written."""
        return self.uow.consents.ledger(self.customer_id, sender=self.brand.slug)

    def stopped(self) -> bool:
        """Whether a STOP holds."""
        return present_state(self.lines(), Purpose.CONVERSATIONAL) is ConsentState.OUT

    def stop(self, source: str) -> int:
        """End all purposes and cancel what has not left, in every conversation; return how many."""
        self._add(ConsentAction.OPT_OUT, source, purposes=tuple(Purpose))
        self._settle(QuestionKind.OPT_OUT, QuestionState.YES)
        self._settle(QuestionKind.DOUBLE_OPT_IN, QuestionState.NO)
        return self.uow.sends.cancel_pending(self.uow.proactive.threads(self.customer_id))

    def start(self, source: str) -> None:
        """Give back what START may."""
        regained = regained_by_start(self.lines())
        for back in regained:
            self._add(ConsentAction.OPT_IN, source, purposes=(back.purpose,), topic=back.topic)
        self._settle(QuestionKind.OPT_OUT, QuestionState.NO)

    def imply(self) -> None:
        """Note that the customer wrote first, which lets us answer and no more."""
        self._add(ConsentAction.IMPLIED, ConsentSource.OWN_TEXT, purposes=(Purpose.CONVERSATIONAL,))

    def join(self, topic: str, *, keyword: str, from_stopped: bool) -> None:
        """Sign up to a topic by its keyword; after a STOP that also ends the STOP."""
        if from_stopped:
            self._add(ConsentAction.OPT_IN, ConsentSource.JOIN, purposes=_SERVICE)
        shown = self.brand.consent.agreement(self.brand.name, (topic,), by_keyword=keyword)
        self._topic(topic, ConsentAction.OPT_IN, ConsentSource.JOIN, shown=shown)

    def confirm(self, question: ConsentQuestion) -> None:
        """Sign up to what a double opt-in asked for, with the text that was shown then."""
        details = {**dict(question.details), "asked_at": question.asked_at.isoformat(),
                   "asked_by": question.message_id, "came_by": question.source}  # fmt: skip
        for topic in question.topics:
            self._topic(
                topic,
                ConsentAction.OPT_IN,
                ConsentSource.DOUBLE_OPT_IN,
                shown=question.text_shown,
                details=details,
            )
        if question.frequency:
            self.choose_frequency(question.frequency, source=ConsentSource.DOUBLE_OPT_IN)

    def decline(self, question: ConsentQuestion) -> None:
        """Note a NO to a double opt-in: nothing changes."""
        for topic in question.topics:
            self._topic(topic, ConsentAction.DECLINED, ConsentSource.DOUBLE_OPT_IN)

    def request(self, topics: tuple[str, ...], *, source: str, shown: str) -> None:
        """Note that somebody asked for topics for this number; nothing is agreed yet."""
        for topic in topics:
            self._topic(topic, ConsentAction.REQUESTED, source, shown=shown)

    def turn_topic(self, key: str, *, on: bool, source: str, shown: str = "") -> None:
        """Turn one topic on or off."""
        action = ConsentAction.OPT_IN if on else ConsentAction.OPT_OUT
        if on and not shown:
            shown = self.brand.consent.agreement(self.brand.name, (key,))
        self._topic(key, action, source, shown=shown)

    def choose_frequency(self, frequency: str, *, source: str) -> None:
        """Note how often."""
        self._add(
            ConsentAction.PREFERENCE, source, purposes=(Purpose.MARKETING,), frequency=frequency
        )

    def end_marketing(self, source: str) -> None:
        """End marketing only."""
        self.end(Purpose.MARKETING, source)

    def end(self, purpose: Purpose, source: str) -> None:
        """End one purpose only."""
        self._add(ConsentAction.OPT_OUT, source, purposes=(purpose,))

    def withdrawn(self, purpose: Purpose | None, topic: str) -> bool:
        """Whether a topic, a purpose or (with neither) everything has been taken back already."""
        if topic:
            purpose = self.brand.consent.topics[topic].purpose
        state = present_state(self.lines(), purpose or Purpose.CONVERSATIONAL, topic=topic)
        return state is ConsentState.OUT

    def lapse(self, question: ConsentQuestion) -> None:
        """Note that a double opt-in was not answered in time."""
        for topic in question.topics:
            self._topic(topic, ConsentAction.LAPSED, ConsentSource.NO_ANSWER)

    def open_question(self, kind: QuestionKind) -> ConsentQuestion | None:
        """Return the open question of a kind that still stands, or None."""
        question = self.uow.consent_questions.open(
            self.customer_id, sender=self.brand.slug, kind=kind
        )
        stands = question is not None and question.lapses_at > self.uow.now()
        return question if stands else None

    def _settle(self, kind: QuestionKind, state: QuestionState) -> None:
        question = self.uow.consent_questions.open(
            self.customer_id, sender=self.brand.slug, kind=kind
        )
        if question is not None:
            self.uow.consent_questions.settle(question.id, state)

    def _topic(
        self,
        key: str,
        action: ConsentAction,
        source: str,
        *,
        shown: str = "",
        details: Mapping[str, str] | None = None,
    ) -> None:
        known: Topic | None = self.brand.consent.topics.get(key)
        # A topic that the brand file has dropped since is treated as what needs most consent.
        purpose = Purpose.MARKETING if known is None else known.purpose
        self._add(action, source, purposes=(purpose,), topic=key, shown=shown, details=details)

    def _add(
        self,
        action: ConsentAction,
        source: str,
        *,
        purposes: tuple[Purpose, ...],
        topic: str = "",
        frequency: str = "",
        shown: str = "",
        details: Mapping[str, str] | None = None,
    ) -> None:
        self.uow.consents.record(
            self.customer_id,
            sender=self.brand.slug,
            action=action,
            source=source,
            evidence=self.evidence,
            purposes=purposes,
            text_shown=shown,
            text_version=text_version(shown) if shown else "",
            topic=topic,
            frequency=frequency,
            actor=self.actor,
            details=details or self.details,
        )
