"""The audit chain: one entry a user action, each holding the hash of the entry before it."""

from __future__ import annotations

from sqlalchemy import Index, Integer, Text
from sqlmodel import Field

from hgt_portfolio.model.columns import BIG, STRICT, Row, one_of
from hgt_portfolio.terms import ActionKind


class Action(Row, table=True):
    """One user action: who, when, what, why, before, after, the digest of its rows, and the chain.

    ``at`` is microseconds since 1970 UTC, ``utc_offset`` the writer's offset in minutes; ``before`` and
    ``after`` are JSON; ``digest`` is the SHA-256 of the rows it wrote, ``hash`` that of the entry with
    ``previous_hash``. ``scheme`` says how the digest and the hash are made; ``key`` is the act's own, so that one
    whose acknowledgement was lost is never done twice. ``sealed`` is JSON: every row it wrote, by table and key, with
    the first digits of its hash, and every row it revoked.
    """

    __tablename__ = "action"
    __table_args__ = (one_of("kind", ActionKind, "action"), Index("action_key", "key", unique=True), STRICT)

    id: int | None = Field(default=None, primary_key=True, sa_type=Integer)
    at: int = Field(sa_type=BIG, unique=True)
    utc_offset: int = Field(sa_type=Integer)
    operator: str = Field(sa_type=Text, index=True)
    os_user: str = Field(sa_type=Text)
    host: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)
    before: str = Field(sa_type=Text)
    after: str = Field(sa_type=Text)
    undoes: int | None = Field(default=None, foreign_key="action.id", unique=True, sa_type=Integer)
    digest: str = Field(sa_type=Text)
    previous_hash: str = Field(sa_type=Text)
    hash: str = Field(sa_type=Text, unique=True)
    scheme: int = Field(default=2, sa_type=Integer, sa_column_kwargs={"server_default": "1"})
    key: str | None = Field(default=None, sa_type=Text)
    sealed: str | None = Field(default=None, sa_type=Text)
