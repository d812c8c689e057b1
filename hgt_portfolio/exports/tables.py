"""``hgt export csv``: every table of the ledger as a CSV file, with a data dictionary made from the models.

What a column means stands in ``dictionary.csv``, a line for each; a line with ``*`` for its table holds for every table
that has the column and no line of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from hgt_portfolio.exports import Progress, place
from hgt_portfolio.figures.tables import (
    BYTES,
    DAY_KIND,
    LONG,
    TEXT,
    WHOLE,
    ColumnInfo,
    TableInfo,
    Tables,
    described,
    mapped,
)
from hgt_portfolio.ledger.verifying import TABLES
from hgt_portfolio.output.plain import to_csv
from hgt_portfolio.plan.records import records
from hgt_portfolio.rules.point import moment_text
from hgt_portfolio.table import Cell, Column, Kind, Table

if TYPE_CHECKING:
    from hgt_portfolio.figures import Figures, Point

DICTIONARY = "数据字典"
MONTH_UNIT, MOMENT_UNIT, FEN_UNIT = "年-月", "北京时间", "分"

_KINDS = {WHOLE: "整数", LONG: "整数", DAY_KIND: "日期", TEXT: "文字", BYTES: "整数"}
_PRINTED = {WHOLE: Kind.COUNT, LONG: Kind.COUNT, DAY_KIND: Kind.DATE, TEXT: Kind.TEXT, BYTES: Kind.COUNT}

RULES = (
    "空格表示未知或没有，不是 0",
    "文字里的换行写成空格；以 = + - @ 开头、会被表格软件当成公式的文字，前面加了 '",
    "同一内容有几行的，以没有撤销的最新一行为准；撤销的行仍然留着",
)
"""What holds for every file, said at the head of the dictionary."""

_HEADS = ("表", "表名", "列", "类型", "可空", "单位", "含义", "取值", "引用")


@dataclass(frozen=True)
class Meaning:
    """What a column means, and the unit that it is written in."""

    unit: str
    text: str


class Dictionary:
    """The meanings of every table and column."""

    def __init__(self) -> None:
        path = files(__package__).joinpath("dictionary.csv")
        lines = records(path, lambda row: (row["table"], row["column"], Meaning(row["unit"], row["meaning"])))
        self.lines = {(table, column): meaning for table, column, meaning in lines}

    def of(self, table: str, column: str = "") -> Meaning:
        """Give the meaning of a column, or of a table; raises ``KeyError`` where it has none."""
        own = self.lines.get((table, column))
        return own or self.lines["*", column]

    def table(self) -> Table:
        """Give the dictionary as a table: what holds for all, then every column of every table."""
        blank = ("",) * 4
        rows: list[tuple[str, ...]] = [("（全部）", "", *blank, rule, "", "") for rule in RULES]
        told = {info.name: info for info in map(described, mapped())}
        for table, name in TABLES.items():
            rows.append((table, name, *blank, self.of(table).text, "", ""))
            rows += [(table, name, *self._column(table, column)) for column in told[table].columns]
        columns = tuple(Column(head, head) for head in _HEADS)
        return Table(DICTIONARY, DICTIONARY, columns, tuple(rows), unit_note="")

    def _column(self, table: str, column: ColumnInfo) -> tuple[str, ...]:
        meaning = self.of(table, column.name)
        kind = {MONTH_UNIT: "年月", MOMENT_UNIT: "时刻"}.get(meaning.unit, _KINDS[column.kind])
        nullable = "可空" if column.nullable else "必填"
        return (column.name, kind, nullable, meaning.unit, meaning.text, "、".join(column.words), column.refers)


def tables_folder(point: Point) -> str:
    """Name the folder of a day: 台账全表_2024-10-20."""
    return f"台账全表_{point.day.isoformat()}"


def export_tables(figures: Figures, folder: Path, progress: Progress | None = None) -> list[Path]:
    """Write every table and the dictionary into a folder and give the paths; raises ``ExportError`` with a sentence.

    All tables are read at one moment; each file is put in place whole.
    """
    dictionary = Dictionary()
    written = [folder / f"{DICTIONARY}.csv"]
    place(written[0], ("\ufeff" + to_csv(dictionary.table())).encode())
    every = mapped()
    for done, (info, batches) in enumerate(Tables(figures.store).tables(), 1):
        target = folder / f"{info.name}.csv"
        place(target, partial(_put, info, batches, dictionary))
        written.append(target)
        if progress:
            progress(f"{TABLES[info.name]} {info.count} 行", done, len(every))
    return written


def _put(info: TableInfo, batches: Iterable[list[tuple[Any, ...]]], dictionary: Dictionary, stream: BinaryIO) -> None:
    """Write a table batch by batch; only the first has its heads."""
    units = [dictionary.of(info.name, column.name).unit for column in info.columns]
    columns = tuple(
        Column(column.name, column.name, _printed(column, unit))
        for column, unit in zip(info.columns, units, strict=True)
    )
    stream.write(("\ufeff" + _lines(columns, ())).encode())
    for batch in batches:
        rows = tuple(tuple(_cell(*pair) for pair in zip(row, units, strict=True)) for row in batch)
        stream.write(_lines(columns, rows).partition("\r\n")[2].encode())


def _printed(column: ColumnInfo, unit: str) -> Kind:
    return {MONTH_UNIT: Kind.MONTH, MOMENT_UNIT: Kind.TEXT}.get(unit, _PRINTED[column.kind])


def _cell(value: Any, unit: str) -> Cell:
    """Give a cell: moments in words, of a file's content only its length."""
    if value is not None and unit == MOMENT_UNIT:
        return moment_text(value)
    return len(value) if isinstance(value, bytes) else value


def _lines(columns: tuple[Column, ...], rows: Iterable[tuple[Cell, ...]]) -> str:
    return to_csv(Table("", "", columns, tuple(rows)))
