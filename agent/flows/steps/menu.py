"""A menu: numbered options; the customer answers with a number."""

from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from agent.flows.engine import Ask, Effect, Handover, Moved, Say

KIND = "menu"


class Option(BaseModel):
    """One line of the menu. Exactly one of ``ask``, ``say`` and ``handover`` says what it does."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str = Field(min_length=1, max_length=40)
    ask: str = ""
    intent: str = ""
    say: str = ""
    handover: bool = False
    next: str | None = None

    @model_validator(mode="after")
    def _one_effect(self) -> Self:
        if sum((bool(self.ask), bool(self.say), self.handover)) != 1:
            raise ValueError(f"option {self.label!r} needs exactly one of ask, say, handover")
        return self

    def effect(self) -> Effect:
        """Return what choosing this option does."""
        if self.handover:
            return Handover()
        return Ask(question=self.ask, intent=self.intent) if self.ask else Say(text=self.say)


class Menu(BaseModel):
    """The step: a line of text, then the options with their numbers (at most nine)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    say: str
    options: tuple[Option, ...] = Field(min_length=1, max_length=9)

    def enter(self) -> tuple[Effect, ...]:
        """Say the menu."""
        lines = [f"{place} {option.label}" for place, option in enumerate(self.options, start=1)]
        return (Say(text="\n".join([self.say, *lines])),)

    def answer(self, text: str) -> Moved | None:
        """Take a number of the menu, or an option's exact label."""
        option = self._chosen(text.strip().rstrip(".)"))
        return None if option is None else Moved(effects=(option.effect(),), next_step=option.next)

    def next_steps(self) -> tuple[str, ...]:
        """Name every step an option leads to."""
        return tuple(option.next for option in self.options if option.next is not None)

    def _chosen(self, text: str) -> Option | None:
        if text.isdecimal() and 1 <= int(text) <= len(self.options):
            return self.options[int(text) - 1]
        return next((o for o in self.options if o.label.casefold() == text.casefold()), None)


def parse(section: Mapping[str, object]) -> Menu:
    """Make a menu of its section in a flow file.

    Raises:
        pydantic.ValidationError: a field is missing or wrong.
    """
    return Menu.model_validate(section)
