"""What a decision depends on besides its signals, and the simplest ones: say it, call a person."""

from dataclasses import dataclass

from agent.domain.signals import Decision, Escalate, Route, Signals
from agent.escalation.ruleset import RuleSet
from agent.escalation.words import handover_template
from agent.routing import Routing


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything a decision depends on besides the signals."""

    rules: RuleSet
    routing: Routing

    @property
    def version(self) -> str:
        """The version written into every trace."""
        return f"{self.rules.version}/routing-{self.routing.version}"


def say(route: Route, rule: str, reason: str, template: str) -> Decision:
    """Return the decision to answer with a template."""
    return Decision(route=route, rule=rule, reason=reason, template=template)


def call_person(escalate: Escalate, signals: Signals) -> Decision:
    """Return the decision to hand over to a person, and to say so."""
    return Decision(
        route=Route.ESCALATION,
        rule=escalate.rule,
        reason=escalate.reason,
        template=handover_template(escalate, signals),
        escalate=escalate,
    )
