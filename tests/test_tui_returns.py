"""收回填报表 in the terminal UI: send out, pick, look, choose in conflicts, take, and take back in one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Select

from hgt_portfolio.cli import run
from hgt_portfolio.months import month
from hgt_portfolio.returns.quarter import Quarter
from hgt_portfolio.returns.sending import write_forms
from hgt_portfolio.tui.dialogs.base import NoticeScreen
from hgt_portfolio.tui.dialogs.outputs import FORMS_ALL, FORMS_SILENT, forms_label
from hgt_portfolio.tui.pages.returning import ReturnsPage
from tests.conftest import Book
from tests.returning import CUMULATIVE, HOUSING, QUARTER, WAN, Rows, a_report, filed_before, fill, sent
from tests.tui import app_for, joined, keys, notice, settle, shown

pytestmark = pytest.mark.parametrize("today", [date(2025, 1, 10)])


async def test_pick_choose_take_and_undo(book: Book, tmp_path: Path) -> None:
    filed_before(book)
    folder = tmp_path / "out"
    rows: Rows = {"40": {CUMULATIVE: 110000}, "41": {CUMULATIVE: 9500, "形象进度": "三成"}, "42": {"状态": "快了"}}
    fill(sent(book, folder), rows)
    (folder / "~$锁.xlsx").write_bytes(b"")
    book.as_operator("乙").report(a_report("40", 120000, None))
    app = app_for(book, folder)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await keys(pilot, "ctrl+g")
        page = app.screen
        assert isinstance(page, ReturnsPage)
        assert "进度填报表_区住建局_2024Q4.xlsx" in shown(app)
        assert "~$" not in shown(app)
        await keys(pilot, "space")
        assert "新报 1 项，变更 0 项，未变 0 项，冲突 1 项，拒绝 1 项，未填 0 项" in shown(app)
        assert "9,500.00" in shown(app)
        await keys(pilot, "tab")
        assert "表为“110000.00”" in joined(app)
        assert "台账为“120000.00”（乙2025-01-10" in joined(app)
        await keys(pilot, "ctrl+e")
        assert "已选取表" in joined(app)
        assert "变更 1 项" in shown(app)
        await keys(pilot, "ctrl+e")
        assert "已选留账" in joined(app)
        await keys(pilot, "ctrl+e")
        assert "冲突 1 项" in shown(app)
        await keys(pilot, "ctrl+e", "f10")
        assert notice(app).startswith("已办：收回填报表 2024Q4，2 项：#40、#41")
        assert [book.position(no, QUARTER).stated for no in ("40", "41")] == [110000 * WAN, 9500 * WAN]
        source = book.figures.sources("41", book.point("2024Q4"))["cumulative"]
        assert source.brief == "季报 2024-12（进度填报表_区住建局_2024Q4.xlsx）"
        assert "收回填报表 进度填报表_区住建局_2024Q4.xlsx" in source.text
        assert "未变 2 项" in shown(app)
        assert "已收下。控制数：文件1个，读到3行，收下2行" in joined(app)
        await keys(pilot, "f10")
        assert isinstance(app.screen, NoticeScreen)
        assert "没有可以收下的行" in shown(app)
        await keys(pilot, "escape", "ctrl+z")
        assert notice(app).startswith("已撤销 收回填报表")
        assert "已收下" not in joined(app)
        assert [book.position(no, QUARTER).stated for no in ("40", "41")] == [120000 * WAN, None]
        await keys(pilot, "escape")
        assert not isinstance(app.screen, ReturnsPage)


async def test_bad_files_are_said_and_all_are_picked_at_once(book: Book, tmp_path: Path) -> None:
    filed_before(book)
    sent(book, tmp_path)
    sent(book, tmp_path, "区科工局")
    write_forms(book.figures, tmp_path, Quarter, month(2024, 9), unit=HOUSING)
    (tmp_path / "进度填报表_坏_2024Q4.xlsx").write_bytes(b"PK\x03\x04")
    app = app_for(book, tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "ctrl+g", "f10")
        assert "请先用空格选取" in notice(app)
        await keys(pilot, "ctrl+a", "tab")
        assert "拒绝              进度填报表_坏_2024" in shown(app)
        assert "控制数：文件2个，读到4行" in joined(app)
        assert "没有读取的文件1个" in joined(app)
        await keys(pilot, "ctrl+e")
        assert "光标移到一行“冲突”上" in notice(app)
        page = app.screen
        page.query_one("#place", Input).focus()
        page.query_one("#place", Input).value = str(tmp_path / "没有")
        await keys(pilot, "enter")
        assert f"找不到{tmp_path / '没有'}。表已收到的，请在上面写明它所在的文件夹或文件" in joined(app)
        assert "还没有发出的，按F8发出填报表。" in joined(app)
        empty = tmp_path / "空"
        empty.mkdir()
        page.query_one("#place", Input).value = str(empty)
        await keys(pilot, "enter")
        assert "这里没有xlsx文件。表已收到的" in joined(app)
        assert "还没有发出的，按F8发出填报表。" in joined(app)
        before = len(book.figures.entries(book.point()))
        await keys(pilot, "end", "u", "o")
        assert page.query_one("#place", Input).value == f"{empty}uo"
        assert (len(book.figures.entries(book.point())), app.screen) == (before, page)


async def _sent_out(pilot: Pilot[None], what: str) -> int:
    """Send forms out from the export dialog, and count those in the folder."""
    await keys(pilot, "f8")
    pilot.app.screen.query_one("#what", Select).value = what
    await settle(pilot)
    await keys(pilot, "f10")
    return len(list(pilot.app.desk.exports.glob("进度填报表_*_2024Q4.xlsx")))  # type: ignore[attr-defined]


async def test_forms_are_sent_from_the_export_dialog(book: Book, tmp_path: Path) -> None:
    app = app_for(book, tmp_path / "out")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert await _sent_out(pilot, FORMS_ALL) == 12
        assert "共12个文件" in joined(app)
        assert "没有文件的单位" not in joined(app)
        (tmp_path / "out" / "进度填报表_区城投公司_2024Q4.xlsx").unlink()
        assert await _sent_out(pilot, forms_label("区城投公司")) == 12
        assert notice(app) == f"已导出：{tmp_path / 'out' / '进度填报表_区城投公司_2024Q4.xlsx'}"


async def test_forms_go_only_to_units_that_still_have_to_file_and_the_others_are_named(
    book: Book, tmp_path: Path
) -> None:
    for no in ("24", "25", "26"):
        book.report(no, "2024Q4", "在建", "100", reason="首报")
    for no in ("40", "41", "42"):
        book.report(no, "2024Q3", "完工", None, started=date(2024, 1, 1), finished=date(2024, 9, 1), reason="首报")
    book.report("9", "2024Q4", "在建", "100", reason="首报")
    app = app_for(book, tmp_path / "out")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert await _sent_out(pilot, FORMS_SILENT) == 10
        assert "没有文件的单位（没有还需填报的项目）：区城投公司、区住建局。" in joined(app)
        for path in (tmp_path / "out").iterdir():
            path.unlink()
        assert await _sent_out(pilot, FORMS_ALL) == 11
        assert "没有文件的单位（没有需填报的项目）：区住建局。" in joined(app)


def test_the_command_sends_only_to_those_that_still_have_to_file(
    book: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for no in ("24", "25", "26"):
        book.report(no, "2024Q4", "在建", "100", reason="首报")
    line = ["--db", str(book.path), "returns", "out", "2024Q4", "--only-missing", "-o", str(tmp_path / "out")]
    assert run(line) == 0
    assert capsys.readouterr().out.count("已写出") == 11
    assert run([*line, "--unit", "区城投公司"]) == 0
    assert capsys.readouterr().out == "没有写出文件：没有还需填报的项目。\n"


async def test_the_past_takes_nothing_back(book: Book, tmp_path: Path) -> None:
    fill(sent(book, tmp_path), {"40": {"状态": "在建"}})
    app = app_for(book, tmp_path, as_of="2024Q3")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "ctrl+g", "space", "f10")
        assert isinstance(app.screen, NoticeScreen)
    assert book.position("40", QUARTER).stated is None


async def test_what_is_undecided_is_kept_and_what_was_decided_is_not_asked_again(book: Book, tmp_path: Path) -> None:
    filed_before(book)
    fill(sent(book, tmp_path), {"40": {CUMULATIVE: 110000}})
    book.as_operator("乙").report(a_report("40", 120000, "缺土"))
    app = app_for(book, tmp_path)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await keys(pilot, "ctrl+g", "space", "f10")
        assert notice(app).startswith("已办：收回填报表 2024Q4，冲突未定 1 处：#40")
        assert "冲突已记入台账" in joined(app)
        await keys(pilot, "f10")
        assert isinstance(app.screen, NoticeScreen), "nothing new to record"
        await keys(pilot, "escape", "tab", "ctrl+e", "ctrl+e")
        assert "已选留账" in joined(app)
        await keys(pilot, "f10")
        assert "冲突留账 1 处：#40" in notice(app)
        assert "冲突 0 项" in shown(app)
        assert "以前已留账" in joined(app)
        await keys(pilot, "ctrl+e")
        assert "已选取表" in joined(app)
        await keys(pilot, "f10")
    assert book.position("40", QUARTER).stated == 110000 * WAN
