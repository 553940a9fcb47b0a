"""News of a delivery: what each provider's status callback becomes, applied once for all."""

from dataclasses import dataclass

import structlog

from agent.delivery_news import record_news
from agent.domain.ids import MessageId
from agent.domain.messages import Delivery, Direction, Message
from agent.errors import NotFoundError, SendProblem
from agent.store.unit_of_work import UnitOfWork
from agent.wiring.services import Services

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryNews:
    """What a provider says of one message.

    ``message_id`` is ours where the provider hands it back (as the query of a callback's address
    or as a reference), for news that come before the answer to the send; else empty. ``code`` is
    the provider's own error, and ``problem`` its meaning.
    """

    provider: str
    provider_id: str
    delivery: Delivery
    message_id: str = ""
    code: str = ""
    problem: SendProblem | None = None


def take_news(services: Services, news: DeliveryNews) -> None:
    """Move the message's delivery forward; late news and those of unknown messages change nothing.

    Raises:
        sqlalchemy.exc.OperationalError: the database is away; the provider is to try again.
    """
    with services.database.begin() as uow:
        message = _find(uow, news)
        if message is None:
            _log.info("status_of_unknown_message", provider=news.provider)
            return
        record_news(
            uow,
            message.id,
            delivery=news.delivery,
            problem=news.problem,
            code=news.code,
            # One message keeps one id: a callback's address could name the wrong message.
            provider_id=message.provider_id or news.provider_id or None,
            brand=services.brand,
        )


def _find(uow: UnitOfWork, news: DeliveryNews) -> Message | None:
    if news.provider_id:
        known = uow.messages.find_outbound(news.provider, news.provider_id)
        if known is not None:
            return known
    return _ours(uow, news) if news.message_id else None


def _ours(uow: UnitOfWork, news: DeliveryNews) -> Message | None:
    try:
        message = uow.messages.get(MessageId(news.message_id))
    except NotFoundError:
        return None
    ours = message.direction is Direction.OUTBOUND and message.provider == news.provider
    # Another id is another send: of a message tried twice, the first try's late news.
    another = bool(message.provider_id) and message.provider_id != news.provider_id
    return message if ours and not another else None
