"""The order of urgency, as tables."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.deciding.policy import Policy
from agent.decision import decide
from agent.domain.conversations import ConversationStatus, FlowState, Pending, PendingKind
from agent.domain.signals import (
    ConversationSignals,
    CustomerSignals,
    FailureKind,
    Outcome,
    PartOutcome,
    Route,
    Signals,
)
from agent.escalation.ruleset import load_rules
from agent.routing import load_routing
from agent.settings import CHECKOUT
from agent.store.codec import dump_signals, load_signals
from intents.types import Candidate, ConsentReading, Doubt, Part, Understanding
from tests.agent.builders import signals, topics, understanding

POLICY = Policy(rules=load_rules(CHECKOUT / "agent/escalation/rules.yaml"), routing=load_routing())
VIP = CustomerSignals(known=True, name="Ada", tier="vip", lifetime_value=Decimal(4000))
WAITING = ConversationSignals(status=ConversationStatus.WAITING)
OPTED_OUT = ConversationSignals(opted_out=True)
OFFERED = ConversationSignals(pending=Pending(kind=PendingKind.OFFER_PERSON))
CONFIRMING = ConversationSignals(pending=Pending(kind=PendingKind.CONFIRM_OPT_OUT))
CLARIFYING = ConversationSignals(
    pending=Pending(
        kind=PendingKind.CLARIFY, options=("return_item", "get_refund"), question="send it back?"
    )
)
IN_MENU = ConversationSignals(flow=FlowState(flow="help_menu", step="menu"))


@pytest.mark.parametrize(
    ("situation", "route", "rule"),
    [
        (signals(consent_word=ConsentReading.OPT_OUT), Route.CONSENT, "consent_word"),
        (signals(consent_word=ConsentReading.OPT_OUT, conversation=WAITING), Route.CONSENT, "consent_word"),
        (signals(consent_word=ConsentReading.OPT_OUT, conversation=IN_MENU), Route.CONSENT, "consent_word"),
        (signals(read=understanding("opt_out", consent=ConsentReading.OPT_OUT)), Route.CONSENT, "consent_model"),
        (signals(read=understanding(consent=ConsentReading.UNSURE)), Route.CONSENT, "consent_unsure"),
        (signals(keyword="affirm", conversation=CONFIRMING), Route.CONSENT, "opt_out_confirmed"),
        (signals(keyword="deny", conversation=CONFIRMING), Route.CONSENT, "opt_out_declined"),
        (signals(consent_word=ConsentReading.HELP), Route.CONSENT, "consent_word"),
        (signals(read=understanding(), conversation=OPTED_OUT), Route.NONE, "opted_out"),
        (signals(consent_word=ConsentReading.OPT_IN, conversation=OPTED_OUT), Route.CONSENT, "consent_word"),
        (signals(read=understanding(), conversation=WAITING), Route.HUMAN, "status_waiting"),
        (signals(""), Route.SMALLTALK, "empty_message"),
        (signals("🙈🙈"), Route.SMALLTALK, "not_text"),
        (Signals(text="", pictures=1), Route.SMALLTALK, "picture_alone"),
        (signals(keyword="person"), Route.ESCALATION, "asked_for_person"),
        (signals(read=understanding("contact_human_agent")), Route.ESCALATION, "asked_for_person"),
        (signals(read=understanding(frustration=0.9)), Route.ESCALATION, "frustration"),
        (signals(read=understanding(frustration=0.5)), Route.KNOWLEDGE, "intent_track_order"),
        (signals(read=understanding(topics=topics(safety_issue=0.8))), Route.ESCALATION, "sensitive_topic"),
        (signals(read=understanding(topics=topics(buying_signal=0.9))), Route.KNOWLEDGE, "intent_track_order"),
        (signals(read=understanding(topics=topics(buying_signal=0.9)), customer=VIP), Route.ESCALATION, "high_value"),
        (signals(read=understanding("complaint"), customer=VIP), Route.ESCALATION, "high_value"),
        (signals(read=understanding("complaint")), Route.SMALLTALK, "offer_complaint"),
        (signals(keyword="affirm", conversation=OFFERED), Route.ESCALATION, "offer_accepted"),
        (signals(read=understanding("affirm"), conversation=OFFERED), Route.ESCALATION, "offer_accepted"),
        (signals(keyword="deny", conversation=OFFERED), Route.SMALLTALK, "offer_declined"),
        (signals(keyword="thanks"), Route.KEYWORD, "keyword_thanks"),
        (signals("2", keyword="2", conversation=IN_MENU), Route.FLOW, "flow_answer"),
        (signals(read=understanding("help")), Route.FLOW, "intent_help"),
        (signals(read=understanding("greeting")), Route.SMALLTALK, "intent_greeting"),
        (signals(read=understanding("greeting", doubt=Doubt.TOO_LOW)), Route.KNOWLEDGE, "too_low"),
        (signals("1", keyword="1", conversation=CLARIFYING), Route.KNOWLEDGE, "clarified"),
        (signals("my money please", read=understanding("get_refund"), conversation=CLARIFYING), Route.KNOWLEDGE, "clarified"),
        (signals(read=understanding(out_of_scope=True, out_of_scope_score=0.9)), Route.KNOWLEDGE, "out_of_scope"),
    ],
)  # fmt: skip
def test_first_rule_that_holds_decides(situation: Signals, route: Route, rule: str) -> None:
    decision = decide(situation, POLICY)

    assert (decision.route, decision.rule) == (route, rule)


def too_close(first: str = "track_order", second: str = "track_refund") -> Signals:
    pair = (
        Candidate(intent=first, confidence=0.41),
        Candidate(intent=second, confidence=0.39),
    )
    return signals(
        "where is it",
        read=understanding(first, 0.41, candidates=pair, doubt=Doubt.TOO_CLOSE),
    )


def test_a_sign_to_stop_is_asked_about_though_it_has_no_words() -> None:
    read = understanding(consent=ConsentReading.UNSURE, consent_score=1.0)

    assert decide(signals("🛑", read=read), POLICY).route is Route.CONSENT


def test_two_intents_answered_alike_need_no_question() -> None:
    decision = decide(too_close("return_item", "get_refund"), POLICY)

    assert (decision.route, decision.rule) == (Route.KNOWLEDGE, "intent_return_item")


def test_two_intents_too_close_are_clarified() -> None:
    decision = decide(too_close(), POLICY)

    assert decision.route is Route.CLARIFY
    assert decision.options == ("track_order", "track_refund")


@pytest.mark.parametrize(
    ("first", "second", "route"),
    [(0.47, 0.09, Route.KNOWLEDGE), (0.44, 0.17, Route.KNOWLEDGE), (0.44, 0.24, Route.CLARIFY)],
)
def test_two_intents_that_hold_the_right_one_too_rarely_are_not_offered(
    first: float, second: float, route: Route
) -> None:
    pair = (
        Candidate(intent="product_availability", confidence=first),
        Candidate(intent="reschedule_appointment", confidence=second),
    )
    read = understanding("product_availability", first, candidates=pair, doubt=Doubt.TOO_CLOSE)

    decision = decide(signals("any moss green left for my 4pm?", read=read), POLICY)

    assert decision.route is route


def test_a_text_that_cannot_end_texts_is_not_asked_whether_it_should() -> None:
    pair = (
        Candidate(intent="opt_out", confidence=0.41),
        Candidate(intent="track_order", confidence=0.39),
    )
    read = understanding("opt_out", 0.41, candidates=pair, doubt=Doubt.TOO_CLOSE)
    foreign = replace(read, text="wann kommt meine bestellung an")

    assert decide(signals("stop it", read=read), POLICY).options == ("opt_out", "track_order")
    decision = decide(signals(foreign.text, read=foreign), POLICY)
    assert decision.route is Route.KNOWLEDGE


@pytest.mark.parametrize(
    ("text", "intent", "other", "score", "options"),
    [
        ("quit sending me size 9", "change_order", "opt_out", 0.01, ("change_order", "exchange_item")),
        ("will i get them by noon", "delivery_period", "opt_in", 0.01, ("delivery_period", "exchange_item")),
        ("quit sending me size 9", "change_order", "opt_out", 0.2, ("change_order", "opt_out")),
        ("quit sending those texts", "change_order", "opt_out", 0.01, ("change_order", "opt_out")),
        ("can i get offers and the order", "change_order", "opt_in", 0.01, ("change_order", "opt_in")),
    ],
)  # fmt: skip
def test_texts_are_offered_as_a_choice_only_where_they_may_be_meant(
    text: str, intent: str, other: str, score: float, options: tuple[str, str]
) -> None:
    candidates = (
        Candidate(intent=intent, confidence=0.5),
        Candidate(intent=other, confidence=0.3),
        Candidate(intent="exchange_item", confidence=0.2),
    )
    read = understanding(
        intent, 0.5, text=text, candidates=candidates, doubt=Doubt.TOO_CLOSE, consent_score=score
    )

    assert decide(signals(text, read=read), POLICY).options[:2] == options


def test_a_wish_for_texts_is_not_asked_whether_they_shall_end() -> None:
    read = understanding("opt_in", 0.95, consent=ConsentReading.UNSURE, consent_score=0.03)

    assert decide(signals("i want your offers", read=read), POLICY).route is Route.KNOWLEDGE


def test_two_intents_too_close_are_not_clarified_twice_in_a_row() -> None:
    again = replace(too_close(), conversation=CLARIFYING)

    assert decide(again, POLICY).route is Route.KNOWLEDGE


def test_an_llm_choice_settles_two_intents_too_close() -> None:
    decision = decide(replace(too_close(), llm_choice="track_refund"), POLICY)

    assert (decision.route, decision.options) == (Route.KNOWLEDGE, ("track_refund",))


@pytest.mark.parametrize(
    ("failed_before", "escalates"), [(0, False), (1, False), (2, True), (5, True)]
)
def test_third_failed_turn_in_a_row_escalates_after_composing(
    failed_before: int, *, escalates: bool
) -> None:
    before = signals(
        read=understanding(), conversation=ConversationSignals(failed_turns=failed_before)
    )
    after = replace(before, outcome=Outcome(answered=False, failure=FailureKind.NOT_KNOWN))

    assert decide(before, POLICY).escalate is None
    assert (decide(after, POLICY).escalate is not None) is escalates


def test_a_turn_that_helped_never_escalates_by_failures() -> None:
    situation = signals(
        read=understanding(),
        conversation=ConversationSignals(failed_turns=7),
        outcome=Outcome(answered=True),
    )

    assert decide(situation, POLICY).escalate is None


@given(
    text=st.text(),
    status=st.sampled_from(ConversationStatus),
    pending=st.sampled_from([None, OFFERED.pending, CONFIRMING.pending, CLARIFYING.pending]),
    frustration=st.floats(0, 1),
)
def test_stop_always_silences(
    text: str, status: ConversationStatus, pending: Pending | None, frustration: float
) -> None:
    situation = signals(
        text,
        consent_word=ConsentReading.OPT_OUT,
        read=understanding(frustration=frustration, topics=topics(legal_threat=0.99)),
        conversation=ConversationSignals(status=status, pending=pending),
    )

    assert decide(situation, POLICY).template == "opt_out_done"


def test_odd_words_of_a_named_wish_are_not_called_none_of_our_business() -> None:
    odd = understanding("delivery_problem", out_of_scope=True, out_of_scope_score=0.85)
    other = understanding("out_of_scope", out_of_scope=True, out_of_scope_score=0.85)

    assert decide(signals(read=odd), POLICY).template == ""
    assert decide(signals(read=other), POLICY).template == "out_of_scope"


@given(keyword=st.sampled_from([None, "affirm", "deny", "1", "menu", "person", "thanks"]))
def test_nothing_but_consent_is_said_to_someone_opted_out(keyword: str | None) -> None:
    decision = decide(signals(keyword=keyword, conversation=OPTED_OUT), POLICY)

    assert decision.route is Route.NONE


SEVERAL = (
    Part(text="where is my parcel", intent="track_order", confidence=0.9),
    Part(text="call me back", intent="request_callback", confidence=0.8),
)


@pytest.mark.parametrize(
    "read",
    [
        understanding(parts=SEVERAL),
        understanding(parts=SEVERAL, out_of_scope=True, out_of_scope_score=0.9),
        understanding("greeting", parts=SEVERAL),
        understanding("help", parts=SEVERAL),
        understanding(parts=SEVERAL, doubt=Doubt.TOO_CLOSE),
    ],
)
def test_several_wishes_are_taken_one_by_one_however_the_whole_reads(read: Understanding) -> None:
    decision = decide(signals(read=read), POLICY)

    assert (decision.route, decision.rule) == (Route.KNOWLEDGE, "several_intents")
    assert decision.parts == SEVERAL[:1]
    assert decision.template == "callback_offer"


@pytest.mark.parametrize(
    ("text", "read", "chosen"),
    [
        ("the second one", understanding("deny", answer="get_refund"), "get_refund"),
        ("getting my money back", understanding("deny"), "get_refund"),
        ("a refund please", understanding("deny"), "get_refund"),
        ("i want to return it", understanding("return_item"), "return_item"),
        ("do you take returns of worn boots?", understanding("return_item", answer="return_item"), None),
        ("where is my parcel", understanding("track_order"), None),
        ("i sent it back and where is my parcel", understanding("return_item", parts=SEVERAL), None),
    ],
)  # fmt: skip
def test_a_choice_is_read_from_its_words_and_a_new_question_wins(
    text: str, read: Understanding, chosen: str | None
) -> None:
    pending = Pending(
        kind=PendingKind.CLARIFY, options=("return_item", "get_refund"), question="send it back?",
        labels=("sending something back", "getting your money back"),
    )  # fmt: skip

    decision = decide(
        signals(text, read=read, conversation=ConversationSignals(pending=pending)), POLICY
    )

    if chosen is None:
        assert decision.rule != "clarified"
        assert decision.question == text
    else:
        assert (decision.rule, decision.options) == ("clarified", (chosen,))
        assert decision.question == "send it back?"


def test_both_choices_are_answered_where_both_are_wanted() -> None:
    decision = decide(signals("both please", read=understanding(), conversation=CLARIFYING), POLICY)

    assert decision.rule == "clarified_both"
    assert [part.intent for part in decision.parts] == ["return_item", "get_refund"]


@pytest.mark.parametrize(("answer", "rule"), [("yes", "offer_accepted"), ("no", "offer_declined")])
def test_a_yes_or_no_in_any_words_answers_an_offer(answer: str, rule: str) -> None:
    read = understanding("product_info", answer=answer)

    assert decide(signals("go on then", read=read, conversation=OFFERED), POLICY).rule == rule


def test_a_trace_from_before_parts_is_decided_as_it_was() -> None:
    old = dump_signals(signals(read=understanding()))
    for name in ("parts", "answer"):
        del old["understanding"][name]

    assert decide(load_signals(old), POLICY).rule == "intent_track_order"


def test_a_trace_keeps_its_parts() -> None:
    parts = (PartOutcome(intent="track_order", answered=True),)
    kept = signals(read=understanding(parts=SEVERAL), outcome=Outcome(answered=True, parts=parts))

    assert load_signals(dump_signals(kept)) == kept
