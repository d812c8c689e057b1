"""期初建账: one workbook a unit, sent out and taken back in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hgt_portfolio.exports import ExportError, file_safe, place
from hgt_portfolio.figures import Figures, Unknown
from hgt_portfolio.ledger import OpeningInput, opening_findings
from hgt_portfolio.model.inputs import FIELD_LABELS
from hgt_portfolio.months import Month, last_day, month_text, year_of
from hgt_portfolio.plan import alias_map
from hgt_portfolio.returns.opening_columns import FIELDS, words_of
from hgt_portfolio.returns.opening_merge import Merged, found_in, merge
from hgt_portfolio.returns.opening_rows import CellFinding, Form, Row, forms_of, rows_of
from hgt_portfolio.returns.opening_standing import Standing, standings, years_of
from hgt_portfolio.sheets import SheetError
from hgt_portfolio.table import Cell, Column, Kind, Table
from hgt_portfolio.terms import Severity

__all__ = ["CellFinding", "OpeningReturn", "opening_name", "preview_table", "read_openings", "write_openings"]


@dataclass(frozen=True)
class OpeningReturn:
    """What came back: the openings to write, those the ledger has already, what is wrong, and what was left blank.

    ``blank`` are the numbers of projects with nothing filled; ``rows`` how many project rows each file has. A row
    with a finding is in none of the others.
    """

    openings: tuple[OpeningInput, ...]
    unchanged: tuple[OpeningInput, ...]
    findings: tuple[CellFinding, ...]
    blank: tuple[str, ...]
    rows: Mapping[str, int]


def opening_name(unit: str, period: Month) -> str:
    """Name a unit's form: 期初建账_区城管执法局_截至2023年底.xlsx."""
    return f"期初建账_{file_safe(unit)}_截至{year_of(period)}年底.xlsx"


def write_openings(figures: Figures, folder: Path, *, period: Month, unit: str | None = None) -> list[Path]:
    """Write the form of each unit that leads projects, or of one unit, and give the paths.

    Raises ``Unknown`` for a unit without projects, and ``ExportError`` where a file cannot be written or an earlier
    form that was filled and not yet taken back would be lost.
    """
    from hgt_portfolio.returns import opening_book

    if period % 12 != 11:
        raise ExportError(f"期初建账表按年底发出，{month_text(period)} 不是某年12月。请写成 --period 2023-12 的样式。")
    point = figures.point(last_day(period))
    plan, years, head = figures.plan(), years_of(figures, period), figures.chain_head(point)
    written = {}
    for name, rows in _by_unit(standings(figures, period, point.known_at), unit).items():
        form = opening_book.Form(plan.portfolio, name, years, point.known_at, head, bool(plan.demo), tuple(rows))
        target = folder / opening_name(name, period)
        _keep_filled(figures, target)
        written[target] = opening_book.render(form)
    for target, content in written.items():
        place(target, content)
    return list(written)


def _by_unit(found: dict[str, Standing], unit: str | None) -> dict[str, list[Standing]]:
    """Group the projects to be opened by the unit that leads them."""
    by_unit: dict[str, list[Standing]] = {}
    for standing in found.values():
        if not standing.position.exited:
            by_unit.setdefault(standing.position.unit, []).append(standing)
    if unit is None:
        return by_unit
    name = alias_map().get(unit, unit)
    if name not in by_unit:
        raise Unknown(f"没有牵头项目的单位“{unit}”；可用：{'、'.join(by_unit)}。")
    return {name: by_unit[name]}


def _keep_filled(figures: Figures, target: Path) -> None:
    """Refuse to replace a form that says something the ledger does not."""
    if target.exists():
        earlier = read_openings(figures, [target])
        if earlier.openings or earlier.findings:
            raise ExportError(
                f"{target} 里有还没有收回的内容，没有覆盖，这次一份也没有写出。"
                "请先用 hgt opening in 收回，或把它移走，或换一个文件夹。"
            )


def read_openings(figures: Figures, files: Sequence[Path]) -> OpeningReturn:
    """Read filled forms, or every xlsx of a folder, merge them with the ledger, and check each row as it would.

    Nothing is written; a file that cannot be read is a finding like any other.
    """
    forms, findings = _forms(figures, [*_expanded(files)])
    now = standings(figures, forms[0].years.period, figures.last_action()) if forms else {}
    merged, rows = [], Counter(dict.fromkeys((form.file for form in forms), 0))
    for row, before in _rows(figures, forms):
        if isinstance(row, CellFinding):
            findings.append(row)
        elif row.no in now:
            merged.append(merge(row, before.get(row.no), now[row.no]))
            rows[row.form.file] += 1
        elif row.cells:
            findings.append(row.finding("序号", f"没有序号为“{row.no[:20]}”的项目；请改正序号，或删去这一行"))
    merged = [*_checked(figures, _distinct(merged), now)]
    return _sorted_out(sorted(merged, key=lambda one: now[one.row.no].position.position), findings, rows)


def _expanded(files: Sequence[Path]) -> Iterable[Path]:
    """Give the files, and in place of a folder its workbooks; ``~$`` files are the locks of open ones."""
    for file in files:
        if file.is_dir():
            yield from (path for path in sorted(file.glob("*.xlsx")) if not path.name.startswith("~$"))
        else:
            yield file


def _rows(figures: Figures, forms: list[Form]) -> Iterator[tuple[Row | CellFinding, dict[str, Standing]]]:
    """Give every row of every form, with what the ledger said when the form was sent out, where that is known."""
    then: dict[int | None, dict[str, Standing]] = {None: {}}
    for form in forms:
        if form.known_at is not None and form.known_at not in then:
            then[form.known_at] = standings(figures, form.years.period, form.known_at)
        for row in rows_of(form):
            yield row, then[form.known_at]


def _forms(figures: Figures, files: Sequence[Path]) -> tuple[list[Form], list[CellFinding]]:
    """Find the forms in the files; a file that cannot be read, or is of another period, is a finding."""
    forms: list[Form] = []
    findings = []
    for file in files:
        try:
            found = forms_of(figures, file)
        except SheetError as error:
            findings.append(CellFinding(file.name, "", "", str(error)))
            continue
        period = (forms or found)[0].years.period
        if any(form.years.period != period for form in found):
            findings.append(
                CellFinding(
                    file.name, "", "", f"与前面的文件不是同一期（{month_text(period)}），没有读取；请分次收回。"
                )
            )
        else:
            forms += found
    return forms, findings


def _distinct(merged: list[Merged]) -> Iterable[Merged]:
    """Let one row of each project through; rows that say different things of a project are all findings."""
    by_no: dict[str, list[Merged]] = {}
    for one in merged:
        if one.opening or one.findings:
            by_no.setdefault(one.row.no, []).append(one)
    yield from (one for one in merged if one.row.no not in by_no)
    for rows in by_no.values():
        if any(one.opening != rows[0].opening or one.findings for one in rows[1:]):
            places = [str(one.row.finding("序号", "")).rstrip("：") for one in rows]
            for one in rows:
                twice = one.row.finding("序号", f"#{one.row.no} 在几处填得不同：{'、'.join(places)}；请只留一处")
                yield replace(one, opening=None, findings=(*one.findings, twice))
        else:
            yield rows[0]


def _checked(figures: Figures, merged: Iterable[Merged], now: dict[str, Standing]) -> Iterable[Merged]:
    """Add what the ledger would refuse, at its cell, so that one bad row does not hold up the others."""
    for one in merged:
        if one.opening is None or not one.changed:
            yield one
            continue
        found = opening_findings(figures.store, one.opening, now[one.row.no].position, figures.today)
        stopping = [f for f in found if f.severity is Severity.ERROR or not one.opening.reason]
        placed = tuple(found_in(one.row, finding) for finding in stopping)
        yield replace(one, opening=None, findings=placed) if placed else one


def _sorted_out(merged: list[Merged], findings: list[CellFinding], rows: Mapping[str, int]) -> OpeningReturn:
    given = [one for one in merged if one.opening]
    blank = dict.fromkeys(one.row.no for one in merged if not one.opening and not one.findings)
    return OpeningReturn(
        openings=tuple(one.opening for one in given if one.opening and one.changed),
        unchanged=tuple(one.opening for one in given if one.opening and not one.changed),
        findings=(*findings, *(finding for one in merged for finding in one.findings)),
        blank=tuple(blank),
        rows=dict(rows),
    )


def preview_table(figures: Figures, openings: Sequence[OpeningInput]) -> Table:
    """List what openings would change in the ledger: both amounts before and after, and the other fields."""
    period = openings[0].period if openings else figures.plan().start - 1
    now = standings(figures, period, figures.last_action())
    years = years_of(figures, period)
    columns = [
        Column("no", "序号", Kind.LABEL, 3),
        Column("name", "项目名称", Kind.TEXT, 12),
        Column("unit", "责任单位", Kind.LABEL, 6),
        Column("change", "变化", Kind.LABEL, 4),
    ]
    for key, head in (("base", "截至{base}年底累计"), ("cumulative", "截至{year}年底累计")):
        columns.append(Column(f"{key}_before_wan", f"原{years.write(head)}", Kind.AMOUNT, 7))
        columns.append(Column(f"{key}_after_wan", f"现{years.write(head)}", Kind.AMOUNT, 7))
    columns.append(Column("others", "其他变化", Kind.TEXT, 20))
    rows = tuple(_preview(opening, now[opening.no]) for opening in openings if opening.no in now)
    changes = Counter(row[3] for row in rows)
    note = "，".join(f"{word} {count} 项" for word, count in changes.items()) or "没有变化"
    title = years.write("期初建账预览（截至{year}年底）")
    return Table("建账预览", title, tuple(columns), rows, notes=(note,))


def _preview(opening: OpeningInput, now: Standing) -> tuple[Cell, ...]:
    after = opening.model_dump()
    moved = [field for field in FIELDS if after[field.key] != now.values[field.key]]
    change = ("有变化" if now.opened else "新建账") if moved or not now.opened else "未变"
    amounts = ("cumulative_base_fen", "cumulative_fen")
    others = [_moved(field.key, now.values, after) for field in moved if field.key not in amounts]
    pairs = [values[key] for key in amounts for values in (now.values, after)]
    position = now.position
    return (position.no, position.name, position.unit, change, *pairs, "；".join(others) or None)


def _moved(key: str, before: Mapping[str, object], after: Mapping[str, object]) -> str:
    was = "" if before[key] is None else f"{words_of(key, before[key])} 改为 "
    return f"{FIELD_LABELS[key]} {was}{words_of(key, after[key])}"
