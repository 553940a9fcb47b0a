"""Labels, shadows, jobs.

Revision: 0002, after 0001
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import agent.store.columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("stage", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("error", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("started_at", agent.store.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", agent.store.columns.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_jobs_kind"), ["kind"], unique=False)

    op.create_table(
        "shadow_tallies",
        sa.Column("shadow", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("live", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("intent", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("compared", sa.Integer(), nullable=False),
        sa.Column("differed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("shadow", "live", "intent"),
    )
    op.create_table(
        "label_items",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("turn_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("conversation_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("message_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("queue", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=True),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("guess", sa.JSON(), nullable=True),
        sa.Column("model_version", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", agent.store.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("labelled_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("labelled_at", agent.store.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("second_label", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("second_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("second_at", agent.store.columns.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
        ),
        sa.ForeignKeyConstraint(
            ["turn_id"],
            ["turns.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("turn_id"),
    )
    with op.batch_alter_table("label_items", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_label_items_conversation_id"), ["conversation_id"], unique=False
        )
        batch_op.create_index("ix_label_items_next", ["queue", "state", "value"], unique=False)
        batch_op.create_index("ix_label_items_text", ["queue", "text_hash"], unique=False)

    op.create_table(
        "shadow_differences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("turn_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("conversation_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("shadow", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("live", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=True),
        sa.Column("live_guess", sa.JSON(), nullable=True),
        sa.Column("shadow_guess", sa.JSON(), nullable=True),
        sa.Column("created_at", agent.store.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
        ),
        sa.ForeignKeyConstraint(
            ["turn_id"],
            ["turns.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("turn_id", "shadow"),
    )
    with op.batch_alter_table("shadow_differences", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_shadow_differences_conversation_id"), ["conversation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_shadow_differences_shadow"), ["shadow"], unique=False)

    with op.batch_alter_table("turns", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("reviewed_at", agent.store.columns.UtcDateTime(timezone=True), nullable=True)
        )
        batch_op.create_index(
            "ix_turns_to_review",
            ["created_at"],
            unique=False,
            sqlite_where=sa.text("reviewed_at IS NULL"),
            postgresql_where=sa.text("reviewed_at IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("turns", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_turns_to_review",
            sqlite_where=sa.text("reviewed_at IS NULL"),
            postgresql_where=sa.text("reviewed_at IS NULL"),
        )
        batch_op.drop_column("reviewed_at")

    with op.batch_alter_table("shadow_differences", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shadow_differences_shadow"))
        batch_op.drop_index(batch_op.f("ix_shadow_differences_conversation_id"))

    op.drop_table("shadow_differences")
    with op.batch_alter_table("label_items", schema=None) as batch_op:
        batch_op.drop_index("ix_label_items_text")
        batch_op.drop_index("ix_label_items_next")
        batch_op.drop_index(batch_op.f("ix_label_items_conversation_id"))

    op.drop_table("label_items")
    op.drop_table("shadow_tallies")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_jobs_kind"))

    op.drop_table("jobs")
