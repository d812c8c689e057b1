"""Commands for units and projects that change their identity: renamed, merged, split."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from hgt_portfolio.cli.desk import (
    AsOf,
    Csv,
    Doc,
    Json,
    KnownAt,
    No,
    Reason,
    UsageProblem,
    done,
    figures,
    ledger,
    needed,
    point_of,
    read,
    show,
    term,
    undo_hint,
)
from hgt_portfolio.terms import UnitChangeKind, UnitKind

if TYPE_CHECKING:
    from hgt_portfolio.ledger import Changes, Part

Effective = Annotated[str | None, typer.Option("--effective", help="生效日期，默认今天。")]


def unit(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[rename 原名 新名 | merge 原名…]", help="不写列出全部单位；rename 更名；merge 合并到 --into。"
        ),
    ] = None,
    into: Annotated[str | None, typer.Option("--into", help="合并到哪个单位；没有的会新建。")] = None,
    since: Annotated[str | None, typer.Option("--from", help="从哪天起，如 2025-01-01。")] = None,
    doc: Doc = None,
    full_name: Annotated[str | None, typer.Option("--full-name", help="新单位的全称。")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="新单位的类别，默认同原单位。")] = None,
    reason: Reason = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """责任单位：列出，更名，合并；以前的报表仍用旧名，对比时按新单位。"""
    from hgt_portfolio.reports.units import unit_list

    what, *names = words or ["list"]
    term("unit", what, ("list", "rename", "merge"))
    if what == "list":
        reader = figures()
        show(unit_list(reader, point_of(reader, as_of, known_at)), as_json=as_json, as_csv=as_csv)
        return
    if what == "rename":
        if len(names) != 2 or into:
            raise UsageProblem("写法：hgt unit rename 原名 新名 --from 日期 --doc 文号。")
        old, new = names[:1], names[1]
    else:
        if not names:
            raise UsageProblem("写法：hgt unit merge 原名… --into 新名 --from 日期 --doc 文号。")
        old, new = names, needed("--into", into)
    _change_units(
        UnitChangeKind.RENAME if what == "rename" else UnitChangeKind.MERGE,
        old,
        new,
        since,
        doc,
        full_name,
        kind,
        reason,
    )


def _change_units(
    change: UnitChangeKind,
    old: list[str],
    new: str,
    since: str | None,
    doc: str | None,
    full_name: str | None,
    kind: str | None,
    reason: str | None,
) -> None:
    from hgt_portfolio.ledger import UnitChangeInput, validated
    from hgt_portfolio.months import read_day

    given = validated(
        UnitChangeInput,
        kind=change,
        units=tuple(old),
        successor=new,
        effective=needed("--from", read("--from", since, read_day)),
        doc=needed("--doc", doc),
        full_name=full_name,
        unit_kind=term("--kind", kind, UnitKind),
        reason=reason,
    )
    done(ledger().change_units(given))
    undo_hint()


def split(
    no: No,
    part: Annotated[
        list[str] | None,
        typer.Option("--part", help="一部分：名称:总投资（万元）[:责任单位]，写几次分几项。总投资待定的只写名称。"),
    ] = None,
    reason: Reason = None,
    doc: Doc = None,
    effective: Effective = None,
) -> None:
    """拆分一个项目为几项（9-1、9-2…）：各项之和不变，已报的数按总投资分摊；没有文号只是申请。"""
    from hgt_portfolio.ledger import Changes, validated

    if not part:
        raise UsageProblem("请用 --part 写明各部分，如 --part 流湖片区:3000:区农业农村局 --part 厚田片区:2000。")
    _amend(no, validated(Changes, parts=tuple(_part(text) for text in part)), reason, doc, effective)


def _part(text: str) -> Part:
    from hgt_portfolio.ledger import Part, validated
    from hgt_portfolio.money import read_wan

    name, amount, cell, *rest = [*re.split("[:：]", text), "", ""]
    if any(rest):
        raise UsageProblem(f"--part “{text}”多出了内容，应为 名称:总投资（万元）:责任单位。")
    fen = read("--part", amount.strip() or None, read_wan)
    return validated(Part, name=name, investment_fen=fen, unit_text=cell.strip() or None)


def merge(
    numbers: Annotated[list[str], typer.Argument(metavar="序号…", help="要合并的项目，至少两个。")],
    name: Annotated[str | None, typer.Option("--name", help="合并后的名称。")] = None,
    number: Annotated[str | None, typer.Option("--no", help="合并后的序号，默认如 3+5。")] = None,
    cell: Annotated[str | None, typer.Option("--unit", help="责任单位；默认为各项的单位，第一个牵头。")] = None,
    reason: Reason = None,
    doc: Doc = None,
    effective: Effective = None,
) -> None:
    """合并几个项目为一项：投资和已报的数为各项之和；没有文号只是申请。"""
    from hgt_portfolio.ledger import Changes, Merger, validated

    if len(numbers) < 2:
        raise UsageProblem("合并至少要两个项目，如 hgt merge 3 5 --name 名称 --doc 文号 --reason 原因。")
    merger = validated(
        Merger,
        others=tuple(numbers[1:]),
        no=number or "+".join(numbers),
        name=needed("--name", name),
        unit_text=cell,
    )
    _amend(numbers[0], validated(Changes, merger=merger), reason, doc, effective)


def _amend(no: str, changes: Changes, reason: str | None, doc: str | None, effective: str | None) -> None:
    from hgt_portfolio.ledger import AmendInput, validated
    from hgt_portfolio.months import read_day

    given = validated(
        AmendInput,
        no=no,
        changes=changes,
        reason=needed("--reason", reason),
        doc=doc,
        effective=read("--effective", effective, read_day),
    )
    done(ledger().amend(given))
    undo_hint()
