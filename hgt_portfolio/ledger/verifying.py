"""校验: all that can be checked of a ledger, one check after the other, each finding with its row and project."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col

from hgt_portfolio.figures import Figures
from hgt_portfolio.figures.indicators import read_lines
from hgt_portfolio.ledger.chain import LEDGER_TABLES, Draft, Row
from hgt_portfolio.ledger.loading import add_plan
from hgt_portfolio.ledger.sealing import NEWEST, row_key
from hgt_portfolio.ledger.summing import closings_hold, sums_hold
from hgt_portfolio.ledger.walking import Fault, faults, values_of
from hgt_portfolio.model.audit import Action
from hgt_portfolio.model.indicator import Indicator
from hgt_portfolio.model.inputs import FIELD_LABELS
from hgt_portfolio.model.project import PlanRecord, Project, ProjectVersion
from hgt_portfolio.money import wan_text
from hgt_portfolio.months import month_text
from hgt_portfolio.plan import read_plan
from hgt_portfolio.rules.point import moment_words
from hgt_portfolio.store import Store, StoreError
from hgt_portfolio.store.checks import Check, Verdict, checked, file_checks
from hgt_portfolio.terms import ActionKind

Tell = Callable[[str, int, int], None]
"""Told of each step: its name, how many are done, of how many."""

TABLES = {
    "action": "操作记录",
    "action_subject": "操作涉及的项目",
    "plan": "规划",
    "plan_statement": "规划所述",
    "domain": "领域",
    "unit": "责任单位",
    "unit_alias": "单位别称",
    "unit_change": "单位变更",
    "project": "项目",
    "project_version": "项目信息",
    "version_unit": "配合单位",
    "contact": "联系人",
    "milestone": "节点",
    "sub_item": "子项",
    "report": "进度填报",
    "cooperation": "配合填报",
    "year_plan": "年度计划",
    "verification": "核实记录",
    "send_back": "退回",
    "conflict": "冲突",
    "light_override": "人工定灯",
    "amendment": "调整",
    "rule_adoption": "采用规则",
    "filing_window": "填报期限",
    "supervision": "督办事项",
    "supervision_event": "督办进展",
    "closing": "定稿",
    "closing_file": "定稿文件",
    "erratum": "更正说明",
    "indicator": "规划指标",
    "indicator_report": "指标填报",
    "fund_report": "资金填报",
    "special_fund": "专项资金",
}
"""What people call the rows of each table."""

CHAIN, PLAN, SUMS, CLOSINGS = "操作链和各行", "规划装载", "引用和合计", "定稿"

NOW = 2**62
"""Later than any moment of a ledger."""

QUOTED = 40
"""How many characters of a cell are told."""

MONTHS = {"period", "start", "due", "baseline_start", "baseline_due", "planned", "near_end", "far_from", "horizon_end"}
"""Columns that hold months."""

UNWORKED = {"initials", "revoked_at", "revoked_by"}
"""Columns of a row as loaded that the plan does not say."""


def verify(store: Store, tell: Tell = lambda _name, _done, _of: None) -> Iterator[Check]:
    """Check a ledger: its file, its audit chain with every row, its plan, its sums and its closed quarters.

    What rests on figures is left out where what comes before does not hold. Raises ``StoreError`` where there is no
    ledger to check.
    """
    whole = True
    for check in file_checks(store.path) if store.path else ():
        tell(check.name, 1, 1)
        whole &= check.verdict is Verdict.HOLDS
        yield check
    chain = chain_check(store, tell)
    whole &= chain.verdict is Verdict.HOLDS
    yield chain
    figures = Figures(store)
    for name, check_of in ((PLAN, plan_holds), (SUMS, sums_hold), (CLOSINGS, closings_hold)):
        tell(name, 0, 1)
        # Where the chain fails, the plan still tells what its rows said.
        check = _resting(name, check_of, figures, whole=whole) if whole or name == PLAN else _left(name)
        tell(name, 1, 1)
        yield check


def _left(name: str) -> Check:
    return Check(name, Verdict.LEFT, "上面的问题处理以后再查。")


def _resting(
    name: str, check_of: Callable[[Figures], tuple[str, Iterator[str]]], figures: Figures, *, whole: bool
) -> Check:
    """Make a check that reads the ledger as it is used, which one that was changed may not let it."""
    try:
        note, found = check_of(figures)
        return checked(name, found, note)
    except (StoreError, SQLAlchemyError, ValueError, LookupError, TypeError) as error:
        return _unreadable(name, error) if whole else _left(name)


def _unreadable(name: str, error: Exception) -> Check:
    # The driver's own words, without the statement around them.
    return Check(name, Verdict.FAILS, "", (f"读不下去：{getattr(error, 'orig', error)}",))


def chain_check(store: Store, tell: Tell) -> Check:
    """Walk the audit chain beside every row; each finding names the row, its project and the action."""
    try:
        with store.read() as session:
            last = session.execute(select(func.max(Action.id))).scalar() or 0
            old = session.execute(select(func.count()).where(col(Action.scheme) < NEWEST)).scalar() or 0
            found = faults(session, lambda number: tell(CHAIN, min(number, last), last))
            note = f"{last}次操作的记录、前后相接和所写的各行。" + (OLD.format(old) if old else "")
            return checked(CHAIN, (sentence(session, fault) for fault in found), note)
    except (StoreError, SQLAlchemyError, UnicodeError) as error:
        return _unreadable(CHAIN, error)


OLD = (
    "前{}次操作由旧版程序记录，没有签行号、配合单位名单和所涉项目：所涉项目按各行核对，行号按先后、规划和引用核对；"
    "同一次操作在同一表内对换的行号、改过的配合单位名单，不一定查得出。"
)
"""What the entries of scheme 1 cannot promise."""


def sentence(session: Session, fault: Fault) -> str:
    """Say what does not hold, where, of which project, and who wrote it."""
    label = TABLES.get(fault.table, fault.table)
    row = f"第{fault.key}条" if fault.table == "action" else f"（{fault.table}）{_row(fault.key)}"
    about = _project(session, fault)
    by = "" if fault.table == "action" else f"见操作{fault.action}" + (f"“{fault.title}”" if fault.title else "")
    said = "；".join(part for part in (f"{label}{row}{about}{fault.words}", by, _moved(session, fault)) if part)
    return f"{said}。"


def _row(key: str) -> str:
    return f"第{key}行" if key.replace("/", "").isdecimal() else f"“{key}”行"


def _project(session: Session, fault: Fault) -> str:
    """Name the project of a row."""
    project_id = fault.values.get("project_id")
    if fault.table == "version_unit" and fault.values:
        chosen = select(col(ProjectVersion.project_id)).where(col(ProjectVersion.id) == fault.values["version_id"])
        project_id = session.execute(chosen).scalar()
    if fault.table == "action_subject":
        project_id = fault.key.partition("/")[2]
    if fault.table == "project":
        return f"（项目#{fault.values['no']}）" if fault.values else ""
    if project_id is None:
        return ""
    no = session.execute(select(col(Project.no)).where(col(Project.id) == project_id)).scalar()
    return f"（项目#{no}）" if no else f"（项目行号{project_id}，没有这个项目）"


def _moved(session: Session, fault: Fault) -> str:
    """Say which columns of a row differ from what its entry says was given."""
    said = values_of(session, "action", str(fault.action)).get("after") if fault.table != "action" else None
    try:
        given = json.loads(said or "{}")
    except ValueError:
        return ""
    if not isinstance(given, dict):
        return ""
    pairs = [(name, value, given[name]) for name, value in fault.values.items() if name in given]
    return "，".join(
        f"{_label(name)}现为 {_word(name, now)}，当时记录为 {_word(name, then)}"
        for name, now, then in pairs
        if now != then and isinstance(then, type(now) if now is not None else str | int)
    )


def _label(name: str) -> str:
    return FIELD_LABELS.get(name, name)


def _word(name: str, value: Any) -> str:
    if value is None:
        return "空"
    if name.endswith("_fen") and isinstance(value, int):
        return f"{wan_text(value)}万元"
    return month_text(value) if name in MONTHS and isinstance(value, int) else str(value)[:QUOTED]


def plan_holds(figures: Figures) -> tuple[str, Iterator[str]]:
    """Hold the plan's rows as loaded against the plan that the program carries, where it is that one."""
    plan = read_plan()
    if figures.plan().doc_no != plan.doc_no:
        return "不是随程序带的规划，装载的各行已由操作链核对。", iter(())
    return f"与随程序带的{plan.doc_no}逐行逐栏比较。", _plan_differs(figures.store)


def _plan_differs(store: Store) -> Iterator[str]:
    with store.read() as session:
        record = session.get(PlanRecord, 1)
        entry = session.get(Action, record.action_id) if record else None
        if record is None or entry is None:
            return
        draft = Draft(session, entry.operator, ActionKind.LOAD, record.action_id, entry.at, entry.previous_hash)
        # The rows are numbered as in the empty ledger that they were written to.
        draft.numbers = dict.fromkeys(LEDGER_TABLES, 0)
        add_plan(draft, read_plan(), demo=bool(record.demo))
        for model in draft.rows:
            if model is not Indicator:
                for row in draft.planned(model):
                    yield from _row_differs(session, str(model.__tablename__), row)
        yield from _lines_differ(session, draft.planned(Indicator))


def _lines_differ(session: Session, planned: list[Row]) -> Iterator[str]:
    """Hold the indicators against the plan's, whichever action loaded them; a ledger may have none yet."""
    standing = {line.code: line for line in read_lines(session, NOW)}
    for row in planned if standing else ():
        line = standing.get(row["code"])
        if line is None:
            yield f"规划指标（indicator）没有 {row['code']}，规划里有这一行。"
            continue
        own = line.model_dump(include={"id", "action_id", "recorded_at"})
        yield from _row_differs(session, "indicator", row | own)


def _row_differs(session: Session, table: str, planned: Row) -> Iterator[str]:
    key = row_key(table, planned)
    found = values_of(session, table, key)
    where = f"{TABLES[table]}（{table}）{_row(key)}{_project(session, Fault(0, '', '', table, key, found))}"
    if not found:
        yield f"{where}不见了，规划里有这一行。"
        return
    for name, value in planned.items():
        if name not in UNWORKED and _plain(found[name]) != _plain(value):
            yield f"{where}的{_label(name)}为 {_word(name, found[name])}，规划为 {_word(name, value)}。"


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def head_of(store: Store, head: str) -> tuple[int, str, int] | None:
    """Find the entry whose hash begins with a head: its number, its moment in words, and how many came after it."""
    with store.read() as session:
        found = (
            session.execute(select(Action).where(col(Action.hash).startswith(head, autoescape=True))).scalars().first()
        )
        if found is None or found.id is None:
            return None
        later = session.execute(select(func.count()).where(col(Action.id) > found.id)).scalar() or 0
        return found.id, moment_words(found.at), later
