"""规则比较 on the screen: the counts are those of the figures and of the command, and every one opens its rows."""

from __future__ import annotations

from dataclasses import replace

from hgt_portfolio.figures import Filter, Point
from hgt_portfolio.reports.rule_sets import rule_comparison, rule_differences
from hgt_portfolio.rules.lights import RULE_SETS
from hgt_portfolio.terms import Light
from hgt_portfolio.tui.app import PortfolioApp
from hgt_portfolio.tui.pages.detail import DetailPage
from hgt_portfolio.tui.pages.projects import ProjectsPage
from hgt_portfolio.tui.pages.rules import USE, CountTable, RulesPage
from hgt_portfolio.tui.rows import RowTable
from tests.conftest import Book
from tests.tui import app_for, joined, keys, notice, settle, shown


def point_of(app: PortfolioApp) -> Point:
    page = app.screen
    assert isinstance(page, RulesPage) and page.frame is not None
    return page.frame.point


async def test_the_counts_are_the_figures_own(sampled: Book) -> None:
    app = app_for(sampled)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "alt+r")
        point, table = point_of(app), app.screen.query_one(CountTable)
        told = rule_comparison(sampled.figures, point, Filter())
        for column, name in enumerate(RULE_SETS, 1):
            lights = sampled.figures.totals(point, rules=name).lights
            for row, light in enumerate(Light):
                assert str(table.get_cell_at((row, column))).strip() == f"{lights[light]} 项"  # type: ignore[arg-type]
                assert told.rows[row][column] == lights[light]
            assert f"{name} {lights[Light.RED]} 项" in told.notes[0]
        assert told.notes[0] in shown(app)
        assert "参考规则(未批准)" in shown(app)


async def test_every_count_opens_its_rows_judged_by_its_rules(sampled: Book) -> None:
    app = app_for(sampled)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await keys(pilot, "alt+r")
        page, point = app.screen, point_of(app)
        table = page.query_one(CountTable)
        for column, name in enumerate(RULE_SETS, 1):
            table.move_cursor(row=0, column=column)
            await keys(pilot, "enter")
            listing = app.screen
            assert isinstance(listing, ProjectsPage)
            rows = sampled.figures.numbers(point, Filter(light=Light.RED), rules=name)
            assert [str(row.key.value) for row in listing.table.ordered_rows] == rows
            assert f"规则:{name}" in shown(app)
            assert f"{name} 红灯" in shown(app)
            if rows:
                await keys(pilot, "enter")
                assert isinstance(app.screen, DetailPage) and app.screen.desk.rules == name
                await keys(pilot, "escape")
            await keys(pilot, "escape")
            assert app.screen is page
        assert app.desk.rules is None, "the rest of the program keeps its rules"


async def test_a_rule_set_is_taken_for_all_screens(sampled: Book) -> None:
    app = app_for(sampled)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await keys(pilot, "alt+r")
        table = app.screen.query_one(CountTable)
        table.move_cursor(row=table.get_row_index(USE), column=3)
        await keys(pilot, "enter")
        assert app.desk.rules == "武汉"
        assert "各屏已改用 武汉" in notice(app)
        assert "现用 参考规则(未批准)" in str(table.get_cell_at((5, 3)))  # type: ignore[arg-type]
        await keys(pilot, "escape", "2")
        assert "规则:武汉" in shown(app)


async def test_the_differing_projects_stand_side_by_side_with_their_reasons(sampled: Book) -> None:
    app = app_for(sampled)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await keys(pilot, "alt+r", "tab")
        point, table = point_of(app), app.screen.query_one("#differing", RowTable)
        by_set = {name: sampled.figures.positions(point, rules=name) for name in RULE_SETS}
        different = [rows for rows in zip(*by_set.values(), strict=True) if len({row.light for row in rows}) > 1]
        assert different
        assert [str(row.key.value) for row in table.ordered_rows] == [rows[0].no for rows in different]
        said = joined(app)
        for name, row in zip(RULE_SETS, different[0], strict=True):
            assert f"{name}{row.light}：{row.light_reason}".replace(" ", "") in said
        page = app.screen
        assert isinstance(page, RulesPage) and page.frame is not None
        counts, projects = page.shown().read(page.frame)
        assert counts == rule_comparison(sampled.figures, point, Filter())
        assert projects == rule_differences(sampled.figures, point, Filter())
        await keys(pilot, "enter")
        assert isinstance(app.screen, DetailPage) and app.screen.no == different[0][0].no


def test_a_desk_judged_otherwise_passes_changes_on(sampled: Book) -> None:
    desk = app_for(sampled).desk
    other = desk.judged_by("武汉")
    other.change(as_of="2024Q3")
    other.keep(page=50)
    assert (desk.rules, desk.as_of, desk.settings.page, desk.revision) == (None, "2024Q3", 50, 1)
    assert replace(other, origin=None).frame().rules_label == "武汉 参考规则(未批准)"
