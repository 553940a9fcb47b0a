"""Rules files and single rules."""

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from agent.domain.signals import CustomerSignals, Outcome
from agent.errors import ConfigurationError
from agent.escalation.ruleset import known_rules, load_rules
from agent.settings import CHECKOUT
from tests.agent.builders import signals, topics, understanding

SHIPPED_FILE = CHECKOUT / "agent/escalation/rules.yaml"
SHIPPED = load_rules(SHIPPED_FILE)


def write(tmp_path: Path, **rules: object) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(yaml.safe_dump({"version": 1, "rules": rules}, sort_keys=False))
    return path


def test_the_shipped_file_arms_every_rule_in_the_folder() -> None:
    assert {armed.rule.name for armed in SHIPPED.rules} == set(known_rules())


def test_a_changed_threshold_changes_the_version_and_the_judgement(tmp_path: Path) -> None:
    strict = load_rules(write(tmp_path, frustration={"queue": "care", "threshold": 0.3}))
    annoyed = signals(read=understanding(frustration=0.4))

    assert strict.version != SHIPPED.version
    assert SHIPPED.judge(annoyed) is None
    assert strict.judge(annoyed) is not None


def test_a_disabled_rule_never_holds(tmp_path: Path) -> None:
    rules = load_rules(
        write(tmp_path, frustration={"queue": "care", "threshold": 0.3, "enabled": False})
    )

    assert rules.judge(signals(read=understanding(frustration=1.0))) is None


@pytest.mark.parametrize(
    ("customer", "holds"),
    [
        (CustomerSignals(tier="VIP"), True),
        (CustomerSignals(tier="basic", lifetime_value=Decimal(1000)), True),
        (CustomerSignals(tier="basic", lifetime_value=Decimal(999)), False),
        (CustomerSignals(), False),
    ],
)
def test_high_value_is_by_tier_or_lifetime_value(customer: CustomerSignals, *, holds: bool) -> None:
    leaving = signals(read=understanding(topics=topics(churn_risk=0.9)), customer=customer)

    assert (SHIPPED.judge(leaving) is not None) is holds


def test_a_buying_customer_of_high_value_goes_to_sales() -> None:
    buying = signals(
        read=understanding(topics=topics(buying_signal=0.9)), customer=CustomerSignals(tier="vip")
    )
    escalate = SHIPPED.judge(buying)

    assert escalate is not None
    assert (escalate.rule, escalate.queue) == ("high_value", "sales")


def test_safety_goes_to_its_own_queue_before_other_topics() -> None:
    hurt = signals(read=understanding(topics=topics(safety_issue=0.9, legal_threat=0.95)))
    escalate = SHIPPED.judge(hurt)

    assert escalate is not None
    assert escalate.queue == "safety"


def test_a_menu_answer_can_ask_for_a_person() -> None:
    escalate = SHIPPED.judge(signals(outcome=Outcome(answered=True, person_asked=True)))

    assert escalate is not None
    assert escalate.rule == "asked_for_person"


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"wishful": {"queue": "a"}}, "no escalation rule 'wishful'"),
        ({"frustration": {"queue": "a", "threshold": 7}}, "frustration.threshold"),
        ({"frustration": {"queue": "a", "threshold": 0.5, "colour": 1}}, "frustration.colour"),
        ({"failed_turns": {"limit": 3}}, "failed_turns.queue"),
    ],
)
def test_wrong_rules_are_named(tmp_path: Path, rules: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        load_rules(write(tmp_path, **rules))


def test_a_missing_rules_file_says_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as error:
        load_rules(tmp_path / "none.yaml")

    assert "TEXTWISE_ESCALATION" in error.value.hint
