"""Finding a table's head in any office's sheet, and what each of its columns is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hgt_portfolio.money import UNITS
from hgt_portfolio.plan.grid import Grid, bare

DEEPEST_HEAD = 40
"""Rows from the top in which a head is looked for."""

MOST_HEAD_ROWS = 3

FIELD_LABELS = {
    "no": "序号",
    "domain": "领域",
    "name": "项目名称",
    "scope": "建设内容",
    "period": "建设年限",
    "start": "开工时间",
    "due": "完工时间",
    "investment": "总投资",
    "unit": "责任单位",
    "cooperating": "配合单位",
    "note": "备注",
}
"""What a column of a plan can be."""

# Whole headings, the best first: of two columns that could be one thing, the better-named is taken.
_WORDS: dict[str, tuple[str, ...]] = {
    "no": ("序号", "编号", "项目编号", "项目序号", "工程编号", "No", "NO", "No.", "序", "号"),
    "name": (
        *("项目名称", "工程名称", "重点工程名称", "重点项目名称", "建设项目名称", "项目(工程)名称", "工程项目名称"),
        *("名称", "项目", "工程", "重点工程", "重点项目", "建设项目", "工程项目", "任务名称", "工作任务", "重点任务"),
        *("主要任务", "任务", "事项"),
    ),
    "domain": (
        *("领域", "所属领域", "类别", "项目类别", "工程类别", "分类", "项目分类", "类型", "项目类型", "工程类型"),
        *("板块", "所属板块", "行业", "所属行业", "行业类别", "行业领域", "专项", "大类"),
    ),
    "scope": (
        *("建设规模及内容", "建设内容及规模", "建设内容与规模", "建设规模与内容", "工程内容与规模", "工程内容及规模"),
        *("主要建设内容及规模", "主要建设内容", "建设内容", "建设规模", "工程内容", "主要内容", "项目内容", "内容"),
        *("建设内容和规模", "建设规模和内容", "项目概况", "工程概况", "项目简介", "规模", "工作内容", "任务内容"),
        *("目标任务", "工作目标", "建设目标", "目标"),
    ),
    "period": (
        *("实施年限", "建设年限", "起止年限", "建设起止年限", "项目起止年限", "建设期限", "实施期限", "起止年月"),
        *("起止时间", "建设起止时间", "建设周期", "建设时间", "实施时间", "实施周期", "建设工期", "工期", "建设期"),
        *("实施年度", "建设年度", "年限", "时限", "起止日期", "起止期限", "建设起止年月"),
    ),
    "start": (
        *("开工时间", "开工日期", "开工年月", "计划开工时间", "计划开工", "拟开工时间", "开始时间", "起始时间", "开工"),
        *("计划开工日期", "预计开工时间", "启动时间", "开工年度", "开始年月", "起始年月", "起始年度", "实际开工时间"),
        *("起", "开始", "起点", "自"),
    ),
    "due": (
        *("竣工时间", "完工时间", "竣工日期", "完工日期", "计划竣工时间", "计划完工时间", "计划竣工", "计划完工"),
        *("完成时限", "完成时间", "建成时间", "竣工年月", "完工年月", "结束时间", "截止时间", "竣工", "完工", "建成"),
        *("预计完工时间", "预计竣工时间", "拟竣工时间", "完工期限", "竣工年度", "完成期限", "终止年度", "计划建成时间"),
        *("止", "结束", "终点", "至"),
    ),
    "investment": (
        *("总投资", "计划总投资", "投资总额", "总投资额", "估算总投资", "概算总投资", "预计总投资", "项目总投资"),
        *("投资估算", "估算投资", "投资规模", "投资概算", "概算投资", "总概算", "投资额", "投资金额", "计划投资"),
        *("投资", "资金需求", "总金额", "金额", "资金", "资金概算", "工程投资", "投资匡算"),
    ),
    "unit": (
        *("牵头单位", "责任单位", "牵头部门", "责任部门", "主要责任单位", "牵头责任单位", "主责单位", "主管单位"),
        *("主管部门", "项目责任单位", "负责单位", "实施主体", "责任主体", "实施单位", "承办单位", "主办单位"),
        *("建设单位", "项目单位", "业主单位", "项目业主", "建设主体", "项目法人", "单位"),
    ),
    "cooperating": (
        *("配合单位", "配合部门", "协办单位", "协同单位", "参与单位", "协助单位", "责任配合单位", "配合责任单位"),
    ),
    "note": ("备注", "说明", "注"),
}

# Parts of longer headings, tried where no whole one fits.
_PARTS = (
    ("name", ("项目名称", "工程名称")),
    ("scope", ("建设内容", "建设规模", "工程内容")),
    ("period", ("年限", "起止", "建设周期", "实施期限")),
    ("cooperating", ("配合单位", "协办单位", "配合部门")),
    ("unit", ("责任单位", "牵头单位", "责任部门")),
    ("investment", ("总投资",)),
)
_OTHER_FIGURE = re.compile("完成|累计|占|比|率|%|其中|到位|资金来源|入库")

_BY_WORD = {word: (field, rank) for field, words in _WORDS.items() for rank, word in enumerate(words)}
_BRACKETS = re.compile(r"[(\[【〔][^()\[\]【】〔〕]*[)\]】〕]")
_UNIT = "|".join(sorted((unit for unit in UNITS if unit.endswith("元")), key=len, reverse=True))
_UNIT_IN_HEAD = re.compile(rf"({_UNIT})")
_UNIT_AT_END = re.compile(rf"[/,，:：]?(?:单位[:：]?)?(?:{_UNIT})$")
_UNIT_ABOVE = re.compile(rf"(?:金额|投资|计量)?单位[:：]?(?:人民币)?({_UNIT})")
_YEAR = re.compile(r"^(?:[0-9]{4}年(?:底|末)?|本年度?|[0-9]{4}-[0-9]{4}年?)")


@dataclass(frozen=True)
class Head:
    """Where a table's head lies (rows counted from 0) and the text of each column's heading."""

    top: int
    bottom: int
    texts: tuple[str, ...]

    @property
    def columns(self) -> dict[str, int]:
        """What is read from which column: of two that could be one thing, the better-named, else the first."""
        best: dict[str, tuple[int, int]] = {}
        for column, text in enumerate(self.texts):
            found = field_of(text)
            if found is not None and (found[0] not in best or found[1] < best[found[0]][0]):
                best[found[0]] = (found[1], column)
        # Two columns that say it in full are better than one; one that says half of it is worse.
        if {"start", "due"} <= best.keys():
            best.pop("period", None)
        elif "period" in best:
            best = {field: place for field, place in best.items() if field not in ("start", "due")}
        return {field: column for field, (_, column) in best.items()}


def field_of(heading: str) -> tuple[str, int] | None:
    """Give what a heading names and how well, 0 the best; ``None`` where it names nothing of a plan."""
    for depth, level in enumerate(reversed(heading.split("/"))):
        word = _UNIT_AT_END.sub("", _BRACKETS.sub("", bare(level))).strip("*:：、.")
        if _YEAR.match(word):
            return None
        if word in _BY_WORD:
            field, rank = _BY_WORD[word]
            return field, rank + 100 * depth
        if _OTHER_FIGURE.search(word):
            return None
        for field, parts in _PARTS:
            if any(part in word for part in parts):
                return field, 50 + 100 * depth
    return None


def amount_unit(heading: str) -> str | None:
    """Give the unit of money that a heading names, such as 亿元."""
    found = _UNIT_IN_HEAD.search(bare(heading))
    return found[1] if found else None


def unit_above(text: str) -> str | None:
    """Give the unit of money that a line above the table names: 单位：万元."""
    found = _UNIT_ABOVE.search(bare(text))
    return found[1] if found else None


def heading(grid: Grid, top: int, bottom: int) -> tuple[str, ...]:
    """Write the heading of each column from its rows, the upper one first: ``建设年限/开工时间``."""
    texts = []
    for column in range(grid.width):
        levels = [_level(grid, row, column, bottom) for row in range(top, bottom + 1)]
        texts.append("/".join(dict.fromkeys(level.replace("/", "／") for level in levels if level)))
    return tuple(texts)


def _level(grid: Grid, row: int, column: int, bottom: int) -> str:
    """Give one level of a heading; a blank cell over a filled one belongs to the heading at its left."""
    text = grid.text(row, column)
    if text or row == bottom or not grid.text(bottom, column):
        return text
    left = next((at for at in range(column - 1, -1, -1) if grid.text(row, at)), None)
    return "" if left is None or not grid.text(bottom, left) else grid.text(row, left)


def find_head(grid: Grid) -> Head | None:
    """Find the head: the fewest rows near the top that name most columns of a plan, a project's name among them."""
    best: tuple[tuple[int, int], Head] | None = None
    for top in range(min(DEEPEST_HEAD, grid.height)):
        for bottom in range(top, min(top + MOST_HEAD_ROWS, grid.height)):
            if bottom > top and not _continues(grid, top, bottom):
                break
            head = Head(top, bottom, heading(grid, top, bottom))
            columns = head.columns
            enough = "name" in columns and len(columns) >= min(2, grid.width)
            merit = (len(columns), top - bottom)
            if enough and (best is None or merit > best[0]):
                best = (merit, head)
    return _whole(grid, best[1]) if best else None


def _whole(grid: Grid, head: Head) -> Head:
    """Give a head with the rows above it that its merged cells reach up to."""
    reached = (grid.above(head.top, column) for column in range(grid.width))
    top = min((row for row in reached if row is not None), default=head.top)
    return head if top == head.top else Head(top, head.bottom, heading(grid, top, head.bottom))


def _continues(grid: Grid, top: int, bottom: int) -> bool:
    """Tell whether a row goes on with the head above it: short words, and none below 项目名称."""
    columns = Head(top, bottom - 1, heading(grid, top, bottom - 1)).columns
    own = grid.own(bottom)
    return (
        bool(own)
        and all(column not in (columns.get("name"), columns.get("no")) for column, _ in own)
        and all(len(text) <= 20 and not re.search(r"^[\d.,，]+$", text) for _, text in own)
        and any(field_of(text) is not None or _YEAR.match(bare(text)) for _, text in own)
    )
