"""Taking filled forms back: read, merged with the ledger, checked as it would, and written in one action."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from hgt_portfolio.figures import Figures
from hgt_portfolio.ledger import ConflictInput, Ledger, Outcome
from hgt_portfolio.returns.forms import CellFinding, Form, forms_of, rows_of
from hgt_portfolio.returns.merge import Choices, Merged, found_in, merge
from hgt_portfolio.returns.register import Register
from hgt_portfolio.returns.template import Template
from hgt_portfolio.returns.trail import Trail
from hgt_portfolio.rules.checks import Finding
from hgt_portfolio.sheets import SheetError, read_workbooks
from hgt_portfolio.terms import RowChange, Severity

OPEN = Choices()
"""No conflict decided."""


@dataclass(frozen=True)
class ReadBack:
    """What came back: every project row with what it comes to, and what is wrong with files and rows without one.

    ``missing`` are the projects, by unit, that a form is sent for and that none of its rows is about.

    ``rows`` are in the plan's order, ``files`` how many project rows each file has, ``seen`` the moment the rows were
    merged at, ``late`` whether a filing now comes after the window. ``template`` is None where no form was read.
    """

    template: Template | None
    rows: tuple[Merged, ...]
    findings: tuple[CellFinding, ...]
    files: Mapping[Path, int]
    seen: int
    late: bool
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, *changes: RowChange) -> tuple[Merged, ...]:
        """Give the rows that come to any of these."""
        return tuple(row for row in self.rows if row.change in changes)

    @property
    def taken(self) -> tuple[Merged, ...]:
        """The rows to write."""
        return tuple(row for row in self.rows if row.taken)

    @property
    def conflicts(self) -> tuple[ConflictInput, ...]:
        """What there is to record of conflicts: what is new or newly decided in rows that are not refused."""
        sound = (row for row in self.rows if row.change is not RowChange.REFUSED)
        return tuple(conflict.given for row in sound for conflict in row.conflicts if not conflict.noted)

    @property
    def every_finding(self) -> tuple[CellFinding, ...]:
        """What is wrong, of files first, then row by row."""
        return (*self.findings, *(finding for row in self.rows for finding in row.findings))

    @property
    def counts(self) -> Counter[RowChange]:
        """How many rows come to what; rows that could not be read as a project's are refused too."""
        refused = sum(bool(finding.cell) for finding in self.findings)
        return Counter(row.change for row in self.rows) + Counter({RowChange.REFUSED: refused})

    @property
    def whole(self) -> bool:
        """Whether everything that was filled can be taken."""
        return not self.findings and not self.of(RowChange.REFUSED, RowChange.CONFLICT)


def read_back(figures: Figures, files: Sequence[Path], kind: type[Template], choices: Choices = OPEN) -> ReadBack:
    """Read filled forms, or every xlsx of a folder, merge them with the ledger, and check each row as it would.

    Nothing is written; a file that cannot be read is a finding like any other.
    """
    register = Register(figures)
    forms, findings = _forms(register, [*_expanded(files)], kind)
    if not forms:
        return ReadBack(None, (), tuple(findings), {}, figures.last_action(), late=False)
    template = forms[0].template
    trail = Trail(register, template)
    merged, rows = [], Counter(dict.fromkeys((form.path for form in forms), 0))
    for row in (row for form in forms for row in rows_of(form)):
        if isinstance(row, CellFinding):
            findings.append(row)
        elif row.no in trail.now:
            merged.append(merge(row, trail, choices, figures.today))
            rows[row.form.path] += 1
        elif row.cells:
            findings.append(row.finding("序号", f"没有序号为“{row.no[:20]}”的项目；请改正序号，或删去这一行"))
    checked = _checked(figures, template, [*_distinct(merged)])
    ordered = sorted(checked, key=lambda one: one.now.position.position)
    missing = _missing(forms, trail, {one.now.position.no for one in merged if one.row.at is not None})
    return ReadBack(
        template, tuple(ordered), tuple(findings), dict(rows), trail.known_at, template.late(figures), missing
    )


def _missing(forms: Sequence[Form], trail: Trail, read: set[str]) -> dict[str, tuple[str, ...]]:
    """Give the projects that the units of the forms are asked for and that no row is about."""
    missing = {}
    for unit in dict.fromkeys(form.unit for form in forms if form.unit):
        asked = (now.position for now in trail.now.values() if now.position.unit == unit)
        left = tuple(one.no for one in asked if forms[0].template.asks(one) and one.no not in read)
        if left:
            missing[unit] = left
    return missing


def take_back(ledger: Ledger, read: ReadBack, *, dry_run: bool = False) -> Outcome | None:
    """Write the rows to be taken and the conflicts, all in one action; None where there is nothing to write."""
    if read.template is None or not (read.taken or read.conflicts):
        return None
    given = [row.given for row in read.taken]
    return read.template.take(ledger, given, read.conflicts, read.seen, dry_run=dry_run)


def _expanded(files: Sequence[Path]) -> Iterable[Path]:
    """Give the files, and in place of a folder its workbooks; ``~$`` files are the locks of open ones."""
    for file in files:
        if file.is_dir():
            yield from (path for path in sorted(file.glob("*.xlsx")) if not path.name.startswith("~$"))
        else:
            yield file


def _forms(register: Register, files: Sequence[Path], kind: type[Template]) -> tuple[list[Form], list[CellFinding]]:
    """Find the forms in the files; a file that cannot be read, or is of another period, is a finding."""
    forms: list[Form] = []
    findings = []
    refusals: dict[Template, str | None] = {}
    for file, book in zip(files, read_workbooks(files), strict=True):
        try:
            if isinstance(book, SheetError):
                raise book
            found = forms_of(register, file, book, kind)
            template = found[0].template
            if template not in refusals:
                refusals[template] = template.refusal(register.figures)
            refusal = refusals[template]
            if refusal:
                raise SheetError(f"{file.name}：{refusal}，没有读取。")
        except SheetError as error:
            findings.append(CellFinding(file.name, "", "", str(error)))
            continue
        period = (forms or found)[0].template
        if any(form.template != period for form in found):
            findings.append(
                CellFinding(file.name, "", "", f"与前面的文件不是同一期（{period.span}），没有读取；请分次收回。")
            )
        else:
            forms += found
    return forms, findings


def _distinct(merged: list[Merged]) -> Iterator[Merged]:
    """Let one row of each project through; rows that say different things of a project are all refused."""
    by_no: dict[str, list[Merged]] = {}
    for one in merged:
        by_no.setdefault(one.row.no, []).append(one)
    for rows in by_no.values():
        saying = [one for one in rows if one.touched] or rows[:1]
        if all(one.touched == saying[0].touched and not one.findings for one in saying[1:]):
            yield saying[0]
            continue
        places = [str(one.row.finding("序号", "")).rstrip("：") for one in saying]
        for one in saying:
            twice = one.row.finding("序号", f"#{one.row.no} 在几处填得不同：{'、'.join(places)}；请只留一处")
            yield replace(one, change=RowChange.REFUSED, given=None, findings=(*one.findings, twice))


def _checked(figures: Figures, template: Template, rows: Sequence[Merged]) -> list[Merged]:
    """Add what the ledger would refuse, at its cell, so that one bad row does not hold up the others."""
    found = iter(template.check(figures, [(one.given, one.now.position) for one in rows if one.taken]))
    return [_placed(one, next(found)) if one.taken else one for one in rows]


def _placed(one: Merged, found: Iterable[Finding]) -> Merged:
    """Refuse a row for what stops it, each at its cell."""
    reason = one.values.get("reason")
    stopping = [finding for finding in found if finding.severity is Severity.ERROR or not reason]
    placed = tuple(found_in(one.row, finding) for finding in stopping)
    return replace(one, change=RowChange.REFUSED, given=None, findings=placed) if placed else one
