"""What every channel must hold of texts that go out."""

import importlib
from pathlib import Path

import pytest

from agent.errors import (
    PermanentSendError,
    SendError,
    SendProblem,
    TransientSendError,
    UnknownSendError,
)
from agent.settings import Settings
from api.channels import Channel
from tests.contract.conftest import (
    PICTURE,
    TRY_AGAIN,
    House,
    an_id,
    need,
    peer_of,
    played,
    send,
    sender_of,
)
from tests.contract.peer import BRAND_NUMBER, PUBLIC_URL, Answer, Peer, Sent, StandIn


def test_a_send_gives_a_receipt(house: House, peer: Peer, stand_in: StandIn) -> None:
    sender = sender_of(house, peer)
    sid = an_id()
    stand_in.expect(peer.accepted(sid))

    receipt = send(sender)

    assert sid in receipt or receipt.endswith("msg_1")
    assert peer.read(stand_in.asked[0]) == Sent("+15550100301", BRAND_NUMBER, "hi 👋")
    assert len(stand_in.asked) == 1


def test_pictures_go_out(house: House, peer: Peer, stand_in: StandIn) -> None:
    sender = sender_of(house, peer)
    stand_in.expect()
    stand_in.otherwise = peer.accepted(an_id())

    send(sender, "look", (PICTURE,))

    sent = [peer.read(asked) for asked in stand_in.asked]
    if peer.media_out:
        assert [link for one in sent for link in one.media] == [PICTURE]
        assert "look" in " ".join(one.text for one in sent)
    else:
        assert PICTURE in sent[0].text


def test_each_refusal_has_its_meaning(house: House, peer: Peer, stand_in: StandIn) -> None:
    sender = sender_of(house, peer)
    assert peer.refusals, "name the refusals of this provider"
    for refusal in peer.refusals:
        stand_in.expect(refusal.answer)
        with pytest.raises(SendError) as error:
            send(sender)
        kind = TransientSendError if refusal.problem in TRY_AGAIN else PermanentSendError
        assert type(error.value) is kind, refusal
        assert error.value.problem is refusal.problem, refusal
        assert error.value.code == refusal.code or not refusal.code
        assert "+15550100301" not in str(error.value)


def test_too_many_requests_says_when(house: House, peer: Peer, stand_in: StandIn) -> None:
    sender = sender_of(house, peer)
    stand_in.expect(Answer(429, {}, {"Retry-After": "7"}))

    with pytest.raises(TransientSendError) as error:
        send(sender)

    assert (error.value.problem, error.value.retry_after_s) == (SendProblem.BUSY, 7)
    assert len(stand_in.asked) == 1, "the outbox repeats, not the channel"


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_broken_server_leaves_it_unknown(
    house: House, peer: Peer, stand_in: StandIn, status: int
) -> None:
    sender = sender_of(house, peer)
    stand_in.expect(Answer(status, "<html>"))

    with pytest.raises(peer.on_server_error):
        send(sender)


@pytest.mark.parametrize(
    "answer",
    [Answer(hangs=True), Answer(drops=True), Answer(200, "<html>"), Answer(200, []), Answer(200, {}),
     Answer(201, {"sid": None, "message_uuid": 7, "data": {"id": []}})],
)  # fmt: skip
def test_no_clear_answer_leaves_it_unknown(
    house: House, peer: Peer, stand_in: StandIn, answer: Answer
) -> None:
    sender = sender_of(house, peer)
    stand_in.expect(answer)

    with pytest.raises(UnknownSendError):
        send(sender)


@pytest.mark.parametrize(
    ("status", "problem"),
    [(401, SendProblem.CONFIGURATION), (403, None), (404, None), (302, None), (400, None), (422, None)],
)  # fmt: skip
def test_a_no_without_reasons_is_final(
    house: House, peer: Peer, stand_in: StandIn, status: int, problem: SendProblem | None
) -> None:
    sender = sender_of(house, peer)
    stand_in.expect(Answer(status, "no", {"Location": "/elsewhere"}))

    with pytest.raises(PermanentSendError) as error:
        send(sender)

    assert problem is None or error.value.problem is problem


def test_a_refused_connection_is_surely_not_sent(
    peer: Peer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    need(peer.sends_over_http, "this channel sends nothing over HTTP")
    folder = tmp_path_factory.mktemp("alone")
    channel = _make(peer, folder, "http://127.0.0.1:9")
    assert channel.sender is not None

    with pytest.raises(TransientSendError):
        send(channel.sender)
    if channel.close is not None:
        channel.close()


def _make(peer: Peer, folder: Path, base_url: str) -> Channel:
    name = next(name for name in played() if peer_of(name).provider == peer.provider)
    values = peer.settings(base_url=base_url, folder=folder)
    made = Settings(home=folder, public_url=PUBLIC_URL, **values)
    channel: Channel = importlib.import_module(f"api.channels.{name}.channel").make(made)
    return channel
