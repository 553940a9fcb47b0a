"""Parts of long texts that wait for one another.

Revision: 0006, after 0005
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import agent.store.columns

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
TIME = agent.store.columns.UtcDateTime


def upgrade() -> None:
    """The parts' table."""
    op.create_table(
        "message_parts",
        *(
            sa.Column(name, TEXT(), nullable=False)
            for name in ("provider", "part_id", "customer_address", "brand_address", "reference")
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("text", TEXT(), nullable=False),
        sa.Column("arrived_at", TIME(timezone=True), nullable=False),
        sa.Column("joined_at", TIME(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("provider", "part_id"),
    )
    op.create_index(
        "ix_message_parts_open",
        "message_parts",
        ["provider", "joined_at", "arrived_at"],
        unique=False,
    )


def downgrade() -> None:
    """Take it out again."""
    op.drop_table("message_parts")
