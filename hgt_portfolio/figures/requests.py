"""Amendments requested and not yet approved."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from hgt_portfolio.figures.events import changes_in_words
from hgt_portfolio.figures.query import known
from hgt_portfolio.model.amendment import Amendment
from hgt_portfolio.model.project import Project


class Request(NamedTuple):
    """An amendment requested: its number, its project's, its row, and its changes in words."""

    id: int
    no: str
    row: Amendment
    said: str


def read_requests(session: Session, moment: int) -> list[Request]:
    """Read the requests that nobody has answered by a moment, within an open session."""
    answered = select(col(Amendment.request_id)).where(col(Amendment.request_id).is_not(None), known(Amendment, moment))
    rows = session.execute(
        select(col(Project.no), Amendment)
        .join(Project, col(Project.id) == Amendment.project_id)
        .where(col(Amendment.doc).is_(None), known(Amendment, moment))
        .where(col(Amendment.id).not_in(answered))
        .order_by(col(Amendment.id))
    )
    return [Request(row.id or 0, no, row, changes_in_words(row)) for no, row in rows]
