import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.llm_budget import tokens_per_turn, within_money
from agent.settings import Settings


@pytest.mark.parametrize(
    ("tokens", "money", "price", "expected"),
    [
        (1500, 0.05, 0.0, 1500),
        (1500, 0.05, 10.0, 1500),
        (1500, 0.05, 100.0, 500),
        (2_000_000, 10.0, 15.0, 666_666),
    ],
)
def test_money_limits_tokens_where_a_price_is_told(tokens, money, price, expected):
    assert within_money(tokens, money, price=price) == expected


@given(st.integers(1, 10_000_000), st.floats(0.001, 1000), st.floats(0.01, 1000), st.floats(0, 1))
def test_no_mix_of_tokens_costs_more_than_the_money(tokens, money, price, cheaper):
    allowed = within_money(tokens, money, price=price)
    read = allowed // 2

    cost = (read * price * cheaper + (allowed - read) * price) / 1_000_000

    assert cost <= money * (1 + 1e-9)


def test_a_turn_keeps_within_both_its_tokens_and_its_money():
    settings = Settings(llm_tokens_per_turn=1500, llm_price=60.0, llm_money_per_turn=0.03)

    assert tokens_per_turn(settings) == 500
