"""What every reading shares: the ledger it reads, the point it is asked at, and what the ledger says of the plan."""

from __future__ import annotations

import time
from datetime import date

from sqlalchemy import func, select
from sqlmodel import Session, col

from hgt_portfolio.figures.events import changes_in_words
from hgt_portfolio.figures.query import Ask, known
from hgt_portfolio.model.audit import Action
from hgt_portfolio.model.office import Amendment, Closing, FilingWindow, RuleAdoption
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
            return session.execute(select(func.max(Action.at))).scalar() or 0

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
            first = session.execute(select(func.min(Action.at))).scalar() or 0
        if moment < first:
            raise ValueError(f"台账从 {moment_words(first)} 才开始记录，更早的数据时点没有数。")
        return moment

    def plan(self) -> PlanRecord:
        """Give the plan that the ledger is kept for."""
        with self.store.read() as session:
            return plan_of(session)

    def closing(self, period: Month) -> Closing | None:
        """Give the closing of a quarter, where it is closed."""
        with self.store.read() as session:
            return closing_of(session, period)

    def _ask(self, session: Session, point: Point, rules: str | None) -> Ask:
        return ask_for(session, point, rules_at(session, point, rules, self.default_rules))


def unknown_words(session: Session, no: str) -> str:
    """Say that there is no such project, or what has taken its place."""
    row = session.execute(
        select(Amendment)
        .join(Project, col(Project.id) == Amendment.project_id)
        .where(col(Project.no) == no, col(Amendment.kind).in_((AmendmentKind.SPLIT, AmendmentKind.MERGE)))
        .where(col(Amendment.doc).is_not(None), col(Amendment.revoked_at).is_(None))
        .limit(1)
    ).scalar()
    if row is None:
        return f"没有序号为 {no} 的项目。"
    return f"#{no} 自 {row.effective} 起已{changes_in_words(row)}。请用新的序号。"


def rule_set(name: str) -> RuleSet:
    """Give the rule set of a name; raises ``Unknown`` listing those there are."""
    if name not in RULE_SETS:
        raise Unknown(f"没有名为“{name}”的预警规则；可用：{'、'.join(RULE_SETS)}。")
    return RULE_SETS[name]


def rules_at(session: Session, point: Point, name: str | None, default: str) -> RuleSet:
    """Give the named rule set, else the one adopted by the point, else the default one."""
    adopted = adoption_of(session, point)
    return rule_set(name or (adopted.rule_set if adopted else default))


def ask_for(session: Session, point: Point, rules: RuleSet) -> Ask:
    """Complete a point with what the ledger says of the plan and of the period's filing window."""
    plan = plan_of(session)
    lateral = session.get_bind().dialect.name == "postgresql"
    return Ask(point, rules, window_of(session, point)[1], plan.start, plan.near_end, lateral)


def window_of(session: Session, point: Point) -> tuple[date, date]:
    """Give the 填报起止日 of the point's period: the office's own where it set them, else the default."""
    row = session.execute(
        select(FilingWindow)
        .where(col(FilingWindow.period) == point.period, known(FilingWindow, point.known_at))
        .order_by(col(FilingWindow.id).desc())
        .limit(1)
    ).scalar()
    return (row.opens, row.closes) if row else filing_window(point.period)


def closing_of(session: Session, period: Month) -> Closing | None:
    """Give the standing closing of a period."""
    return session.execute(
        select(Closing).where(col(Closing.period) == period, col(Closing.revoked_at).is_(None)).limit(1)
    ).scalar()


def plan_of(session: Session) -> PlanRecord:
    """Give the plan; raises ``Unknown`` where none is loaded."""
    plan = session.get(PlanRecord, 1)
    if plan is None:
        raise Unknown("台账里还没有规划。请先运行 hgt init。")
    session.expunge(plan)
    return plan


def adoption_of(session: Session, point: Point) -> RuleAdoption | None:
    """Give the adoption of the rule set in force at a point, if any."""
    return session.execute(
        select(RuleAdoption)
        .where(known(RuleAdoption, point.known_at), col(RuleAdoption.effective) <= point.day)
        .order_by(col(RuleAdoption.effective).desc(), col(RuleAdoption.id).desc())
        .limit(1)
    ).scalar()
