"""Consent in whole conversations: STOP, START, HELP, joining, topics, and the confirming question."""

import pytest

from agent.consent.chain import check_chain
from agent.consent.lapsing import lapse_questions
from agent.consent.questions import QuestionState
from agent.domain.consent import ConsentAction, ConsentSource, ConsentState, Purpose, present_state
from agent.domain.conversations import ConversationStatus, PendingKind
from agent.domain.messages import Author, Delivery
from intents.types import ConsentReading
from tests.agent.builders import topics
from tests.agent.house import PHONE, REP, House

MARKETING, SERVICE = Purpose.MARKETING, Purpose.TRANSACTIONAL


def lines(house: House):
    with house.parts.database.read() as uow:
        customer = uow.customers.find(PHONE)
        return uow.consents.ledger(customer.id, sender=house.parts.brand.slug)


def state(house: House, purpose: Purpose, topic: str = "") -> ConsentState:
    return present_state(lines(house), purpose, topic=topic)


def questions(house: House):
    with house.parts.database.read() as uow:
        return uow.consent_questions.of_customer(uow.customers.find(PHONE).id)


def cases(house: House):
    with house.parts.database.read() as uow:
        return uow.escalations.of_conversation(house.conversation().id)


def unsure(house: House, text: str = "enough already", **more) -> None:
    house.understander.tell(text, consent=ConsentReading.UNSURE, **more)
    house.text(text)


def add_marketing(house: House) -> None:
    with house.parts.database.begin() as uow:
        uow.consents.record(
            uow.customers.ensure(PHONE), sender=house.parts.brand.slug,
            action=ConsentAction.OPT_IN, source="checkout", evidence="order 1",
            purposes=(MARKETING,), text_shown="Yes please",
        )  # fmt: skip


def pending_message(house: House, text: str = "Your parcel is on its way.") -> str:
    """Put another text into the outbox, as a colleague's flow would."""
    with house.parts.database.begin() as uow:
        return uow.messages.add_outbound(
            house.conversation().id, author=Author.AGENT, text=text, provider="twilio",
            encoding="GSM-7", segments=1,
        ).id  # fmt: skip


def delivery(house: House, message_id: str) -> Delivery:
    with house.parts.database.read() as uow:
        return uow.messages.get(message_id).delivery


# ── STOP, START, HELP ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "word",
    ["STOP", "stopall", "Stop All", "UNSUBSCRIBE", "cancel", "End.", "quit!", "REVOKE", "OptOut",
     "opt-out", "🛑 STOP 🛑", "“stop”", "stop stop stop", "STOPP", "PARAR", "basta", "S.T.O.P",
     "STOP" + "!" * 60],
)  # fmt: skip
def test_every_stop_word_ends_all_purposes(house: House, word: str) -> None:
    add_marketing(house)

    house.text(word)

    assert {state(house, purpose) for purpose in Purpose} == {ConsentState.OUT}
    assert "no more texts" in house.last()
    assert house.parts.brand.name in house.last()
    assert "START" in house.last()


def test_stop_cancels_what_waits_in_every_conversation_of_the_customer(house: House) -> None:
    house.text("hello there")
    with house.parts.database.begin() as uow:
        other = uow.conversations.ensure(
            uow.customers.ensure(PHONE),
            channel="sms",
            customer_address=PHONE,
            brand_address="+15550100299",
        )
        elsewhere = uow.messages.add_outbound(
            other.id, author=Author.AGENT, text="psst", provider="twilio", encoding="GSM-7",
            segments=1,
        )  # fmt: skip

    house.text("STOP")

    assert delivery(house, elsewhere.id) is Delivery.CANCELLED


def test_start_gives_service_back_but_no_marketing_that_never_was(house: House) -> None:
    for text in ("STOP", "START"):
        house.text(text)

    assert state(house, SERVICE) is ConsentState.IN
    assert state(house, MARKETING) is ConsentState.OUT
    said = house.last()
    assert all(word in said for word in ("Msg & data rates may apply", "HELP", "STOP"))
    assert house.parts.brand.name in said


def test_start_gives_marketing_back_that_was_there(house: House) -> None:
    add_marketing(house)
    for text in ("STOP", "START"):
        house.text(text)

    assert state(house, MARKETING) is ConsentState.IN


def test_the_first_text_implies_talk_and_no_more(house: House) -> None:
    house.text("do you have boots?")
    house.text("and tents?")

    (line,) = lines(house)
    assert (line.action, line.purpose) == (ConsentAction.IMPLIED, Purpose.CONVERSATIONAL)
    assert state(house, SERVICE) is state(house, MARKETING) is ConsentState.NONE


def test_a_running_menu_swallows_neither_stop_nor_start(house: House) -> None:
    house.text("menu")
    house.text("STOP")
    assert house.consent() is ConsentState.OUT
    assert house.conversation().flow is None
    house.text("START")

    assert house.consent() is ConsentState.IN


def test_help_repeats_what_the_running_flow_asks(house: House) -> None:
    house.text("menu")
    house.text("HELP")

    first, second = house.replies()[-2:]
    assert house.parts.brand.name in first
    assert house.parts.brand.contact.phone in first
    assert "STOP" in first
    assert "1 My order" in second
    assert house.conversation().flow.flow == "help_menu"


def test_where_the_provider_answered_help_only_the_menu_follows(house: House) -> None:
    house.text("HELP", provider_handled=True)

    (only,) = house.replies()
    assert "1 My order" in only


def test_help_after_stop_says_who_we_are_and_no_more(house: House) -> None:
    house.text("STOP")
    house.text("HELP")

    assert len(house.replies()) == 2
    assert house.parts.brand.contact.email in house.last()


# ── an opt-out beside another wish ──────────────────────────────────────────────────────────


def test_what_is_wished_beside_an_opt_out_becomes_a_case(house: House) -> None:
    text = "stop texting me and cancel my order"
    house.understander.tell(text, consent=ConsentReading.UNSURE)
    house.understander.tell("stop texting me", consent=ConsentReading.OPT_OUT)
    house.understander.tell("cancel my order", intent="cancel_order")

    house.text(text)

    assert house.consent() is ConsentState.OUT
    (reply,) = house.replies()
    assert "no more texts" in reply
    (case,) = cases(house)
    assert case.rule == "opt_out_with_wish"
    assert "cancel my order" in case.reason
    assert house.conversation().status is ConversationStatus.WAITING


def test_a_question_just_before_stop_is_not_lost(house: House) -> None:
    house.understander.tell("where is my refund", intent="track_refund")
    house.text("where is my refund", run=False)

    house.text("STOP")

    assert len(house.replies()) == 1
    (case,) = cases(house)
    assert "where is my refund" in case.reason


@pytest.mark.parametrize("beside", ["thanks", "have a nice day"])
def test_politeness_beside_an_opt_out_is_no_case(house: House, beside: str) -> None:
    text = f"stop texting me, {beside}"
    house.understander.tell(text, consent=ConsentReading.OPT_OUT)
    house.understander.tell("stop texting me", consent=ConsentReading.OPT_OUT)
    house.understander.tell(beside, intent="goodbye")

    house.text(text)

    assert cases(house) == []


def test_something_grave_beside_an_opt_out_keeps_its_queue(house: House) -> None:
    text = "stop texting me. the tent caught fire"
    house.understander.tell(text, consent=ConsentReading.OPT_OUT)
    house.understander.tell("stop texting me", consent=ConsentReading.OPT_OUT)
    house.understander.tell("the tent caught fire", topics=topics(safety_issue=0.9))

    house.text(text)

    (case,) = cases(house)
    assert (case.rule, case.queue) == ("sensitive_topic", "safety")
    assert "no more texts" in house.last()


def test_a_mere_stop_beside_a_wish_is_asked_about_and_the_wish_kept(house: House) -> None:
    house.text("STOP and refund my order")
    assert "YES or NO" in house.last()
    house.text("yes")

    assert house.consent() is ConsentState.OUT
    assert "refund my order" in cases(house)[0].reason


def test_start_brings_the_agent_back_also_while_a_case_is_open(house: House) -> None:
    test_what_is_wished_beside_an_opt_out_becomes_a_case(house)

    house.text("START")

    assert "signed up" in house.last()


# ── the confirming question ─────────────────────────────────────────────────────────────────


def test_while_the_question_is_open_nothing_else_leaves(house: House) -> None:
    unsure(house)
    other = pending_message(house)

    wait_s = house.parts.outbox.send(other)

    assert wait_s == pytest.approx(30, abs=1)
    assert delivery(house, other) is Delivery.PENDING
    assert len(house.replies()) == 1


def test_after_no_what_was_held_leaves(house: House) -> None:
    unsure(house)
    other = pending_message(house)
    house.parts.outbox.send(other)

    house.text("no")

    assert house.parts.outbox.send(other) is None
    assert house.last() == "Your parcel is on its way."
    assert questions(house)[0].state is QuestionState.NO


def test_after_yes_what_was_held_never_leaves(house: House) -> None:
    unsure(house)
    other = pending_message(house)

    house.text("yes")
    house.parts.outbox.send(other)

    assert delivery(house, other) is Delivery.CANCELLED
    assert lines(house)[-1].source == ConsentSource.OPT_OUT_CONFIRMED
    assert questions(house)[0].state is QuestionState.YES


def test_another_text_ends_the_silence_and_is_answered(house: House) -> None:
    house.answerer.answers["where is my order?"] = "In Denver."
    unsure(house)

    house.text("where is my order?")

    assert house.last() == "In Denver."
    assert questions(house)[0].state is QuestionState.PASSED
    assert house.consent() is ConsentState.IN


def test_an_hour_of_silence_ends_marketing_only(house: House) -> None:
    add_marketing(house)
    unsure(house)
    other = pending_message(house)
    house.clock.forward(3601)

    assert house.parts.outbox.send(other) is None

    assert delivery(house, other) is Delivery.SENT
    assert state(house, MARKETING) is ConsentState.OUT
    assert house.consent() is ConsentState.IN
    house.text("START")
    assert state(house, MARKETING) is ConsentState.IN


def test_the_watch_settles_what_nobody_looks_at(house: House) -> None:
    add_marketing(house)
    unsure(house)
    house.clock.forward(3601)

    assert lapse_questions(house.parts.database, house.parts.brand) == 1
    assert lapse_questions(house.parts.database, house.parts.brand) == 0
    assert lines(house)[-1].source == ConsentSource.NO_ANSWER
    with house.parts.database.read() as uow:
        customer = uow.customers.find(PHONE)
        assert check_chain(customer.id, uow.consents.ledger(customer.id)).intact


def test_a_yes_after_the_hour_is_still_obeyed(house: House) -> None:
    unsure(house)
    house.clock.forward(7200)

    house.text("yes")

    assert house.consent() is ConsentState.OUT


def test_a_question_that_cannot_be_asked_within_five_minutes_is_not_asked(house: House) -> None:
    add_marketing(house)
    house.understander.tell("enough already", consent=ConsentReading.UNSURE)
    house.text("enough already", run=False)
    house.clock.forward(301)

    house.parts.run_waiting()

    assert house.replies() == []
    assert state(house, MARKETING) is ConsentState.OUT
    assert questions(house)[0].state is QuestionState.LATE


def test_nobody_is_asked_twice_in_a_row_saying_it_again_is_enough(house: House) -> None:
    unsure(house)
    unsure(house, "i said enough", consent_score=0.99)

    assert house.consent() is ConsentState.OUT
    assert lines(house)[-1].source == ConsentSource.OPT_OUT_REPEATED
    assert len(house.replies()) == 2
    assert "no more texts" in house.last()


def test_an_angry_unsure_opt_out_hears_one_question_and_a_person_sees_it(house: House) -> None:
    unsure(house, frustration=0.95, consent_score=0.99)

    (reply,) = house.replies()
    assert "YES or NO" in reply
    assert cases(house)[0].rule == "frustration"
    house.text("yes")
    assert house.consent() is ConsentState.OUT


def test_anger_about_the_service_goes_to_a_person_without_a_question(house: House) -> None:
    unsure(house, "fourth time i write, i am done", frustration=0.95, consent_score=0.84)

    assert "YES or NO" not in house.last()
    assert house.conversation().status is ConversationStatus.WAITING


def test_a_no_that_sounds_like_leaving_is_no_wish_to_stay(house: House) -> None:
    unsure(house)
    unsure(house, "i dont want this", answer="no", consent_score=0.98)

    assert house.consent() is ConsentState.OUT


def test_no_model_reads_more_into_the_brands_keyword(house: House) -> None:
    house.understander.tell("JOIN", consent=ConsentReading.OPT_IN, consent_score=0.99)

    house.text("JOIN")

    assert "news and offers" in house.last()
    assert state(house, SERVICE) is ConsentState.NONE


def test_help_leaves_the_question_open_and_shows_no_menu(house: House) -> None:
    unsure(house)
    house.text("HELP")

    assert len(house.replies()) == 2
    assert "My order" not in house.last()
    house.text("yes")
    assert house.consent() is ConsentState.OUT


def test_a_yes_to_a_later_question_of_ours_is_no_opt_out(house: House) -> None:
    unsure(house)
    house.clock.forward(3700)
    later = pending_message(house, "Does Tuesday at 10 suit you? Reply YES.")
    house.parts.outbox.send(later)

    house.text("yes")

    assert house.consent() is ConsentState.IN


def test_a_reps_text_waits_for_the_answer_too(house: House) -> None:
    unsure(house)
    house.desk.reply(house.conversation().id, text="Robin here.", rep=REP)
    reply = house.outbound()[-1]

    assert house.parts.outbox.send(reply.id) is not None
    house.text("yes")
    house.parts.outbox.send(reply.id)

    assert "Robin here." not in house.replies()
    assert house.consent() is ConsentState.OUT


# ── joining ─────────────────────────────────────────────────────────────────────────────────


def test_the_brands_keyword_signs_up_with_all_that_must_be_said(house: House) -> None:
    house.text("Join!")

    said = house.last()
    for needed in (house.parts.brand.name, "news and offers", "up to 4 msgs a month",
                   "Msg & data rates may apply", "HELP", "STOP"):  # fmt: skip
        assert needed in said
    joined = lines(house)[0]
    assert (joined.source, joined.topic) == (ConsentSource.JOIN, "offers")
    assert "By texting JOIN" in joined.text_shown
    assert joined.text_version
    assert state(house, MARKETING, "offers") is ConsentState.IN
    assert house.turns()[-1].result["turn"]["route"] == "consent"


def test_join_after_stop_is_an_answer_to_be_had(house: House) -> None:
    for text in ("STOP", "JOIN"):
        house.text(text)

    assert house.consent() is ConsentState.IN
    assert "signed up for news and offers" in house.last()


def test_a_sentence_with_the_keyword_in_it_joins_nothing(house: House) -> None:
    house.text("can i join the trail run on sunday?")

    assert state(house, MARKETING) is ConsentState.NONE


# ── topics by text ──────────────────────────────────────────────────────────────────────────


def test_prefs_lists_topics_and_numbers_change_them(house: House) -> None:
    house.text("JOIN")
    house.text("prefs")
    assert "1 order updates: OFF\n2 news and offers: ON\n3 how often: as they come" in house.last()
    assert house.conversation().pending.kind is PendingKind.PREFERENCES

    house.text("1")
    assert "1 order updates: ON" in house.last()
    house.text("3")
    assert "how often: at most weekly" in house.last()
    house.text("2")

    assert "2 news and offers: OFF" in house.last()
    assert state(house, SERVICE, "orders") is ConsentState.IN
    assert state(house, MARKETING, "offers") is ConsentState.OUT
    assert house.consent() is ConsentState.IN


def test_a_number_the_list_lacks_is_no_choice(house: House) -> None:
    house.text("prefs")
    before = len(lines(house))

    house.text("9")

    assert len(lines(house)) == before


def test_only_order_updates_please(house: House) -> None:
    house.text("JOIN")

    house.text("only order updates please")

    assert state(house, MARKETING, "offers") is ConsentState.OUT
    assert house.consent() is ConsentState.IN
    assert "2 news and offers: OFF" in house.last()


def test_stop_ends_topics_chosen_one_by_one_too(house: House) -> None:
    for text in ("JOIN", "prefs", "1", "STOP"):
        house.text(text)

    assert state(house, SERVICE, "orders") is ConsentState.OUT
    assert state(house, MARKETING, "offers") is ConsentState.OUT


def test_a_topic_given_up_stays_so_after_stop_and_start(house: House) -> None:
    for text in ("JOIN", "no more offers", "STOP", "START"):
        house.text(text)

    assert state(house, MARKETING, "offers") is ConsentState.OUT
