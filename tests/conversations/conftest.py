"""The shipped models and the demo brand's knowledge, loaded once."""

from pathlib import Path

import pytest

from agent.errors import ConfigurationError
from agent.foundation import lay_foundation
from agent.seeding import seed_customers
from agent.settings import CHECKOUT, Settings
from agent.wiring.inline import Inline, assemble_inline
from agent.wiring.mind import Mind, load_mind
from tests.conftest import FakeClock


@pytest.fixture(scope="session")
def mind(tmp_path_factory: pytest.TempPathFactory) -> Mind:
    """The shipped models and the demo's knowledge; `make test` trains them first."""
    settings = Settings(home=tmp_path_factory.mktemp("home"), models=CHECKOUT / "models")
    try:
        return load_mind(lay_foundation(settings), lambda _message: None)
    except ConfigurationError as error:
        pytest.skip(f"no trained models here: {error}")


@pytest.fixture
def parts(mind: Mind, tmp_path: Path, clock: FakeClock) -> Inline:
    settings = Settings(home=tmp_path, models=CHECKOUT / "models")
    base = lay_foundation(settings, clock=clock)
    seed_customers(
        base.database, settings.brand.with_name("customers.yaml"), base.brand, clock.now().date()
    )
    return assemble_inline(base, mind)
