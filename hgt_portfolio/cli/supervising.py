"""Commands about who answers and what is being done: contacts, milestones, sub-items, the filing board, 督办."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hgt_portfolio.cli.desk import (
    AsOf,
    Csv,
    Doc,
    Json,
    KnownAt,
    Reason,
    UsageProblem,
    day_or_today,
    done,
    figures,
    ledger,
    needed,
    point_of,
    read,
    read_whole,
    say,
    show,
    term,
    undo_hint,
)
from hgt_portfolio.terms import ContactRole, SupervisionGround, SupervisionState, SupervisionStep

if TYPE_CHECKING:
    from hgt_portfolio.figures import Suggestion
    from hgt_portfolio.ledger import SuperviseInput

UnitOption = Annotated[str | None, typer.Option("--unit", help="责任单位。")]
Evidence = Annotated[str | None, typer.Option("--evidence", help="依据。")]
Item = Annotated[str, typer.Argument(metavar="编号", help="督办编号，如 督2024-001。")]
On = Annotated[str | None, typer.Option("--on", help="日期，默认今天。")]
Due = Annotated[str | None, typer.Option("--due", help="完成时限，如 2024-10-31。")]
Said = Annotated[str | None, typer.Option("--text", help="内容。")]
Person = Annotated[str | None, typer.Option("--person", help="责任人；交办时默认台账里的责任人。")]


def _words(words: list[str] | None, most: int, form: str) -> tuple[str | None, ...]:
    """Give the words of a line, None for those not written; more than ``most`` are refused with the right form."""
    given = words or []
    if len(given) > most:
        raise UsageProblem(f"多出了参数 {given[most]}。写法：{form}。")
    return (*given, *[None] * (most - len(given)))


def contact(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[序号] [职责] [姓名]", help="职责：责任领导、责任人、包联领导；不写职责则列出。"),
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="单位的联系人，不写序号。")] = None,
    phone: Annotated[str | None, typer.Option("--phone", help="电话。")] = None,
    since: Annotated[str | None, typer.Option("--since", help="起始日期，默认今天。")] = None,
    until: Annotated[str | None, typer.Option("--until", help="截止日期；不写姓名则现任到这一天为止。")] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """联系人：一个项目或单位的责任领导、责任人、包联领导，从哪天到哪天。"""
    from hgt_portfolio.ledger import ContactEnd, ContactInput, UnitContactInput, validated
    from hgt_portfolio.months import read_day
    from hgt_portfolio.reports.people import contact_list

    form = "hgt contact 序号 职责 姓名，或 hgt contact --unit 单位 职责 姓名"
    reader = figures()
    no, role, name = (None, *_words(words, 2, form)) if unit else _words(words, 3, form)
    if role is None:
        point = point_of(reader, as_of, known_at)
        of = reader.unit_name(unit, point) if unit else None
        show(contact_list(reader, point, no, of), as_json=as_json, as_csv=as_csv)
        return
    writer = ledger()
    word = term("职责", role, ContactRole)
    last = read("--until", until, read_day)
    day = day_or_today("--since", since, writer) if name else needed("姓名（或用 --until 写明现任到哪天为止）", last)
    unit = reader.unit_name(unit, reader.point(day)) if unit else None
    if name is None:
        done(writer.end_contact(validated(ContactEnd, no=no, unit=unit, role=word, until=day)))
        return
    given = {"role": word, "name": name, "phone": phone, "since": day, "until": last}
    if unit:
        done(writer.contact(validated(UnitContactInput, unit=unit, **given)))
    else:
        done(writer.contact(validated(ContactInput, no=no, **given)))


def milestone(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[序号] [名称] [计划月]", help="不写名称则列出；新增要写计划月，如 2024-06。"),
    ] = None,
    weight: Annotated[str | None, typer.Option("--weight", help="权重，百分数；各节点合计不超过 100。")] = None,
    met: Annotated[str | None, typer.Option("--met", help="完成日期。")] = None,
    evidence: Evidence = None,
    drop: Annotated[bool, typer.Option("--drop", help="取消这个节点。")] = False,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """节点：一个项目的计划月、权重和完成日期；不写名称则列出。"""
    from hgt_portfolio.ledger import MilestoneInput, validated
    from hgt_portfolio.months import read_day, read_period
    from hgt_portfolio.reports.milestones import milestone_list

    no, name, planned = _words(words, 3, "hgt milestone 序号 名称 计划月")
    if name is None:
        reader = figures()
        show(milestone_list(reader, point_of(reader, as_of, known_at), no), as_json=as_json, as_csv=as_csv)
        return
    given = validated(
        MilestoneInput,
        no=no,
        name=name,
        planned=read("计划月", planned, read_period),
        weight=read("--weight", weight, read_whole),
        met=read("--met", met, read_day),
        evidence=evidence,
        dropped=drop,
    )
    done(ledger().milestone(given))
    undo_hint()


def subitem(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[序号] [子项] [已完成数]", help="不写子项则列出，如 9 流湖镇 12。"),
    ] = None,
    day: Annotated[str | None, typer.Option("--day", help="截至日期，默认今天。")] = None,
    reason: Reason = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """子项：一个项目的子项各完成多少个；不写子项则列出。"""
    from hgt_portfolio.ledger import SubItemInput, validated
    from hgt_portfolio.reports.milestones import sub_item_list

    no, name, number = _words(words, 3, "hgt subitem 序号 子项 已完成数")
    if name is None:
        reader = figures()
        show(sub_item_list(reader, point_of(reader, as_of, known_at), no), as_json=as_json, as_csv=as_csv)
        return
    writer = ledger()
    count = needed("已完成数", read("已完成数", number, read_whole))
    given = validated(SubItemInput, no=no, name=name, done=count, day=day_or_today("--day", day, writer), reason=reason)
    done(writer.sub_item(given))
    undo_hint()


def board(
    year: Annotated[str | None, typer.Option("--year", help="年度；默认最近四个季度。")] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="牵头单位；写了就逐项列出。")] = None,
    detail: Annotated[bool, typer.Option("--detail", help="逐项列出：状态、日期、填报人。")] = False,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """填报情况：各单位各季度已填报、未填报、退回多少项；逐项的日期和填报人。"""
    from hgt_portfolio.reports import board as boards

    reader = figures()
    point = point_of(reader, as_of, known_at)
    number = read("--year", year, read_whole)
    name = reader.unit_name(unit, point) if unit else None
    if detail or name:
        table = boards.board_detail(reader, point, number, name)
    else:
        table = boards.board(reader, point, number, whole=as_json or as_csv)
    show(table, as_json=as_json, as_csv=as_csv)


Open = Annotated[bool, typer.Option("--open", help="只要未销号的。")]
State = Annotated[str | None, typer.Option("--state", help="状态，如 待反馈、办理中、申请销号。")]


def list_items(
    unit: UnitOption = None,
    is_open: Open = False,
    state: State = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """列出督办事项，可按单位、状态筛选；不写子命令也是列出。"""
    from hgt_portfolio.reports.supervision import supervision_list

    reader = figures()
    point = point_of(reader, as_of, known_at)
    name = reader.unit_name(unit, point) if unit else None
    items = reader.supervision(point, unit=name, state=term("--state", state, SupervisionState), open_only=is_open)
    show(supervision_list(items, point, whole=as_json or as_csv), as_json=as_json, as_csv=as_csv)


def supervise(
    context: typer.Context,
    unit: UnitOption = None,
    is_open: Open = False,
    state: State = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """督办事项：建议、交办、催办、反馈、延期、申请销号、核验销号、退回；不写子命令则列出。"""
    if context.invoked_subcommand is None:
        list_items(unit, is_open, state, as_of, known_at, as_json, as_csv)
    elif any((unit, is_open, state, as_of, known_at, as_json, as_csv)):
        raise UsageProblem(f"选项请写在子命令后面：hgt supervise {context.invoked_subcommand} …。")


def show_item(item: Item, as_of: AsOf = None, known_at: KnownAt = None, as_json: Json = False) -> None:
    """一个督办事项的全部情况和办理过程。"""
    from hgt_portfolio.output.plain import rows_json
    from hgt_portfolio.reports import supervision

    reader = figures()
    point = point_of(reader, as_of, known_at)
    found = reader.supervised(point, item)
    whole = rows_json(supervision.supervision_list([found], point, whole=True))[0]
    value = whole | {"steps": rows_json(supervision.step_list(found))}
    show(supervision.supervision_item(found, point), as_json=as_json, as_csv=False, json_value=value)


def suggest(
    unit: UnitOption = None,
    raised: Annotated[bool, typer.Option("--raise", help="把建议的全部交办，一次操作。")] = False,
    doc: Doc = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """建议督办：逾期、连续两个季度红灯、到期未填报的；--raise 全部交办。"""
    from hgt_portfolio.reports.supervision import suggestion_list

    reader = figures()
    point = point_of(reader, as_of, known_at)
    name = reader.unit_name(unit, point) if unit else None
    found = [one for one in reader.suggested(point) if name in (None, one.unit)]
    if not raised:
        show(suggestion_list(found, point), as_json=as_json, as_csv=as_csv)
        return
    if known_at:
        raise UsageProblem("交办要按现在的数，--raise 不能和 --known-at 一起用。")
    done(ledger().supervise(_input(one, raised=point.day, doc=doc) for one in found))
    undo_hint()


def _input(suggestion: Suggestion, **more: Any) -> SuperviseInput:
    """Make the input that raises a suggestion."""
    from hgt_portfolio.ledger import SuperviseInput, validated

    names = ("no", "unit", "ground", "content", "basis", "due", "person")
    given = {name: getattr(suggestion, name) for name in names}
    return validated(SuperviseInput, **given | {name: value for name, value in more.items() if value is not None})


def raise_item(
    no: Annotated[str | None, typer.Argument(metavar="[序号]", help="项目序号；督办整个单位则只写 --unit。")] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="责任单位；项目默认牵头单位。")] = None,
    content: Annotated[str | None, typer.Option("--content", help="交办事项。")] = None,
    due: Due = None,
    ground: Annotated[
        str, typer.Option("--ground", help="事由：逾期、连续红灯、未填报，默认其他。", show_default=False)
    ] = "其他",
    basis: Annotated[str | None, typer.Option("--basis", help="依据：有哪些事实和数字。")] = None,
    person: Person = None,
    doc: Doc = None,
    on: On = None,
) -> None:
    """交办一个督办事项；事由是建议里有的，内容、依据、时限可不写。"""
    from hgt_portfolio.ledger import SuperviseInput, validated
    from hgt_portfolio.months import read_day

    reader, writer = figures(), ledger()
    word = term("--ground", ground, SupervisionGround)
    day = day_or_today("--on", on, writer)
    point = reader.point(day)
    name = reader.unit_name(unit, point) if unit else None
    more = {
        "unit": name,
        "content": content,
        "due": read("--due", due, read_day),
        "basis": basis,
        "person": person,
        "doc": doc,
    }
    suggestions = [one for one in reader.suggested(point) if (one.no, one.ground) == (no, word)]
    if suggestions:
        given = _input(suggestions[0], raised=day, **more)
    elif word != SupervisionGround.OTHER and content is None:
        raise UsageProblem(
            f"没有因{word}督办 #{no or '-'} 的建议（不符合，或已有未销号的）；仍要督办请写明 --content 和 --due。"
        )
    else:
        needed("--content", content)
        needed("--due", due)
        more["person"] = person or reader.answerable(point, no, name)
        given = validated(SuperviseInput, no=no, ground=word, raised=day, **more)
    done(writer.supervise([given]))
    undo_hint()


def _step(step: SupervisionStep, line: str) -> Callable[..., None]:
    """Make the command that takes an item one step on."""

    def run(
        item: Item,
        text: Said = None,
        due: Due = None,
        evidence: Evidence = None,
        person: Person = None,
        on: On = None,
    ) -> None:
        from hgt_portfolio.ledger import StepInput, validated
        from hgt_portfolio.months import read_day

        writer = ledger()
        given = validated(
            StepInput,
            item=item,
            step=step,
            day=day_or_today("--on", on, writer),
            text=text,
            due=read("--due", due, read_day),
            evidence=evidence,
            person=person,
        )
        done(writer.supervision_step(given))
        undo_hint()

    run.__doc__ = line
    return run


remind = _step(SupervisionStep.REMINDED, "催办。")
answer = _step(SupervisionStep.ANSWERED, "登记单位的反馈（--text）。")
extend = _step(SupervisionStep.EXTENDED, "延期：新的完成时限（--due）和理由（--text）。")
apply = _step(SupervisionStep.APPLIED, "办结申请销号：办理结果（--text）和依据（--evidence）。")
strike = _step(SupervisionStep.STRUCK, "核验销号：核验依据（--evidence）；须先申请销号。")
send_back = _step(SupervisionStep.RETURNED, "退回销号申请：理由（--text）。")


def export_notices(
    unit: Annotated[str | None, typer.Option("--unit", help="只要某个单位的；不写则每单位一个文件。")] = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="写到哪个文件夹，默认 exports/。")] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
) -> None:
    """各单位督办单（Word）：未销号的督办事项，留有反馈栏和签收栏。"""
    from hgt_portfolio.exports.supervision import export_supervision
    from hgt_portfolio.settings import exports_folder

    reader = figures()
    point = point_of(reader, as_of, known_at)
    name = reader.unit_name(unit, point) if unit else None
    for path in export_supervision(reader, point, out or exports_folder(), unit=name):
        say(f"已写出 {path}")
