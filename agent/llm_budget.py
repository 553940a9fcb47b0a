"""How much the LLM may be used: tokens a turn and a day, counted in the database."""

from dataclasses import dataclass

from agent.domain.ports import Clock
from agent.store.unit_of_work import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyBudget:
    """Counts tokens by UTC day."""

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
