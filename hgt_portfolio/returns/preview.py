"""What taking forms back would do, for a person to look at first: row by row, and in control totals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hgt_portfolio.ledger import FIELD_LABELS
from hgt_portfolio.money import wan_words
from hgt_portfolio.returns.fields import Field, words_of
from hgt_portfolio.returns.merge import Merged
from hgt_portfolio.returns.reading import ReadBack
from hgt_portfolio.returns.template import Template
from hgt_portfolio.table import Cell, Column, Kind, Table
from hgt_portfolio.terms import RowChange

SHOWN = (RowChange.REFUSED, RowChange.CONFLICT, RowChange.NEW, RowChange.CHANGED)
"""What a preview lists; rows unchanged and not filled are only counted."""


def listed(read: ReadBack) -> tuple[Merged, ...]:
    """Give the rows that a preview lists: those that move, are wrong, or were or are in conflict."""
    return tuple(row for row in read.rows if row.change in SHOWN or row.conflicts)


def preview_table(read: ReadBack, template: Template) -> Table:
    """List what the rows of returned forms come to: amounts before and after, what else moves, and what is wrong."""
    columns = [
        Column("file", "文件", Kind.TEXT, 14),
        Column("no", "序号", Kind.LABEL, 3),
        Column("name", "项目名称", Kind.TEXT, 12),
        Column("change", "变化", Kind.LABEL, 5),
    ]
    for amount in _amounts(template):
        stem, head = amount.key.removesuffix("_fen"), template.write(amount.head)
        columns.append(Column(f"{stem}_before_wan", f"原{head}", Kind.AMOUNT, 7))
        columns.append(Column(f"{stem}_after_wan", f"现{head}", Kind.AMOUNT, 7))
    columns.append(Column("others", "其他变化和问题", Kind.TEXT, 24))
    rows = tuple(_row(one, template, late=read.late) for one in listed(read))
    return Table("收回预览", f"收回预览：{template.heading}", tuple(columns), rows, notes=(counts_words(read),))


def counts_words(read: ReadBack) -> str:
    """Say how many rows come to what, and how many files were not read."""
    unread = {finding.file for finding in read.findings if not finding.cell}
    words = [f"{change} {read.counts[change]} 项" for change in RowChange]
    words += [f"没有读取的文件 {len(unread)} 个"] if unread else []
    words += [f"{unit}的表里缺 {'、'.join(f'#{no}' for no in left)}" for unit, left in read.missing.items()]
    return "，".join(words)


def _amounts(template: Template) -> list[Field]:
    return [field for field in template.fields if field.key in template.amounts]


def _row(one: Merged, template: Template, *, late: bool) -> tuple[Cell, ...]:
    keys = [amount.key for amount in _amounts(template)]
    pairs = [fen for key in keys for fen in (one.now.stated(key), one.values[key] if one.files else None)]
    position = one.now.position
    return (
        one.row.form.file,
        position.no,
        position.name,
        change_words(one, late=late),
        *pairs,
        others_words(one) or None,
    )


def change_words(one: Merged, *, late: bool) -> str:
    """Say what a row comes to, and whether it comes late."""
    return f"{one.change}（迟报）" if late and one.change is RowChange.NEW else str(one.change)


def others_words(one: Merged) -> str:
    """Say what else moves, what is in conflict, and what is wrong."""
    template, own = one.row.form.template, one.row.form.sheet.name
    # A source's amounts move one by one; what a project reports is filed whole.
    keys = [field.key for field in template.fields if field.key not in template.amounts]
    keys = [key for key in keys if one.files or key in one.said]
    moved = [_moved(one, key, one.now.stated(key)) for key in keys if one.taken]
    keys = [field.key for field in template.extras if field.key in one.touched and field.key in one.values]
    moved += [_moved(one, key, one.now.values.get(key)) for key in keys if one.taken]
    found = [
        f"{finding.cell if finding.sheet == own else f'{finding.sheet}!{finding.cell}'} {finding.message}"
        for finding in one.findings
    ]
    return "；".join((*filter(None, moved), *map(str, one.conflicts), *found))


def _moved(one: Merged, key: str, before: Any) -> str:
    """Say what a field was and is to be, nothing where it stays."""
    after = one.values.get(key)
    if after == before:
        return ""
    was = "" if before is None else f"{words_of(before)} 改为 "
    return f"{FIELD_LABELS.get(key, key)} {was}{words_of(after)}"


@dataclass(frozen=True)
class Totals:
    """The control totals of a run: 自开工累计 over the rows filed, in fen, before and after, and how many had one."""

    files: int
    rows: int
    taken: int
    filed: int
    before: int
    before_known: int
    after: int
    after_known: int

    def __str__(self) -> str:
        which, only = ("收下", "") if self.filed == self.taken else ("填报进度", f"，其中填报进度 {self.filed} 行")
        return (
            f"控制数：文件 {self.files} 个，读到 {self.rows} 行，收下 {self.taken} 行{only}；"
            f"{which}各行的自开工累计合计，"
            f"收前 {wan_words(self.before)} 万元（{self.before_known} 行有数，取台账最近一期），"
            f"收后 {wan_words(self.after)} 万元（{self.after_known} 行有数）。"
        )


def totals_of(read: ReadBack) -> Totals:
    """Add up a run: the amounts that the ledger had last (沿用 where older) against those it has once taken."""
    filed = [row for row in read.taken if row.files]
    before = [row.now.position.cumulative for row in filed]
    after = [row.values.get("cumulative_fen") for row in filed]
    stated = [[fen for fen in amounts if fen is not None] for amounts in (before, after)]
    pairs = [number for fens in stated for number in (sum(fens), len(fens))]
    return Totals(len(read.files), sum(read.files.values()), len(read.taken), len(filed), *pairs)
