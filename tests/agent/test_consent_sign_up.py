"""The web form's double opt-in, consent brought in by file, links, and the proof."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.consent.importing import ImportReport, import_consents
from agent.consent.lapsing import lapse_questions
from agent.consent.links import VALID_FOR, PreferenceLinks
from agent.consent.proof import prove
from agent.consent.proof_data import proof_data
from agent.consent.proof_document import proof_document
from agent.consent.questions import QuestionState
from agent.consent.signing_up import PER_NUMBER_A_DAY, PER_ORIGIN_AN_HOUR, SignUp, SignUps
from agent.domain.consent import ConsentAction, ConsentSource, ConsentState, Purpose, present_state
from agent.domain.ids import CustomerId
from agent.errors import InvalidInputError
from agent.replies.templates import load_templates
from agent.wiring.proactive import proactive_texts
from tests.agent.house import PHONE, House
from tests.conftest import FakeClock
from tests.fakes import FakeSender, foundation

SHOWN = "Ticked: news and offers. By sending this, you agree."


@pytest.fixture
def sign_ups(house: House, engine, database, clock, ids, tmp_path: Path) -> SignUps:
    base = foundation(engine, database, clock, ids, tmp_path)
    return SignUps(
        database=database,
        brand=base.brand,
        templates=load_templates(base.brand),
        texts=proactive_texts(base, house.parts.queue, {"twilio": FakeSender()}),
        clock=clock,
    )


def ask(house: House, sign_ups: SignUps, **changes) -> bool:
    form = {"number": PHONE, "topics": ("offers",), "source": "web_form", "shown": SHOWN,
            "origin": "203.0.113.9", "details": {"ip": "203.0.113.9"}}  # fmt: skip
    asked = sign_ups.request(SignUp(**{**form, **changes}))
    send_all(house)
    return asked


def send_all(house: House) -> None:
    with house.parts.database.read() as uow:
        found = [c.id for c in uow.conversations.list()]
        waiting = [m.id for c in found for m in uow.messages.thread(c) if m.delivery == "pending"]
    for message_id in waiting:
        house.parts.outbox.send(message_id)


def lines(house: House):
    with house.parts.database.read() as uow:
        customer = uow.customers.find(PHONE)
        return uow.consents.ledger(customer.id, sender=house.parts.brand.slug)


def marketing(house: House) -> ConsentState:
    return present_state(lines(house), Purpose.MARKETING, topic="offers")


def test_a_form_agrees_to_nothing_until_the_phone_says_yes(house: House, sign_ups: SignUps) -> None:
    assert ask(house, sign_ups, frequency="weekly")
    for needed in (house.parts.brand.name, "news and offers", "YES", "Msg & data rates may apply",
                   "HELP", "STOP"):  # fmt: skip
        assert needed in house.last()
    assert marketing(house) is ConsentState.NONE

    house.text("Yes!")

    assert marketing(house) is ConsentState.IN
    agreed = next(e for e in lines(house) if e.action is ConsentAction.OPT_IN)
    assert agreed.source == ConsentSource.DOUBLE_OPT_IN
    assert agreed.text_shown == SHOWN
    assert dict(agreed.details or ())["ip"] == "203.0.113.9"
    assert [e.frequency for e in lines(house) if e.action is ConsentAction.PREFERENCE] == ["weekly"]
    assert "signed up for news and offers" in house.last()
    assert "Msg & data rates may apply" in house.last()


def test_no_declines_and_says_so(house: House, sign_ups: SignUps) -> None:
    ask(house, sign_ups)
    house.text("no")

    assert marketing(house) is ConsentState.NONE
    assert "nothing is signed up" in house.last()


def test_a_form_not_confirmed_in_a_day_lapses(house: House, sign_ups: SignUps) -> None:
    ask(house, sign_ups)
    house.clock.forward(24 * 3600 + 1)
    house.text("yes")

    assert marketing(house) is ConsentState.NONE
    assert lapse_questions(house.parts.database, house.parts.brand) == 1
    assert lines(house)[-1].action is ConsentAction.LAPSED


def test_a_yes_that_answers_another_question_signs_nobody_up(
    house: House, sign_ups: SignUps
) -> None:
    ask(house, sign_ups)
    house.text("what is a frobnicator")
    assert "Reply YES" in house.last()

    house.text("yes")

    assert marketing(house) is ConsentState.NONE


def test_a_question_in_between_that_we_answer_leaves_the_yes_its_meaning(
    house: House, sign_ups: SignUps
) -> None:
    house.answerer.answers["how often?"] = "Up to four a month."
    ask(house, sign_ups)
    house.text("how often?")

    house.text("yes")

    assert marketing(house) is ConsentState.IN


def test_a_yes_before_the_question_has_left_is_none(house: House, sign_ups: SignUps) -> None:
    sign_ups.request(
        SignUp(number=PHONE, topics=("offers",), source="web_form", shown=SHOWN, origin="",
               details={})
    )  # fmt: skip
    house.text("yes")

    assert marketing(house) is ConsentState.NONE


def test_somebody_who_said_stop_is_never_asked_by_a_form(house: House, sign_ups: SignUps) -> None:
    house.text("STOP")
    before = len(house.replies())

    assert not ask(house, sign_ups)
    assert len(house.replies()) == before


def test_stop_instead_of_yes_closes_the_question(house: House, sign_ups: SignUps) -> None:
    ask(house, sign_ups)
    for text in ("STOP", "START", "yes"):
        house.text(text)

    assert marketing(house) is ConsentState.OUT


def test_a_number_is_not_flooded(house: House, sign_ups: SignUps) -> None:
    assert ask(house, sign_ups)
    assert not ask(house, sign_ups)
    for _ in range(PER_NUMBER_A_DAY):
        house.text("no")
        ask(house, sign_ups)

    assert sum("You asked for" in reply for reply in house.replies()) == PER_NUMBER_A_DAY


def test_a_visitor_cannot_text_the_whole_town(house: House, sign_ups: SignUps) -> None:
    asked = [
        ask(house, sign_ups, number=f"+155501004{n:02}") for n in range(PER_ORIGIN_AN_HOUR + 2)
    ]

    assert sum(asked) == PER_ORIGIN_AN_HOUR


@pytest.mark.parametrize(
    "changes",
    [{"number": "hello"}, {"number": ""}, {"number": "+442071838750"}, {"topics": ()},
     {"topics": ("gossip",)}, {"frequency": "hourly"}],
)  # fmt: skip
def test_wrong_forms_are_refused(house: House, sign_ups: SignUps, changes) -> None:
    with pytest.raises(InvalidInputError):
        ask(house, sign_ups, **changes)


# ── by file ─────────────────────────────────────────────────────────────────────────────────

HEADER = "number,purpose,time,text_shown,source,topic\n"
GOOD = (
    "(555) 010-0301,marketing,2026-11-20T10:00:00-07:00,Yes! Send me offers.,checkout,offers\n"
    "+15550100302,transactional,2026-11-20 09:00,,in-store,\n"
)


def bring_in(house: House, tmp_path: Path, body: str) -> ImportReport:
    path = tmp_path / "checkout.csv"
    path.write_text(HEADER + body, encoding="utf-8")
    return import_consents(path, house.parts.database, house.parts.brand, house.clock)


def test_a_file_comes_in_once(house: House, tmp_path: Path) -> None:
    assert bring_in(house, tmp_path, GOOD) == ImportReport(added=2, known=0, faults=())
    assert bring_in(house, tmp_path, GOOD) == ImportReport(added=0, known=2, faults=())

    (line,) = lines(house)
    assert (line.purpose, line.topic, line.source) == (Purpose.MARKETING, "offers", "checkout")
    assert line.text_shown == "Yes! Send me offers."
    assert line.evidence == "checkout.csv:2"
    assert line.at.isoformat() == "2026-11-20T17:00:00+00:00"


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("nonsense,marketing,2026-11-20T10:00:00Z,Yes,checkout,", "phone number"),
        ("+15550100303,everything,2026-11-20T10:00:00Z,Yes,checkout,", "purpose"),
        ("+15550100303,marketing,yesterday,Yes,checkout,", "time"),
        ("+15550100303,marketing,2030-01-01T10:00:00Z,Yes,checkout,", "yet to come"),
        ("+15550100303,marketing,2026-11-20T10:00:00Z,,checkout,", "text that the customer"),
        ("+15550100303,marketing,2026-11-20T10:00:00Z,Yes,telepathy,", "source"),
        ("+15550100303,marketing,2026-11-20T10:00:00Z,Yes,checkout,orders", "topic"),
        ("+15550100303", "purpose"),
    ],
)
def test_a_wrong_line_is_named_and_the_others_kept(
    house: House, tmp_path: Path, line: str, fault: str
) -> None:
    report = bring_in(house, tmp_path, GOOD + line + "\n")

    assert report.added == 2
    (said,) = report.faults
    assert "checkout.csv:4:" in said
    assert fault in said


def test_an_older_consent_brought_in_later_does_not_undo_a_stop(
    house: House, tmp_path: Path
) -> None:
    house.text("STOP")

    bring_in(house, tmp_path, GOOD)

    assert marketing(house) is ConsentState.OUT


def test_a_missing_column_says_which(house: House, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("number,time\n")

    with pytest.raises(InvalidInputError, match="purpose, text_shown, source"):
        import_consents(path, house.parts.database, house.parts.brand, house.clock)


# ── links ───────────────────────────────────────────────────────────────────────────────────


def links(clock: FakeClock, key: bytes = b"secret") -> PreferenceLinks:
    return PreferenceLinks(key=key, base_url="https://sms.shop.example/", clock=clock)


def test_a_link_opens_its_customers_page_and_no_other(clock: FakeClock) -> None:
    made = links(clock)
    who = CustomerId("cus_0123456789abcdef01234567")

    assert made.link(who).startswith("https://sms.shop.example/preferences/")
    assert made.read(made.token(who)) == who
    assert links(clock, b"other").read(made.token(who)) is None


def test_a_link_grows_old(clock: FakeClock) -> None:
    token = links(clock).token(CustomerId("cus_1"))
    clock.at += VALID_FOR + timedelta(seconds=1)

    assert links(clock).read(token) is None


@given(st.text(max_size=80), st.integers(0, 60), st.integers(0, 63))
def test_no_guess_and_no_change_opens_a_page(guess: str, place: int, other: int) -> None:
    made = links(FakeClock())
    token = made.token(CustomerId("cus_1"))
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    place %= len(token) - 1
    changed = token[:place] + alphabet[other] + token[place + 1 :]

    assert made.read(guess) is None
    assert changed == token or made.read(changed) is None


# ── the proof ───────────────────────────────────────────────────────────────────────────────


def test_the_proof_says_who_was_shown_what_when_how_and_what_since(
    house: House, sign_ups: SignUps
) -> None:
    ask(house, sign_ups)
    for text in ("YES", "STOP"):
        house.text(text)

    with house.parts.database.read() as uow:
        proof = prove(uow, house.parts.brand, PHONE)
    document, data = proof_document(proof), proof_data(proof)

    for needed in (PHONE, house.parts.brand.name, SHOWN, "203.0.113.9", "They wrote: 'YES'",
                   "They wrote: 'STOP'", "by answering YES to a text", "by texting a keyword",
                   "marketing: ended by the customer", "All 6 lines are as they were written",
                   "2026-11-24 16:0"):  # fmt: skip
        assert needed in document, needed
    assert data["state"]["marketing"] == "out"
    assert data["chain"]["intact"]
    assert data["ledger"][-1]["customer_wrote"] == "STOP"
    assert data["questions"][0]["state"] == QuestionState.YES
