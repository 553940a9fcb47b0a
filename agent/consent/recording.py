"""Writing down what a turn itself finds out about consent, beyond what the inbox has."""

from agent.brand import Brand
from agent.consent.ledger import LedgerOf
from agent.domain.consent import ConsentAction, ConsentSource
from agent.domain.ids import CustomerId, MessageId
from agent.store.unit_of_work import UnitOfWork

_SOURCES = {
    "consent_word": ConsentSource.KEYWORD,
    "opt_out_confirmed": ConsentSource.OPT_OUT_CONFIRMED,
    "opt_out_repeated": ConsentSource.OPT_OUT_REPEATED,
}


def record_decision(
    uow: UnitOfWork,
    brand: Brand,
    customer_id: CustomerId,
    message_id: MessageId,
    *,
    action: ConsentAction,
    rule: str,
) -> None:
    """Write a STOP or START that a decision's rule came to; STOP cancels what has not left."""
    ledger = LedgerOf(uow=uow, brand=brand, customer_id=customer_id, evidence=message_id)
    source = _SOURCES.get(rule, ConsentSource.FREE_TEXT)
    if action is ConsentAction.OPT_OUT:
        ledger.stop(source)
    else:
        ledger.start(source)
