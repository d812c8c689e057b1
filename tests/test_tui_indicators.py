"""指标, 承诺 and 年度评估 in the terminal UI: what stands where, who filed what, and every count a door."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from hgt_portfolio.figures import Figures
from hgt_portfolio.figures.indicators import Line, standing
from hgt_portfolio.ledger import Ledger
from hgt_portfolio.plan import read_plan
from hgt_portfolio.plan.indicators import read_measures
from hgt_portfolio.store import created
from hgt_portfolio.terms import Attainment, Binding, Catalogue
from hgt_portfolio.tui.dialogs.base import AskScreen
from hgt_portfolio.tui.dialogs.exporting import ExportScreen
from hgt_portfolio.tui.forms.screen import FormScreen
from hgt_portfolio.tui.pages.commitments import CommitmentsPage
from hgt_portfolio.tui.pages.detail import DetailPage
from hgt_portfolio.tui.pages.evaluation import EvaluationPage
from hgt_portfolio.tui.pages.funds import FundsPage
from hgt_portfolio.tui.pages.indicator import IndicatorPage, touching
from hgt_portfolio.tui.pages.indicators import IndicatorsPage
from hgt_portfolio.tui.pages.projects import ProjectsPage
from hgt_portfolio.tui.pages.supervision import SupervisionPage
from hgt_portfolio.tui.pages.yearly import UNMET, bar, number, reached, tally, unknown_why, verdict
from hgt_portfolio.tui.places import PlaceList
from hgt_portfolio.tui.rows import RowTable
from tests.conftest import LOADED, Book, Clock, open_book
from tests.sample_plan import EVALUATED
from tests.tui import app_for, fill, joined, keys, notice, settle, shown


@pytest.fixture
def systems(evaluated_file: Path, tmp_path: Path) -> Iterator[Book]:
    """The sample with indicators and funds on the day of its evaluation, to write to."""
    opened = open_book(Path(shutil.copy2(evaluated_file, tmp_path / "演示.db")), EVALUATED)
    yield opened
    opened.store.close()


def line_of(figures: Figures, code: str, year: int = 2024) -> Line:
    return next(line for one in figures.indicators(year, figures.point()) for line in one.lines if line.code == code)


async def to_row(pilot: Pilot[None], key: str) -> None:
    table = pilot.app.screen.query_one(RowTable)
    table.move_cursor(row=table.get_row_index(key))
    await settle(pilot)


def rows_of(page: object) -> dict[str, list[str]]:
    assert isinstance(page, IndicatorsPage | CommitmentsPage | EvaluationPage | FundsPage)
    table = page.query_one(RowTable)
    return {str(key.value): [str(cell).strip() for cell in table.get_row(key)] for key in table.rows}


def test_a_gap_is_drawn_as_what_is_reached_and_unmet_is_no_alarm(evaluated: Figures) -> None:
    short, met, words = (line_of(evaluated, code) for code in ("省-25", "省-24", "省-15"))
    assert reached(short) == 1 - Decimal("3.9") / 92
    assert [reached(line) for line in (met, words)] == [1, None]
    assert bar(Decimal("0.99"), 10).plain == "#########.", "only what is whole is full"
    assert [number(value) for value in (None, Decimal(), Decimal("0.001"), Decimal("3.90"))] == [
        "-",
        "0",
        "<0.01",
        "3.9",
    ]
    assert "red" not in UNMET
    assert [verdict(found).plain for found in (Attainment.UNMET, None)] == ["不达标", "-"]
    assert verdict(Attainment.UNMET).style == UNMET
    assert [unknown_why(line_of(evaluated, code)) for code in ("省-13", "省-15", "诺-29")] == ["未填报", "", "未填报"]


def test_what_the_plan_says_against_itself_is_told_of_its_lines_alone(evaluated: Figures) -> None:
    told = {code: [one.code for one in touching(line_of(evaluated, code))] for code in ("省-20.2", "诺-3", "诺-37")}
    assert "P1" in told["省-20.2"]
    assert "P2" in told["诺-3"]
    assert told["诺-37"] == []
    other = line_of(evaluated, "省-20.2")
    other = replace(other, printed=other.printed.model_copy(update={"name": "别的规划的指标"}))
    assert touching(other) == []


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_board_puts_what_binds_and_is_unmet_first(systems: Book, size: tuple[int, int]) -> None:
    app, point = app_for(systems), systems.point()
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await keys(pilot, "7")
        assert isinstance(app.screen, IndicatorsPage)
        for catalogue in Catalogue:
            judged = systems.figures.indicators(2024, point, catalogue)
            of, order = standing(judged), list(rows_of(app.screen))
            assert sorted(order) == sorted(line.code for one in judged for line in one.lines)
            if catalogue is Catalogue.COMMITMENT:
                assert tally(line for one in judged for line in one.lines) in shown(app)
            else:
                assert f"达标 {of.met} 不达标 {of.unmet} 未定 {of.unknown} / {of.count}" in shown(app)
            binding = [one for one in judged if one.binding is Binding.BINDING]
            first = [line.code for one in binding for line in one.lines]
            assert set(order[: len(first)]) == set(first), catalogue
            unmet = [line.code for one in binding if one.met_standard is Attainment.UNMET for line in one.lines]
            assert order[: len(unmet)] == unmet
            met = [one for one in binding if one.met_standard is Attainment.MET]
            short = [line.code for one in met if one.met_target is Attainment.UNMET for line in one.lines]
            known = [code for code in order if code in {line.code for one in met for line in one.lines}]
            assert known[: len(short)] == short, "what misses its target alone comes before what misses nothing"
            assert app.screen.query_one(RowTable).max_scroll_x == 0, "every column has room"
            await keys(pilot, "ctrl+w")
        binds = ["参考"] if size[0] == 120 else []
        assert rows_of(app.screen)["省-13"][-4 - len(binds) :] == ["-", "未填报", "-", "-", *binds]
        await to_row(pilot, "省-13")
        assert "2024年未填报：按F4填报" in joined(app)
        await keys(pilot, "left")
        assert "（表3-1）2023年" in shown(app)
        await keys(pilot, "left", "left")
        assert "规划所载现状 达标 22 不达标 7" in shown(app)
        assert "2022年是规划基准年" in notice(app)
        await keys(pilot, "right_square_bracket", "right", "right")
        assert "（表3-1）2025年" in shown(app)
        await keys(pilot, "right")
        assert "已是最近的年度" in notice(app)


async def test_a_line_tells_its_filings_and_leads_to_what_it_is_linked_to(systems: Book) -> None:
    app = app_for(systems)
    async with app.run_test(size=(120, 60)) as pilot:
        await settle(pilot)
        await keys(pilot, "7", "ctrl+w", "ctrl+w")
        await to_row(pilot, "诺-16")
        await keys(pilot, "enter")
        page = app.screen
        assert isinstance(page, IndicatorPage)
        text = joined(app)
        for said in ("原文", "2025目标", "来源：演示", "（演示员记于2025-02-20", "2023年"):
            assert said in text
        page.query_one(PlaceList).enter_at("project:1")
        await keys(pilot, "enter")
        assert isinstance(app.screen, DetailPage)
        await keys(pilot, "escape")
        page.query_one(PlaceList).enter_at("indicator:国-25")
        await keys(pilot, "enter")
        assert "国-25 城镇污水处理率" in shown(app)
        linked = app.screen
        assert isinstance(linked, IndicatorPage)
        linked.query_one(PlaceList).enter_at("indicator:诺-16")
        assert linked.frame is not None
        cells, filings = linked.shown().read(linked.frame)
        assert ("2025年目标", "96") in cells.rows
        assert [(row[0], row[8]) for row in filings.rows] == [("2024", "演示员"), ("2023", "演示员")]


async def test_a_value_is_filed_with_its_findings_and_taken_back(systems: Book) -> None:
    app = app_for(systems)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await keys(pilot, "7")
        await to_row(pilot, "省-13")
        await keys(pilot, "f4")
        assert isinstance(app.screen, FormScreen)
        await fill(pilot, "value", "很好")
        assert "不是一个数" in joined(app)
        await fill(pilot, "value", "12.5")
        await fill(pilot, "source", "")
        await keys(pilot, "f10")
        assert isinstance(app.screen, FormScreen), "the source is wanted"
        assert "数据来源没有填" in joined(app)
        await fill(pilot, "source", "区自然资源局年报")
        assert "将记为指标填报省-13" in joined(app)
        await keys(pilot, "f10")
        assert "Ctrl+Z 可撤销" in notice(app)
        line = line_of(systems.figures, "省-13")
        assert line.actual is not None
        assert (line.actual.value, line.actual.source, line.met_standard) == ("12.5", "区自然资源局年报", "达标")
        assert rows_of(app.screen)["省-13"][5] == "12.5"
        await keys(pilot, "f4")
        await fill(pilot, "value", "13")
        await keys(pilot, "f10")
        assert isinstance(app.screen, FormScreen), "what was filed otherwise wants a reason"
        await fill(pilot, "reason", "核实后更正")
        await keys(pilot, "f10", "ctrl+z")
        line = line_of(systems.figures, "省-13")
        assert line.actual is not None
        assert line.actual.value == "12.5"


async def test_the_tree_holds_every_measure_and_folds(systems: Book) -> None:
    app = app_for(systems)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "alt+o")
        await settle(pilot)
        page = app.screen
        assert isinstance(page, CommitmentsPage)
        assert "66 项 做到 62 未做到 4 未定 0" in shown(app)
        systems_shown = [name for name, *_ in rows_of(page).values() if name[2:3].isdigit() and name[3:4] == " "]
        assert len(systems_shown) == len({one.system for one in read_measures()})
        await to_row(pilot, "2.2")
        await keys(pilot, "space")
        measures = {one.code for one in read_measures() if (one.system, one.task) == (2, 2)}
        assert measures <= set(rows_of(page))
        assert page.query_one(RowTable).chosen == "2.2"
        branch = systems.figures.indicators(2024, systems.point(), Catalogue.COMMITMENT)
        line = next(line for one in branch for line in one.lines if line.code == "诺-16")
        await to_row(pilot, (line.printed.task or "").partition(" ")[0])
        await keys(pilot, "enter")
        await to_row(pilot, "诺-16")
        assert "原文：" in shown(app)
        await keys(pilot, "space")
        await to_row(pilot, "诺-16 project:1")
        assert page.chosen() == "1"
        await keys(pilot, "enter")
        assert isinstance(app.screen, DetailPage)
        await keys(pilot, "escape")
        await to_row(pilot, "诺-16 indicator:国-25")
        await keys(pilot, "enter")
        assert "国-25 城镇污水处理率" in shown(app)
        await keys(pilot, "escape", "f4")
        assert "指标填报 诺-16" in shown(app)


async def test_every_line_of_the_evaluation_opens_what_it_counts(systems: Book) -> None:
    app = app_for(systems)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await keys(pilot, "alt+v")
        page = app.screen
        assert isinstance(page, EvaluationPage)
        lines = rows_of(page)
        assert {row[0] for row in lines.values()} == {"省级", "国家级", "承诺", "项目", "资金", "督办"}
        for key, (section, name, count, _) in lines.items():
            await to_row(pilot, key)
            await keys(pilot, "enter")
            opened, own = app.screen, count.partition("/")[0]
            if isinstance(opened, IndicatorsPage):
                said = str(opened.query_one("#count", Static).content)
                assert said.startswith(f"{own} 项" if own != "0" else "没有这样的指标"), (section, name)
            elif isinstance(opened, ProjectsPage):
                assert f"{own}/62 条" in shown(app)
            elif isinstance(opened, FundsPage):
                assert "截至 2024-12-31" in shown(app)
            else:
                assert isinstance(opened, CommitmentsPage | SupervisionPage)
            await keys(pilot, "escape")
            assert app.screen is page
        await keys(pilot, "left")
        assert "2023年度评估  项目和资金截至 2023-12-31" in shown(app)
        supervised = next(row for row in rows_of(page).values() if row[0] == "督办")
        assert supervised[2] == "0/0"
        await keys(pilot, "f8")
        await settle(pilot)
        assert isinstance(app.screen, ExportScreen)
        assert app.screen.query_one("#period", Input).value == "2023Q4"
        await keys(pilot, "escape", "left")
        assert "规划期为2023—2030年，没有2022年的年度评估" in shown(app)
        assert not rows_of(page)


async def test_a_ledger_without_indicators_says_how_to_load_them_and_does(tmp_path: Path) -> None:
    path = tmp_path / "旧台账.db"
    with created(path) as store:
        Ledger(store, "甲", today=LOADED, clock=Clock(LOADED)).load(replace(read_plan(), indicators=()))
    book = open_book(path, EVALUATED)
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "7")
        assert "台账里没有规划指标。运行hgtindicatorsload装入。" in joined(app)
        await keys(pilot, "f4")
        assert "请先用方向键选中一项指标" in notice(app)
        await keys(pilot, "alt+v")
        assert "台账里没有规划指标" in shown(app)
        await keys(pilot, "escape", "alt+o")
        assert "台账里没有规划指标" in shown(app)
        await keys(pilot, "escape", "alt+z")
        assert isinstance(app.screen, AskScreen)
        await keys(pilot, "right", "enter")
        assert "已办：装载指标" in notice(app)
        assert "29 项" in shown(app)
        await keys(pilot, "alt+z", "right", "enter")
        assert "没有再装载" in joined(app)
    book.store.close()
