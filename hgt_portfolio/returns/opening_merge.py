"""Merging a row that came back with what the ledger says: what the unit changed moves, everything else stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hgt_portfolio.ledger import OpeningInput, Refused, validated
from hgt_portfolio.returns.opening_columns import Field, bare, read_cell, shown, words_of
from hgt_portfolio.returns.opening_rows import CellFinding, Row
from hgt_portfolio.returns.opening_standing import Standing
from hgt_portfolio.rules.checks import Finding
from hgt_portfolio.sheets import Cell
from hgt_portfolio.terms import Severity, status_label


@dataclass(frozen=True)
class Merged:
    """What became of a row: the opening it asks for, where it asks for any, and what is wrong with it."""

    row: Row
    opening: OpeningInput | None = None
    findings: tuple[CellFinding, ...] = ()
    changed: bool = True


def merge(row: Row, before: Standing | None, now: Standing) -> Merged:
    """Merge a row with what the ledger said when the form was sent out (where known), and what it says now.

    A cell left as it was sent keeps what the ledger says now; one that differs is taken.
    """
    sent = (before or now).values
    values = dict(now.values)
    findings = _misplaced(row, before, now) if row.cells else []
    for field in row.form.years.fields():
        cell = row.cells.get(field.key)
        head = row.form.years.write(field.head)
        if cell is None:
            if before and sent[field.key] is not None:
                was = words_of(field.key, sent[field.key])
                findings.append(row.finding(field.key, f"{head}：原有“{was}”被清空；要改请填新内容，不改请填回"))
            continue
        try:
            value = _value(field, cell, sent[field.key], now)
        except ValueError as problem:
            findings.append(row.finding(field.key, f"{head}：{problem}。"))
        else:
            values[field.key] = values[field.key] if value == sent[field.key] else value
    if values == now.values and not findings:
        return Merged(row, _input(row, values) if now.opened else None, changed=False)
    findings += _incomplete(row, values)
    if findings:
        return Merged(row, findings=tuple(findings))
    try:
        return Merged(row, _input(row, values))
    except Refused as refused:
        return Merged(row, findings=tuple(found_in(row, finding) for finding in refused.findings))


def found_in(row: Row, finding: Finding) -> CellFinding:
    """Place one of the ledger's findings at its cell."""
    hint = "属实的请在“说明”列写明原因。" if finding.severity is Severity.WARNING else ""
    return row.finding(finding.field, finding.message + hint)


def _input(row: Row, values: dict[str, Any]) -> OpeningInput:
    return validated(OpeningInput, no=row.no, period=row.form.years.period, **values)


def _value(field: Field, cell: Cell, sent: Any, now: Standing) -> Any:
    """Read a cell; an operation's 已完成 stands for whichever of the three statuses was sent."""
    if (
        field.key == "status"
        and sent
        and shown(cell.value) == status_label(sent, operation=bool(now.position.operation))
    ):
        return sent
    return read_cell(field, cell.value, now.position.investment)


def _misplaced(row: Row, before: Standing | None, now: Standing) -> list[CellFinding]:
    """Question a row that is another unit's, or whose name is another project's."""
    findings = []
    unit = now.position.unit
    if row.form.unit and row.form.unit != unit:
        findings.append(row.finding("序号", f"#{row.no} 由{unit}牵头，不由{row.form.unit}填报；请删去这一行"))
    names = {bare(standing.position.name) for standing in (before, now) if standing}
    if row.name and row.name not in names:
        findings.append(
            row.finding("项目名称", f"#{row.no} 是“{now.position.name}”，表里写的是“{row.name[:30]}”；请核对是否错了行")
        )
    return findings


def _incomplete(row: Row, values: dict[str, Any]) -> list[CellFinding]:
    """Ask for what a filled row cannot do without: an unstated status would be a guess."""
    findings = []
    if values["status"] is None and "status" not in row.cells:
        findings.append(row.finding("status", "这一行填了内容而没有选状态；请从下拉框里选一个"))
    if values["phone"] and not values["officer"] and "officer" not in row.cells:
        findings.append(row.finding("officer", "填了电话而没有填责任人；请填责任人"))
    return findings
