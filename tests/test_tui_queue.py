"""待办 in the terminal UI: worked from top to bottom by keys, skipped, marked, filtered, and empty."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Select

from hgt_portfolio.figures import Figures, Filter
from hgt_portfolio.returns.reading import take_back
from hgt_portfolio.settings import Settings
from hgt_portfolio.terms import TaskAction, TaskKind
from hgt_portfolio.tui.dialogs.base import NoticeScreen
from hgt_portfolio.tui.dialogs.bulk import BulkScreen
from hgt_portfolio.tui.forms.screen import FormScreen
from hgt_portfolio.tui.pages.queue import QueuePage
from hgt_portfolio.tui.pages.returning import ReturnsPage
from tests.conftest import Book, open_book
from tests.returning import CUMULATIVE, QUARTER, a_report, back, filed_before, fill, sent
from tests.tui import app_for, joined, keys, notice, settle, shown
from tests.tui import fill as type_in

DAY = date(2024, 10, 20)


@pytest.fixture
def written(sample: Figures, tmp_path: Path) -> Book:
    """The sample, to write to."""
    assert sample.store.path is not None
    return open_book(Path(shutil.copy2(sample.store.path, tmp_path / "演示.db")), DAY)


def page_of(pilot: Pilot[None]) -> QueuePage:
    page = pilot.app.screen
    assert isinstance(page, QueuePage), page
    return page


async def open_queue(pilot: Pilot[None]) -> QueuePage:
    await settle(pilot)
    await keys(pilot, "5")
    return page_of(pilot)


FILLED: dict[TaskAction, dict[str, str]] = {
    TaskAction.SUPERVISE: {"content": "查明原因"},
    TaskAction.CHECK: {"finding": "现场查看", "status": "在建"},
    TaskAction.REPORT: {"reason": "补报"},
    TaskAction.AMEND: {"investment": "500", "reason": "概算批复", "doc": "红发改〔2024〕9号"},
}


async def do(pilot: Pilot[None], action: TaskAction, kind: TaskKind, about: str) -> None:
    """Fill the form on screen with as little as it takes, and file it."""
    form = pilot.app.screen
    assert isinstance(form, FormScreen), (action, kind)
    texts = dict(FILLED[action])
    if kind is TaskKind.CONFLICT:
        texts = {"finding": "确已完工", "status": "完工", "finished": "2023-11-30"}
    if kind is TaskKind.REQUESTED:
        assert form.query_one("#request_id", Select).value == f"批准 {about}", "the task knows which"
        texts = {"doc": "红重办〔2024〕10号"}
    for name, text in texts.items():
        if not form.query(f"#{name}"):
            continue
        widget = form.query_one(f"#{name}")
        if hasattr(widget, "show_overlay") or name == "status":
            widget.value = text  # type: ignore[attr-defined]
            await settle(pilot)
        elif not getattr(widget, "value", ""):
            await type_in(pilot, name, text)
    await keys(pilot, "f10")


async def test_the_whole_queue_is_worked_from_top_to_bottom(written: Book) -> None:
    app = app_for(written)
    async with app.run_test(size=(120, 36)) as pilot:
        page = await open_queue(pilot)
        left = [task.key for task in page._order]
        assert f"待办 {len(left)} " in shown(app)
        done: list[str] = []
        for _ in range(40):
            task = page.at_hand
            if task is None:
                break
            await keys(pilot, "ctrl+f")
            await do(pilot, task.action, task.kind, task.about)
            assert app.screen is page, (task, joined(app))
            assert notice(app).startswith("已办："), (task, notice(app))
            keys_now = [one.key for one in page._order]
            assert task.key not in keys_now, task
            done.append(task.key)
            following = [key for key in left[left.index(task.key) + 1 :] if key in keys_now] if task.key in left else []
            if following and page.at_hand is not None:
                assert page.at_hand.key == following[0]
        assert set(left) <= set(done)
        assert written.figures.queue(written.point()).tasks == []
        assert "没有待办" in joined(app)
    assert written.ledger.broken_entry() is None


async def test_skip_jump_and_why(written: Book) -> None:
    app = app_for(written)
    async with app.run_test(size=(80, 24)) as pilot:
        page = await open_queue(pilot)
        first, second = page._order[:2]
        await keys(pilot, "ctrl+k")
        assert notice(app).startswith(f"已跳过 逾期 #{first.no}")
        assert page.at_hand == second
        assert page._order[-1] == first
        assert "本次跳过 1" in shown(app)
        await keys(pilot, "f5")
        assert (page.at_hand, page._order[-1]) == (second, first)
        await keys(pilot, "right")
        assert page.at_hand is not None
        assert page.at_hand.kind is TaskKind.SUSPENDED
        assert "停工，没有写明原因" in joined(app)
        await keys(pilot, "left")
        assert page.at_hand == second
        await keys(pilot, "enter")
        assert app.screen.PLACE == "detail"  # type: ignore[attr-defined]


async def test_marks_make_a_bulk_update_of_their_projects(written: Book) -> None:
    app = app_for(written)
    async with app.run_test(size=(120, 36)) as pilot:
        page = await open_queue(pilot)
        await keys(pilot, "space", "space", "down", "alt+m")
        marked = [task.no for task in page._order[:4]]
        assert "已标记 4 件" in shown(app)
        await keys(pilot, "alt+p")
        assert isinstance(app.screen, BulkScreen)
        assert list(app.screen.nos) == marked
        await keys(pilot, "escape", "ctrl+a")
        assert f"已标记 {len(page._order)} 件" in shown(app)
        await keys(pilot, "ctrl+a")
        assert "已标记" not in shown(app)


async def test_the_filter_is_that_of_every_root_screen(written: Book) -> None:
    app = app_for(written)
    async with app.run_test(size=(120, 36)) as pilot:
        page = await open_queue(pilot)
        everything = len(page._order)
        app.desk.change(where=Filter(unit="区农业农村局"))
        await keys(pilot, "f5")
        assert 0 < len(page._order) < everything
        assert {task.unit for task in page._order} == {"区农业农村局"}
        read = page.shown()
        (table,) = read.read(app.desk.frame())
        assert len(table.rows) == len(page._order)
        await keys(pilot, "slash", "=zzzz")
        assert "没有待办" in joined(app)
        assert "^L" in joined(app)


async def test_pages_have_a_true_total(written: Book) -> None:
    app = app_for(written, settings=Settings(page=5))
    async with app.run_test(size=(80, 24)) as pilot:
        page = await open_queue(pilot)
        total = len(page._order)
        assert f"{total} 件。" in shown(app)
        assert f"第 1/{-(-total // 5)} 页" in shown(app)
        await keys(pilot, "ctrl+pagedown")
        assert page.at_hand == page._order[5]
        await keys(pilot, "ctrl+pageup", "ctrl+pageup")
        assert page.at_hand == page._order[0]


async def test_nothing_is_handled_in_the_past(written: Book) -> None:
    app = app_for(written, as_of="2024Q3")
    async with app.run_test(size=(80, 24)) as pilot:
        page = await open_queue(pilot)
        assert page.at_hand is not None
        await keys(pilot, "ctrl+f")
        assert isinstance(app.screen, NoticeScreen)


@pytest.mark.parametrize("today", [date(2025, 1, 10)])
async def test_a_conflict_opens_the_form_that_it_came_with(book: Book, tmp_path: Path) -> None:
    filed_before(book)
    path = fill(sent(book, tmp_path), {"40": {CUMULATIVE: 130000}})
    book.as_operator("乙").report(a_report("40", 120000, "缺土"))
    take_back(book.ledger, back(book, path))
    app = app_for(book, tmp_path)
    async with app.run_test(size=(120, 36)) as pilot:
        page = await open_queue(pilot)
        page.action_kind("冲突")
        await settle(pilot)
        assert "130000.00" in joined(app)
        await keys(pilot, "ctrl+f")
        assert isinstance(app.screen, ReturnsPage)
        await keys(pilot, "ctrl+e", "f10", "escape")
        assert page_of(pilot) is page
        assert TaskKind.CONFLICT not in {task.kind for task in page._order}
    assert book.position("40", QUARTER).stated == 130_000_000_000


@pytest.mark.parametrize("today", [date(2025, 1, 10)])
async def test_a_conflict_whose_form_is_gone_is_filed_anew(book: Book, tmp_path: Path) -> None:
    filed_before(book)
    path = fill(sent(book, tmp_path), {"40": {CUMULATIVE: 130000}})
    book.as_operator("乙").report(a_report("40", 120000, "缺土"))
    take_back(book.ledger, back(book, path))
    path.unlink()
    app = app_for(book, tmp_path)
    async with app.run_test(size=(120, 36)) as pilot:
        page = await open_queue(pilot)
        page.action_kind("冲突")
        await settle(pilot)
        await keys(pilot, "ctrl+f")
        assert isinstance(app.screen, FormScreen)
        await type_in(pilot, "cumulative_fen", "130000")
        await type_in(pilot, "reason", "以表为准")
        await keys(pilot, "f10")
        assert TaskKind.CONFLICT not in {task.kind for task in page._order}
    assert book.position("40", QUARTER).stated == 130_000_000_000
