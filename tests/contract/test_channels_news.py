"""What every channel must hold of news of deliveries."""

import itertools

import pytest

from agent.domain.messages import Delivery
from agent.errors import (
    SendProblem,
)
from tests.contract.conftest import (
    House,
    an_id,
    need,
)
from tests.contract.peer import Peer


def test_each_word_of_the_provider_is_understood(house: House, peer: Peer) -> None:
    need(peer.words, "this channel tells nothing of deliveries")
    for word, delivery in peer.words.items():
        sid = an_id()
        message = house.sent_message(peer.provider, sid)

        answer = house.call(peer.sign(peer.status(word, provider_id=sid)))

        assert answer.status_code < 300, (word, answer.text)
        moved = house.delivery(message)
        # What is behind the present state (sending) is late news.
        assert moved == (Delivery.SENDING if delivery is Delivery.QUEUED else delivery), word


def test_news_in_any_order_end_the_same(house: House, peer: Peer) -> None:
    need(peer.words, "this channel tells nothing of deliveries")
    ways = {Delivery.QUEUED, Delivery.SENT, Delivery.DELIVERED}
    words = [word for word, delivery in peer.words.items() if delivery in ways]
    words = [*{peer.words[word]: word for word in words}.values(), "nonsense"]
    assert Delivery.DELIVERED in {peer.words.get(word) for word in words}

    for order in itertools.permutations(words):
        sid = an_id()
        message = house.sent_message(peer.provider, sid)
        for word in (*order, order[0]):
            assert house.call(peer.sign(peer.status(word, provider_id=sid))).status_code < 300
        assert house.delivery(message) is Delivery.DELIVERED, order


def test_a_final_state_stays(house: House, peer: Peer) -> None:
    final = [w for w, d in peer.words.items() if d in {Delivery.DELIVERED, Delivery.FAILED, Delivery.UNDELIVERED}]  # fmt: skip
    need(len(final) > 1, "this channel has one final state")
    for first, second in itertools.permutations(final, 2):
        sid = an_id()
        message = house.sent_message(peer.provider, sid)
        for word in (first, second):
            house.call(peer.sign(peer.status(word, provider_id=sid)))
        assert house.delivery(message) is peer.words[first]


def test_news_of_an_unknown_message_are_harmless(house: House, peer: Peer) -> None:
    need(peer.words, "this channel tells nothing of deliveries")
    word = next(iter(peer.words))

    for message_id in ("", "msg_of_nobody"):
        call = peer.status(word, provider_id=an_id(), message_id=message_id)
        assert house.call(peer.sign(call)).status_code < 300


def test_news_that_overtake_the_answer_find_the_message_by_our_id(house: House, peer: Peer) -> None:
    need(peer.words, "this channel tells nothing of deliveries")
    message = house.sent_message(peer.provider, None)
    word = next(word for word, d in peer.words.items() if d is Delivery.DELIVERED)
    sid = an_id()

    house.call(peer.sign(peer.status(word, provider_id=sid, message_id=message.id)))

    assert house.delivery(message) is Delivery.DELIVERED


def test_news_without_a_signature_change_nothing(house: House, peer: Peer) -> None:
    need(peer.words and peer.signs, "this channel tells nothing of deliveries, or does not sign")
    sid = an_id()
    message = house.sent_message(peer.provider, sid)
    word = next(word for word, d in peer.words.items() if d is Delivery.DELIVERED)

    assert house.call(peer.status(word, provider_id=sid)).status_code == 403
    assert house.delivery(message) is Delivery.SENDING


def test_news_about_another_provider_s_message_change_nothing(house: House, peer: Peer) -> None:
    need(peer.words, "this channel tells nothing of deliveries")
    message = house.sent_message("another", an_id())
    word = next(word for word, d in peer.words.items() if d is Delivery.DELIVERED)

    house.call(peer.sign(peer.status(word, provider_id=an_id(), message_id=message.id)))

    assert house.delivery(message) is Delivery.SENDING


def test_an_error_code_in_the_news_has_its_meaning(
    house: House, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    need(peer.codes, "this channel's news carry no codes")
    told: list[tuple[SendProblem | None, str]] = []
    monkeypatch.setattr(
        "api.channels.news.record_news", lambda *_, problem, code, **__: told.append((problem, code))
    )  # fmt: skip
    for code in peer.codes:
        sid = an_id()
        house.sent_message(peer.provider, sid)
        house.call(peer.sign(peer.status(peer.failing_word, provider_id=sid, code=code)))

    assert told == [(problem, code) for code, problem in peer.codes.items()]


def test_an_opt_out_that_the_provider_tells_of_is_in_the_ledger(house: House, peer: Peer) -> None:
    code = next((c for c, p in peer.codes.items() if p is SendProblem.OPTED_OUT), None)
    need(code, "this channel's news tell of no opt-outs")
    sid = an_id()
    message = house.sent_message(peer.provider, sid)

    house.call(peer.sign(peer.status(peer.failing_word, provider_id=sid, code=code or "")))

    with house.services.database.read() as uow:
        conversation = uow.conversations.get(message.conversation_id)
        state = uow.consents.state(conversation.customer_id, sender=house.services.brand.slug)
    assert state == "out"
