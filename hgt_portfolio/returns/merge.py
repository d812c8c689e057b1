"""Merging a row that came back, cell by cell: as it was sent, as it is now, and what the ledger says now.

A cell left as it was sent keeps what the ledger says. One that differs is taken, unless the ledger has moved too and
says something else: that is a conflict, for a person to choose. What was only carried forward is no filing: it
becomes one where the unit changed something in the row, or confirmed it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hgt_portfolio.ledger import ConflictInput, Refused
from hgt_portfolio.returns.fields import Field, Wanted, bare, read_cell, shown, words_of
from hgt_portfolio.returns.forms import CellFinding, Row
from hgt_portfolio.returns.template import Answer, Standing
from hgt_portfolio.returns.trail import Trail
from hgt_portfolio.rules.checks import Finding
from hgt_portfolio.terms import SIDE_LABELS, Decision, RowChange, Severity, Side, status_label


@dataclass(frozen=True)
class Conflict:
    """A cell where form and ledger have both moved: both values in words, who filed each and when, and the choice.

    ``given`` is what the ledger is to record of it. ``kept`` says that the ledger's value was chosen over this one
    in an earlier run, ``noted`` that there is nothing new to record.
    """

    no: str
    key: str
    head: str
    theirs: str
    ours: str
    their_source: str
    our_source: str
    side: Side | None
    given: ConflictInput
    kept: bool = False
    noted: bool = False

    def __str__(self) -> str:
        chosen = f"，已选{SIDE_LABELS[self.side]}" if self.side else ""
        if self.kept and self.side is Side.OURS:
            chosen = f"，以前已{Decision.KEPT}"
        return (
            f"{self.head}：表为“{self.theirs}”（{self.their_source}），台账为“{self.ours}”（{self.our_source}）{chosen}"
        )


@dataclass(frozen=True)
class Choices:
    """Whose value stands in each conflict, by project and field, and in the others; None leaves those open."""

    others: Side | None = None
    cells: Mapping[tuple[str, str], Side] = field(default_factory=dict)

    def of(self, no: str, key: str) -> Side | None:
        """Give the choice for a cell."""
        return self.cells.get((no, key), self.others)


@dataclass(frozen=True)
class Merged:
    """What became of a row: what it comes to, what it asks the ledger for, and what is wrong or open in it.

    ``touched`` are the cells that the unit filled or confirmed, ``values`` what the row comes to by field, ``said``
    the fields in which it moves the ledger.
    """

    row: Row
    now: Standing
    change: RowChange
    touched: Mapping[str, Any]
    values: Mapping[str, Any]
    said: frozenset[str]
    given: Any = None
    findings: tuple[CellFinding, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def taken(self) -> bool:
        """Whether the row is one to write."""
        return self.change in (RowChange.NEW, RowChange.CHANGED)

    @property
    def files(self) -> bool:
        """Whether the row is written as a filing of progress, and not for its people or funds alone."""
        return self.taken and self.row.form.template.files(self.said)


@dataclass
class _Work:
    """A row being merged; ``said`` are the fields in which it moves the ledger."""

    row: Row
    sent: Standing
    now: Standing
    known: bool
    values: dict[str, Any]
    touched: dict[str, Any] = field(default_factory=dict)
    said: set[str] = field(default_factory=set)
    findings: list[CellFinding] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)

    def find(self, key: str, message: str) -> None:
        """Note what is wrong with a cell."""
        self.findings.append(self.row.finding(key, message))

    def result(self, change: RowChange, given: Any = None) -> Merged:
        """Say what the row comes to."""
        found, conflicts = tuple(self.findings), tuple(self.conflicts)
        said = frozenset(self.said)
        return Merged(self.row, self.now, change, self.touched, self.values, said, given, found, conflicts)


def merge(row: Row, trail: Trail, choices: Choices, today: date) -> Merged:
    """Merge a row with what the ledger said when the form was sent out (where known), and what it says now."""
    now = trail.now[row.no]
    before = None if row.form.known_at is None else trail.at(row.form.known_at).get(row.no)
    sent = before or now
    # What was only carried forward is filed as the unit saw it, not as it would be carried forward today.
    values = {key: sent.values.get(key) if key in now.carried else value for key, value in now.values.items()}
    work = _Work(row, sent, now, before is not None, values)
    confirmed = _confirmed(work)
    for one in row.fields:
        if one.wanted is not Wanted.CONFIRMED:
            _merge_cell(work, one, trail, choices, confirmed=one.key in confirmed)
    work.said = row.form.template.settled(work.said)
    misplaced = _misplaced(work, trail) if work.said or work.conflicts else []
    if misplaced:
        # What is wrong with its cells is nothing to this unit, and nor is what they held.
        work.findings = misplaced
    elif work.said:
        _ask_what_is_missing(work)
    if work.findings:
        return work.result(RowChange.REFUSED)
    if any(conflict.side is None for conflict in work.conflicts):
        return work.result(RowChange.CONFLICT)
    if not work.said:
        return work.result(RowChange.UNCHANGED if now.filed else RowChange.BLANK)
    return _given(work, today)


def _confirmed(work: _Work) -> set[str]:
    """Give the fields that the unit confirmed; where all of them were filed already there is nothing to confirm."""
    confirmed: set[str] = set()
    for one in work.row.fields:
        covered = work.row.form.template.confirms.get(one.key, frozenset())
        if one.key in work.row.cells and covered and _read(work, one) is True:
            confirmed |= covered if covered & (work.sent.carried | work.now.carried) else set()
    return confirmed


def _merge_cell(work: _Work, one: Field, trail: Trail, choices: Choices, *, confirmed: bool) -> None:
    """Merge one cell into the row's values, and note what is wrong or open."""
    key, no = one.key, work.row.no
    sent = work.sent.values.get(key)
    value = _read(work, one) if key in work.row.cells else None
    if value is _UNREAD:
        work.touched[key] = value
        return
    if value == sent and not (confirmed and key in work.sent.carried | work.now.carried):
        return
    if value is None and not (work.known and one.clearable):
        if work.known and sent is not None:
            was = words_of(sent)
            work.find(key, f"{_head(work, one)}：原有“{was}”被清空；要改请填新内容，不改请填回")
        return
    work.touched[key] = value
    if key not in work.now.carried:
        ours, since = work.now.stated(key), work.row.form.known_at
        if value == ours:
            return
        if work.known and since is not None and trail.moved(no, key, since, work.sent.stated(key)):
            conflict = _conflict(work, one, value, trail, choices)
            work.conflicts.append(conflict)
            if conflict.side is not Side.THEIRS:
                return
    work.values[key] = value
    work.said.add(key)


_DECISIONS = {None: Decision.OPEN, Side.OURS: Decision.KEPT, Side.THEIRS: Decision.TAKEN}


def _conflict(work: _Work, one: Field, value: Any, trail: Trail, choices: Choices) -> Conflict:
    """Say what a form and the ledger each have in a cell, and whose value stands: as chosen now, or once before."""
    key, no, form = one.key, work.row.no, work.row.form
    since = form.known_at or 0
    theirs, ours = words_of(value), words_of(work.now.stated(key))
    before = trail.conflicts.get((no, key))
    kept = before is not None and before.decision is Decision.KEPT and before.recorded_at > since
    kept = kept and before is not None and before.theirs == theirs
    side = choices.cells.get((no, key), Side.OURS) if kept else choices.of(no, key)
    waits = before is not None and before.is_open and (before.theirs, before.ours) == (theirs, ours)
    source = trail.source(no, key, since)
    sent = words_of(work.sent.values.get(key))
    given = ConflictInput(
        *(no, form.template.period, key, sent, theirs, ours), _DECISIONS[side], form.file, form.filed_by, source
    )
    filer = f"{form.file}，填报人 {form.filed_by}" if form.filed_by else form.file
    noted = (kept and side is Side.OURS) or (waits and side is None)
    return Conflict(no, key, _head(work, one), theirs, ours, filer, source, side, given, kept, noted)


_UNREAD = object()


def _read(work: _Work, one: Field) -> Any:
    """Read a filled cell, ``_UNREAD`` where it will not do.

    An operation's 已完成 stands for whichever of the three statuses was sent.
    """
    value, position = work.row.cells[one.key].value, work.now.position
    sent = work.sent.values.get(one.key)
    if one.key == "status" and sent and shown(value) == status_label(sent, operation=bool(position.operation)):
        return sent
    try:
        return read_cell(one, value, position.investment)
    except ValueError as problem:
        work.find(one.key, f"{_head(work, one)}：{problem}。")
        return _UNREAD


def _head(work: _Work, one: Field) -> str:
    return work.row.form.template.write(one.head)


def _misplaced(work: _Work, trail: Trail) -> list[CellFinding]:
    """Question a row that is another unit's, or whose name is another project's."""
    findings = []
    row, position = work.row, work.now.position
    if row.form.unit and row.form.unit != trail.register.unit_today(position.unit):
        findings.append(row.finding("序号", f"#{row.no} 由{position.unit}牵头，不由{row.form.unit}填报；请删去这一行"))
    names = {bare(standing.position.name) for standing in (work.sent, work.now)}
    if row.name and row.name not in names:
        findings.append(
            row.finding("项目名称", f"#{row.no} 是“{position.name}”，表里写的是“{row.name[:30]}”；请核对是否错了行")
        )
    return findings


def _ask_what_is_missing(work: _Work) -> None:
    """Ask for what a row cannot do without: an unstated status would be a guess, and so would an old amount."""
    template, cells, values = work.row.form.template, work.row.cells, work.values
    if values["phone"] and not values["officer"] and "officer" not in cells:
        work.find("officer", "填了电话而没有填责任人；请填责任人")
    if template.files(work.said) and values["status"] is None and "status" not in cells:
        work.find("status", "这一行填了内容而没有选状态；请从下拉框里选一个")
    untold = template.untold(work.said)
    for one in work.row.fields:
        left = one.key in work.now.carried and one.key not in work.touched and one.key in cells
        if left and one.key in untold and values[one.key] is not None:
            work.find(
                one.key,
                f"{_head(work, one)}还是上期的 {words_of(values[one.key])} 万元；"
                "没有变化的请在“本期已核对”选“是”，有变化的请改",
            )


def _given(work: _Work, today: date) -> Merged:
    template, row = work.row.form.template, work.row
    try:
        given = template.given(
            Answer(row.no, work.values, frozenset(work.said), row.form.filed_by, row.form.file, today)
        )
    except Refused as refused:
        work.findings += [found_in(row, finding) for finding in refused.findings]
        return work.result(RowChange.REFUSED)
    is_new = template.files(work.said) and not work.now.filed
    return work.result(RowChange.NEW if is_new else RowChange.CHANGED, given)


def found_in(row: Row, finding: Finding) -> CellFinding:
    """Place one of the ledger's findings at its cell."""
    hint = "属实的请在“说明”列写明原因。" if finding.severity is Severity.WARNING else ""
    return row.finding(finding.field, finding.message + hint)
