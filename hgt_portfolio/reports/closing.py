"""The closed quarters of a ledger."""

from __future__ import annotations

from hgt_portfolio.figures import Figures, Point
from hgt_portfolio.months import quarter_text
from hgt_portfolio.rules.point import moment_words
from hgt_portfolio.table import Column, Kind, Table


def closings_table(figures: Figures, point: Point) -> Table:
    """List the closed quarters: when, by which 文号, who reviewed and signed, and what was kept with its hash."""
    columns = (
        Column("period", "季度", Kind.LABEL, 5),
        Column("known_at", "数据时点", Kind.LABEL, 9),
        Column("doc", "文号", Kind.LABEL, 9),
        Column("reviewer", "审核人", Kind.LABEL, 5),
        Column("signer", "签发人", Kind.LABEL, 5),
        Column("program", "程序版本", Kind.LABEL, 5),
        Column("digest", "数的摘要", Kind.LABEL, 8),
        Column("files", "存下的文件（SHA-256）", Kind.TEXT, 24),
    )
    rows = tuple(
        (
            quarter_text(row.period),
            moment_words(row.known_at),
            row.doc,
            row.reviewer,
            row.signer,
            row.program,
            row.digest[:12],
            "；".join(f"{file.name} {file.sha256[:12]}" for file in figures.kept_files(row)) or None,
        )
        for row in figures.closings(point)
    )
    return Table("定稿", "已定稿的季度", columns, rows, unit_note="")
