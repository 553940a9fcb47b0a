"""Open questions, written answers, uploaded files, and which index became live when.

Revision: 0007, after 0006
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import agent.store.columns

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
TIME = agent.store.columns.UtcDateTime


def upgrade() -> None:
    """The four tables."""
    op.create_table(
        "open_questions",
        sa.Column("id", TEXT(), nullable=False),
        sa.Column("turn_id", TEXT(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("conversation_id", TEXT(), nullable=False),
        sa.Column("text", TEXT(), nullable=False),
        sa.Column("text_hash", TEXT(), nullable=False),
        sa.Column("kind", TEXT(), nullable=False),
        sa.Column("asked_at", TIME(timezone=True), nullable=False),
        sa.Column("group_id", TEXT(), nullable=False),
        sa.Column("state", TEXT(), nullable=False),
        sa.Column("settled_by", TEXT(), nullable=False),
        sa.Column("settled_at", TIME(timezone=True), nullable=True),
        sa.Column("answer_id", TEXT(), nullable=False),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"]),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("turn_id", "place"),
    )
    for column in ("conversation_id", "group_id", "answer_id"):
        op.create_index(f"ix_open_questions_{column}", "open_questions", [column], unique=False)
    op.create_index(
        "ix_open_questions_state", "open_questions", ["state", "asked_at"], unique=False
    )
    op.create_table(
        "written_answers",
        sa.Column("id", TEXT(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("question", TEXT(), nullable=False),
        sa.Column("answer", TEXT(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("by", TEXT(), nullable=False),
        sa.Column("at", TIME(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", "revision"),
    )
    op.create_table(
        "knowledge_files",
        sa.Column("name", TEXT(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", TEXT(), nullable=False),
        sa.Column("by", TEXT(), nullable=False),
        sa.Column("at", TIME(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "knowledge_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collection", TEXT(), nullable=False),
        sa.Column("kind", TEXT(), nullable=False),
        sa.Column("by", TEXT(), nullable=False),
        sa.Column("at", TIME(timezone=True), nullable=False),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_knowledge_changes_collection", "knowledge_changes", ["collection"], unique=False
    )


def downgrade() -> None:
    """Take it out again."""
    for table in ("knowledge_changes", "knowledge_files", "written_answers", "open_questions"):
        op.drop_table(table)
