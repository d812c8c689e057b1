"""Commands that read: summary, projects, show, overdue, queue, reconcile, history, rules, parse."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hgt_portfolio.cli.desk import (
    AsOf,
    Csv,
    Json,
    KnownAt,
    Rules,
    UsageProblem,
    figures,
    point_of,
    portfolio,
    say,
    show,
    term,
)
from hgt_portfolio.terms import (
    STATUS_SYNONYMS,
    Basis,
    DeadlineState,
    FilingState,
    Light,
    Phase,
    StartState,
    Status,
    TaskKind,
)

if TYPE_CHECKING:
    from hgt_portfolio.figures import Filter, Point, Portfolio

BY = ("domain", "unit", "phase", "status", "deadline", "light", "year")
PHASES = {"near": Phase.NEAR, "far": Phase.FAR, "近期": Phase.NEAR, "远期": Phase.FAR}

Domain = Annotated[str | None, typer.Option("--domain", help="领域，如 生态安全。")]
Unit = Annotated[str | None, typer.Option("--unit", help="牵头单位。")]
PhaseWord = Annotated[str | None, typer.Option("--phase", help="near 近期或 far 远期，按 --basis 的口径。")]
BasisWord = Annotated[str, typer.Option("--basis", help="口径：plan 规划、deadline 完工、monthly 按月分摊。")]
StatusWord = Annotated[str | None, typer.Option("--status", help="项目状态，如 在建；未填报 也可。")]
Deadline = Annotated[str | None, typer.Option("--deadline", help="期限状态，如 逾期、到期未核实。")]
Start = Annotated[str | None, typer.Option("--start", help="开工状态，如 应开未开。")]
LightWord = Annotated[str | None, typer.Option("--light", help="预警灯：红、黄、蓝、绿、无。")]
Filing = Annotated[str | None, typer.Option("--filing", help="填报状态，如 未填报。")]
Text = Annotated[str, typer.Option("--text", help="查找：名称、单位、领域、状态或拼音首字母，空格隔开的词都要符合。")]


def _where(
    reader: Portfolio,
    point: Point,
    *,
    domain: str | None,
    unit: str | None,
    phase: str | None,
    basis: str,
    status: str | None = None,
    deadline: str | None = None,
    start: str | None = None,
    light: str | None = None,
    filing: str | None = None,
    text: str = "",
) -> Filter:
    """Make a filter from the options, refusing words that no vocabulary has."""
    from hgt_portfolio.figures import Filter

    term("--domain", domain, reader.domains() if domain else ())
    if unit:
        unit = _unit_name(reader, point, unit)
    term("--phase", phase, PHASES)
    term("--basis", basis, Basis)
    if phase and basis == Basis.MONTHLY:
        raise UsageProblem("按月分摊口径不把项目归入某一期，请用 --basis plan 或 --basis deadline。")
    return Filter(
        domain=domain,
        unit=unit,
        phase=PHASES[phase] if phase else None,
        basis=Basis(basis),
        status=term("--status", STATUS_SYNONYMS.get(status, status) if status else None, (*Status, "未填报")),
        deadline_state=term("--deadline", deadline, DeadlineState),
        start_state=term("--start", start, StartState),
        light=term("--light", light, Light),
        filing_state=term("--filing", filing, FilingState),
        text=text,
    )


def _unit_name(reader: Portfolio, point: Point, text: str) -> str:
    """Give a unit's name at the point from any of its spellings."""
    from hgt_portfolio.figures import Unknown

    try:
        return reader.unit_name(text, point)
    except Unknown as error:
        raise UsageProblem(f"--unit：{error}") from error


def summary(
    by: Annotated[str | None, typer.Option("--by", help="分组：domain unit phase status deadline light year。")] = None,
    basis: BasisWord = "plan",
    rules: Rules = None,
    domain: Domain = None,
    unit: Unit = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """汇总：总投资、三种口径、期限、预警、填报；可按领域、单位等分组。"""
    from hgt_portfolio.figures import By
    from hgt_portfolio.output.plain import rows_json
    from hgt_portfolio.reports import portfolio as reported

    reader = portfolio()
    point = point_of(reader, as_of, known_at)
    term("--by", by, BY)
    where = _where(reader, point, domain=domain, unit=unit, phase=None, basis=basis)
    value: dict[str, Any] | None = reported.summary_json(reader, point, where, rules) if as_json else None
    if by is None:
        show(reported.overview(reader, point, where, rules), as_json=as_json, as_csv=as_csv, json_value=value)
        return
    if by == "year" or (by == "phase" and basis == Basis.MONTHLY):
        table = reported.by_year(reader, point, where)
    else:
        key = By.PHASE_DEADLINE if by == "phase" and basis == Basis.DEADLINE else By(by)
        table = reported.grouped(reader, point, key, where, rules, whole=as_json or as_csv)
    if value is not None:
        value |= {"by": by, "groups": rows_json(table)}
    show(table, as_json=as_json, as_csv=as_csv, json_value=value)


def projects(
    text: Annotated[str, typer.Argument(metavar="[词]", help="查找的词，可省。")] = "",
    domain: Domain = None,
    unit: Unit = None,
    phase: PhaseWord = None,
    basis: BasisWord = "plan",
    status: StatusWord = None,
    deadline: Deadline = None,
    start: Start = None,
    light: LightWord = None,
    filing: Filing = None,
    search: Text = "",
    rules: Rules = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """项目列表，可按领域、单位、期限、预警、填报等筛选。"""
    from hgt_portfolio.reports import lists

    reader = portfolio()
    point = point_of(reader, as_of, known_at)
    where = _where(
        reader,
        point,
        domain=domain,
        unit=unit,
        phase=phase,
        basis=basis,
        status=status,
        deadline=deadline,
        start=start,
        light=light,
        filing=filing,
        text=f"{text} {search}".strip(),
    )
    show(lists.projects(reader, point, where, rules, whole=as_json or as_csv), as_json=as_json, as_csv=as_csv)


def show_project(
    no: Annotated[str, typer.Argument(metavar="序号", help="项目序号。")],
    rules: Rules = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """一个项目的全部情况和来源。"""
    from hgt_portfolio.figures import Filter
    from hgt_portfolio.output.plain import rows_json
    from hgt_portfolio.reports import lists, project

    reader = figures()
    point = point_of(reader, as_of, known_at)
    table = project.project_facts(reader, point, no, rules)
    value = None
    if as_json:
        value = rows_json(lists.projects(reader, point, Filter(nos=(no,)), rules, whole=True))[0]
        value["facts"] = {str(fact): text for fact, text, _ in table.rows}
        value["sources"] = {str(fact): source for fact, _, source in table.rows if source}
    show(table, as_json=as_json, as_csv=as_csv, json_value=value)


def overdue(
    domain: Domain = None,
    unit: Unit = None,
    rules: Rules = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """逾期、到期未核实、应开未开和临期的项目。"""
    from hgt_portfolio.reports import lists

    reader = portfolio()
    point = point_of(reader, as_of, known_at)
    where = _where(reader, point, domain=domain, unit=unit, phase=None, basis="plan")
    show(lists.overdue(reader, point, where, rules), as_json=as_json, as_csv=as_csv)


def queue(
    kind: Annotated[str | None, typer.Option("--kind", help="只列一种，如 逾期、到期未核实、未填报、冲突。")] = None,
    domain: Domain = None,
    unit: Unit = None,
    rules: Rules = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """待办：眼下要办的，按要紧的先后排列，写明为什么和怎么办。"""
    from hgt_portfolio.reports.queue import queue as queued

    reader = figures()
    point = point_of(reader, as_of, known_at)
    where = _where(reader, point, domain=domain, unit=unit, phase=None, basis="plan")
    chosen = term("--kind", kind, TaskKind)
    table = queued(reader, point, where, rules, TaskKind(chosen) if chosen else None)
    show(table, as_json=as_json, as_csv=as_csv)


def reconcile(as_of: AsOf = None, known_at: KnownAt = None, as_json: Json = False, as_csv: Csv = False) -> None:
    """对账：规划自己写的每个总数，与按表计算的是否相符；规划总投资怎样到了现行的总投资。"""
    from hgt_portfolio.reports.reconcile import bridge
    from hgt_portfolio.reports.reconcile import reconcile as reconciled

    reader = figures()
    point = point_of(reader, as_of, known_at)
    show(reconciled(reader, point), as_json=as_json, as_csv=as_csv)
    if not (as_json or as_csv):
        say("")
        show(bridge(reader, point), as_json=False, as_csv=False)


def history(
    no: Annotated[str | None, typer.Argument(metavar="[序号]", help="项目序号；不写则列出最近的操作。")] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """一个项目的全部记录（含已撤销的）；不写序号则列出最近的操作。"""
    from hgt_portfolio.reports import project

    reader = figures()
    point = point_of(reader, as_of, known_at)
    table = project.actions(reader.entries(point)) if no is None else project.history(reader, point, no)
    show(table, as_json=as_json, as_csv=as_csv)


def parse(
    kind: Annotated[str, typer.Argument(metavar="类别", help="period 实施年限、amount 金额、unit 责任单位。")],
    text: Annotated[str, typer.Argument(metavar="原文", help="单元格原文。")],
    as_json: Json = False,
) -> None:
    """一个单元格会被怎样读。"""
    term("类别", kind, _READINGS)
    value = _READINGS[kind](text)
    if as_json:
        from hgt_portfolio.output.plain import to_json

        say(to_json(value))
        return
    for key, part in value.items():
        shown = "、".join(part) if isinstance(part, list) else part
        say(f"{_READING_LABELS[key]}：{'-' if shown in (None, '') else shown}")


def _read_period(text: str) -> dict[str, Any]:
    from hgt_portfolio.months import month_text, parse_period

    reading = parse_period(text)

    def written(month: int | None) -> str | None:
        return None if month is None else month_text(month)

    return {
        "start": written(reading.start),
        "end": written(reading.end),
        "precision": reading.precision,
        "qualifier": reading.qualifier,
        "reason": reading.reason,
    }


def _read_amount(text: str) -> dict[str, Any]:
    from hgt_portfolio.money import parse_amount, wan_text

    reading = parse_amount(text)
    wan = None if reading.fen is None else wan_text(reading.fen)
    return {"wan": wan, "qualifier": reading.qualifier, "reason": reading.reason}


def _read_unit(text: str) -> dict[str, Any]:
    from hgt_portfolio.plan import alias_map
    from hgt_portfolio.plan.units import parse_unit

    reading = parse_unit(text, alias_map())
    return {
        "lead": reading.lead,
        "cooperating": list(reading.cooperating),
        "generic": list(reading.generic),
        "note": reading.note,
    }


_READINGS: dict[str, Callable[[str], dict[str, Any]]] = {
    "period": _read_period,
    "amount": _read_amount,
    "unit": _read_unit,
}
_READING_LABELS = {
    "start": "开工月",
    "end": "完工月",
    "precision": "精度",
    "qualifier": "限定词",
    "reason": "读不出的原因",
    "wan": "金额（万元）",
    "lead": "牵头单位",
    "cooperating": "配合单位",
    "generic": "泛指",
    "note": "说明",
}


def requests(known_at: KnownAt = None, as_json: Json = False, as_csv: Csv = False) -> None:
    """待批的调整申请：还没有文号、没有动数的。"""
    from hgt_portfolio.reports.lists import requested

    reader = figures()
    show(requested(reader, point_of(reader, None, known_at)), as_json=as_json, as_csv=as_csv)
