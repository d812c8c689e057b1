"""督办: every step and every refusal, where an item stands on a day, what is suggested, and where it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from hgt_portfolio.exports import ExportError, export_duty, export_quarterly
from hgt_portfolio.exports.supervision import export_supervision, supervision_name
from hgt_portfolio.figures import SupervisionItem, Unknown
from hgt_portfolio.ledger import Refused, StepInput, SuperviseInput, UnitContactInput, YearPlanInput, validated
from hgt_portfolio.reports.supervision import suggestion_list, supervision_item, supervision_list
from hgt_portfolio.rules.supervision import NEEDED, OPEN_STATES, TRANSITIONS, barred
from hgt_portfolio.terms import SupervisionState, SupervisionStep
from tests.conftest import Book
from tests.test_xlsx import reopened

RAISED, DUE, LATER = date(2024, 10, 8), date(2024, 10, 20), date(2024, 11, 30)
END = date(2024, 12, 31)
STEPS = list(SupervisionStep)


@dataclass(frozen=True)
class Taken:
    """A step without a ledger."""

    step: str
    day: date
    due: date | None = None


def raised(book: Book, no: str | None = "9", **more: Any) -> str:
    given = {"no": no, "content": "报送进度", "raised": RAISED, "due": DUE} | more
    return book.ledger.supervise([validated(SuperviseInput, **given)]).title


def step(book: Book, name: str, day: date, item: str = "督2024-001", **more: Any) -> str:
    said = {"text": "电话催办"} if name == "催办" else {}
    values = {"item": item, "step": name, "day": day} | said | more
    return book.ledger.supervision_step(validated(StepInput, **values)).title


def item(book: Book, day: date = END, known_at: str | None = None, no: str = "督2024-001") -> SupervisionItem:
    return book.figures.supervised(book.point(day, known_at), no)


FULL: dict[str, dict[str, Any]] = {
    "催办": {},
    "反馈": {"text": "已进场"},
    "延期": {"text": "雨季", "due": LATER},
    "申请销号": {"text": "已完成", "evidence": "验收单"},
    "核验销号": {"evidence": "现场核验"},
    "退回": {"text": "缺照片"},
}
WAY = {
    "待反馈": (),
    "办理中": ("反馈",),
    "申请销号": ("申请销号",),
    "退回": ("申请销号", "退回"),
    "已销号": ("申请销号", "核验销号"),
}


def test_the_rule_names_every_step_and_state() -> None:
    assert set(TRANSITIONS) == set(NEEDED) == set(SupervisionStep)
    assert set(OPEN_STATES) | {SupervisionState.STRUCK} == set(SupervisionState)
    reached = {after for _, after in TRANSITIONS.values() if after}
    assert reached | {SupervisionState.RAISED} == set(SupervisionState)
    assert all(barred(step, SupervisionState.STRUCK) for step in SupervisionStep)


def test_an_item_goes_from_raising_to_striking(book: Book) -> None:
    assert raised(book, doc="红重办督〔2024〕1号", person="演示甲") == "督办交办 督2024-001 #9：报送进度"
    for name, day in (("催办", 10), ("反馈", 12), ("延期", 14), ("申请销号", 16), ("退回", 17), ("申请销号", 18)):
        step(book, name, date(2024, 10, day), **FULL[name])
    before = book.known_now()
    title = step(book, "核验销号", date(2024, 10, 19), **FULL["核验销号"])
    assert title == "督办核验销号 督2024-001 #9 红谷滩区农村水利基础设施提升改造工程"
    found = item(book)
    assert (found.state, found.due, found.due_original, found.days_over) == ("已销号", LATER, DUE, 0)
    assert (found.project, found.unit, found.person, found.doc) == (
        "9",
        "区农业农村局",
        "演示甲",
        "红重办督〔2024〕1号",
    )
    assert (found.applied, found.struck, found.times("申请销号"), found.is_open) == (
        date(2024, 10, 18),
        date(2024, 10, 19),
        2,
        False,
    )
    assert item(book, known_at=before).state == "申请销号"
    states = {day: item(book, date(2024, 10, day)).state for day in (9, 12, 16, 17, 18)}
    assert list(states.values()) == ["待反馈", "办理中", "申请销号", "退回", "申请销号"]
    with pytest.raises(Unknown, match="没有编号为 督2024-001"):
        item(book, date(2024, 10, 7))
    kinds = [event.kind for event in book.figures.history("9", book.point()) if event.kind.startswith("督办")]
    assert kinds[0] == "督办 督2024-001"
    assert kinds[1:] == [
        f"督办 督2024-001 {name}" for name in ("催办", "反馈", "延期", "申请销号", "退回", "申请销号", "核验销号")
    ]
    assert len(supervision_item(found, book.point()).rows) == 10 + 7


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("state", WAY)
def test_only_the_steps_of_a_state_are_taken(book: Book, state: str, name: str) -> None:
    raised(book)
    for way in WAY[state]:
        step(book, way, date(2024, 10, 9), **FULL[way])
    assert item(book).state == state
    if not barred(SupervisionStep(name), SupervisionState(state)):
        step(book, name, date(2024, 10, 10), **FULL[name])
        assert item(book).state == (TRANSITIONS[SupervisionStep(name)][1] or state)
    else:
        with pytest.raises(Refused, match=f"督2024-001 现为“{state}”，不能{name}。"):
            step(book, name, date(2024, 10, 10), **FULL[name])


@pytest.mark.parametrize(
    ("name", "day", "given", "said"),
    [
        ("反馈", date(2024, 10, 9), {}, "反馈须写明内容"),
        ("延期", date(2024, 10, 9), {"text": "雨季"}, "延期须写明新的完成时限"),
        ("延期", date(2024, 10, 9), {"due": LATER}, "延期须写明内容"),
        ("延期", date(2024, 10, 9), {"due": DUE, "text": "雨季"}, "须晚于现在的 2024-10-20"),
        ("申请销号", date(2024, 10, 9), {"text": "已完成"}, "申请销号须写明依据"),
        ("催办", date(2024, 10, 9), {"due": LATER}, "催办不改完成时限"),
        ("催办", date(2024, 10, 7), {}, "早于上一环节 2024-10-08"),
        ("催办", date(2026, 11, 25), {}, "还没有到"),
    ],
)
def test_a_step_without_what_it_needs_is_refused(
    book: Book, name: str, day: date, given: dict[str, Any], said: str
) -> None:
    raised(book)
    with pytest.raises(Refused, match=said):
        step(book, name, day, **given)
    assert item(book).steps == ()


def test_steps_stand_in_order_and_numbers_are_known(book: Book) -> None:
    raised(book)
    step(book, "反馈", date(2024, 10, 12), **FULL["反馈"])
    with pytest.raises(Refused, match="早于上一环节 2024-10-12"):
        step(book, "催办", date(2024, 10, 11))
    with pytest.raises(Refused, match="没有编号为 督2024-009"):
        step(book, "催办", date(2024, 10, 12), "督2024-009")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"no": "99"}, "没有序号为 99 的项目"),
        ({"no": None}, "请写明督办哪个项目或哪个单位"),
        ({"no": None, "unit": "区太空局"}, "没有名为“区太空局”的责任单位"),
        ({"unit": "区城投公司"}, "区城投公司不是 #9 的责任单位；责任单位：区农业农村局"),
        ({"due": date(2024, 10, 7)}, "完成时限 2024-10-07 早于交办日期 2024-10-08"),
        ({"raised": date(2026, 11, 25), "due": date(2026, 12, 1)}, "还没有到"),
        ({"content": ""}, "督办事项不能为空"),
        ({"ground": "天气"}, "督办事由应为其中之一"),
    ],
)
def test_an_item_that_cannot_be_is_refused(book: Book, given: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused, match=said):
        raised(book, **given)
    assert book.figures.supervision(book.point()) == []


def test_an_open_item_of_the_same_ground_is_not_raised_again(book: Book) -> None:
    raised(book, ground="逾期")
    with pytest.raises(Refused, match="已有因逾期督办、尚未销号的事项 督2024-001"):
        raised(book, ground="逾期")
    raised(book, ground="未填报")
    raised(book, no="10", ground="逾期")
    for _ in range(2):
        raised(book)
    for name in ("申请销号", "核验销号"):
        step(book, name, date(2024, 10, 9), **FULL[name])
    raised(book, ground="逾期")
    numbers = sorted(found.no for found in book.figures.supervision(book.point()))
    assert numbers == [f"督2024-00{n}" for n in range(1, 7)]


def test_items_are_raised_in_one_action_or_not_at_all(book: Book) -> None:
    given = {"content": "报送", "raised": RAISED, "due": DUE}
    pair = [validated(SuperviseInput, no=no, ground="逾期", **given) for no in ("9", "9")]
    with pytest.raises(Refused, match="#9 已有因逾期督办"):
        book.ledger.supervise(pair)
    with pytest.raises(Refused, match="没有要交办的"):
        book.ledger.supervise([])
    outcome = book.ledger.supervise([pair[0], validated(SuperviseInput, no="10", **given)], dry_run=True)
    assert outcome.title == "督办交办 2 项：督2024-001 至 督2024-002"
    assert book.figures.supervision(book.point()) == []


def test_numbers_run_within_a_year_and_are_not_given_again(book: Book) -> None:
    raised(book)
    book.ledger.undo()
    raised(book)
    raised(book, raised=date(2025, 1, 2), due=date(2025, 2, 1))
    assert [found.no for found in book.figures.supervision(book.point())] == ["督2024-002", "督2025-001"]


def test_undo_takes_back_an_item_but_not_from_under_its_steps(book: Book) -> None:
    raised(book, no=None, unit="区农业农村局")
    other = book.as_operator("乙")
    other.supervision_step(StepInput(item="督2024-001", step="反馈", day=date(2024, 10, 9), text="已办"))
    with pytest.raises(Refused, match="之后 乙 又做了“督办反馈 督2024-001 区农业农村局：已办”"):
        book.ledger.undo()
    other.undo()
    assert item(book).steps == ()
    book.ledger.undo()
    assert book.figures.supervision(book.point()) == []


def test_a_units_work_as_a_whole_is_supervised(book: Book) -> None:
    raised(book, no=None, unit="区农业农村局")
    found = item(book)
    assert (found.project, found.name, found.unit, found.subject) == (None, None, "区农业农村局", "区农业农村局")
    raised(book, no=None, unit="区城管执法局")
    point = book.point(END)
    assert [one.no for one in book.figures.supervision(point, unit="区城管执法局")] == ["督2024-002"]


def test_a_cooperating_unit_may_be_named(book: Book) -> None:
    book.amend("24", date(2024, 7, 1), unit_text="区城投公司、区住建局")
    raised(book, no="24", unit="区住建局")
    assert item(book).unit == "区住建局"


def test_an_exited_project_is_not_supervised(book: Book) -> None:
    book.amend("9", date(2024, 7, 1), exited=True)
    with pytest.raises(Refused, match="#9 已退出，不再督办"):
        raised(book)


@pytest.fixture
def pressed(book: Book) -> Book:
    """#39 overdue and red for it, #24 red at two quarter ends, #25 red at one; only #24 and #25 filed Q3."""
    book.on(date(2024, 10, 10))
    for no, first, second in (("24", "100", "110"), ("25", "9000", "9010")):
        book.report(no, "2023Q4", "在建", "90", reason="期初")
        book.ledger.year_plan(YearPlanInput(no=no, year=2024, amount_fen=10_000_000_000))
        book.report(no, "2024Q2", "在建", first, reason="首报")
        book.report(no, "2024Q3", "在建", second, reason="首报")
    book.report("39", "2024Q2", "在建", "10", reason="首报")
    book.clock.set(date(2024, 10, 20))
    book.ledger.contact(
        UnitContactInput(unit="区城投公司", role="责任人", name="演示甲", phone="0791-1", since=date(2024, 1, 1))
    )
    return book


def grounds(book: Book, day: date = date(2024, 10, 20)) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in book.figures.suggested(book.point(day)):
        found.setdefault(one.no, []).append(one.ground)
    return found


def test_overdue_red_twice_and_silent_are_suggested(pressed: Book) -> None:
    found = grounds(pressed)
    assert found["39"] == ["逾期", "未填报"]
    assert found["24"] == ["连续红灯"]
    assert "25" not in found
    assert found["26"] == ["未填报"]
    by = {(one.no, str(one.ground)): one for one in pressed.figures.suggested(pressed.point(date(2024, 10, 20)))}
    late, red, silent = by["39", "逾期"], by["24", "连续红灯"], by["26", "未填报"]
    assert late.basis == "完工期限 2023-11-30，截至 2024-10-20 未完工，逾期 325 天，最近核实日 2024-06-30。"
    assert late.due == date(2024, 11, 4)
    assert red.basis.startswith("连续两个季度末为红灯：2024Q2 ")
    assert "；2024Q3 " in red.basis
    assert (red.unit, red.person) == ("区城投公司", "演示甲 0791-1")
    assert silent.basis == "2024年三季度进度填报截止日 2024-10-15，截至 2024-10-20 未填报。"
    assert silent.due == date(2024, 10, 25)


def test_nobody_is_silent_within_the_window(pressed: Book) -> None:
    within = pressed.figures.suggested(pressed.point(date(2024, 10, 12), "2024-10-12"))
    assert {one.ground for one in within} == {"逾期", "连续红灯"}
    asked_back = pressed.figures.suggested(pressed.point(date(2024, 10, 12)))
    assert {one.ground for one in asked_back} == {"逾期", "连续红灯"}


def test_what_is_open_already_is_not_suggested(pressed: Book) -> None:
    suggested = pressed.figures.suggested(pressed.point(date(2024, 10, 20)))
    names = ("no", "unit", "ground", "content", "basis", "due", "person")
    inputs = [
        validated(SuperviseInput, raised=date(2024, 10, 20), **{name: getattr(one, name) for name in names})
        for one in suggested
    ]
    outcome = pressed.ledger.supervise(inputs)
    assert outcome.title == f"督办交办 {len(inputs)} 项：督2024-001 至 督2024-0{len(inputs)}"
    assert grounds(pressed) == {}
    assert suggestion_list([], pressed.point()).notes[0] == "建议交办 0 项。"
    number = next(one.no for one in pressed.figures.supervision(pressed.point()) if one.project == "24")
    for name in ("申请销号", "核验销号"):
        step(pressed, name, date(2024, 10, 21), number, **FULL[name])
    assert grounds(pressed, date(2024, 10, 22)) == {"24": ["连续红灯"]}
    for _ in range(2):
        pressed.ledger.undo()
    pressed.ledger.undo()
    assert pressed.figures.supervision(pressed.point()) == []


def test_lists_put_what_is_open_first(book: Book) -> None:
    raised(book)
    raised(book, no="10", due=date(2024, 10, 9))
    raised(book, no="11", due=date(2024, 10, 8))
    for name in ("申请销号", "核验销号"):
        step(book, name, date(2024, 10, 9), "督2024-003", **FULL[name])
    point = book.point(date(2024, 10, 12))
    items = book.figures.supervision(point)
    assert [one.no for one in items] == ["督2024-002", "督2024-001", "督2024-003"]
    assert [one.no for one in book.figures.supervision(point, open_only=True)] == ["督2024-002", "督2024-001"]
    assert [one.no for one in book.figures.supervision(point, state="已销号")] == ["督2024-003"]
    table = supervision_list(items, point, whole=True)
    assert table.notes[0] == "督办事项 3 项：待反馈 2、已销号 1；未销号超期 1 项"
    assert [row[table.index("days_over")] for row in table.rows] == [3, 0, 1]


@pytest.fixture
def busy(book: Book) -> Book:
    raised(book, doc="督〔2024〕1号", basis="逾期 31 天", person="演示甲 0791-1")
    step(book, "催办", date(2024, 10, 22))
    step(book, "延期", date(2024, 10, 23), due=LATER, text="雨季影响")
    raised(book, no=None, unit="区农业农村局", content="<b>&[报送]", due=date(2024, 10, 31))
    raised(book, no="1")
    for name in ("申请销号", "核验销号"):
        step(book, name, date(2024, 10, 24), "督2024-003", **FULL[name])
    return book


def test_the_quarterly_workbook_has_the_items(busy: Book, tmp_path: Path) -> None:
    path = export_quarterly(busy.figures, busy.point("2024Q4"), tmp_path / "q.xlsx")
    workbook = reopened(path)
    names = workbook.sheetnames
    assert names[names.index("逾期与预警") + 1] == "督办事项"
    page = workbook["督办事项"]
    heads = [cell.value for cell in page[4]]
    rows = [dict(zip(heads, (cell.value for cell in row), strict=True)) for row in page.iter_rows(min_row=5, max_row=7)]
    assert [row["督办编号"] for row in rows] == ["督2024-002", "督2024-001", "督2024-003"]
    assert rows[0]["交办事项"] == "<b>&[报送]"
    assert (rows[1]["状态"], rows[1]["超期天数"], rows[1]["催办次数"]) == ("待反馈", 31, 1)
    assert rows[1]["最近办理"] == "2024-10-23 延期至 2024-11-30：雨季影响"
    assert rows[2]["状态"] == "已销号"
    before = reopened(export_quarterly(busy.figures, busy.point("2024Q3"), tmp_path / "p.xlsx"))["督办事项"]
    assert "督2024-001" not in [cell.value for cell in before["A"]]


def test_the_running_account_says_where_the_items_stand(busy: Book, tmp_path: Path) -> None:
    (path,) = export_duty(busy.figures, busy.point("2024Q4"), tmp_path, unit="区农业农村局")
    page = reopened(path)["台账版"]
    heads = [cell.value for cell in page[4]]
    cells = {row[0].value: row[heads.index("销号情况")].value for row in page.iter_rows(min_row=5)}
    assert cells["9"] == "督2024-001 待反馈 超期31天"
    assert cells["10"] == "—"
    assert any("单位督办事项：督2024-002 待反馈 超期61天" in str(cell.value) for cell in page["A"])


def test_a_notice_is_written_for_each_unit_with_open_items(busy: Book, tmp_path: Path) -> None:
    paths = export_supervision(busy.figures, busy.point(date(2024, 11, 1)), tmp_path)
    assert [path.name for path in paths] == ["督办单_区农业农村局_2024-11-01.docx"]
    text = ZipFile(paths[0]).read("word/document.xml").decode()
    for said in (
        "2项督办事项尚未销号，其中1项已超过完成时限",
        "2024-11-30（原 2024-10-20）",
        "逾期 31 天",
        "已催办 1 次",
    ):
        assert said in text.replace("</w:t></w:r><w:r><w:t>", "")
    assert "&lt;b&gt;&amp;[报送]" in text
    assert "办理情况反馈" in text
    assert "签收人：" in text
    again = export_supervision(busy.figures, busy.point(date(2024, 11, 1)), tmp_path / "again")
    assert again[0].read_bytes() == paths[0].read_bytes()


def test_no_notice_is_written_where_nothing_is_open(busy: Book, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="截至 2024-11-01 区城管执法局没有未销号的督办事项"):
        export_supervision(busy.figures, busy.point(date(2024, 11, 1)), tmp_path / "out", unit="区城管执法局")
    assert not (tmp_path / "out").exists()
    assert supervision_name("区/局", DUE) == "督办单_区_局_2024-10-20.docx"
