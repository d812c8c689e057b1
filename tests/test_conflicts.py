"""冲突: recorded as forms are taken back, open until filed or decided, asked once; and filing against check."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from hgt_portfolio.figures import Clash
from hgt_portfolio.ledger import CheckInput
from hgt_portfolio.returns.merge import Choices
from hgt_portfolio.returns.preview import others_words
from hgt_portfolio.returns.quarter import Quarter
from hgt_portfolio.returns.reading import ReadBack, read_back, take_back
from hgt_portfolio.terms import CheckMethod, Decision, Side, Status, TaskAction, TaskKind
from tests.conftest import Book
from tests.raw import DENIED, raw
from tests.returning import CUMULATIVE, PERIOD, QUARTER, WAN, a_report, back, filed_before, fill, sent

pytestmark = pytest.mark.parametrize("today", [date(2025, 1, 10)])
AMOUNT = "cumulative_fen"


def both_moved(book: Book, folder: Path) -> Path:
    """A form in which #40 differs from what was filed since, and #41 is new."""
    filed_before(book)
    path = fill(sent(book, folder), {"40": {CUMULATIVE: 130000, "形象进度": "八成"}, "41": {CUMULATIVE: 9500}})
    book.as_operator("乙").report(a_report("40", 120000, "缺土"))
    return path


def clashes(book: Book) -> list[Clash]:
    return book.figures.conflicts(book.point())


def decided(book: Book, path: Path, side: Side | None) -> ReadBack:
    cells = {} if side is None else {("40", AMOUNT): side}
    return read_back(book.figures, [path], Quarter, Choices(cells=cells))


def waiting(book: Book) -> list[tuple[str | None, TaskAction]]:
    tasks = book.figures.queue(book.point()).tasks
    return [(task.no, task.action) for task in tasks if task.kind is TaskKind.CONFLICT]


def test_an_undecided_conflict_is_recorded_with_the_rows_taken(book: Book, tmp_path: Path) -> None:
    path = both_moved(book, tmp_path)
    done = take_back(book.ledger, back(book, path))
    assert done is not None
    assert done.title == "收回填报表 2024Q4，1 项：#41，冲突未定 1 处：#40"
    (clash,) = clashes(book)
    assert (clash.no, clash.period, clash.field, clash.theirs, clash.ours) == (
        *("40", PERIOD, AMOUNT, "130000.00", "120000.00"),
    )
    assert (clash.decision, clash.is_open, clash.file) == (Decision.OPEN, True, path.name)
    assert (clash.our_by, clash.operator) == ("乙 2025-01-10 09:00:04 进度填报", "甲")
    assert waiting(book) == [("40", TaskAction.DECIDE)]
    assert book.ledger.broken_entry() is None
    assert take_back(book.ledger, back(book, path)) is None, "the same conflict is recorded once"


def test_a_run_with_nothing_but_conflicts_records_them(book: Book, tmp_path: Path) -> None:
    path = both_moved(book, tmp_path)
    book.report("41", QUARTER, "在建", "9500")
    moment = book.figures.last_action()
    read = back(book, path)
    assert not read.taken
    assert take_back(book.ledger, read, dry_run=True) is not None
    assert (book.figures.last_action(), clashes(book)) == (moment, [])
    done = take_back(book.ledger, read)
    assert done is not None
    assert done.title == "收回填报表 2024Q4，冲突未定 1 处：#40"
    assert "撤销 收回填报表" in book.ledger.undo().title
    assert (clashes(book), waiting(book)) == ([], [])
    assert book.ledger.broken_entry() is None


def test_a_later_report_closes_it_and_an_undo_opens_it_again(book: Book, tmp_path: Path) -> None:
    take_back(book.ledger, back(book, both_moved(book, tmp_path)))
    book.ledger.report(a_report("40", 125000, "缺土"))
    assert [clash.is_open for clash in clashes(book)] == [False]
    book.ledger.undo()
    assert waiting(book) == [("40", TaskAction.DECIDE)]
    book.report("40", "2024Q3", "在建", "100001", reason="更正")
    assert waiting(book) == [("40", TaskAction.DECIDE)], "another period decides nothing"


def test_what_was_known_then_stays(book: Book, tmp_path: Path) -> None:
    take_back(book.ledger, back(book, both_moved(book, tmp_path)))
    then = book.known_now()
    book.ledger.report(a_report("40", 125000, "缺土"))
    (clash,) = book.figures.conflicts(book.point(None, then))
    assert clash.is_open


def test_a_kept_cell_is_not_asked_again(book: Book, tmp_path: Path) -> None:
    path = both_moved(book, tmp_path)
    take_back(book.ledger, back(book, path))
    done = take_back(book.ledger, decided(book, path, Side.OURS))
    assert done is not None
    assert "1 项：#40，冲突留账 1 处：#40" in done.title, "the row's other cells are taken"
    row = book.position("40", QUARTER)
    assert (row.stated, row.physical) == (120000 * WAN, "八成")
    assert (clashes(book)[0].decision, waiting(book)) == (Decision.KEPT, [])
    again = back(book, path)
    first = again.rows[0]
    assert (str(first.change), again.whole, take_back(book.ledger, again)) == ("未变", True, None)
    assert others_words(first).endswith("以前已留账")
    assert str(back(book, path, side=Side.THEIRS).rows[0].change) == "未变", "a choice for all is for what is open"
    fill(path, {"40": {CUMULATIVE: 131000}})
    assert str(back(book, path).rows[0].change) == "冲突", "another value is another matter"


def test_a_kept_cell_can_still_be_taken_by_name(book: Book, tmp_path: Path) -> None:
    path = both_moved(book, tmp_path)
    take_back(book.ledger, decided(book, path, Side.OURS))
    take_back(book.ledger, decided(book, path, Side.THEIRS))
    assert book.position("40", QUARTER).stated == 130000 * WAN
    assert [(clash.decision, clash.is_open) for clash in clashes(book)] == [(Decision.TAKEN, False)]


def test_a_decision_may_be_undone(book: Book, tmp_path: Path) -> None:
    path = both_moved(book, tmp_path)
    take_back(book.ledger, back(book, path))
    take_back(book.ledger, decided(book, path, Side.OURS))
    book.ledger.undo()
    assert (clashes(book)[0].decision, waiting(book)) == (Decision.OPEN, [("40", TaskAction.DECIDE)])


def test_a_refused_row_records_nothing(book: Book, tmp_path: Path) -> None:
    path = fill(both_moved(book, tmp_path), {"40": {"状态": "快了"}})
    take_back(book.ledger, back(book, path))
    assert clashes(book) == []


def test_rows_of_conflicts_are_never_changed(book: Book, tmp_path: Path) -> None:
    take_back(book.ledger, back(book, both_moved(book, tmp_path)))
    book.store.close()
    with raw(book.store.url) as database:
        for sql in ("UPDATE conflict SET theirs = '1'", "DELETE FROM conflict"):
            with pytest.raises(DENIED, match="insert-only"):
                database.execute(sql)


def checked(book: Book, status: Status, day: date, finished: date | None = None) -> None:
    given = {"day": day, "how": CheckMethod.ON_SITE, "finding": "现场查看", "status": status, "finished": finished}
    book.ledger.check(CheckInput(no="41", **given))


DENIALS = [
    (("完工", date(2024, 11, 30)), (Status.UNDER_WAY, date(2025, 1, 5), None), True),
    (("完工", date(2024, 12, 20)), (Status.UNDER_WAY, date(2024, 12, 10), None), False),
    (("在建", None), (Status.COMPLETE, date(2025, 1, 5), date(2024, 12, 1)), True),
    (("在建", None), (Status.COMPLETE, date(2025, 1, 5), date(2025, 1, 2)), False),
    (("在建", None), (Status.SUSPENDED, date(2025, 1, 5), None), False),
    (("完工", date(2024, 11, 30)), (Status.IN_USE, date(2025, 1, 5), date(2024, 11, 30)), False),
]


@pytest.mark.parametrize(("filed", "check", "denied"), DENIALS)
def test_a_filing_and_a_check_that_deny_each_other(
    book: Book, filed: tuple[str, date | None], check: tuple[Status, date, date | None], denied: bool
) -> None:
    book.report("41", QUARTER, filed[0], "9000", finished=filed[1], reason="核对过")
    checked(book, *check)
    assert waiting(book) == ([("41", TaskAction.CHECK)] if denied else [])
    if denied:
        (task,) = (task for task in book.figures.queue(book.point()).tasks if task.kind is TaskKind.CONFLICT)
        assert f"填报 2024Q4 为{filed[0]}" in task.why
        assert f"2025-01-05 现场核实为{check[0]}" in task.why
        checked(
            book,
            *(
                (Status.COMPLETE, date(2025, 1, 8), date(2024, 11, 30))
                if filed[1]
                else (Status.UNDER_WAY, date(2025, 1, 8), None)
            ),
        )
        assert waiting(book) == [], "the office's next word decides"
