"""What proactive texts and erasure need.

Revision: 0004, after 0003
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import agent.store.columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
TIME = agent.store.columns.UtcDateTime
PROACTIVE = sa.text("released_at IS NOT NULL")


def upgrade() -> None:
    """Columns of proactive texts, where customers are, and the suppression list."""
    # Added one by one with a default: SQLite and PostgreSQL then leave the stored rows alone.
    for name, default in (("purpose", "conversational"), ("held_because", "")):
        op.add_column("messages", sa.Column(name, TEXT(), nullable=False, server_default=default))
    for name, flag in (("proactive", sa.false()), ("may_wait", sa.true())):
        op.add_column(
            "messages", sa.Column(name, sa.Boolean(), nullable=False, server_default=flag)
        )
    op.add_column("messages", sa.Column("client_id", TEXT(), nullable=True))
    for name in ("not_before", "lapses_at", "released_at"):
        op.add_column("messages", sa.Column(name, TIME(timezone=True), nullable=True))
    op.create_index("ix_messages_client_id", "messages", ["client_id"], unique=True)
    op.create_index(
        "ix_messages_released",
        "messages",
        ["conversation_id", "released_at"],
        unique=False,
        sqlite_where=PROACTIVE,
        postgresql_where=PROACTIVE,
    )
    for name in ("postal_code", "region", "time_zone"):
        op.add_column("customers", sa.Column(name, TEXT(), nullable=False, server_default=""))
    op.create_table(
        "suppressions",
        sa.Column("number_hash", TEXT(), nullable=False),
        sa.Column("key_id", TEXT(), nullable=False),
        sa.Column("reason", TEXT(), nullable=False),
        sa.Column("since", TIME(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number_hash"),
    )
    op.create_table(
        "kept_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number_hash", TEXT(), nullable=False),
        sa.Column("purpose", TEXT(), nullable=False),
        sa.Column("sender", TEXT(), nullable=False),
        sa.Column("action", TEXT(), nullable=False),
        sa.Column("source", TEXT(), nullable=False),
        sa.Column("text_version", TEXT(), nullable=False),
        sa.Column("text_sha256", TEXT(), nullable=False),
        sa.Column("at", TIME(timezone=True), nullable=False),
        sa.Column("erased_at", TIME(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_kept_consent_number_hash", "kept_consent", ["number_hash"], unique=False)


def downgrade() -> None:
    """Take it all out again."""
    op.drop_table("kept_consent")
    op.drop_table("suppressions")
    for name in ("postal_code", "region", "time_zone"):
        op.drop_column("customers", name)
    op.drop_index("ix_messages_released", table_name="messages")
    op.drop_index("ix_messages_client_id", table_name="messages")
    for name in ("released_at", "lapses_at", "not_before", "client_id", "may_wait", "proactive",
                 "held_because", "purpose"):  # fmt: skip
        op.drop_column("messages", name)
