"""How an entry's digest is made, the rows it seals, and the key by which an act is done only once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("action", sa.Column("scheme", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("action", sa.Column("key", sa.Text(), nullable=True))
    op.add_column("action", sa.Column("sealed", sa.Text(), nullable=True))
    op.create_index("action_key", "action", ["key"], unique=True)
