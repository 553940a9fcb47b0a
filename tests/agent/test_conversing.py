"""Whole conversations through inbox, turn and outbox, on SQLite and on PostgreSQL."""

import pytest

from agent.domain.consent import ConsentState
from agent.domain.conversations import ConversationStatus
from agent.domain.messages import Author, Delivery
from agent.domain.turns import TurnState
from agent.errors import (
    ConflictError,
    InvalidInputError,
    PermanentSendError,
    SendProblem,
    TransientSendError,
    UnknownSendError,
)
from agent.inbox import MAX_TEXT
from agent.outbox import MAX_ATTEMPTS
from intents.types import Candidate, ConsentReading, Doubt
from tests.agent.builders import topics
from tests.agent.house import PHONE, REP, House


def test_a_question_is_answered_and_its_decision_traced(house: House) -> None:
    house.answerer.answers["do you resole boots?"] = "Yes, within 10 days."

    house.text("do you resole boots?")

    assert house.replies() == ["Yes, within 10 days."]
    (turn,) = house.turns()
    assert turn.state is TurnState.COMPOSED
    assert turn.result["turn"]["route"] == "knowledge"
    assert turn.trace.versions.model == "fake-1"
    assert turn.trace.signals_after.outcome.answered
    assert [m.delivery for m in house.outbound()] == [Delivery.SENT]


def test_what_goes_on_from_a_question_is_read_and_answered_with_it(house: House) -> None:
    understander, asked = house.understander, house.answerer.asked
    understander.tell("and canada?", intent="goodbye", confidence=0.5)
    understander.tell("do you ship to norway and canada?", intent="delivery_options")
    for text in ("do you ship to norway", "and canada?", "how long does that take"):
        house.text(text)

    decided = [turn.trace.decision_before.rule for turn in house.turns()]
    assert decided[1] == "intent_delivery_options"
    assert asked[1][:2] == ("and canada?", "do you ship to norway")
    assert asked[2][1] == "do you ship to norway and canada?"


def test_a_misspelt_question_is_read_as_meant_and_no_wish_to_stop_is_heard_in_it(
    house: House,
) -> None:
    house.understander.tell(
        "prking fro bikes", intent="opt_out", confidence=0.6, consent=ConsentReading.UNSURE
    )
    house.understander.tell("parking for bikes", intent="store_location", confidence=0.95)
    house.answerer.slips["prking fro bikes"] = "parking for bikes"
    house.text("prking fro bikes")

    (turn,) = house.turns()
    assert turn.trace.decision_before.rule == "intent_store_location"


def test_a_misspelt_wish_to_stop_is_still_heard(house: House) -> None:
    told = "no more txets plese"
    house.understander.tell(told, intent="opt_out", confidence=0.8, consent=ConsentReading.OPT_OUT)
    house.answerer.slips[told] = "no more tents please"
    house.text(told)

    (turn,) = house.turns()
    assert turn.trace.decision_before.route == "consent"


def test_the_same_providers_id_twice_changes_nothing(house: House) -> None:
    first = house.text("hi there", provider_id="SM-same")
    again = house.text("hi there", provider_id="SM-same")

    assert again.duplicate
    assert again.message_id == first.message_id
    assert len(house.replies()) == 1


def test_three_texts_in_a_row_get_one_reply(house: House) -> None:
    house.answerer.answers["hi\nabout the boots\nare they warm?"] = "They are."
    for text in ("hi", "about the boots"):
        house.text(text, run=False)

    house.text("are they warm?")

    assert house.replies() == ["They are."]
    assert len(house.turns()) == 1


def test_a_text_that_comes_while_composing_makes_the_draft_void_once(house: House) -> None:
    house.answerer.answers |= {"size?": "old", "size?\nin blue": "new"}
    interruptions = ["in blue"]

    def interrupt() -> None:
        while interruptions:
            house.text(interruptions.pop(), run=False)

    house.answerer.while_answering = interrupt

    house.text("size?")

    assert house.replies() == ["new"]


@pytest.mark.parametrize("word", ["STOP", "stop.", "Unsubscribe", "ALTO"])
def test_stop_is_confirmed_once_and_then_nothing_is_sent(house: House, word: str) -> None:
    house.text(word)
    house.text("where is my order?")

    assert len(house.replies()) == 1
    assert "no more texts" in house.last()
    assert house.consent() is ConsentState.OUT


def test_an_opt_out_in_her_own_words_is_obeyed(house: House) -> None:
    house.understander.tell(
        "please stop texting me",
        intent="opt_out",
        consent=ConsentReading.OPT_OUT,
        consent_score=0.99,
    )

    house.text("please stop texting me")

    assert "no more texts" in house.last()
    assert house.consent() is ConsentState.OUT


def test_stop_while_composing_holds_the_reply_back(house: House) -> None:
    house.answerer.answers["tell me about tents"] = "Tents are nice."
    house.answerer.while_answering = lambda: house.text("STOP", run=False)

    house.text("tell me about tents")

    assert all("Tents" not in reply for reply in house.replies())
    assert len([r for r in house.replies() if "no more texts" in r]) == 1


def test_start_after_stop_brings_the_agent_back(house: House) -> None:
    house.answerer.answers["hours?"] = "10 to 6."
    for text in ("STOP", "START", "hours?"):
        house.text(text)

    assert house.last() == "10 to 6."
    assert house.consent() is ConsentState.IN


def test_the_provider_answers_stop_itself_so_we_say_nothing(house: House) -> None:
    house.text("STOP", provider_handled=True)

    assert house.replies() == []
    assert house.consent() is ConsentState.OUT


def test_help_alone_names_brand_contact_and_stop_then_the_menu(house: House) -> None:
    house.text("HELP")

    first, menu = house.replies()
    assert house.parts.brand.name in first
    assert "STOP" in first
    assert "1 My order" in menu


def test_an_unsure_opt_out_is_asked_about_and_yes_ends_the_texts(house: House) -> None:
    house.understander.tell("enough already", consent=ConsentReading.UNSURE)

    house.text("enough already")
    assert "YES or NO" in house.last()
    house.text("yes")

    assert "no more texts" in house.last()
    assert house.consent() is ConsentState.OUT


def test_an_unsure_opt_out_answered_with_no_changes_nothing(house: House) -> None:
    house.understander.tell("enough already", consent=ConsentReading.UNSURE)

    house.text("enough already")
    house.text("no")

    assert house.consent() is ConsentState.IN


def test_a_menu_answer_reaches_the_knowledge_base(house: House) -> None:
    house.answerer.answers["When are your shops open and where are they?"] = "10 to 6."

    house.text("menu")
    house.text("3")

    assert house.last() == "10 to 6."
    assert house.turns()[-1].result["turn"]["route"] == "flow"


def test_a_menu_answer_can_bring_a_person(house: House) -> None:
    house.text("menu")
    house.text("4")

    assert house.conversation().status is ConversationStatus.WAITING
    assert house.turns()[-1].result["turn"]["escalation"]["rule"] == "asked_for_person"


def test_a_frustrated_customer_is_told_and_the_agent_falls_silent(house: House) -> None:
    house.understander.tell("this is the 4th time!!", frustration=0.95)

    house.text("this is the 4th time!!")
    told = house.last()
    house.text("it was the blue one, by the way")

    assert "colleague" in told
    assert len(house.replies()) == 1
    assert house.conversation().status is ConversationStatus.WAITING
    assert house.turns()[-1].result["turn"]["route"] == "human"


def test_a_rep_answers_hands_back_and_the_agent_speaks_again(house: House) -> None:
    house.answerer.answers["and tents?"] = "Tents too."
    house.text("speak to a person")
    house.desk.reply(house.conversation().id, text="Hi, Robin here.", rep=REP)
    house.parts.outbox.send(house.outbound()[-1].id)
    assert house.last() == "Hi, Robin here."
    house.text("thanks!")
    assert house.last() == "Hi, Robin here."

    house.desk.hand_back(house.conversation().id, REP)
    house.text("and tents?")

    assert house.last() == "Tents too."
    assert house.outbound()[1].author is Author.REP


def test_a_resolved_conversation_opens_again_with_the_agent(house: House) -> None:
    house.answerer.answers["back again"] = "Welcome back."
    house.text("speak to a person")
    house.desk.resolve(house.conversation().id, REP)

    house.text("back again")

    assert house.last() == "Welcome back."


def test_a_rep_cannot_write_to_someone_who_said_stop(house: House) -> None:
    house.text("STOP")

    with pytest.raises(ConflictError, match="STOP"):
        house.desk.reply(house.conversation().id, text="but wait", rep=REP)


@pytest.mark.parametrize("text", ["", "   ", "x" * 1601])
def test_a_reply_must_have_a_sensible_length(house: House, text: str) -> None:
    house.text("hi")

    with pytest.raises(InvalidInputError):
        house.desk.reply(house.conversation().id, text=text, rep=REP)


def test_the_third_failed_turn_in_a_row_brings_a_person(house: House) -> None:
    for text in ("qwhat is a frobnicator", "and a widgetron", "so what is a gizmotron"):
        house.text(text)

    statuses = [t.result["turn"]["escalation"]["rule"] for t in house.turns()]
    assert statuses == [None, None, "failed_turns"]
    assert house.conversation().status is ConversationStatus.WAITING


def test_saying_yes_to_the_offer_brings_a_person(house: House) -> None:
    house.text("what is a frobnicator")
    assert "colleague" in house.last()

    house.text("yes")

    assert house.conversation().status is ConversationStatus.WAITING


def test_a_sensitive_topic_goes_to_its_queue(house: House) -> None:
    house.understander.tell("the tent caught fire", topics=topics(safety_issue=0.9))

    house.text("the tent caught fire")

    with house.parts.database.read() as uow:
        (case,) = uow.escalations.of_conversation(house.conversation().id)
    assert (case.rule, case.queue) == ("sensitive_topic", "safety")
    assert "safety issue" in case.reason


@pytest.mark.parametrize(
    "text", ["", "   ", "\u200b", "🙈🙉🙊", "\x00\x01\x02", "\ufffd" * 50, "…", "¿¿¿"]
)
def test_messages_without_words_get_a_polite_answer(house: House, text: str) -> None:
    house.text(text)

    assert len(house.replies()) == 1


def test_a_message_of_ten_thousand_characters_is_kept_and_answered(house: House) -> None:
    house.text("boots " * 2000)

    with house.parts.database.read() as uow:
        inbound = uow.messages.thread(house.conversation().id)[0]
    assert len(inbound.text) == MAX_TEXT
    assert len(house.replies()) == 1


def test_a_turn_that_raises_is_tried_again(house: House) -> None:
    house.answerer.answers["hours?"] = "10 to 6."
    house.understander.fails = 2

    house.text("hours?")

    assert house.replies() == ["10 to 6."]


def test_a_turn_that_keeps_raising_is_handed_to_a_person(house: House) -> None:
    house.understander.fails = 99

    house.text("hours?")

    assert "went wrong" in house.last()
    assert house.conversation().status is ConversationStatus.WAITING
    assert house.turns()[0].state is TurnState.FAILED


def test_a_send_that_surely_failed_is_tried_again_later(house: House) -> None:
    house.answerer.answers["hours?"] = "10 to 6."
    house.sender.errors = [TransientSendError("busy", code="20429", retry_after_s=7)]
    house.text("hours?")
    (message,) = house.outbound()
    assert message.delivery is Delivery.QUEUED
    assert house.parts.outbox.send(message.id) is not None, "before Retry-After is over"

    house.clock.forward(8)
    assert house.parts.outbox.send(message.id) is None

    assert house.replies() == ["10 to 6."]


def test_a_send_that_fails_too_often_counts_as_failed(house: House) -> None:
    house.sender.errors = [TransientSendError("busy") for _ in range(MAX_ATTEMPTS)]
    house.text("hello")
    (message,) = house.outbound()
    waits = [house.parts.outbox.send(message.id) for _ in range(MAX_ATTEMPTS)]

    assert house.outbound()[0].delivery is Delivery.FAILED
    # 2 s, doubled each time, with up to a quarter more so that not all come back at once.
    assert all(base <= wait <= 1.25 * base for base, wait in zip((4, 8, 16), waits, strict=False))


def test_a_send_whose_outcome_is_unknown_is_never_repeated(house: House) -> None:
    house.sender.errors = [UnknownSendError("no answer")]
    house.text("hello")
    (message,) = house.outbound()

    house.parts.outbox.send(message.id)

    assert house.outbound()[0].delivery is Delivery.UNKNOWN
    assert house.replies() == []


def test_a_message_found_sending_after_a_crash_becomes_unknown(house: House) -> None:
    house.text("hello")
    with house.parts.database.begin() as uow:
        crashed = uow.messages.add_outbound(
            house.conversation().id, author=Author.AGENT, text="again?", provider="twilio",
            encoding="GSM-7", segments=1,
        )  # fmt: skip
        uow.sends.begin_sending(crashed.id)

    house.parts.outbox.send(crashed.id)

    assert house.outbound()[-1].delivery is Delivery.UNKNOWN
    assert "again?" not in house.replies()


def test_a_provider_that_says_opted_out_is_believed(house: House) -> None:
    house.sender.errors = [
        PermanentSendError("blocked", code="21610", problem=SendProblem.OPTED_OUT)
    ]

    house.text("hello")

    assert house.outbound()[0].delivery is Delivery.FAILED
    assert house.consent() is ConsentState.OUT


def test_a_crash_between_composing_and_sending_loses_and_doubles_nothing(house: House) -> None:
    house.answerer.answers["hours?"] = "10 to 6."
    house.text("hours?", run=False)
    ((turn_id, conversation_id),) = house.parts.queue.waiting
    composed = house.parts.runner.run(turn_id, conversation_id)

    again = house.parts.runner.run(turn_id, conversation_id)
    for message_id in [*again, *composed]:
        house.parts.outbox.send(message_id)

    assert again == composed
    assert house.replies() == ["10 to 6."]


def test_a_clarified_question_is_answered_with_the_chosen_intent(house: House) -> None:
    text = "i want to send it back for my money"
    pair = (
        Candidate(intent="track_order", confidence=0.4),
        Candidate(intent="track_refund", confidence=0.39),
    )
    house.understander.tell(text, intent="track_order", candidates=pair, doubt=Doubt.TOO_CLOSE)
    house.answerer.answers[text] = "Send it within 60 days."

    house.text(text)
    assert "(1)" in house.last()
    house.text("2")

    assert house.last() == "Send it within 60 days."


def test_the_question_before_is_handed_on(house: House) -> None:
    house.text("do you have the ridgeline")
    house.text("and in blue?")

    assert house.answerer.asked[-1][:2] == ("and in blue?", "do you have the ridgeline")


def test_conversations_are_told_apart_by_address(house: House) -> None:
    house.text("hi")
    with house.parts.database.begin() as uow:
        other = uow.conversations.ensure(
            uow.customers.ensure("+15550100999"), channel="sms",
            customer_address="+15550100999", brand_address="+15550100200",
        )  # fmt: skip
        ours = uow.conversations.ensure(
            uow.customers.ensure(PHONE), channel="sms",
            customer_address=PHONE, brand_address="+15550100200",
        )  # fmt: skip

    assert other.id != ours.id
