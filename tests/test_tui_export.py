"""Every screen exports what it shows: the whole of its filter, as workbook, CSV and document."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook
from textual.pilot import Pilot
from textual.widgets import Input, Select

from hgt_portfolio.settings import Settings, exports_folder, read_settings
from hgt_portfolio.tui.app import PortfolioApp
from hgt_portfolio.tui.commands import ROOTS
from hgt_portfolio.tui.dialogs.base import AskScreen
from hgt_portfolio.tui.dialogs.exporting import ExportScreen
from hgt_portfolio.tui.dialogs.outputs import HANDOVER, QUARTERLY
from tests.conftest import Book
from tests.tui import app_for, fill, joined, keys, notice, settle

DAY = date(2024, 10, 10)


def _target(pilot: Pilot[None]) -> Path:
    return Path(*(pilot.app.screen.query_one(field, Input).value for field in ("#folder", "#file")))


async def _choose(pilot: Pilot[None], what: str) -> None:
    await keys(pilot, "f8")
    pilot.app.screen.query_one("#what", Select).value = what
    await settle(pilot)


async def _exported(pilot: Pilot[None], ending: str) -> Path:
    """Export what the screen shows in one format, and give the path that the dialog showed first."""
    await keys(pilot, "f8")
    dialog = pilot.app.screen
    assert isinstance(dialog, ExportScreen)
    what = dialog.query_one("#what", Select)
    what.value = next(value for _, value in what._options if f"（{ending}）" in str(value))
    await settle(pilot)
    path = _target(pilot)
    await keys(pilot, "f10")
    assert not isinstance(pilot.app.screen, ExportScreen), joined(pilot.app)  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize("today", [DAY])
async def test_the_list_as_filtered_in_each_format(book: Book, tmp_path: Path) -> None:
    app = app_for(book, tmp_path / "out")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "2", "f3", "=ywgw", "enter")
        sheet = await _exported(pilot, "Excel 工作簿")
        assert notice(app) == f"已导出：{sheet}"
        await keys(pilot, "f8")
        app.screen.query_one("#file", Input).value = "甲.xlsx"
        app.screen.query_one("#folder", Input).value = str(tmp_path / "别处")
        await fill(pilot, "period", "2024Q1")
        assert _target(pilot) == tmp_path / "别处" / "甲.xlsx", "what was typed stays"
        await keys(pilot, "f10", "f8")
        assert (tmp_path / "别处" / "甲.xlsx").is_file()
        assert _target(pilot).parent == tmp_path / "别处"
        assert _target(pilot).name == sheet.name
        await keys(pilot, "escape")
        text = await _exported(pilot, "CSV")
        word = await _exported(pilot, "Word 文档")
    rows = list(csv.reader(text.read_text(encoding="utf-8-sig").splitlines()))
    assert [row[0] for row in rows[1:]] == ["1", "8", "合计"]
    written = load_workbook(sheet, read_only=True)
    names = [cell for row in written.worksheets[0].iter_rows(values_only=True) for cell in row if isinstance(cell, str)]
    written.close()
    assert sum("雨污管网" in name for name in names) == 2
    assert names[0] == "重点工程项目（“ywgw”）", "the file says by what it was filtered"
    assert "合计" in names
    assert sum("雨污管网" in cell.text for row in Document(str(word)).tables[0].rows for cell in row.cells) >= 2


@pytest.mark.parametrize("today", [DAY])
async def test_every_root_screen_and_what_opens_from_it_exports_itself(book: Book, tmp_path: Path) -> None:
    book.report("1", "2024Q3", "在建", "62000")
    app = app_for(book, tmp_path / "out")
    ways: dict[str, tuple[str, ...]] = {place: (str(number),) for number, place in enumerate(ROOTS, 1)}
    ways |= {
        "detail": ("2", "enter"),
        "board": ("alt+l",),
        "brief": ("f9",),
        "rules": ("alt+r",),
        "reconcile": ("alt+d",),
        "duty": ("3", "enter"),
    }
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        for place, way in ways.items():
            await keys(pilot, "1", *way)
            assert getattr(app.screen, "PLACE", "") == place
            path = await _exported(pilot, "Excel 工作簿")
            assert notice(app) == f"已导出：{path}", place
            written = load_workbook(path, read_only=True)
            assert written.worksheets[0].max_row > 3, place
            written.close()


@pytest.mark.parametrize("today", [DAY])
async def test_a_projects_file_and_the_handover_ask_before_they_replace(book: Book, tmp_path: Path) -> None:
    app = app_for(book, tmp_path / "out")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "2")
        for what, name in (("项目档案：#1", "项目档案_1_"), ("交接清册", "工作交接清册_")):
            for again in (False, True):
                await _choose(pilot, what)
                await keys(pilot, "f10")
                assert isinstance(app.screen, AskScreen) == again
            await keys(pilot, "escape", "escape")
            assert len(list((tmp_path / "out").glob(f"{name}*"))) == 2


@pytest.mark.parametrize("today", [DAY])
async def test_the_folder_is_kept_and_a_missing_part_is_said(book: Book, tmp_path: Path) -> None:
    place, stick = tmp_path / "settings.toml", tmp_path / "U盘"
    app = app_for(book, tmp_path / "out", settings=Settings(toured=True), settings_file=place)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await _choose(pilot, QUARTERLY)
        await fill(pilot, "file", "")
        await keys(pilot, "f10")
        assert "请写明文件名。" in joined(app)
        await fill(pilot, "folder", "")
        await keys(pilot, "f10")
        assert "请写明存到哪个文件夹。" in joined(app)
        app.screen.query_one("#what", Select).value = HANDOVER
        await settle(pilot)
        assert app.screen.query_one("#file", Input).disabled, "its files have their own names"
        await fill(pilot, "folder", str(stick))
        await keys(pilot, "f10")
        assert notice(app).startswith(f"已导出：{stick}/工作交接清册_")
    assert read_settings(place).folder == str(stick)
    again = PortfolioApp(book.figures, book.ledger, settings=read_settings(place))
    assert again.desk.exports == stick
    async with again.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "alt+s")
        await fill(pilot, "folder", "")
        await keys(pilot, "f10")
        assert again.desk.exports == exports_folder()


@pytest.mark.parametrize("today", [DAY])
async def test_a_duty_list_says_which_version_the_file_holds(book: Book, tmp_path: Path) -> None:
    app = app_for(book, tmp_path / "out")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "3", "enter", "f8")
        assert "责任清单：区城管执法局（下达版和台账版）" in joined(app)
        await keys(pilot, "f10")
        (both,) = (tmp_path / "out").glob("*.xlsx")
        written = load_workbook(both, read_only=True)
        assert written.sheetnames[:2] == ["下达版", "台账版"]
        written.close()
        for version in ("下达版", "台账版"):
            path = await _exported(pilot, "Excel 工作簿")
            assert path.name == f"责任清单_区城管执法局_{version}_{DAY}.xlsx"
            written = load_workbook(path, read_only=True)
            assert version in written.sheetnames
            written.close()
            await keys(pilot, "ctrl+w")
