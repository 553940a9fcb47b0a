"""What sending and delivery need.

Revision: 0005, after 0004
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import agent.store.columns

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
TIME = agent.store.columns.UtcDateTime
LOOKING = sa.text("look_at IS NOT NULL")
UNCLAIMED = sa.text("direction = 'inbound' AND turn_id IS NULL")
UNDER_WAY = sa.text("state = 'claimed'")


def upgrade() -> None:
    """Tables of delivery, and indexes by which what is stuck is found among millions."""
    op.create_table(
        "unreachable",
        *(
            sa.Column(name, TEXT(), nullable=False)
            for name in ("customer_id", "problem", "code", "message_id")
        ),
        sa.Column("since", TIME(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"]),
        sa.PrimaryKeyConstraint("customer_id"),
    )
    op.create_table(
        "send_notes",
        sa.Column("message_id", TEXT(), nullable=False),
        sa.Column("slot_at", TIME(timezone=True), nullable=True),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("look_at", TIME(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"]),
        sa.PrimaryKeyConstraint("message_id"),
    )
    op.create_index(
        "ix_send_notes_look_at",
        "send_notes",
        ["look_at"],
        unique=False,
        sqlite_where=LOOKING,
        postgresql_where=LOOKING,
    )
    op.create_table(
        "sending_numbers",
        sa.Column("provider", TEXT(), nullable=False),
        sa.Column("number", TEXT(), nullable=False),
        sa.Column("free_at", TIME(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("blocked_until", TIME(timezone=True), nullable=True),
        sa.Column("code", TEXT(), nullable=False),
        sa.Column("alarms", sa.Integer(), nullable=False),
        sa.Column("alarmed_at", TIME(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("provider", "number"),
    )
    for name, table, where in (
        ("ix_messages_waiting", "messages", UNCLAIMED),
        ("ix_turns_under_way", "turns", UNDER_WAY),
    ):
        op.create_index(
            name, table, ["created_at"], unique=False, sqlite_where=where, postgresql_where=where
        )


def downgrade() -> None:
    """Take it out again."""
    op.drop_index("ix_turns_under_way", table_name="turns")
    op.drop_index("ix_messages_waiting", table_name="messages")
    op.drop_table("sending_numbers")
    op.drop_table("send_notes")
    op.drop_table("unreachable")
