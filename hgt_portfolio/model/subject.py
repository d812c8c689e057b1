"""Which projects an entry of the audit chain is about."""

from __future__ import annotations

from sqlalchemy import Integer
from sqlmodel import Field

from hgt_portfolio.model.columns import STRICT, Row


class ActionSubject(Row, table=True):
    """Which projects an action touched."""

    __tablename__ = "action_subject"
    __table_args__ = (STRICT,)

    action_id: int = Field(foreign_key="action.id", primary_key=True, sa_type=Integer)
    project_id: int = Field(foreign_key="project.id", primary_key=True, index=True, sa_type=Integer)
