"""What every channel must hold of texts that come in."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.conftest import (
    PICTURE,
    House,
    a_number,
    an_id,
    need,
)
from tests.contract.peer import BRAND_NUMBER, Peer


def test_a_text_is_stored_once_however_often_it_comes(house: House, peer: Peer) -> None:
    sid, number = an_id(), a_number()
    call = peer.sign(peer.inbound(provider_id=sid, text="is it in? 👋 ça va", sender=number))
    before = house.stored(peer.provider)

    answers = [house.call(call) for _ in range(3)]

    assert {answer.status_code for answer in answers} <= {200, 202, 204}, answers[0].text
    assert house.stored(peer.provider) == before + 1
    with house.services.database.read() as uow:
        message = uow.messages.find_inbound(peer.provider, peer.stored_id(sid))
        assert message is not None
        conversation = uow.conversations.get(message.conversation_id)
    assert message.text == "is it in? 👋 ça va"
    assert (conversation.customer_address, conversation.brand_address) == (number, BRAND_NUMBER)


def test_the_same_id_with_another_text_changes_nothing(house: House, peer: Peer) -> None:
    sid, number = an_id(), a_number()
    for text in ("first", "second"):
        house.call(peer.sign(peer.inbound(provider_id=sid, text=text, sender=number)))

    with house.services.database.read() as uow:
        message = uow.messages.find_inbound(peer.provider, peer.stored_id(sid))
    assert message is not None
    assert message.text == "first"


def test_without_a_signature_nothing_is_stored(house: House, peer: Peer) -> None:
    need(peer.signs, "this channel's webhooks are not signed")
    before = house.stored(peer.provider)

    answer = house.call(peer.inbound(provider_id=an_id(), text="hi", sender=a_number()))

    assert (answer.status_code, house.stored(peer.provider)) == (403, before)
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_forged_signature_is_refused(house: House, peer: Peer) -> None:
    need(peer.signs, "this channel's webhooks are not signed")
    before = house.stored(peer.provider)

    answer = house.call(peer.forge(peer.inbound(provider_id=an_id(), text="hi", sender=a_number())))

    assert (answer.status_code, house.stored(peer.provider)) == (403, before)


def test_strange_headers_are_refused_and_never_an_error_of_ours(house: House, peer: Peer) -> None:
    need(peer.signs, "this channel's webhooks are not signed")
    call = peer.sign(peer.inbound(provider_id=an_id(), text="hi", sender=a_number()))
    before = house.stored(peer.provider)
    strange = ("", "x", "\xe9", "9" * 5000, "-1", "1e9", "=" * 40, "Bearer", "Bearer a.b.c", "\xb2")

    for name, value in itertools.product(call.headers, strange):
        headers = {**call.headers, name: value.encode("latin-1")}
        answer = house.client.request(call.method, call.path, content=call.content, headers=headers)
        assert 400 <= answer.status_code < 500, (name, value, answer.text)
    assert house.stored(peer.provider) == before


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x", "", "🙂"])
def test_another_content_type_is_refused(house: House, peer: Peer, kind: str) -> None:
    need(peer.has_body, "this channel's webhooks have no body")
    call = peer.sign(peer.inbound(provider_id=an_id(), text="hi", sender=a_number()))
    headers = {name: value for name, value in call.headers.items() if name != "content-type"}
    before = house.stored(peer.provider)

    answer = house.client.request(
        call.method, call.path, content=call.content,
        headers={**headers, "content-type": kind.encode()},
    )  # fmt: skip

    assert answer.status_code == 415
    assert house.stored(peer.provider) == before


def test_a_huge_body_is_refused(house: House, peer: Peer) -> None:
    need(peer.has_body, "this channel's webhooks have no body")
    call = peer.inbound(provider_id=an_id(), text="x" * 300_000, sender=a_number())

    assert house.call(peer.sign(call)).status_code == 413


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe\x00", b"", b"{", b"[]", b"null", b'"text"', b"%FF%FE=%FF", b"{" * 50_000, b"\x00" * 9,
     b'{"data": 1}', b'{"data": {"payload": []}}', b"a=1&a=2&a"],
)  # fmt: skip
def test_rubbish_is_a_problem_and_never_an_error_of_ours(
    house: House, peer: Peer, content: bytes
) -> None:
    need(peer.has_body, "this channel's webhooks have no body")
    call = replace(peer.inbound(provider_id=an_id(), text="hi", sender=a_number()), content=content)
    before = house.stored(peer.provider)

    for sent in (call, peer.sign(call)):
        answer = house.call(sent)
        assert 400 <= answer.status_code < 500, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
    assert house.stored(peer.provider) == before


def test_wrong_fields_are_named_in_a_problem(house: House, peer: Peer) -> None:
    before = house.stored(peer.provider)

    for name, call in peer.wrong().items():
        answer = house.call(peer.sign(call))
        assert 400 <= answer.status_code < 500, (name, answer.text)
        assert answer.headers["content-type"] == "application/problem+json", name
        assert answer.json()["detail"], name
    assert house.stored(peer.provider) == before


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_text_is_taken_and_stored_as_it_is(house: House, peer: Peer, text: str) -> None:
    sid = an_id()

    answer = house.call(peer.sign(peer.inbound(provider_id=sid, text=text, sender=a_number())))

    with house.services.database.read() as uow:
        message = uow.messages.find_inbound(peer.provider, peer.stored_id(sid))
    if message is None:
        assert not text.strip("\x00 \r\n\t"), answer.text
        assert 200 <= answer.status_code < 500
    else:
        assert answer.status_code < 300
        assert message.text == text.replace("\x00", "")


def test_pictures_come_in_as_links(house: House, peer: Peer) -> None:
    need(peer.media_in, "this channel takes no pictures")
    sid = an_id()
    call = peer.inbound(provider_id=sid, text="look", sender=a_number(), media=(PICTURE,))

    assert house.call(peer.sign(call)).status_code < 300

    with house.services.database.read() as uow:
        message = uow.messages.find_inbound(peer.provider, peer.stored_id(sid))
    assert message is not None
    assert (message.text, message.media) == ("look", (PICTURE,))


def test_a_link_that_is_none_is_left_out(house: House, peer: Peer) -> None:
    need(peer.media_in, "this channel takes no pictures")
    sid = an_id()
    bad = ("javascript:alert(1)", "data:text/html,x", PICTURE, "https://x.example/" + "a" * 4000)

    for place, link in enumerate(bad):
        call = peer.inbound(
            provider_id=f"{sid}-{place}", text="look", sender=a_number(), media=(link,)
        )
        assert house.call(peer.sign(call)).status_code < 500

    with house.services.database.read() as uow:
        found = [
            uow.messages.find_inbound(peer.provider, peer.stored_id(f"{sid}-{place}"))
            for place in range(len(bad))
        ]
    assert {link for m in found if m is not None for link in m.media} == {PICTURE}
