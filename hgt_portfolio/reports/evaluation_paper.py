"""底稿 of the yearly evaluation: every number of the report with its exact value, its rule, its rows and actions."""

from __future__ import annotations

from dataclasses import replace

from hgt_portfolio.document import Document
from hgt_portfolio.reports.bulletin_paper import numbers_table, row_words
from hgt_portfolio.reports.evaluation_data import Evaluation
from hgt_portfolio.reports.evaluation_figures import Actions
from hgt_portfolio.table import Column, Kind, Table

PAPER_NOTE = (
    "注：编号与评估报告正文中隐藏书签的编号相同，同一个数出现几次的只列一次。计入的行：指标、承诺为编号，项目和资金为项目序号，"
    "督办为督办编号，专项资金为年份。操作为写入这些行的台账操作号，用 hgt history 可查；没有操作号的，"
    "是规划装载时的内容，或没有填报。"
)


def paper_table(evaluation: Evaluation, document: Document) -> Table:
    """List every number of the report, numbered as its hidden bookmarks are, with the actions that its rows rest on."""
    listed, actions = numbers_table(document), Actions(evaluation)
    columns = (
        *(replace(column, head="计入的行") if column.key == "rows" else column for column in listed.columns),
        Column("actions", "操作", Kind.TEXT, 14),
    )
    numbered = [figure for _, figure in document.numbered().values()]
    rows = tuple(
        (*row, row_words(tuple(str(action) for action in actions.of(figure))) or None)
        for row, figure in zip(listed.rows, numbered, strict=True)
    )
    return replace(listed, columns=columns, rows=rows)
