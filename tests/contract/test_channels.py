"""What every channel must hold. Each folder under ``api/channels`` joins by itself."""

import logging
import pkgutil

import pytest
import structlog

import tests.contract.peers
from agent.domain.messages import Delivery
from agent.logs import redact
from api.channels import folders
from tests.contract.conftest import PICTURE, QUESTION, REPLY, House, a_number, an_id, sender_of
from tests.contract.peer import BRAND_NUMBER, Peer, Sent, StandIn


def test_every_channel_has_a_peer_and_every_peer_a_channel() -> None:
    peers = {info.name for info in pkgutil.iter_modules(tests.contract.peers.__path__)}

    assert peers == set(folders())


def test_the_peer_plays_the_folder_s_provider(house: House, peer: Peer) -> None:
    assert peer.provider in house.channels


def test_a_text_in_is_answered_through_the_provider_and_its_delivery_followed(
    house: House, peer: Peer, stand_in: StandIn
) -> None:
    sender_of(house, peer)
    house.inline.queue.waiting.clear()
    number, sid = a_number(), an_id()
    stand_in.expect()
    stand_in.otherwise = peer.accepted(sid)

    house.call(peer.sign(peer.inbound(provider_id=an_id(), text=QUESTION, sender=number)))
    house.inline.run_waiting()

    assert [peer.read(asked) for asked in stand_in.asked] == [Sent(number, BRAND_NUMBER, REPLY)]
    with house.services.database.read() as uow:
        conversation = uow.conversations.list()[0]
        reply = uow.messages.thread(conversation.id)[-1]
    assert (reply.text, reply.delivery) == (REPLY, Delivery.SENT)
    word = next((word for word, d in peer.words.items() if d is Delivery.DELIVERED), None)
    if word is not None:
        call = peer.status(word, provider_id=sid, message_id=reply.id)
        assert house.call(peer.sign(call)).status_code < 300
        assert house.delivery(reply) is Delivery.DELIVERED


def test_no_log_shows_a_number_a_text_or_a_secret(
    house: House, peer: Peer, stand_in: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    number, text, sid = a_number(), "my card is 4111 1111", an_id()
    call = peer.inbound(
        provider_id=sid, text=text, sender=number, media=(PICTURE,) if peer.media_in else ()
    )
    with caplog.at_level(logging.DEBUG), structlog.testing.capture_logs() as lines:
        for sent in (call, peer.sign(call), peer.forge(call) if peer.signs else call):
            house.call(sent)
        for wrong in peer.wrong().values():
            house.call(peer.sign(wrong))
        if peer.words:
            house.call(peer.sign(peer.status(next(iter(peer.words)), provider_id=an_id())))
        house.inline.queue.waiting.clear()
        if peer.sends_over_http:
            stand_in.expect()
            stand_in.otherwise = next(iter(peer.refusals)).answer
            message = house.sent_message(peer.provider, None)
            with house.services.database.begin() as uow:
                uow.sends.retry_later(message.id, error="")
            house.services.outbox.send(message.id)

    own = [
        record.getMessage() for record in caplog.records if not record.name.startswith("asyncio")
    ]
    everything = repr(lines) + repr(own)
    for hidden in (number, text, PICTURE, BRAND_NUMBER, "hello", *peer.secrets):
        assert hidden not in everything, hidden


def test_what_a_channel_lists_is_blotted_out_of_log_lines(house: House, peer: Peer) -> None:
    channel = house.channels[peer.provider]
    assert channel.redacted or not peer.signs
    blot = redact(channel.redacted)

    for name in channel.redacted:
        line = blot(None, "info", {"event": "x", name: "4111", "in": {name.lower(): ["4111"]}})
        assert "4111" not in repr(line)
