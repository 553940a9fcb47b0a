"""How much the LLM may be used: tokens and money, a turn and a day, counted in the database."""

from dataclasses import dataclass

from agent.domain.ports import Clock
from agent.settings import Settings
from agent.store.unit_of_work import Database

_A_MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyBudget:
    """Counts tokens by UTC day, over all processes and restarts."""

    database: Database
    clock: Clock
    tokens_per_day: int
    tokens_per_turn: int

    def allow(self) -> bool:
        """Whether one more turn's worth of tokens is left today."""
        with self.database.read() as uow:
            used = uow.live.llm_tokens(self.clock.now().date())
        return used + self.tokens_per_turn <= self.tokens_per_day

    def spend(self, tokens: int) -> None:
        """Count tokens."""
        with self.database.begin() as uow:
            uow.live.add_llm_usage(self.clock.now().date(), tokens)


def within_money(tokens: int, money: float, *, price: float) -> int:
    """Return as many of the tokens as the money pays for.

    ``price`` is that of a million tokens of the dearer kind (mostly those generated), so that the
    money is never passed however a call divides into tokens read and written; 0: no limit by money.
    """
    return tokens if not price else min(tokens, int(money * _A_MILLION / price))


def tokens_per_turn(settings: Settings) -> int:
    """Return the tokens that one turn may use by tokens and by money."""
    return within_money(
        settings.llm_tokens_per_turn, settings.llm_money_per_turn, price=settings.llm_price
    )
