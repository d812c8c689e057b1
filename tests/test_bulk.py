"""Bulk update: many projects in one action with one entry and one undo, and the dialog that previews it."""

from __future__ import annotations

from datetime import date

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Select

from hgt_portfolio.ledger import CheckInput, ContactInput, Refused, ReportInput, Seen
from hgt_portfolio.months import month
from hgt_portfolio.terms import CheckMethod, ContactRole, Severity, Status
from hgt_portfolio.tui.dialogs.base import AskScreen
from hgt_portfolio.tui.dialogs.bulk import BulkScreen
from hgt_portfolio.tui.dialogs.meanwhile import MeanwhileScreen
from hgt_portfolio.tui.rows import RowTable
from tests.conftest import Book
from tests.tui import app_for, fill, joined, keys, notice, settle, shown

DAY = date(2024, 10, 20)
Q3 = month(2024, 9)
pytestmark = pytest.mark.parametrize("today", [DAY])


def filings(*nos: str, **more: object) -> list[ReportInput]:
    return [ReportInput(no=no, period=Q3, status=Status.UNDER_WAY, **more) for no in nos]


def test_many_reports_are_one_action_with_one_entry_and_one_undo(book: Book) -> None:
    outcome = book.ledger.report_many(filings("1", "6", "39", next_step="排期"))
    assert outcome.title == "进度填报 2024Q3，3 项：#1、#6、#39"
    assert [(row.no, row.before.status, row.after.status) for row in outcome.rows if row.before and row.after] == [
        (no, None, "在建") for no in ("1", "6", "39")
    ]
    entry = book.figures.entries(book.point())[0]
    assert (entry.kind, entry.id) == ("进度填报", outcome.action_id)
    assert all(book.figures.entries(book.point(), no)[0].id == outcome.action_id for no in ("1", "6", "39"))
    assert book.ledger.broken_entry() is None
    assert book.ledger.undo().title == f"撤销 {outcome.title}"
    assert {book.position(no, "2024Q3").status for no in ("1", "6", "39")} == {None}


def test_a_finding_on_one_row_refuses_all_and_names_it(book: Book) -> None:
    book.report("6", "2024Q2", "完工", "100", finished=date(2024, 6, 1), reason="结余")
    before = book.figures.last_action()
    with pytest.raises(Refused) as refused:
        book.ledger.report_many([*filings("1"), *filings("6"), *filings("99")])
    assert {finding.no for finding in refused.value.findings} == {"6", "99"}
    assert "#6 状态由完工退回在建" in str(refused.value)
    assert book.figures.last_action() == before
    assert book.position("1", "2024Q3").status is None
    rehearsed = book.ledger.report_many([*filings("1"), *filings("6"), *filings("99")], dry_run=True)
    assert [(finding.no, finding.severity) for finding in rehearsed.findings] == [
        ("6", Severity.WARNING),
        ("99", Severity.ERROR),
    ]
    assert [row.after and row.after.status for row in rehearsed.rows] == ["在建", "在建", None]
    assert book.figures.last_action() == before
    book.ledger.report_many([*filings("1"), *filings("6", reason="核实后更正")])
    assert book.position("6", "2024Q3").status == "在建"


def test_what_was_weighed_against_an_older_ledger_is_refused(book: Book) -> None:
    door = book.ledger.beside(Seen(book.figures.last_action(), ("1", "6")))
    book.as_operator("乙").report(filings("2")[0])
    door.report_many(filings("1"), dry_run=True)
    book.as_operator("乙").report(filings("6")[0])
    with pytest.raises(Refused, match=r"打开以后 乙 于 .* 做了“进度填报 #6"):
        door.report_many(filings("1"))
    assert book.position("1", "2024Q3").status is None
    with pytest.raises(Refused, match="没有要更新的项目"):
        book.ledger.report_many([])


def test_many_checks_and_many_contacts(book: Book) -> None:
    checks = [
        CheckInput(no=no, day=DAY, how=CheckMethod.ON_SITE, finding="正常施工", status=status)
        for no, status in (("1", Status.UNDER_WAY), ("39", None))
    ]
    outcome = book.ledger.check_many(checks)
    assert outcome.title == "核实（现场），2 项：#1、#39"
    assert [row.after and row.after.check_finding for row in outcome.rows] == ["正常施工"] * 2
    assert book.position("1").status == "在建"
    complete = [CheckInput(no=no, day=DAY, how=CheckMethod.ON_SITE, finding="已完工") for no in ("1", "39")]
    with pytest.raises(Refused, match="#1 核实结论“已完工”像是已经完工"):
        book.ledger.check_many(complete)
    named = [
        ContactInput(no=no, role=ContactRole.OFFICER, name="演示甲", phone="13800000000", since=DAY)
        for no in ("1", "39")
    ]
    assert book.ledger.contact_many(named).title == "责任人 演示甲，2 项：#1、#39"
    people = {(person.no, person.role): person.name for person in book.figures.contacts(book.point())}
    assert (people["1", "责任人"], people["39", "责任人"]) == ("演示甲", "演示甲")
    late = [ContactInput(no="1", role=ContactRole.OFFICER, name="演示乙", since=DAY, until=date(2024, 1, 1))]
    with pytest.raises(Refused, match="#1 截止日期 2024-01-01 早于"):
        book.ledger.contact_many(late)
    book.ledger.undo()
    book.ledger.undo()
    assert book.figures.contacts(book.point()) == []
    assert book.position("1").check_day is None


async def opened(pilot: Pilot[None], *nos: str) -> BulkScreen:
    """Open the dialog on some projects."""
    await settle(pilot)
    screen = BulkScreen(pilot.app.desk, nos)  # type: ignore[attr-defined]
    pilot.app.push_screen(screen, pilot.app.written)  # type: ignore[attr-defined]
    await settle(pilot)
    return screen


async def choose(pilot: Pilot[None], field: str, value: str) -> None:
    pilot.app.screen.query_one(f"#{field}", Select).value = value
    await settle(pilot)


def lines(screen: BulkScreen) -> list[list[str]]:
    table = screen.query_one(RowTable)
    return [[str(cell).strip() for cell in table.get_row_at(row)] for row in range(table.row_count)]


async def test_marked_rows_are_previewed_written_at_once_and_taken_back(book: Book) -> None:
    book.report("1", "2024Q2", "在建", "500", reason="首报", physical="场平", filed_by="演示填报人")
    before = book.figures.last_action()
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, "6", "1", "39")
        assert "批量更新 3 项" in shown(app)
        assert screen.query_one("#report_period", Input).value == "2024Q3"
        await keys(pilot, "f10")
        assert "还没有填要更新什么" in joined(app)
        await choose(pilot, "report_status", "在建")
        await fill(pilot, "report_next_step", "[倒排]工期")
        await keys(pilot, "f10")
        assert book.figures.last_action() == before
        said = lines(screen)
        assert [row[1] for row in said if row[1]] == ["1", "6", "39"]
        assert ["下一步措施", "-", "[倒排]工期"] in [row[3:6] for row in said]
        assert ["项目状态", "-", "在建"] in [row[3:6] for row in said]
        assert not any(row[3] in ("形象进度", "填报人") for row in said)
        assert "写入 3 项。" in shown(app)
        await keys(pilot, "f10")
        assert notice(app).startswith("已办：进度填报 2024Q3，3 项：#1、#6、#39")
    position = book.position("1", "2024Q3")
    assert (position.status, position.physical, position.next_step) == ("在建", "场平", "[倒排]工期")
    assert (position.stated, position.filed_by) == (None, "演示填报人")
    assert {book.position(no, "2024Q3").filing_state for no in ("1", "6", "39")} == {"迟报"}
    book.ledger.undo()
    assert book.position("6", "2024Q3").status is None
    assert book.position("1", "2024Q3").next_step is None


async def test_an_amount_is_restated_and_what_was_filed_stays(book: Book) -> None:
    for no in ("1", "6"):
        book.report(no, "2024Q2", "在建", "500", reason="首报")
    book.report("6", "2024Q3", "在建", "700", problem="征地", goal_verdict="达序")
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, "1", "6", "39")
        await choose(pilot, "report_cumulative", "与上次相同")
        await keys(pilot, "f10")
        by = {row[1]: row for row in lines(screen) if row[1]}
        assert (by["39"][6], by["1"][6], by["6"][0], by["6"][3]) == ("错误", "", "不写", "没有变化")
        await keys(pilot, "f10")
        assert "有错误 1 项：按空格改为不写" in shown(app)
        table = screen.query_one(RowTable)
        table.move_cursor(row=table.get_row_index("39 0"))
        await settle(pilot)
        assert "从未报过项目状态，请选定项目状态" in joined(app)
        await keys(pilot, "space")
        assert "写入 1 项，不写 2 项。" in shown(app)
        table.move_cursor(row=table.get_row_index("6 0"))
        await keys(pilot, "enter")
        assert "写入 2 项，不写 1 项。" in shown(app)
        await keys(pilot, "f10")
        assert notice(app).startswith("已办：进度填报 2024Q3，2 项：#1、#6")
    one, six = book.position("1", "2024Q3"), book.position("6", "2024Q3")
    assert (one.quarter, one.cumulative) == (0, 500 * 1_000_000)
    assert (six.cumulative, six.problem, six.goal_verdict) == (700 * 1_000_000, "征地", "达序")


async def test_warnings_want_one_reason_and_a_moved_ledger_refuses(book: Book) -> None:
    book.report("6", "2024Q2", "完工", "1900", finished=date(2024, 6, 1), reason="首报")
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, "1", "6")
        await choose(pilot, "report_status", "在建")
        await keys(pilot, "f10")
        assert ["完工日期", "2024-06-01", "-"] in [row[3:6] for row in lines(screen)]
        assert "有提醒 1 项" in shown(app)
        await keys(pilot, "f10")
        assert "须写明原因或文号" in shown(app)
        assert app.focused is screen.query_one("#reason")
        await keys(pilot, "=验收未过")
        book.as_operator("乙").report(filings("39")[0])
        book.as_operator("乙").report(filings("1", problem="缺土")[0])
        await keys(pilot, "f10")
        assert isinstance(app.screen, MeanwhileScreen)
        assert "乙" in joined(app) and "#39" not in joined(app)
        assert "#1存在问题-缺土缺土" in joined(app)
        await keys(pilot, "right", "right", "enter")
        assert notice(app).startswith("已办：进度填报 2024Q3，1 项：#6"), "#1 stands as it was to be written"
    assert book.position("6", "2024Q3").status == "在建"
    assert book.figures.entries(book.point())[0].reason == "验收未过"


async def test_checks_contacts_and_supervision_of_many(book: Book) -> None:
    book.ledger.contact(ContactInput(no="1", role=ContactRole.OFFICER, name="演示甲", since=date(2024, 1, 1)))
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await opened(pilot, "1", "39")
        await choose(pilot, "update", "check")
        await keys(pilot, "f10")
        assert "核实方式没有填" in shown(app)
        await choose(pilot, "check_how", "现场")
        await fill(pilot, "check_finding", "正常施工")
        await keys(pilot, "f10")
        assert ["核实结论", "-", "正常施工"] in [row[3:6] for row in lines(screen)]
        await keys(pilot, "f10")
        assert notice(app).startswith("已办：核实（现场），2 项：#1、#39")
        screen = await opened(pilot, "1", "39")
        await choose(pilot, "update", "supervise")
        await choose(pilot, "supervise_ground", "未填报")
        await fill(pilot, "supervise_content", "补报三季度")
        await keys(pilot, "f10")
        said = [row[3:6] for row in lines(screen)]
        assert ["未销号督办", "无", "另交办：补报三季度"] in said
        assert ["责任人", "-", "演示甲"] in said
        await keys(pilot, "f10")
        assert notice(app).startswith("已办：督办交办 2 项：督2024-001 至 督2024-002")
        screen = await opened(pilot, "1", "39")
        await choose(pilot, "update", "supervise")
        await choose(pilot, "supervise_ground", "未填报")
        await fill(pilot, "supervise_content", "再补报")
        await keys(pilot, "f10")
        assert "已有因未填报督办、尚未销号的事项督2024-001" in joined(app)
        await keys(pilot, "escape")
        await choose(pilot, "update", "contact")
        await fill(pilot, "contact_name", "演示乙")
        await keys(pilot, "f10")
        assert ["责任人", "演示甲", "演示乙"] in [row[3:6] for row in lines(screen)]
        await keys(pilot, "f10")
        assert notice(app).startswith("已办：责任人 演示乙，2 项：#1、#39")
    assert [item.person for item in book.figures.supervision(book.point())] == ["演示甲", None]


async def test_closing_asks_where_something_would_be_lost(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, "1")
        await keys(pilot, "escape")
        assert not isinstance(app.screen, BulkScreen)
        screen = await opened(pilot, "1", "99")
        await fill(pilot, "report_problem", "征地")
        await choose(pilot, "report_status", "在建")
        await fill(pilot, "report_period", "去年")
        await keys(pilot, "f10")
        assert "无法识别" in joined(app)
        await fill(pilot, "report_period", "三季度")
        await keys(pilot, "f10", "up")
        assert "没有序号为99的项目" in joined(app)
        await keys(pilot, "space", "down", "space", "f10")
        assert "每一项都定为不写" in joined(app)
        await keys(pilot, "escape")
        assert screen.query_one("#report_problem", Input).value == "征地"
        await keys(pilot, "escape")
        assert isinstance(app.screen, AskScreen)


async def test_marks_on_the_list_open_it(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await keys(pilot, "2", "space", "space", "space", "alt+p")
        assert isinstance(app.screen, BulkScreen)
        assert app.screen.nos == ("1", "2", "3")
        await choose(pilot, "report_status", "未开工")
        await keys(pilot, "f10", "f10")
        assert "3 项：#1、#2、#3" in notice(app)
        assert {book.position(no, "2024Q3").status for no in ("1", "2", "3")} == {"未开工"}
        await keys(pilot, "ctrl+z")
        assert "已撤销 进度填报 2024Q3，3 项" in notice(app)
    assert {book.position(no, "2024Q3").status for no in ("1", "2", "3")} == {None}
