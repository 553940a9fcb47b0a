"""Whoever writes sees that a reply is being composed, for as long as a slow model takes."""

import threading

import sqlalchemy as sa

from tests.agent.durable_house import build, text


def typing(house, conversation_id):
    with house.services.database.read() as uow:
        news = uow.live.news_after(0, conversation_id=conversation_id)
    return [item.data["on"] for item in news if item.kind == "typing"]


def test_typing_shows_while_composing_and_ends_with_the_reply(engine: sa.Engine, tmp_path) -> None:
    house = build(engine.url.render_as_string(hide_password=False), tmp_path)
    composing, go_on = threading.Event(), threading.Event()

    def slow_llm():
        composing.set()
        assert go_on.wait(20)

    house.answerer.while_answering = slow_llm
    house.services.start()
    try:
        accepted = text(house, "do you resole boots?")
        assert composing.wait(20)
        during = typing(house, accepted.conversation_id)
        go_on.set()
        assert house.services.waiting_room.wait(accepted.message_id, timeout_s=20) is not None
        after = typing(house, accepted.conversation_id)
    finally:
        go_on.set()
        house.services.close()

    assert during == [True]
    assert after == [True, False]
