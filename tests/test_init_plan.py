"""``hgt init --plan`` as an office uses it, and every report and screen over what it made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from hgt_portfolio.cli import run
from hgt_portfolio.exports import export_duty, export_quarterly
from hgt_portfolio.figures import Filter
from hgt_portfolio.ledger import Ledger
from hgt_portfolio.plan.mapping import read_map
from hgt_portfolio.plan.rows import NO_UNIT
from hgt_portfolio.reports import lists, portfolio, project
from hgt_portfolio.reports.reconcile import reconcile
from hgt_portfolio.store import created
from tests.conftest import TODAY, Book, open_book
from tests.test_foreign_plan import COUNTY, HEAD, MERGED, ROAD, WATER, Rows, read, write_csv, write_xlsx
from tests.tui import app_for, keys, settle, shown

Hgt = Callable[..., tuple[int, str, str]]


@pytest.fixture
def hgt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Hgt:
    monkeypatch.setenv("HGT_DATABASE_URL", str(tmp_path / "portfolio.db"))
    monkeypatch.setenv("HGT_OPERATOR", "演示员")

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        code = run([str(each) for each in arguments])
        output = capsys.readouterr()
        return code, output.out, output.err

    return call


def test_init_shows_saves_and_reconciles(hgt: Hgt, tmp_path: Path) -> None:
    table = write_xlsx(tmp_path / "临江.xlsx", COUNTY, MERGED)
    code, out, _ = hgt("init", "--plan", table)
    assert code == 0
    assert "总投资 ← F 列“投资情况/计划总投资”（没有另写单位的按亿元）" in out
    assert "读到 13 行，收 6 个项目，8 个责任单位；有投资额 5/6 项，共 24.6000 亿元；有完工期限 5/6 项。" in out
    assert "规划自己写的总数：相符 4 项，不符 0 项。" in out
    saved = tmp_path / "portfolio.map.toml"
    assert f"对照表写在 {saved}" in out
    assert read_map(saved).columns == {**(read_map(saved).columns or {}), "name": "B"}
    assert "附表#1至#3" in hgt("reconcile")[1]
    assert "24.6000 亿元" in hgt("summary")[1]


def test_a_table_without_a_number_says_whose_it_is_missing(hgt: Hgt, tmp_path: Path) -> None:
    table = write_csv(tmp_path / "a.csv", [HEAD, [1, "甲", "", "2025年", "5", "县水利局"]])
    assert "装载规划 文号待确认，1 个项目" in hgt("init", "--plan", table)[1]


def test_stated_totals_of_the_map_are_reconciled(hgt: Hgt, tmp_path: Path) -> None:
    table = write_csv(tmp_path / "a.csv", [HEAD, [1, "甲", "", "2025年", "51234.5", "县水利局"]])
    given = tmp_path / "map.toml"
    given.write_text('[stated]\nprojects = "2"\ninvestment_yi = "5.12"\n', encoding="utf-8")
    code, out, _ = hgt("init", "--plan", table, "--map", given)
    assert (code, "相符 1 项，不符 1 项" in out) == (0, True)
    assert "规划所述 2项，逐行 1项" in out
    assert f"对照表 {given} 已有，没有改动它" in out
    assert given.read_text(encoding="utf-8").startswith("[stated]")


def test_a_preview_writes_the_map_alone(hgt: Hgt, tmp_path: Path) -> None:
    table = write_csv(tmp_path / "a.csv", [HEAD, [1, "甲", "", "2025年", "5", "县水利局"]])
    chosen = tmp_path / "chosen.toml"
    code, out, _ = hgt("init", "--plan", table, "--map", chosen, "--dry-run")
    assert (code, "没有建立台账" in out, chosen.exists()) == (0, True, True)
    assert not (tmp_path / "portfolio.db").exists()
    assert hgt("init", "--plan", table, "--map", chosen)[0] == 0


def test_nothing_is_left_of_a_ledger_that_could_not_be_made(hgt: Hgt, tmp_path: Path) -> None:
    bad = write_csv(tmp_path / "bad.csv", [["编码", "干啥"], ["1", "甲"]])
    code, _, err = hgt("init", "--plan", bad)
    assert (code, err.count("\n")) == (1, 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.csv"]
    assert hgt("init", "--map", "x.toml")[0] == 2
    assert hgt("init", "--plan", tmp_path / "none.csv")[0] == 1
    good = write_csv(tmp_path / "a.csv", [HEAD, [1, "甲", "", "2025年", "5", "县水利局"]])
    assert hgt("init", "--plan", good)[0] == 0
    before = (tmp_path / "portfolio.db").read_bytes()
    code, _, err = hgt("init", "--plan", good)
    assert (code, "已经存在" in err) == (1, True)
    assert (tmp_path / "portfolio.db").read_bytes() == before


ODD: dict[str, Rows] = {
    "names_only": [["项目名称"], ["甲工程"], ["乙工程"], ["丙工程"]],
    "no_amounts": [["项目名称", "建设年限", "责任单位"], ["甲", "2024.3-2025.6", WATER], ["乙", "2026年", ROAD]],
    "no_dates": [["项目名称", "总投资（万元）", "责任单位"], ["甲", "500", WATER], ["乙", "待定", "滨江投控"]],
    "whole": [HEAD, [1, "甲", "", "2024.3-2025.6", "1200", WATER], [2, "乙", "", "2025年", "3亿元", ROAD]],
}


def foreign_book(folder: Path, rows: Rows) -> Book:
    path = folder / "portfolio.db"
    plan = read(write_csv(folder / "a.csv", rows)).plan
    with created(path) as store:
        Ledger(store, "甲", today=TODAY).load(plan)
    return open_book(path, TODAY)


@pytest.mark.parametrize("rows", ODD.values(), ids=ODD)
def test_every_report_works_on_any_plan(tmp_path: Path, rows: Rows) -> None:
    book = foreign_book(tmp_path, rows)
    figures, point = book.figures, book.point("2026Q3")
    count = len(figures.positions(point))
    assert len(lists.projects(figures, point, Filter(), whole=True).rows) == count
    assert reconcile(figures, point).rows
    assert portfolio.overview(figures, point, Filter()).rows
    assert project.project_facts(figures, point, "1").rows
    assert export_quarterly(figures, point, tmp_path / "q.xlsx").stat().st_size > 0
    assert export_duty(figures, point, tmp_path / "duty")
    book.amend("2", date(2026, 10, 1), due=2027 * 12)
    assert book.ledger.broken_entry() is None
    book.store.close()


async def test_the_screens_work_on_any_plan(tmp_path: Path) -> None:
    book = foreign_book(tmp_path, ODD["no_dates"])
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        seen = {}
        for key in ("1", "2", "3", "4"):
            await keys(pilot, key)
            seen[key] = shown(app)
    assert all(words in seen["2"] for words in ("甲", "乙", "县水利局", NO_UNIT, "500.00"))
    assert all(words in seen["3"] for words in ("县水利局", NO_UNIT))
    book.store.close()
