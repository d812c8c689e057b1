"""督办单: what one unit is to do, why and by when, with room for its answer and its receipt."""

from __future__ import annotations

from hgt_portfolio.document import Block, Document, body, heading, note
from hgt_portfolio.figures import Figures, Point, SupervisionItem
from hgt_portfolio.months import day_words
from hgt_portfolio.reports.supervision import due_words, last_words
from hgt_portfolio.rules.point import office_time
from hgt_portfolio.table import Cell, Column, Kind, Table
from hgt_portfolio.terms import SupervisionGround, SupervisionStep

_COLUMNS = (Column("label", "事项", Kind.LABEL, 5), Column("text", "内容", Kind.TEXT, 23))
_ANSWER_LINES = 3
_RECEIPT = "签收人：　　　　　　　　签收日期：　　　　年　　月　　日"


def supervision_notice(
    figures: Figures, point: Point, unit: str, full_name: str | None, items: list[SupervisionItem]
) -> Document:
    """Make the 督办单 of a unit over the items that it has not been struck off for."""
    plan = figures.plan()
    late = sum(item.days_over > 0 for item in items)
    day = day_words(point.day)
    overdue = f"，其中{late}项已超过完成时限" if late else ""
    blocks: list[Block] = [
        body(
            f"截至{day}，你单位有{len(items)}项督办事项尚未销号{overdue}。"
            "请按下列要求办理，在完成时限前书面反馈办理情况；办结后附依据申请销号，经核验后销号。"
        )
    ]
    for item in items:
        blocks += [heading(f"{item.no}　{item.subject}"), _form(item)]
    blocks += [note(_RECEIPT), note("本单一式两份，签收后一份退回本办。")]
    return Document(
        title="督办单",
        blocks=tuple(blocks),
        created=office_time(point.known_at).replace(tzinfo=None),
        addressee=full_name or unit,
        signer=plan.office,
        dated=point.day,
        demo=bool(plan.demo),
    )


def _form(item: SupervisionItem) -> Table:
    reminded = item.times(SupervisionStep.REMINDED)
    state = f"{item.state}" + (f"，已超期 {item.days_over} 天" if item.days_over else "")
    why = item.basis or (None if item.ground == SupervisionGround.OTHER else f"因{item.ground}督办")
    facts: list[tuple[Cell, Cell]] = [
        ("交办事项", item.content),
        *((("依据", why),) if why else ()),
        ("完成时限", due_words(item)),
        ("责任人", item.person),
        ("交办日期", f"{item.raised}" + (f"（{item.doc}）" if item.doc else "")),
        ("目前状态", state + (f"，已催办 {reminded} 次" if reminded else "")),
    ]
    if item.last:
        facts.append(("最近办理", last_words(item)))
    facts += [("办理情况反馈" if not n else "", "") for n in range(_ANSWER_LINES)]
    facts += [("销号依据", ""), ("反馈人", "　　　　　　　　电话：　　　　　　　　日期：　　　　年　　月　　日")]
    return Table(item.no, "", _COLUMNS, tuple(facts), unit_note="")
