"""From the raw rows of a foreign table to a plan's rows: numbers, spans, amounts and units, each read or said."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from hgt_portfolio.money import parse_amount
from hgt_portfolio.months import Period, parse_period
from hgt_portfolio.plan.body import Found, RawRow
from hgt_portfolio.plan.grid import LONGEST_NAME, LONGEST_TEXT, bare
from hgt_portfolio.plan.load import PlanRow, PlanUnit, aliases_of
from hgt_portfolio.plan.units import UnitCell, parse_unit
from hgt_portfolio.sheets import address
from hgt_portfolio.terms import UnitKind

NO_UNIT = "未明确"
"""The unit of rows whose cell names none."""

Progress = Callable[[str, int, int], None]
"""Told what is being done, how many are done, and of how many."""

LONGEST_NO = 40
STEP = 500
"""Rows between two words of progress."""

_KINDS = (
    (UnitKind.TOWN, re.compile(r"(?:街道|街办|街道办|街道办事处|镇|乡|镇人民政府|乡人民政府|镇政府|乡政府)$")),
    (UnitKind.COMPANY, re.compile(r"(?:公司|集团|城投|建投|交投|水投|旅投|产投|国投)$")),
    (UnitKind.DEPARTMENT, re.compile(r"(?:局|委|办|中心|部|厅|院|会|室|处|署|队|所|站)$")),
)
_ENDING = re.compile(r"(?:人民政府|街道办事处|街道办|街道|街办)$")
_NUMBER_END = re.compile(r"[0-9](?:\s*(?:左右|上下))?$")
_OWN_UNIT = re.compile(r"[元亿万]")
_DOUBTFUL_MONTH = re.compile(r"^[12][0-9]{3}\.1$")


class Rows:
    """Reads the raw rows of a table; ``findings`` say what could not be read."""

    def __init__(
        self,
        columns: Mapping[str, int],
        amount_unit: str,
        units: Sequence[PlanUnit],
        numeric: Callable[[int, str], bool],
        progress: Progress,
    ) -> None:
        self.columns, self.amount_unit, self.numeric, self.progress = columns, amount_unit, numeric, progress
        self.findings: list[Found] = []
        self.units = {unit.name: unit for unit in units}
        aliases = aliases_of(units)
        # A unit that the map names is known by its name too, whatever it ends in.
        known = {unit.name: unit.name for unit in units} | aliases
        self.parse = cache(lambda text: parse_unit(text, known))

    def read(self, raw: Sequence[RawRow]) -> tuple[PlanRow, ...]:
        """Give the plan's rows in the sheet's order."""
        raw = [self._shortened(each) for each in raw]
        numbers = self._numbers(raw)
        names: dict[str, int] = {}
        rows = []
        for done, (each, no) in enumerate(zip(raw, numbers, strict=True), 1):
            rows.append(self._row(each, no))
            first = names.setdefault(bare(each.cells["name"]), each.row)
            if first != each.row:
                self._say(each, "name", f"与第{first + 1}行的项目名称相同，两行都收")
            if done % STEP == 0 or done == len(raw):
                self.progress("读项目", done, len(raw))
        self._alike()
        if NO_UNIT in self.units:
            self.units[NO_UNIT] = self.units.pop(NO_UNIT)
        return tuple(rows)

    def _shortened(self, raw: RawRow) -> RawRow:
        """Cut what is longer than anything that a plan's cell is meant to hold, and say so."""
        cells = dict(raw.cells)
        for name, text in raw.cells.items():
            most = LONGEST_NAME if name == "name" else LONGEST_TEXT
            if len(text) > most:
                self._say(raw, name, f"有 {len(text)} 个字，只收前 {most} 个")
                cells[name] = text[:most]
        return replace(raw, cells=cells)

    def _say(self, raw: RawRow, name: str, why: str, read: str | None = None) -> None:
        column = self.columns.get(name)
        where = f"第{raw.row + 1}行" + ("" if column is None else f" {address(raw.row, column)}")
        self.findings.append(Found(where, raw.cells.get(name, "") if read is None else read, why))

    def _numbers(self, raw: Sequence[RawRow]) -> list[str]:
        """Give each row a number of its own: as printed, or anew where it has none or another row has it."""
        printed = [bare(each.cells.get("no", "")).strip(".、()") for each in raw]
        if printed.count("1") > 1:
            why = f"序号多次从1起编，已按先后统一编为 1–{len(raw)}，原序号留在来源里"
            self._say(raw[0], "no", why, "")
            return [str(number) for number in range(1, len(raw) + 1)]
        largest = max((int(no) for no in printed if re.fullmatch("[0-9]{1,9}", no)), default=0)
        taken: dict[str, int] = {}
        for each, no in zip(raw, printed, strict=True):
            if no and no not in taken and len(no) <= LONGEST_NO:
                taken[no] = each.row
                continue
            largest += 1
            why = "没有序号" if no == "" else f"与第{taken[no] + 1}行的序号相同" if no in taken else "序号过长"
            if "no" in self.columns:
                self._say(each, "no", f"{why}，编为 {largest}")
            taken[str(largest)] = each.row
        return list(taken)

    def _row(self, raw: RawRow, no: str) -> PlanRow:
        cells = raw.cells
        period_text, period = self._period(raw)
        amount_text = self._amount_text(cells.get("investment", ""))
        amount = parse_amount(amount_text)
        if amount.fen is None and "investment" in self.columns:
            self._say(raw, "investment", f"没有读出总投资：{amount.reason}")
        unit_text, cell = self._units(raw)
        return PlanRow(
            row=raw.row + 1,
            no=no,
            domain=raw.domain,
            name=cells["name"],
            scope=cells.get("scope", ""),
            period_text=period_text,
            investment_text=amount_text,
            unit_text=unit_text,
            operation=False,
            period=period,
            amount=amount,
            units=cell,
            source=self._source(raw, no, unit_text),
        )

    def _source(self, raw: RawRow, no: str, unit_text: str) -> str:
        printed, note = raw.cells.get("no", ""), raw.cells.get("note", "")
        again = f"，原序号{printed}" if printed and bare(printed).strip(".、()") != no else ""
        kept = [f"；备注：{note}"] if note else []
        others = raw.cells.get("cooperating", "")
        if others not in unit_text and self.parse(others) != self.parse(""):
            kept.append(f"；配合单位：{others}")
        return f"附表第{raw.row + 1}行{again}{''.join(kept)}"

    def _period(self, raw: RawRow) -> tuple[str, Period]:
        """Read the span from its one cell, or from the two that give its ends."""
        start, due = raw.cells.get("start", ""), raw.cells.get("due", "")
        if start and due:
            text = start if start == due else f"{start}至{due}"
        elif start or due:
            text = f"{start}开工" if start else f"{due}完工"
        else:
            text = raw.cells.get("period", "")
        for name in ("period", "start", "due"):
            if _DOUBTFUL_MONTH.match(raw.cells.get(name, "")) and self.numeric(raw.row, name):
                self._say(raw, name, "是数字，分不清是1月还是10月，按1月读")
        period = parse_period(text)
        at = next((name for name in ("period", "due", "start") if name in self.columns), None)
        if period.end is None and at is not None:
            why = "没有填完工时间" if start and not due else period.reason or f"只写“{period.qualifier}”"
            self._say(raw, at, f"没有读出完工期限：{why}", text)
        return text, period

    def _amount_text(self, text: str) -> str:
        """Write an amount with the unit that the table's head gives it, where it has none of its own."""
        bare_number = _NUMBER_END.search(text) and not _OWN_UNIT.search(text)
        return f"{text}{self.amount_unit}" if bare_number and self.amount_unit != "万元" else text

    def _units(self, raw: RawRow) -> tuple[str, UnitCell]:
        """Read who leads and who cooperates, from one cell or two; without a lead the row goes to 未明确."""
        lead, others = raw.cells.get("unit", ""), raw.cells.get("cooperating", "")
        both = f"{lead}；配合单位：{others}".removeprefix("；")
        alone = f"配合单位：{others}"
        blank = self.parse(others) == self.parse("")
        read = [each for each in (both, alone) if self.parse(each).cooperating or self.parse(each).generic]
        text = lead if blank or not read else read[0]
        cell = self.parse(text)
        if not blank and not read:
            self._say(raw, "cooperating", "没有读出配合单位，原文留在来源里")
        if cell.lead is None:
            if "unit" in self.columns:
                self._say(raw, "unit", f"没有读出责任单位，列入“{NO_UNIT}”：{self.parse(lead).note}")
            cell = replace(cell, lead=NO_UNIT)
        for unit in (cell.lead or NO_UNIT, *cell.cooperating):
            self.units.setdefault(unit, PlanUnit(unit, unit_kind(unit), None, ()))
        return text or NO_UNIT, cell

    def _alike(self) -> None:
        """Say which units look like two spellings of one."""
        stems: dict[str, list[str]] = {}
        for name in self.units:
            stems.setdefault(_ENDING.sub("", name), []).append(name)
        for names in stems.values():
            if len(names) > 1:
                why = "像是同一单位；如是，请在对照表的 [[unit]] 里把其余的写作 aliases，再建一次"
                self.findings.append(Found("责任单位", "、".join(names), why))


def unit_kind(name: str) -> UnitKind:
    """Guess the kind of a unit by what its name ends in."""
    return next((kind for kind, pattern in _KINDS if pattern.search(name)), UnitKind.OTHER)
