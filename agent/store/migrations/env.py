"""How Alembic reaches the database: through the engine that ``upgrade`` passes in."""

from alembic import context
from sqlmodel import SQLModel

import agent.store.consent_tables
import agent.store.customer_tables
import agent.store.delivery_tables
import agent.store.knowledge_tables
import agent.store.learning_tables
import agent.store.part_tables
import agent.store.sending_tables
import agent.store.service_tables
import agent.store.tables  # noqa: F401 - all register tables


def run() -> None:
    """Run the migrations on the connection given in the configuration's attributes."""
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
