"""What consent needs beyond its ledger: sealed lines, questions, and a ledger nobody can change.

Revision: 0003, after 0002

SQLite copies a table in batch mode and leaves its triggers behind: a later migration that does so
with consent_events makes them again with ``protect``.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import agent.store.columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
TIME = agent.store.columns.UtcDateTime
NEW_TEXTS = ("topic", "frequency", "actor", "details_sha256", "hash")
REFUSAL = "the consent ledger is append-only"
ALLOWED = "EXISTS (SELECT 1 FROM consent_erasures WHERE customer_id = OLD.customer_id)"


def upgrade() -> None:
    for name in NEW_TEXTS:
        op.add_column("consent_events", sa.Column(name, TEXT(), nullable=False, server_default=""))
    op.add_column("consent_events", sa.Column("details", sa.JSON(), nullable=True))
    op.add_column("consent_events", sa.Column("recorded_at", TIME(timezone=True), nullable=True))
    op.add_column("consent_events", sa.Column("entry_key", TEXT(), nullable=True))
    op.create_index("ix_consent_events_entry_key", "consent_events", ["entry_key"], unique=True)
    op.create_table(
        "consent_questions",
        sa.Column("id", TEXT(), nullable=False),
        sa.Column("customer_id", TEXT(), nullable=False),
        sa.Column("conversation_id", TEXT(), nullable=False),
        sa.Column("sender", TEXT(), nullable=False),
        sa.Column("kind", TEXT(), nullable=False),
        sa.Column("message_id", TEXT(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=True),
        sa.Column("frequency", TEXT(), nullable=False),
        sa.Column("source", TEXT(), nullable=False),
        sa.Column("text_shown", TEXT(), nullable=False),
        sa.Column("text_version", TEXT(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=True),
        sa.Column("origin", TEXT(), nullable=False),
        sa.Column("state", TEXT(), nullable=False),
        sa.Column("asked_at", TIME(timezone=True), nullable=False),
        sa.Column("lapses_at", TIME(timezone=True), nullable=False),
        sa.Column("settled_at", TIME(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"]),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_consent_questions_customer", "consent_questions", ["customer_id", "state"])
    op.create_index("ix_consent_questions_lapsing", "consent_questions", ["state", "lapses_at"])
    op.create_index("ix_consent_questions_message", "consent_questions", ["message_id"])
    op.create_index("ix_consent_questions_origin", "consent_questions", ["origin", "asked_at"])
    op.create_table(
        "consent_erasures",
        sa.Column("customer_id", TEXT(), nullable=False),
        sa.Column("at", TIME(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("customer_id"),
    )
    protect()


def protect() -> None:
    """Make the triggers that refuse to change or delete a line, but for an erasure."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"""
            CREATE FUNCTION textwise_consent_append_only() RETURNS trigger AS $$
            BEGIN
                IF TG_OP = 'TRUNCATE' THEN
                    RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation';
                END IF;
                IF NOT {ALLOWED} THEN
                    RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
            END $$ LANGUAGE plpgsql
            """
        )
        op.execute(
            "CREATE TRIGGER consent_events_append_only BEFORE UPDATE OR DELETE ON consent_events"
            " FOR EACH ROW EXECUTE FUNCTION textwise_consent_append_only()"
        )
        op.execute(
            "CREATE TRIGGER consent_events_no_truncate BEFORE TRUNCATE ON consent_events"
            " FOR EACH STATEMENT EXECUTE FUNCTION textwise_consent_append_only()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER consent_events_no_{verb.lower()} BEFORE {verb} ON consent_events"
            f" WHEN NOT {ALLOWED} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )


def unprotect() -> None:
    """Take the triggers away."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER consent_events_append_only ON consent_events")
        op.execute("DROP TRIGGER consent_events_no_truncate ON consent_events")
        op.execute("DROP FUNCTION textwise_consent_append_only()")
        return
    for verb in ("update", "delete"):
        op.execute(f"DROP TRIGGER consent_events_no_{verb}")


def downgrade() -> None:
    unprotect()
    op.drop_table("consent_erasures")
    op.drop_table("consent_questions")
    op.drop_index("ix_consent_events_entry_key", table_name="consent_events")
    for name in ("entry_key", "recorded_at", "details", *NEW_TEXTS):
        op.drop_column("consent_events", name)
