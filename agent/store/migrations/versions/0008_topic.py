"""Which of the brand's topics a proactive text is about.

Revision: 0008, after 0007
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """One column, empty for what is stored already."""
    op.add_column("messages", sa.Column("topic", TEXT(), nullable=False, server_default=""))


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("messages", "topic")
