"""待办 against a plain restatement of each kind, its order, what is in hand, and its table."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from hgt_portfolio.cli import run
from hgt_portfolio.figures import Figures, Filter, Position, Task
from hgt_portfolio.figures.queue import ACTIONS, REMIND_DAYS
from hgt_portfolio.ledger import AmendInput, Changes, CheckInput, StepInput, SuperviseInput
from hgt_portfolio.months import last_day
from hgt_portfolio.reports.queue import NOTHING
from hgt_portfolio.reports.queue import queue as queued
from hgt_portfolio.rules.point import Point
from hgt_portfolio.terms import CheckMethod, SupervisionGround, SupervisionStep, TaskKind
from tests.conftest import Book, open_book

DAY = date(2024, 10, 20)

RESTATED: dict[TaskKind, Callable[[Position], bool]] = {
    TaskKind.OVERDUE: lambda p: p.deadline_state == "逾期",
    TaskKind.UNVERIFIED: lambda p: p.deadline_state == "到期未核实",
    TaskKind.NOT_STARTED: lambda p: p.start_state == "应开未开",
    TaskKind.SUSPENDED: lambda p: p.status == "停工",
    TaskKind.MISSING: lambda p: p.filing_state == "未填报",
    TaskKind.RETURNED: lambda p: p.filing_state == "退回",
    TaskKind.UNPRICED: lambda p: p.investment is None,
    TaskKind.DUE_SOON: lambda p: p.deadline_state == "临期",
}


def of_kind(figures: Figures, point: Point, kind: TaskKind, where: Filter | None = None) -> list[Task]:
    return [task for task in figures.queue(point, where).tasks if task.kind is kind]


@pytest.mark.parametrize("kind", RESTATED)
@pytest.mark.parametrize("day", [date(2024, 4, 20), date(2024, 8, 10), DAY])
def test_each_kind_is_what_it_says(sample: Figures, kind: TaskKind, day: date) -> None:
    point = sample.point(day)
    read = sample.queue(point)
    said = [task.no for task in read.tasks if task.kind is kind]
    meant = [row.no for row in sample.positions(point) if RESTATED[kind](row)]
    assert len(said) + read.in_hand[kind] == len(meant)
    assert set(said) <= set(meant)
    assert len(said) == len(set(said))


def test_red_at_two_quarter_ends_running(sample: Figures) -> None:
    for day in (date(2024, 7, 20), DAY):
        point = sample.point(day)
        ends = [point.at(point.period), point.at(point.period - 3)]
        reds = [{row.no for row in sample.positions(at) if row.light == "红"} for at in ends]
        late = {row.no for row in sample.positions(point) if row.deadline_state == "逾期"}
        assert {task.no for task in of_kind(sample, point, TaskKind.RED_TWICE)} == (reds[0] & reds[1]) - late


def test_the_order_is_that_of_harm_then_of_days(sample: Figures) -> None:
    tasks = sample.queue(sample.point(DAY)).tasks
    order = list(TaskKind)
    places = [order.index(task.kind) for task in tasks]
    assert places == sorted(places)
    days = [task.days or 0 for task in tasks if task.kind is TaskKind.OVERDUE]
    assert days == sorted(days, reverse=True)
    assert len({task.key for task in tasks}) == len(tasks)
    assert all(task.action for task in tasks)
    assert set(ACTIONS) == set(TaskKind)


def test_a_filter_chooses_projects(sample: Figures) -> None:
    point = sample.point(DAY)
    everything = sample.queue(point).tasks
    unit = everything[0].unit
    assert sample.queue(point, Filter(unit=unit)).tasks == [task for task in everything if task.unit == unit]
    assert sample.queue(point, Filter(text="没有这样的项目")).tasks == []


def test_with_nothing_reported_the_plan_waits_for_checks(fresh: Book) -> None:
    read = fresh.figures.queue(fresh.point())
    assert (read.counts["到期未核实"], read.counts["逾期"], read.counts["待定金额"]) == (54, 0, 2)
    first = next(task for task in read.tasks if task.no == "39")
    assert first.why == "完工期限 2023-11-30，已过 1090 天，无人报送完工情况，从未填报"


@pytest.fixture
def written(sample: Figures, tmp_path: Path) -> Book:
    """The sample, to write to."""
    assert sample.store.path is not None
    return open_book(Path(shutil.copy2(sample.store.path, tmp_path / "演示.db")), DAY)


def raised(book: Book, no: str, ground: SupervisionGround, due: date) -> str:
    raised_on = min(DAY, due - timedelta(days=5))
    given = SuperviseInput(no=no, ground=ground, content="抓紧", raised=raised_on, due=due)
    book.on(DAY).supervise([given])
    return max(item.no for item in book.figures.supervision(book.point()))


def test_what_is_supervised_is_in_hand_until_it_runs_over(written: Book) -> None:
    book = written
    first = of_kind(book.figures, book.point(), TaskKind.OVERDUE)[0]
    assert first.no is not None
    item = raised(book, first.no, SupervisionGround.OVERDUE, DAY + timedelta(days=5))
    read = book.figures.queue(book.point())
    assert first.key not in {task.key for task in read.tasks}
    assert read.in_hand["逾期"] == 1
    later = book.point(DAY + timedelta(days=8))
    (late,) = (one for one in of_kind(book.figures, later, TaskKind.SUPERVISION_LATE) if one.about == item)
    assert (late.days, late.item is not None, "还没有办理" in late.why) == (3, True, True)


def test_an_item_is_reminded_of_then_struck(written: Book) -> None:
    book = written
    no = of_kind(book.figures, book.point(), TaskKind.SUSPENDED)[0].no or ""
    due = DAY - timedelta(days=3)
    item = raised(book, no, SupervisionGround.OTHER, due)
    assert not of_kind(book.figures, book.point(), TaskKind.SUSPENDED)
    (late,) = (task for task in of_kind(book.figures, book.point(), TaskKind.SUPERVISION_LATE) if task.about == item)
    ledger = book.on(DAY)
    ledger.supervision_step(StepInput(item=late.about, step=SupervisionStep.REMINDED, day=DAY, text="电话催办"))
    assert item not in {task.about for task in of_kind(book.figures, book.point(), TaskKind.SUPERVISION_LATE)}
    again = book.point(DAY + timedelta(days=REMIND_DAYS))
    assert item in {task.about for task in of_kind(book.figures, again, TaskKind.SUPERVISION_LATE)}
    step = {"item": late.about, "step": SupervisionStep.APPLIED, "day": DAY, "text": "已办", "evidence": "照片"}
    ledger.supervision_step(StepInput(**step))
    (applied,) = (task for task in of_kind(book.figures, book.point(), TaskKind.APPLIED) if task.no == no)
    assert "待核验" in applied.why


def test_a_unit_as_a_whole_is_a_task_of_its_unit_alone(written: Book) -> None:
    book, unit = written, "区住建局"
    given = {"unit": unit, "ground": SupervisionGround.OTHER, "content": "报送", "raised": date(2024, 10, 1)}
    book.on(DAY).supervise([SuperviseInput(**given, due=date(2024, 10, 10))])
    (task,) = (one for one in of_kind(book.figures, book.point(), TaskKind.SUPERVISION_LATE) if one.no is None)
    assert (task.unit, task.name) == (unit, "区住建局整体工作")
    assert task in book.figures.queue(book.point(), Filter(unit=unit)).tasks
    assert task not in book.figures.queue(book.point(), Filter(unit="区科工局")).tasks
    assert task not in book.figures.queue(book.point(), Filter(unit=unit, text="管网")).tasks


def test_a_request_takes_the_place_of_the_missing_amount(written: Book) -> None:
    book = written
    no = of_kind(book.figures, book.point(), TaskKind.UNPRICED)[0].no or ""
    asked = AmendInput(no=no, changes=Changes(investment_fen=5_000_000), reason="概算批复", effective=DAY)
    book.on(DAY).amend(asked)
    assert no not in {task.no for task in of_kind(book.figures, book.point(), TaskKind.UNPRICED)}
    (task,) = (one for one in of_kind(book.figures, book.point(), TaskKind.REQUESTED) if one.no == no)
    assert task.why.startswith("2024-10-20 申请投资调整，待批：总投资")


def test_what_is_sent_back_waits_to_be_filed_again(written: Book) -> None:
    book = written
    row = next(row for row in book.figures.positions(book.point()) if row.filing_state == "已填报")
    book.on(DAY).send_back(row.no, row.period, "数有误")
    (task,) = of_kind(book.figures, book.point(), TaskKind.RETURNED)
    assert (task.no, task.days, task.why) == (row.no, 0, "2024年三季度于 2024-10-20 退回待重报：数有误")


def test_soon_due_is_in_hand_once_looked_at(sample: Figures, written: Book) -> None:
    book = written
    due = min(row.due for row in sample.positions(sample.point(DAY)) if row.deadline_state == "未到期" and row.due)
    day = last_day(due) - timedelta(days=10)
    late = book.on(day)
    soon = of_kind(book.figures, book.point(day), TaskKind.DUE_SOON)
    assert soon
    assert all(task.days == 10 for task in soon)
    check = {"day": day, "how": CheckMethod.BY_PHONE, "finding": "正在收尾"}
    late.check(CheckInput(no=soon[0].no or "", **check))
    assert soon[0].no not in {task.no for task in of_kind(book.figures, book.point(day), TaskKind.DUE_SOON)}
    assert book.figures.queue(book.point(day)).in_hand["临期"] == 1


def test_the_table_says_the_same(sample: Figures) -> None:
    point = sample.point(DAY)
    table = queued(sample, point, Filter())
    assert [row[5] for row in table.rows] == [task.why for task in sample.queue(point).tasks]
    assert table.notes[0].startswith("逾期 4 件")
    assert NOTHING in queued(sample, point, Filter(text="没有这样的项目")).notes


def test_the_command(sample: Figures, capsys: pytest.CaptureFixture[str]) -> None:
    where = ("--db", str(sample.store.path), "--as-of", "2024-10-20", "--json")
    assert run(["queue", "--kind", "未填报", *where]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["kind"] for row in rows} == {"未填报"}
    assert len(rows) == sample.queue(sample.point(DAY)).counts["未填报"]
    assert run(["queue", "--kind", "急事", *where]) != 0
    assert "未填报" in capsys.readouterr().err
