"""Twilio's sender beyond the contract suite: the form, the codes, looking up what was sent."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from agent.channels import LooksUp, Receipt
from agent.domain.ids import MessageId
from agent.errors import PermanentSendError, SendProblem, TransientSendError
from api.channels.twilio.codes import PROBLEMS, problem_of
from api.channels.twilio.sender import TwilioSender
from tests.contract.peer import Answer, StandIn, standing_in

SINCE = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)


@pytest.fixture
def twilio() -> Iterator[StandIn]:
    with standing_in() as stand_in:
        stand_in.otherwise = Answer(201, {"sid": "SMout"})
        yield stand_in


@pytest.fixture
def make_sender(twilio: StandIn) -> Iterator[Callable[..., TwilioSender]]:
    made: list[TwilioSender] = []

    def make(**more: Any) -> TwilioSender:
        sender = TwilioSender(account_sid="AC1", auth_token="secret", base_url=twilio.url, **more)
        made.append(sender)
        return sender

    yield make
    for sender in made:
        sender.close()


def send(channel: TwilioSender, **more: Any) -> Any:
    return channel.send(
        message_id=MessageId("msg_1"), to="+15550100301", sender="+15550100200", text="hi 👋", **more
    )  # fmt: skip


def test_a_send_posts_the_form_that_twilio_wants(
    twilio: StandIn, make_sender: Callable[..., TwilioSender]
) -> None:
    receipt = send(make_sender(status_callback="https://x.example/status"))

    assert receipt.provider_id == "SMout"
    (asked,) = twilio.asked
    assert asked.path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert asked.headers["Authorization"].startswith("Basic ")
    assert asked.form == {
        "To": ["+15550100301"], "From": ["+15550100200"], "Body": ["hi 👋"],
        "StatusCallback": ["https://x.example/status?message=msg_1"],
    }  # fmt: skip


def test_our_requests_are_those_of_twilio_s_own_sdk(
    twilio: StandIn, make_sender: Callable[..., TwilioSender]
) -> None:
    from twilio.rest import Client

    sdk = Client("AC1", "secret")
    sdk.api.base_url = twilio.url
    media = ["https://x.example/a.jpg", "https://x.example/b.jpg"]
    sdk.messages.create(
        to="+15550100301", from_="+15550100200", body="hi 👋", media_url=media,
        status_callback="https://x.example/status?message=msg_1",
    )  # fmt: skip
    send(make_sender(status_callback="https://x.example/status"), media=tuple(media))
    twilio.otherwise = Answer(200, {"messages": []})
    list(sdk.messages.list(to="+15550100301", from_="+15550100200", page_size=100))
    find(make_sender())
    sdk.http_client.session.close()

    created, sent, listed_by_sdk, asked = twilio.asked
    for theirs, ours in ((created, sent), (listed_by_sdk, asked)):
        assert (ours.method, urlsplit(ours.path).path) == (
            theirs.method, urlsplit(theirs.path).path,
        )  # fmt: skip
        assert ours.headers["Authorization"] == theirs.headers["Authorization"]
        assert (ours.form, ours.query) == (theirs.form, theirs.query)


def test_a_messaging_service_takes_the_place_of_the_number(
    twilio: StandIn, make_sender: Callable[..., TwilioSender]
) -> None:
    send(make_sender(messaging_service_sid="MG1"))

    assert twilio.asked[0].form["MessagingServiceSid"] == ["MG1"]
    assert "From" not in twilio.asked[0].form


def test_several_pictures_go_in_one_message(
    twilio: StandIn, make_sender: Callable[..., TwilioSender]
) -> None:
    send(make_sender(), media=("https://x.example/a.jpg", "https://x.example/b.jpg"))

    assert twilio.asked[0].form["MediaUrl"] == [
        "https://x.example/a.jpg",
        "https://x.example/b.jpg",
    ]


def test_retry_after_may_be_a_date(
    twilio: StandIn, make_sender: Callable[..., TwilioSender]
) -> None:
    at = datetime.now(UTC) + timedelta(seconds=90)
    twilio.expect(Answer(429, {"code": 20429}, {"Retry-After": format_datetime(at, usegmt=True)}))

    with pytest.raises(TransientSendError) as error:
        send(make_sender())

    assert error.value.retry_after_s == pytest.approx(90, abs=5)


def test_every_code_of_the_reference_has_a_meaning() -> None:
    """The table of sms.md, by number."""
    reference = {
        "20429", "20003", "21211", "21614", "21635", "21408", "21606", "21612", "21608", "21610",
        "21611", "30001", "30002", "30003", "30004", "30005", "30006", "30007", "30008", "30022",
        "30027", "30032", "30034", "30036", "21265",
    }  # fmt: skip
    assert reference == set(PROBLEMS)
    assert problem_of("12345", refused=True) is SendProblem.OTHER
    assert problem_of("", refused=False) is None


def listed(sid: str, body: str = "hi 👋", *, after_s: int = 0, **more: Any) -> dict[str, Any]:
    at = format_datetime(SINCE + timedelta(seconds=after_s))
    return {"sid": sid, "body": body, "date_created": at, "direction": "outbound-api",
            "status": "sent", **more}  # fmt: skip


def find(channel: TwilioSender, **more: Any) -> Receipt | None:
    return channel.find_sent(
        message_id=MessageId("msg_1"), to="+15550100301", sender="+15550100200", text="hi 👋",
        not_before=SINCE, **more,
    )  # fmt: skip


def test_the_sender_can_look_up_what_it_sent(make_sender: Callable[..., TwilioSender]) -> None:
    assert isinstance(make_sender(), LooksUp)


def test_a_send_that_twilio_took_is_found(
    twilio: StandIn, make_sender: Callable[..., TwilioSender]
) -> None:
    twilio.expect(Answer(200, {"messages": [listed("SM1", after_s=2, status="delivered")]}))

    assert find(make_sender()) == Receipt(provider_id="SM1", delivered=True)
    assert twilio.asked[0].method == "GET"
    assert twilio.asked[0].query == {
        "To": ["+15550100301"], "From": ["+15550100200"], "PageSize": ["100"],
    }  # fmt: skip


@pytest.mark.parametrize(
    "message",
    [
        listed("SM1", "another text"),
        listed("SM1", after_s=-120),
        listed("SM1", direction="inbound"),
        listed("SM1", date_created=None),
        listed("SM1", date_created="soon"),
        "no object",
    ],
)
def test_what_is_not_the_send_is_not_found(
    twilio: StandIn, make_sender: Callable[..., TwilioSender], message: Any
) -> None:
    twilio.expect(Answer(200, {"messages": [message]}))

    assert find(make_sender()) is None


def test_a_clock_that_is_a_little_off_does_not_matter(
    twilio: StandIn, make_sender: Callable[..., TwilioSender]
) -> None:
    twilio.expect(Answer(200, {"messages": [listed("SM1", after_s=-30)]}))

    assert find(make_sender()) == Receipt(provider_id="SM1")


def test_the_same_words_sent_before_are_not_taken_for_this_send(
    twilio: StandIn, make_sender: Callable[..., TwilioSender]
) -> None:
    both = {"messages": [listed("SM2", after_s=1), listed("SM1", after_s=-5)]}
    twilio.expect(Answer(200, both), Answer(200, both))

    assert find(make_sender(), taken={"SM1"}) == Receipt(provider_id="SM2")
    assert find(make_sender(), taken={"SM1", "SM2"}) is None


def test_further_pages_are_read_until_they_are_too_old(
    twilio: StandIn, make_sender: Callable[..., TwilioSender]
) -> None:
    following = "/2010-04-01/Accounts/AC1/Messages.json?PageToken=t&To=%2B15550100301"
    twilio.expect(
        Answer(200, {"messages": [listed("SM9", "x", after_s=9)], "next_page_uri": following}),
        Answer(200, {"messages": [listed("SM1")], "next_page_uri": following}),
        Answer(200, {"messages": [listed("SM0", after_s=-99)], "next_page_uri": following}),
    )

    assert find(make_sender()) == Receipt(provider_id="SM1")
    assert twilio.asked[1].query == {"PageToken": ["t"], "To": ["+15550100301"]}
    assert len(twilio.asked) == 3


def test_with_a_service_the_number_is_not_asked_for(
    twilio: StandIn, make_sender: Callable[..., TwilioSender]
) -> None:
    twilio.expect(Answer(200, {"messages": []}))

    assert find(make_sender(messaging_service_sid="MG1")) is None
    assert "From" not in twilio.asked[0].query


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(500, {}), TransientSendError),
        (Answer(429, {}), TransientSendError),
        (Answer(drops=True), TransientSendError),
        (Answer(401, {}), PermanentSendError),
    ],
)
def test_a_question_without_an_answer_is_not_taken_for_a_no(
    twilio: StandIn,
    make_sender: Callable[..., TwilioSender],
    answer: Answer,
    kind: type[Exception],
) -> None:
    twilio.expect(answer)

    with pytest.raises(kind):
        find(make_sender())
