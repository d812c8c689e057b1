"""The demonstration: plausible, the same every time, marked everywhere, and never in the real ledger."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import event, select
from sqlmodel import col

from hgt_portfolio.cli import run
from hgt_portfolio.demo import make_demo
from hgt_portfolio.demo.course import course_of
from hgt_portfolio.demo.doings import FIRST_QUARTER, doings
from hgt_portfolio.demo.load import made_up, make_load
from hgt_portfolio.exports import export_duty, export_quarterly
from hgt_portfolio.model.audit import Action
from hgt_portfolio.model.filing import Report, YearPlan
from hgt_portfolio.model.people import Contact
from hgt_portfolio.model.project import ProjectVersion
from hgt_portfolio.months import last_day, month
from hgt_portfolio.plan import read_plan
from hgt_portfolio.rules.point import office_day
from hgt_portfolio.store import Store, created
from hgt_portfolio.terms import COMPLETE_STATUSES, DeadlineState, FilingState, Status
from tests.conftest import TODAY, Book, hasten, open_book
from tests.tui import app_for, settle, shown

UNTIL = date(2024, 6, 30)
PLAN = read_plan()
COURSES = [course_of(row, PLAN.start, PLAN.horizon_end) for row in PLAN.rows]


def made(path: Path, fill: Callable[[Store], int]) -> int:
    """Make a ledger without waiting for the disk."""
    with created(path) as store:
        event.listen(store.engine, "connect", hasten)
        store.engine.dispose()
        return fill(store)


def silent(_step: str, _done: int, _of: int) -> None:
    return


def load_of(path: Path) -> int:
    numbers = count(1)
    with pytest.MonkeyPatch.context() as patched:
        # Each act has a key of its own, drawn by chance.
        patched.setattr("secrets.token_hex", lambda _size: f"{next(numbers):032x}")
        return made(path, lambda store: make_load(store, 120, 5, month(2025, 6), silent))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    made(path, lambda store: make_demo(store, UNTIL, silent))
    book = open_book(path, TODAY)
    yield book
    book.store.close()


@pytest.fixture(scope="module")
def load(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    path = tmp_path_factory.mktemp("load") / "load.db"
    load_of(path)
    book = open_book(path, TODAY)
    yield book
    book.store.close()


def test_the_same_arguments_give_the_same_doings() -> None:
    first, second = (doings(COURSES, date(2025, 3, 31)) for _ in range(2))
    assert first == second
    shorter = doings(COURSES, UNTIL)
    assert shorter == [doing for doing in first if doing.day <= UNTIL]
    assert Counter(doing.act.__name__ for doing in first).keys() == {
        *("open_books", "year_plan", "report", "send_back", "check", "amend"),
    }


def test_a_course_runs_one_way() -> None:
    for course in COURSES:
        done = [course.done(period) for period in range(course.begins - 1, course.finishes + 1)]
        assert done == sorted(done)
        assert (done[0], done[-1]) == (0, 1000)
        amounts = [course.cumulative(period) or 0 for period in range(course.begins - 1, course.finishes + 1)]
        assert amounts == sorted(amounts)
        assert amounts[-1] <= (course.whole(course.finishes) or 0)
    assert {course.status(month(2024, 9)) for course in COURSES} >= {Status.UNDER_WAY, Status.NOT_STARTED}
    assert any(course.stops for course in COURSES)
    assert any(course.finishes > course.due for course in COURSES)


def test_every_quarter_has_plausible_figures(demo: Book) -> None:
    for quarter in ("2023Q4", "2024Q1", "2024Q2"):
        for row in demo.figures.positions(demo.point(quarter)):
            if row.cumulative is not None and row.investment is not None:
                assert 0 <= row.cumulative <= row.investment
            if row.ytd is not None:
                assert row.cumulative is not None
                assert 0 <= row.ytd <= row.cumulative
            assert (row.status in COMPLETE_STATUSES) is (row.finished is not None)
            assert row.started is None or row.finished is None or row.started <= row.finished
    states = Counter(row.filing_state for row in demo.figures.positions(demo.point("2024Q1")))
    assert {FilingState.FILED, FilingState.LATE, FilingState.MISSING} <= states.keys()
    assert states[FilingState.FILED] > 40
    deadlines = {row.deadline_state for row in demo.figures.positions(demo.point(UNTIL))}
    assert {DeadlineState.ON_TIME, DeadlineState.OVERDUE, DeadlineState.NOT_DUE} <= deadlines


def test_it_was_recorded_when_it_could_be(demo: Book) -> None:
    with demo.store.read() as session:
        actions = session.execute(select(Action).order_by(col(Action.id))).scalars().all()
        reports = session.execute(select(Report)).scalars().all()
        people = session.execute(select(Contact)).scalars().all()
    days = [office_day(action.at) for action in actions]
    assert days == sorted(days)
    assert (days[0], days[-1] <= UNTIL) == (date(2024, 2, 18), True)
    assert {action.operator for action in actions} == {"演示员"}
    filed = [report for report in reports if report.period >= FIRST_QUARTER]
    assert all(abs(office_day(each.filed_at) - last_day(each.period)) <= timedelta(days=36) for each in filed)
    assert people
    assert all(person.name.startswith("演示") for person in people)


def test_the_chain_holds_and_no_rules_are_adopted(demo: Book) -> None:
    assert demo.ledger.broken_entry() is None
    assert "未批准" in demo.figures.in_force(demo.point(UNTIL)).label


@pytest.mark.parametrize("which", ["demo", "load"])
async def test_it_is_marked_everywhere(which: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    book: Book = request.getfixturevalue(which)
    point = book.point("2024Q2")
    export_quarterly(book.figures, point, tmp_path / "季度.xlsx")
    export_duty(book.figures, point, tmp_path)
    for path in tmp_path.glob("*.xlsx"):
        for sheet in load_workbook(path).worksheets:
            assert "演示" in str(sheet["A1"].value), (path.name, sheet.title)
            assert sheet.oddHeader is not None
            assert "演示" in str(sheet.oddHeader.right.text)
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "演示" in shown(app).splitlines()[0]


def test_what_programs_take_is_marked_too(demo: Book, capsys: pytest.CaptureFixture[str]) -> None:
    place = ("--db", str(demo.path))
    assert run([*place, "projects", "--csv"]) == 0
    head, *rows = csv.reader(capsys.readouterr().out.lstrip("\ufeff").splitlines())
    assert head[-1] == "演示"
    assert {row[-1] for row in rows} == {"演示"}
    for line in (("summary",), ("summary", "--by", "unit"), ("show", "1"), ("projects",), ("overdue",), ("board",)):
        assert run([*place, *line, "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert {one["demo"] for one in (found if isinstance(found, list) else [found])} == {"演示"}, line


def test_bulk_filings_are_few_actions_and_hold(load: Book) -> None:
    assert load.ledger.broken_entry() is None
    with load.store.read() as session:
        kinds = Counter(session.execute(select(col(Action.kind))).scalars())
        amended = Counter(session.execute(select(col(ProjectVersion.project_id))).scalars())
        plans = Counter(session.execute(select(col(YearPlan.project_id))).scalars())
    assert {**kinds, "调整": 0} == {"装载规划": 1, "期初建账": 1, "年度计划": 2, "进度填报": 9, "调整": 0}
    assert 4 < sum(count == 2 for count in amended.values()) < 24
    assert set(plans.values()) == {2}
    rows = load.figures.positions(load.point("2025Q2"))
    assert len(rows) == 120
    assert sum(row.stated is not None for row in rows) > 100
    for row in rows:
        assert row.name.startswith("演示项目")
        if row.cumulative is not None and row.investment is not None:
            assert row.cumulative <= row.investment
        assert row.ytd is None or row.ytd >= 0
    assert {FilingState.LATE, FilingState.MISSING} <= {
        row.filing_state for row in load.figures.positions(load.point("2025Q1"))
    }


def test_two_loads_give_the_same_bytes(load: Book, tmp_path: Path) -> None:
    load_of(tmp_path / "again.db")
    again = open_book(tmp_path / "again.db", TODAY)
    made_files = []
    for number, book in enumerate((load, again)):
        target = tmp_path / f"{number}.xlsx"
        export_quarterly(book.figures, book.point("2025Q2"), target)
        made_files.append(target.read_bytes())
    again.store.close()
    assert made_files[0] == made_files[1]


@pytest.mark.parametrize("count", [1, 3, 62])
def test_a_made_up_plan_of_any_size(count: int) -> None:
    plan = made_up(count, month(2024, 1), month(2025, 12))
    assert len({row.no for row in plan.rows}) == len({row.name for row in plan.rows}) == count
    assert {row.domain for row in plan.rows} == set(plan.domains)
    assert {row.units.lead for row in plan.rows} <= {unit.name for unit in plan.units}
    assert all(row.period.end is not None for row in plan.rows)


Hgt = Callable[..., tuple[int, str, str]]


@pytest.fixture
def hgt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Hgt:
    monkeypatch.setenv("HGT_OPERATOR", "演示员")
    monkeypatch.setenv("HGT_DATABASE_URL", str(tmp_path / "portfolio.db"))
    monkeypatch.setattr("hgt_portfolio.settings.data_folder", lambda: tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run([*arguments])
        output = capsys.readouterr()
        return code, output.out, output.err

    return call


def test_the_command_says_how_to_open_it(hgt: Hgt, tmp_path: Path) -> None:
    code, out, _ = hgt("demo", "--projects", "5", "--quarters", "2", "--until", "2024Q3")
    path = tmp_path / "demo.db"
    assert (code, path.exists(), (tmp_path / "portfolio.db").exists()) == (0, True, False)
    assert "5 个编造的项目，填报 2 个季度到2024年三季度" in out
    assert out.endswith(f"打开它：hgt --db {path}\n")
    code, _, err = hgt("demo", "--projects", "5")
    assert (code, "已经存在" in err) == (1, True)
    assert "演示项目00001" in hgt("projects", "--db", str(path))[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--until", "2024-01-31"), "--until 应在 2024-03-31 至今天"),
        (("--until", "2099Q4"), "--until 应在 2024-03-31 至今天"),
        (("--until", "昨天"), "--until"),
        (("--quarters", "3"), "--quarters 要和 --projects 一起用"),
        (("--projects", "0"), "--projects 应在 1 至"),
        (("--projects", "许多"), "--projects"),
        (("--projects", "5", "--quarters", "41"), "--quarters 应在 1 至 40 之间"),
    ],
)
def test_what_cannot_be_made_is_refused(hgt: Hgt, tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    code, _, err = hgt("demo", *arguments)
    assert (code, words in err) == (2, True), err
    assert not list(tmp_path.iterdir())


def test_the_real_ledger_is_never_its_place(hgt: Hgt, tmp_path: Path) -> None:
    code, _, err = hgt("demo", "--db", str(tmp_path / "portfolio.db"))
    assert (code, "正式台账的位置" in err) == (2, True)
    assert not list(tmp_path.iterdir())
