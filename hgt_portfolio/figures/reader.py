"""What every reading shares: the ledger it reads, the point it is asked at, and what the ledger says of the plan."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

from sqlalchemy import Integer, Select, bindparam, func, select
from sqlmodel import Session, col

from hgt_portfolio.figures.prepared import run_plain
from hgt_portfolio.figures.query import KNOWN_AT, Ask, known, table_of
from hgt_portfolio.model.audit import Action
from hgt_portfolio.model.columns import DAY
from hgt_portfolio.model.office import Closing, FilingWindow, RuleAdoption
from hgt_portfolio.model.project import PlanRecord, Project
from hgt_portfolio.months import Month, last_day, last_quarter_end, read_as_of
from hgt_portfolio.rules.lights import DEFAULT_RULES, RULE_SETS, RuleSet
from hgt_portfolio.rules.point import Point, filing_window, moment_of, moment_words, office_day
from hgt_portfolio.store import Store
from hgt_portfolio.terms import AmendmentKind


class Unknown(ValueError):
    """What was asked for does not exist; the text says what there is."""


class Reader:
    """Reads one ledger. ``today`` stands in for the clock where a day is not given.

    ``default_rules`` names the rule set used until the office adopts one; it may be set anew.
    """

    def __init__(self, store: Store, *, rules: str = "", today: date | None = None) -> None:
        self.store = store
        self.default_rules = rules or DEFAULT_RULES
        self._today = today
        rule_set(self.default_rules)

    @property
    def today(self) -> date:
        """The day used where none is given."""
        return self._today or office_day(time.time_ns() // 1000)

    def last_action(self) -> int:
        """Give the moment of the newest action: what is known by default, never the clock."""
        with self.store.read() as session:
            return session.execute(select(func.max(table_of(Action).c.at))).scalar() or 0

    def point(self, as_of: str | date | None = None, known_at: str | None = None) -> Point:
        """Give the point of a day, month or quarter, known at a moment; raises ``ValueError`` with a sentence.

        The end of a closed quarter is known at its close, unless a moment is given; all else by the last action.
        """
        if as_of is None or isinstance(as_of, date):
            day, period = as_of or self.today, None
        else:
            day, period = read_as_of(as_of)
        if period is None:
            period = last_quarter_end(day)
        if known_at:
            return Point(day, period, self._begun(moment_of(known_at)))
        closing = self.closing(period) if day == last_day(period) else None
        return Point(day, period, closing.known_at if closing else self.last_action())

    def _begun(self, moment: int) -> int:
        """Refuse a moment at which the ledger did not exist yet."""
        with self.store.read() as session:
            first = session.execute(select(func.min(table_of(Action).c.at))).scalar() or 0
        if moment < first:
            raise ValueError(f"台账从 {moment_words(first)} 才开始记录，更早的数据时点没有数。")
        return moment

    def plan(self) -> PlanRecord:
        """Give the plan that the ledger is kept for."""
        with self.store.read() as session:
            return plan_of(session)

    def closing(self, period: Month) -> Closing | None:
        """Give the closing of a quarter, where it is closed."""
        closing = table_of(Closing)
        standing = select(closing).where(closing.c.period == period, closing.c.revoked_at.is_(None)).limit(1)
        with self.store.read() as session:
            row = session.execute(standing).mappings().first()
        return Closing(**row) if row else None

    def _ask(self, session: Session, point: Point, rules: str | None) -> Ask:
        return asked(session, point, rules, self.default_rules)


NO_PLAN = "台账里还没有规划。请先运行 hgt init。"


def unknown_words(session: Session, no: str) -> str:
    """Say that there is no such project, or what has taken its place."""
    from hgt_portfolio.model.amendment import Amendment

    row = session.execute(
        select(Amendment)
        .join(Project, col(Project.id) == Amendment.project_id)
        .where(col(Project.no) == no, col(Amendment.kind).in_((AmendmentKind.SPLIT, AmendmentKind.MERGE)))
        .where(col(Amendment.doc).is_not(None), col(Amendment.revoked_at).is_(None))
        .limit(1)
    ).scalar()
    if row is None:
        return f"没有序号为 {no} 的项目。"
    from hgt_portfolio.figures.events import changes_in_words

    return f"#{no} 自 {row.effective} 起已{changes_in_words(row)}。请用新的序号。"


def rule_set(name: str) -> RuleSet:
    """Give the rule set of a name; raises ``Unknown`` listing those there are."""
    if name not in RULE_SETS:
        raise Unknown(f"没有名为“{name}”的预警规则；可用：{'、'.join(RULE_SETS)}。")
    return RULE_SETS[name]


def rules_at(session: Session, point: Point, name: str | None, default: str) -> RuleSet:
    """Give the named rule set, else the one adopted by the point, else the default one."""
    return asked(session, point, name, default).rules


def ask_for(session: Session, point: Point, rules: RuleSet) -> Ask:
    """Complete a point with what the ledger says of the plan and of the period's filing window."""
    return asked(session, point, rules.name, rules.name)


def asked(session: Session, point: Point, name: str | None, default: str) -> Ask:
    """Complete a point with the named rule set, else the adopted, else the default one, and what the ledger says."""
    given = {"day": point.day, "period": point.period, "known_at": point.known_at}
    found = next(run_plain(session, _terms, **given), None)
    if found is None:
        raise Unknown(NO_PLAN)
    start, near_end, horizon_end, closes, adopted = found
    return Ask(
        point,
        rule_set(name or adopted or default),
        closes or filing_window(point.period)[1],
        start,
        near_end,
        horizon_end,
        session.get_bind().dialect.name == "postgresql",
    )


def _terms() -> Select[Any]:
    """Give what every ask needs of the ledger, in one row: the plan's months, and what the office set by the point."""
    plan, window, adoption = (table_of(model).c for model in (PlanRecord, FilingWindow, RuleAdoption))
    day, period = bindparam("day", None, DAY), bindparam("period", None, Integer)
    closes = select(window.closes).where(window.period == period, known(window, KNOWN_AT)).order_by(window.id.desc())
    rules = (
        select(adoption.rule_set)
        .where(known(adoption, KNOWN_AT), adoption.effective <= day)
        .order_by(adoption.effective.desc(), adoption.id.desc())
    )
    return select(
        *(plan.start, plan.near_end, plan.horizon_end),
        *(row.limit(1).scalar_subquery() for row in (closes, rules)),
    )


def window_of(session: Session, point: Point) -> tuple[date, date]:
    """Give the 填报起止日 of the point's period: the office's own where it set them, else the default."""
    row = session.execute(
        select(col(FilingWindow.opens), col(FilingWindow.closes))
        .where(col(FilingWindow.period) == point.period, known(FilingWindow, point.known_at))
        .order_by(col(FilingWindow.id).desc())
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else filing_window(point.period)


def closing_of(session: Session, period: Month) -> Closing | None:
    """Give the standing closing of a period."""
    return session.execute(
        select(Closing).where(col(Closing.period) == period, col(Closing.revoked_at).is_(None)).limit(1)
    ).scalar()


def plan_of(session: Session) -> PlanRecord:
    """Give the plan; raises ``Unknown`` where none is loaded."""
    plan = session.get(PlanRecord, 1)
    if plan is None:
        raise Unknown(NO_PLAN)
    session.expunge(plan)
    return plan


def adoption_of(session: Session, point: Point) -> tuple[str, str] | None:
    """Give the rule set in force at a point and the 文号 it was adopted by, if any was."""
    adoption = table_of(RuleAdoption).c
    row = session.execute(
        select(adoption.rule_set, adoption.doc)
        .where(known(adoption, point.known_at), adoption.effective <= point.day)
        .order_by(adoption.effective.desc(), adoption.id.desc())
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else None
