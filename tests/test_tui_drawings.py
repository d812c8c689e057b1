"""Every screen as it was looked at: in both sizes and both themes, on a frozen day, over the sample ledger.

``make drawings`` draws them anew into ``tests/drawings/``; look at each before it is committed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.widgets import Input

from hgt_portfolio.figures import Figures
from hgt_portfolio.ledger import Ledger
from hgt_portfolio.settings import Settings
from hgt_portfolio.tui.app import PortfolioApp
from hgt_portfolio.tui.commands import PAGES
from hgt_portfolio.tui.dialogs.tour import STOPS
from hgt_portfolio.tui.forms import FORMS
from hgt_portfolio.tui.notices import NoticeLine
from tests.drawing import drawn
from tests.sample_plan import EVALUATED
from tests.tui import keys, settle

DRAWINGS = Path(__file__).parent / "drawings"
TODAY = date(2024, 10, 20)
THEMES = {"浅": "textual-light", "深": "textual-dark"}


@dataclass(frozen=True)
class View:
    """A screen by the keys that lead to it from the first one, and what it is called.

    One of the plan's other systems is looked at in the sample that has filings of them, on another day.
    """

    name: str
    keys: tuple[str, ...]
    systems: bool = False


def _views() -> Iterator[View]:
    for number, place in enumerate(("overview", "projects", "units", "timeline", "queue", "supervision"), 1):
        yield View(PAGES[place], (str(number),))
    yield View("总览_曲线", ("ctrl+n",))
    yield View("总览_领域", ("ctrl+n", "ctrl+n"))
    yield View("总览_单位", ("ctrl+n", "ctrl+n", "ctrl+n"))
    yield View("项目_筛选", ("2", "f3", "=ywgw"))
    yield View("项目_分组", ("2", "alt+g"))
    yield View("项目_标记", ("2", "space", "space", "down", "space"))
    yield View("项目_空", ("2", "f3", "=无此项目"))
    yield View("进度图_季", ("4", "minus"))
    yield View("进度图_年", ("4", "minus", "minus"))
    yield View("总览_过去", ("alt+t", "=2024Q2", "f10"))
    yield View("项目详情", ("2", *["down"] * 25, "enter"))
    yield View("出处", ("2", "enter", "enter"))
    yield View("责任清单", ("3", "enter"))
    yield View("督办事项", ("6", "enter"))
    yield View("填报情况", ("alt+l",))
    yield View("收回填报", ("ctrl+g",))
    yield View("一页纸", ("f9",))
    yield View("规则比较", ("alt+r",))
    yield View("对账", ("alt+d",))
    for name, form in FORMS.items():
        yield View(form.title, ("2", "down", KEYS[name]))
    yield View("批量更新", ("2", "space", "space", "alt+p"))
    yield View("导出", ("f8",))
    yield View("截至与时点", ("alt+t",))
    yield View("设置", ("alt+s",))
    for number, stop in enumerate(STOPS):
        yield View(f"导览_{PAGES[stop.place]}", ("alt+h", *["right"] * number))
    for name, way in SYSTEMS.items():
        yield View(name, way, systems=True)
    yield View("存取筛选", ("2", "alt+i"))
    yield View("选列", ("2", "alt+c"))
    yield View("排序", ("2", "ctrl+o"))
    yield View("复制单元格", ("2", "alt+x"))
    yield View("帮助", ("2", "f1"))
    yield View("命令", ("ctrl+p", "=du"))
    yield View("说明", ("ctrl+z",))


SYSTEMS = {
    "指标": ("7",),
    "指标_国家级": ("7", "ctrl+w"),
    "指标详情": ("7", "enter"),
    "指标填报": ("7", "f4"),
    "承诺": ("alt+o",),
    "资金": ("8",),
    "资金_分来源": ("8", "ctrl+w"),
    "项目资金": ("8", "enter"),
    "资金填报": ("8", "f4"),
    "年度评估": ("alt+v",),
}
"""The keys to the screens of indicators, commitments, funds and evaluation, by what they are called."""

KEYS = {
    "report": "f4",
    "check": "f6",
    "opening": "f7",
    "year_plan": "ctrl+y",
    "amend": "alt+a",
    "contact": "alt+k",
    "milestone": "alt+e",
    "send_back": "alt+u",
    "cooperate": "alt+w",
    "light": "alt+y",
    "supervise": "ctrl+d",
}


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=["80x24", "120x36"])
@pytest.mark.parametrize("view", tuple(_views()), ids=lambda view: view.name)
async def test_a_screen_looks_as_it_was_looked_at(
    sample: Figures, evaluated: Figures, tmp_path: Path, view: View, size: tuple[int, int]
) -> None:
    figures, today = (evaluated, EVALUATED) if view.systems else (sample, TODAY)
    ledger = Ledger(figures.store, "演示员乙", today=today)
    app = PortfolioApp(figures, ledger, settings=Settings(), exports=Path("/演示/exports"), database="演示.db")
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await keys(pilot, *view.keys)
        # What goes by the clock is left out: blinking cursors, and sentences that leave by themselves.
        for line in app.screen.query(Input):
            line.cursor_blink = False
        app.screen.query(NoticeLine).set(display=False)
        for tone, theme in THEMES.items():
            app.theme = theme
            await settle(pilot)
            if isinstance(app.screen, CommandPalette):
                # Textual's own palette keeps the colours that it was opened in.
                app.pop_screen()
                await keys(pilot, *view.keys)
                app.screen.query_one(Input).cursor_blink = False
            _held_to(drawn(app), f"{view.name}_{size[0]}x{size[1]}_{tone}.svg", tmp_path)


def _held_to(drawing: str, name: str, folder: Path) -> None:
    """Compare a drawing with the one that was looked at, or put it in its place; a differing one is left beside."""
    kept = DRAWINGS / name
    if os.environ.get("HGT_DRAWINGS") == "1":
        kept.write_text(drawing, encoding="utf-8")
    elif not kept.exists() or kept.read_text(encoding="utf-8") != drawing:
        (folder / name).write_text(drawing, encoding="utf-8")
        pytest.fail(f"{folder / name}")


def test_every_drawing_is_of_a_screen() -> None:
    names = {f"{view.name}_{size}_{tone}.svg" for view in _views() for size in ("80x24", "120x36") for tone in THEMES}
    assert {path.name for path in DRAWINGS.iterdir()} == names
