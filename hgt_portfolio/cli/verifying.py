"""The command that checks a ledger: verify."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from hgt_portfolio.cli.desk import Json, Refusal, UsageProblem, figures, progress_line, say, show

if TYPE_CHECKING:
    from hgt_portfolio.figures import Figures
    from hgt_portfolio.store.checks import Check

HEAD_DIGITS = 12
"""How many hex digits a head must have to be looked for."""

REMEDY = (
    "请停止使用这份台账，把文件另存一份留查，再用 hgt restore 恢复最近一份校验通过的备份；"
    "备份以后的操作对照导出的报表补录。"
)


def verify(
    head: Annotated[
        str | None,
        typer.Option("--head", metavar="校验值", help="报表“说明”里印的操作链校验值：查它是否在这份台账的链上。"),
    ] = None,
    as_json: Json = False,
) -> None:
    """校验：文件、表结构、操作链和每一行、规划、累计、定稿；不符的说明在哪一行。"""
    from hgt_portfolio.store.checks import Verdict

    digits = _digits(head)
    reader = figures()
    checks = [*_checks(reader, digits)]
    _show(checks, as_json=as_json)
    failed = [check.name for check in checks if check.verdict is Verdict.FAILS]
    if failed:
        raise Refusal(f"校验不通过：{'、'.join(failed)}不符。{REMEDY}")
    if not as_json:
        say("校验通过：各项都相符。")


def _digits(head: str | None) -> str | None:
    """Find the hex digits in a head as printed."""
    if head is None:
        return None
    found = re.search(rf"(?<![0-9a-f])[0-9a-f]{{{HEAD_DIGITS},64}}(?![0-9a-f])", head.lower())
    if found is None:
        raise UsageProblem(f"--head “{head}”里没有校验值：请照抄报表“说明”里的，至少前 {HEAD_DIGITS} 位（0–9、a–f）。")
    return found[0]


def _checks(reader: Figures, digits: str | None) -> Iterator[Check]:
    from hgt_portfolio.ledger.verifying import verify
    from hgt_portfolio.store.checks import Verdict

    whole = True
    for check in verify(reader.store, progress_line() or (lambda _name, _done, _of: None)):
        whole &= check.verdict is Verdict.HOLDS
        yield check
    if whole:
        yield _reconciled(reader)
        if digits is not None:
            yield _headed(reader, digits)


def _reconciled(reader: Figures) -> Check:
    """Hold what the plan states against its rows as loaded; what another plan gets wrong itself is only told."""
    from hgt_portfolio.plan import read_plan
    from hgt_portfolio.reports.reconcile import ANOTHER_BASIS, DIFFERS, reconcile
    from hgt_portfolio.store.checks import Check, Verdict, checked

    rows = [row for row in reconcile(reader, reader.point()).rows if row[4] == DIFFERS and row[0] != ANOTHER_BASIS]
    said = [f"{row[1]}：规划所述 {row[2]}，各行得出 {row[3]}。" for row in rows]
    if reader.plan().doc_no == read_plan().doc_no:
        return checked("规划对账", iter(said), "规划所述的合计与装载的各行。")
    return Check("规划对账", Verdict.HOLDS, "规划自己所述与各行不同的：" + ("".join(said) or "没有。"))


def _headed(reader: Figures, digits: str) -> Check:
    from hgt_portfolio.ledger.verifying import head_of
    from hgt_portfolio.store.checks import Check, Verdict

    found = head_of(reader.store, digits)
    if found is None:
        said = f"{digits} 不在这份台账的操作链上：印出它的不是这份台账，或台账在那以后被重建、换成了更早的备份。"
        return Check("操作链校验值", Verdict.FAILS, "", (said,))
    number, moment, later = found
    return Check("操作链校验值", Verdict.HOLDS, f"{digits} 是操作{number}（{moment}）的，此后又有{later}次操作。")


def _show(checks: list[Check], *, as_json: bool) -> None:
    from hgt_portfolio.output.plain import to_json
    from hgt_portfolio.table import Column, Kind, Table

    columns = (Column("check", "检查", Kind.LABEL, 9), Column("verdict", "结论", Kind.LABEL, 4), Column("said", "说明"))
    rows = [(check.name, check.verdict.value, said) for check in checks for said in check.findings or (check.note,)]
    value = [
        {"check": check.name, "verdict": check.verdict.value, "note": check.note, "findings": list(check.findings)}
        for check in checks
    ]
    if as_json:
        # Printed as it is: of a damaged ledger nothing more can be asked, such as whether it is sample data.
        say(to_json(value))
    else:
        show(Table("校验", "台账校验", columns, tuple(rows), unit_note=""), as_json=False, as_csv=False)
