"""The two axes of time: when a fact holds, and when it was learned. Project 24 runs 2023-12 to 2026-12."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hgt_portfolio.figures import By, Filter
from hgt_portfolio.ledger import Refused
from hgt_portfolio.model.inputs import AmendInput, Changes, CheckInput, YearPlanInput
from hgt_portfolio.months import month
from hgt_portfolio.tui.pages.facts import facts
from tests.conftest import Book

WAN = 1_000_000
MARCH, JUNE, SEPTEMBER = date(2025, 3, 1), date(2025, 6, 1), date(2025, 9, 1)


def refusal(action: Any, *args: Any, **more: Any) -> str:
    with pytest.raises(Refused) as refused:
        action(*args, **more)
    return str(refused.value)


# When it was learned.


def test_a_correction_leaves_what_was_known_before(book: Book) -> None:
    book.report("24", "2024Q1", "在建", "90")
    book.report("24", "2024Q2", "在建", "100")
    then = book.known_now()
    first, totals = book.position("24", "2024Q2"), book.figures.totals(book.point("2024Q2"))
    book.report("24", "2024Q2", "停工", "80", reason="核减，红重办〔2024〕8号")
    book.amend("24", date(2024, 5, 1), due=month(2027, 6), name="科创城二期")
    now = book.position("24", "2024Q2")
    assert (now.cumulative, now.status, now.due, now.name) == (80 * WAN, "停工", month(2027, 6), "科创城二期")
    assert book.position("24", "2024Q2", then) == first
    assert book.figures.totals(book.point("2024Q2", then)) == totals


def test_undo_restores_and_is_itself_history(book: Book) -> None:
    book.report("24", "2024Q2", "在建", "100")
    before = book.position("24", "2024Q2")
    book.amend("24", MARCH, due=month(2027, 6), exited=True, year=2024, year_plan_fen=5 * WAN)
    book.report("25", "2024Q2", "在建", "7")
    book.ledger.undo()
    changed, moment = book.position("24", "2025Q1"), book.known_now()
    assert changed.exited == 1
    book.ledger.undo()
    assert book.position("24", "2024Q2") == before
    assert book.position("24", "2025Q1").exited == 0
    assert book.position("24", "2025Q1", moment) == changed
    assert book.position("25", "2024Q2").cumulative is None


def test_known_at_a_day_means_its_end(book: Book) -> None:
    book.clock.set(date(2024, 7, 8))
    book.report("24", "2024Q2", "在建", "100")
    book.clock.set(date(2024, 7, 9))
    book.report("24", "2024Q2", "在建", "110", reason="补录")
    amounts = [book.position("24", "2024Q2", day).cumulative for day in ("2024-07-07", "2024-07-08", "2024-07-09")]
    assert amounts == [None, 100 * WAN, 110 * WAN]
    first = book.position("24", "2024Q2", "2024-07-08T12:00")
    assert first.cumulative == 100 * WAN


def test_the_default_moment_is_the_last_action(book: Book) -> None:
    loaded = book.point().known_at
    assert loaded == book.figures.last_action()
    book.report("24", "2024Q2", "在建", "100")
    assert book.point().known_at == book.clock.now > loaded


def test_a_clock_set_back_does_not_reorder(book: Book) -> None:
    book.report("24", "2024Q2", "在建", "100")
    first = book.figures.last_action()
    book.clock.set(date(2020, 1, 1))
    book.report("24", "2024Q2", "在建", "110", reason="补录")
    assert book.figures.last_action() == first + 1
    assert book.position("24", "2024Q2").cumulative == 110 * WAN


def test_a_closed_quarter_is_known_at_its_close(book: Book) -> None:
    book.report("24", "2024Q3", "在建", "100")
    book.ledger.close(month(2024, 9), "红重办〔2024〕10号")
    closed = book.position("24", "2024Q3")
    book.report("24", "2024Q3", "在建", "130", reason="更正")
    assert book.position("24", "2024Q3") == closed
    assert closed.cumulative == 100 * WAN
    assert book.position("24", "2024Q3", book.known_now()).cumulative == 130 * WAN
    assert book.position("24", "2024Q4").cumulative == 130 * WAN
    assert book.position("24", date(2026, 11, 24)).cumulative == 130 * WAN


def test_closing(book: Book) -> None:
    assert "还没有结束" in refusal(book.ledger.close, month(2026, 12))
    book.ledger.close(month(2024, 9))
    assert "已经定稿" in refusal(book.ledger.close, month(2024, 9))
    book.ledger.undo()
    assert book.figures.closing(month(2024, 9)) is None
    book.report("24", "2024Q3", "在建", "130")
    assert book.position("24", "2024Q3").cumulative == 130 * WAN
    book.ledger.close(month(2024, 9))
    with pytest.raises(Refused, match="2024-08 所在季度已定稿"):
        book.report("24", "2024-08", "在建", "120")
    book.report("24", "2024Q4", "在建", "140")


# When it holds.


def test_an_amendment_holds_from_its_day(book: Book) -> None:
    book.amend("24", MARCH, due=month(2027, 6))
    before, after = book.position("24", date(2025, 2, 28)), book.position("24", MARCH)
    assert (before.due, before.days_moved, before.period_text) == (month(2026, 12), 0, "2023.12-2026.12")
    assert (after.due, after.due_date, after.due_original) == (month(2027, 6), date(2027, 6, 30), date(2026, 12, 31))
    assert (after.days_moved, after.period_text, after.baseline_due) == (181, "2023.12-2027.6", month(2026, 12))
    assert after.source == "红重办〔2024〕9号"
    kept = ("name", "scope", "unit", "domain", "investment", "start", "stage", "phase_deadline", "baseline_start")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]


def facts_on(book: Book, day: date) -> tuple[Any, ...]:
    row = book.position("24", day)
    return row.due, row.investment and row.investment // WAN, row.name


def test_changed_facts_are_carried_until_a_later_version_changed_them_itself(book: Book) -> None:
    name = book.position("24").name
    book.amend("24", JUNE, investment_fen=300_000 * WAN)
    book.amend("24", SEPTEMBER, due=month(2027, 12))
    book.amend("24", MARCH, due=month(2027, 3), name="科创城二期")
    book.amend("24", date(2025, 1, 1), investment_fen=310_000 * WAN)
    assert [facts_on(book, day) for day in (date(2024, 12, 31), date(2025, 1, 1), MARCH, JUNE, SEPTEMBER)] == [
        (month(2026, 12), 330_000, name),
        (month(2026, 12), 310_000, name),
        (month(2027, 3), 310_000, "科创城二期"),
        (month(2027, 3), 300_000, "科创城二期"),
        (month(2027, 12), 300_000, "科创城二期"),
    ]
    assert [book.position("24", day).period_text for day in (JUNE, SEPTEMBER)] == ["2023.12-2027.3", "2023.12-2027.12"]
    book.ledger.undo()
    book.ledger.undo()
    assert [facts_on(book, day) for day in (MARCH, JUNE, SEPTEMBER)] == [
        (month(2026, 12), 330_000, name),
        (month(2026, 12), 300_000, name),
        (month(2027, 12), 300_000, name),
    ]


def test_facts_that_belong_together_are_carried_together(book: Book) -> None:
    book.amend("24", JUNE, investment_fen=300_000 * WAN, unit_text="区城投公司、区住建局")
    book.amend("24", MARCH, investment_kind="待定", investment_text="待定", unit_text="区商务局、区住建局")
    march, june = book.position("24", MARCH), book.position("24", JUNE)
    assert (march.investment, march.investment_kind, march.unit) == (None, "待定", "区商务局")
    assert (june.investment, june.investment_kind, june.investment_text) == (300_000 * WAN, "定额", "300000.00")
    assert (june.unit, june.unit_text) == ("区城投公司", "区城投公司、区住建局")
    assert book.figures.cooperating(book.point(JUNE))["24"] == ["区住建局"]


def test_a_span_stays_in_order_in_every_version(book: Book) -> None:
    book.amend("24", JUNE, due=month(2025, 12))
    assert "早于开工月" in refusal(book.amend, "24", MARCH, start=month(2026, 3))
    assert "早于开工月 2023-12" in refusal(book.amend, "24", MARCH, due=month(2023, 11))
    book.amend("24", MARCH, start=month(2023, 11), due=month(2023, 11))
    assert book.position("24", MARCH).due == month(2023, 11)


def test_a_request_moves_nothing_until_it_is_approved(book: Book) -> None:
    book.report("25", "2024Q1", "在建", "1")
    before = book.position("24", "2026Q1")
    book.amend("24", MARCH, doc=None, due=month(2027, 6))
    assert book.position("24", "2026Q1") == before
    [(number, no, _, _)] = book.figures.requests(book.point())
    assert no == "24"

    def approve(no: str, doc: str | None) -> AmendInput:
        return AmendInput(no=no, changes=Changes(), reason="同意", doc=doc, effective=MARCH, request_id=number)

    assert "须写明文号" in refusal(book.ledger.amend, approve("24", None))
    assert "没有编号为" in refusal(book.ledger.amend, approve("25", "红重办〔2025〕1号"))
    assert book.position("24", "2026Q1") == before
    book.ledger.amend(approve("24", "红重办〔2025〕1号"))
    assert book.position("24", "2026Q1").due == month(2027, 6)
    assert book.figures.requests(book.point()) == []
    assert "已经批准过" in refusal(book.ledger.amend, approve("24", "红重办〔2025〕2号"))
    book.ledger.undo()
    assert [row[0] for row in book.figures.requests(book.point())] == [number]
    assert book.position("24", "2026Q1") == before


NEW: dict[str, Any] = {
    "added": True,
    "name": "幸福河湖",
    "unit_text": "区城管局、区住建局、各街道",
    "domain": "生态安全",
    "start": month(2025, 3),
    "due": month(2026, 12),
    "investment_fen": 1200 * WAN,
}


def test_a_new_project(book: Book) -> None:
    book.amend("63", MARCH, **NEW)
    assert [book.figures.totals(book.point(day)).count for day in (date(2025, 2, 28), MARCH)] == [62, 63]
    position = book.position("63", MARCH)
    assert (position.unit, position.stage, position.investment, position.days_moved) == (
        "区城管执法局",
        "far",
        1200 * WAN,
        0,
    )
    assert (position.deadline_state, position.start_state, position.status) == ("未到期", "未到开工", None)
    assert book.figures.cooperating(book.point(MARCH))["63"] == ["区住建局", "各街道"]
    assert book.figures.totals(book.point(MARCH), Filter(member="区住建局")).count == 4
    assert book.figures.totals(book.point(MARCH), Filter(text="xfhh")).count == 1
    assert "请用别的序号" in refusal(book.amend, "63", JUNE, **NEW)
    assert "2025-03-01 起才列入" in refusal(book.amend, "63", date(2025, 2, 1), due=month(2027, 1))
    book.ledger.undo()
    assert book.figures.totals(book.point(MARCH)).count == 62
    book.amend("63", JUNE, **NEW)
    assert [book.figures.totals(book.point(day)).count for day in (MARCH, JUNE)] == [62, 63]


MISSING = [("name", "名称"), ("unit_text", "责任单位"), ("domain", "领域"), ("start", "开工月"), ("due", "完工期限")]


def test_a_new_project_wants_its_facts(book: Book) -> None:
    for name, label in MISSING:
        given = {key: value for key, value in NEW.items() if key != name}
        assert refusal(book.amend, "63", MARCH, **given) == f"新增项目还缺：{label}。"
    assert "没有名为“区林业局”的责任单位" in refusal(book.amend, "63", MARCH, **NEW | {"unit_text": "区林业局"})
    assert "没有名为“生态教育”的领域" in refusal(book.amend, "63", MARCH, **NEW | {"domain": "生态教育"})
    assert book.figures.totals(book.point(MARCH)).count == 62


def test_termination(book: Book) -> None:
    book.amend("24", MARCH, exited=True)
    before, after = book.position("24", date(2025, 2, 28)), book.position("24", MARCH)
    assert (before.deadline_state, before.filing_state) == ("未到期", "未填报")
    assert (after.deadline_state, after.start_state, after.filing_state, after.light) == (
        "已退出",
        "已退出",
        "无需填报",
        "无",
    )
    point = book.point(MARCH)
    assert "24" not in [row.no for row in book.figures.positions(point, Filter(silent=True))]
    assert book.figures.totals(point).deadline_states["已退出"] == 1
    assert "已退出，不再调整" in refusal(book.amend, "24", JUNE, due=month(2027, 1))
    assert "已退出，不再填报" in refusal(book.report, "24", "2025Q2", "在建", "1")
    check = CheckInput(no="24", day=JUNE, how="现场", finding="已清场")
    assert "已退出，不再核实" in refusal(book.ledger.check, check)
    book.report("24", "2024Q4", "在建", "1")


def test_a_unit_change_moves_the_project_between_units_from_its_day(book: Book) -> None:
    def counts(day: date) -> dict[str, int]:
        found = book.figures.groups(book.point(day), By.UNIT)
        return {group.name: group.count for group in found if group.name in ("区城投公司", "区商务局")}

    book.amend("24", MARCH, unit_text="区商务局")
    assert counts(date(2025, 2, 28)) == {"区城投公司": 3, "区商务局": 2}
    assert counts(MARCH) == {"区城投公司": 2, "区商务局": 3}
    assert "不是本项目的牵头单位" in refusal(book.report, "24", "2025Q1", "在建", "1", unit="区城投公司")
    assert "不是本项目的牵头单位" in refusal(book.report, "24", "2024Q4", "在建", "1", unit="区商务局")
    book.report("24", "2025Q1", "在建", "1", unit="区商务局")
    book.report("24", "2024Q4", "在建", "1", unit="区城投公司")


def test_an_undetermined_amount_is_settled(book: Book) -> None:
    book.amend("12", date(2024, 6, 1), investment_fen=800 * WAN)
    points = [book.point("2024-05"), book.point("2024-06")]
    totals = [book.figures.totals(point) for point in points]
    assert [(group.priced, group.count) for group in totals] == [(60, 62), (61, 62)]
    assert totals[1].investment - totals[0].investment == 800 * WAN
    position = book.position("12", "2024-06")
    assert (position.investment_kind, position.investment_text, position.baseline_fen) == ("定额", "800.00", None)


def test_an_adjusted_year_plan_shows_both(book: Book) -> None:
    book.ledger.year_plan(YearPlanInput(no="24", year=2024, amount_fen=90 * WAN, goal="主体封顶"))
    book.amend("24", date(2024, 8, 1), year=2024, year_plan_fen=60 * WAN)
    plans = [book.position("24", as_of) for as_of in ("2024Q2", "2024-07", "2024Q3", "2025Q1")]
    assert [(row.year_plan and row.year_plan // WAN, row.year_plan_first) for row in plans] == [
        (90, 90 * WAN),
        (90, 90 * WAN),
        (60, 90 * WAN),
        (None, None),
    ]
    assert plans[2].goal == "主体封顶"
    book.ledger.year_plan(YearPlanInput(no="24", year=2024, goal="主体封顶、管线入廊"))
    assert book.position("24", "2024Q2").goal == "主体封顶、管线入廊"


def test_an_adjusted_year_plan_wants_its_year() -> None:
    with pytest.raises(ValueError, match="同时写明年度"):
        Changes(year_plan_fen=60 * WAN)


BELATED = [
    ("20", True, "红重办〔2026〕1号", {"due": month(2026, 12)}),
    ("20", False, None, {"due": month(2026, 12)}),
    ("20", False, "红重办〔2026〕1号", {"scope": "驳岸修复"}),
    ("24", False, "红重办〔2026〕1号", {"due": month(2027, 6)}),
]


@pytest.mark.parametrize(("no", "late", "doc", "changes"), BELATED)
def test_approved_after_the_due_date(book: Book, no: str, *, late: bool, doc: str | None, changes: Any) -> None:
    outcome = book.amend(no, date(2023, 12, 1), doc=doc, **changes)
    assert ("到期后补办" in outcome.title) is late
    assert [finding.field for finding in outcome.findings] == (["due"] if late else [])


@pytest.mark.parametrize(("today", "late"), [(date(2026, 12, 31), False), (date(2027, 1, 1), True)])
def test_belated_from_the_day_after_the_due_date(book: Book, *, late: bool) -> None:
    assert bool(book.amend("24", MARCH, due=month(2027, 6)).findings) is late


def test_nothing_to_amend(book: Book) -> None:
    assert "没有写明要调整什么" in refusal(book.amend, "24", MARCH)
    assert "没有序号为 99 的项目" in refusal(book.amend, "99", MARCH, due=month(2027, 1))


def test_a_request_is_refused_and_an_undo_has_it_wait_again(book: Book) -> None:
    book.amend("24", MARCH, None, due=month(2027, 6))
    ((number, _, _, said),) = book.figures.requests(book.point())
    with pytest.raises(Refused, match="没有编号为"):
        book.ledger.refuse_request("1", number, "不符")
    outcome = book.ledger.refuse_request("24", number, "工期已够")
    assert outcome.title.endswith(said)
    assert outcome.title.startswith("调整不批准 #24")
    assert book.figures.requests(book.point()) == []
    with pytest.raises(Refused, match="没有编号为"):
        book.ledger.refuse_request("24", number, "再来")
    assert book.figures.entries(book.point(), "24")[0].reason == "工期已够"
    book.ledger.undo()
    ((again, _, _, still),) = book.figures.requests(book.point())
    assert still == said
    assert again != number
    assert book.ledger.broken_entry() is None


def test_an_approval_may_decide_something_else_than_was_asked(book: Book) -> None:
    book.amend("24", MARCH, None, due=month(2027, 6), unit_text="区城投公司")
    ((number, _, _, _),) = book.figures.requests(book.point())
    given = AmendInput(
        no="24",
        changes=Changes(due=month(2027, 3)),
        reason="缩短",
        doc="演示〔2024〕5号",
        effective=MARCH,
        request_id=number,
    )
    outcome = book.ledger.amend(given)
    assert "申请原为 完工期限 2026-12 → 2027-06" in outcome.title
    position = book.position("24", MARCH)
    assert (position.due, position.unit) == (month(2027, 3), "区城投公司")
    assert book.figures.requests(book.point()) == []


def test_the_span_of_the_plan_stays_beside_the_present_one(book: Book) -> None:
    def span() -> str:
        position, planned = book.position("24", MARCH), book.figures.as_planned("24", book.point(MARCH))
        assert planned is not None
        return next(str(fact.value) for fact in facts(position, planned, []) if fact.label == "实施年限")

    assert span() == "2023.12-2026.12（原文）"
    book.amend("24", MARCH, due=month(2027, 6))
    assert span() == "2023.12-2026.12（原文） -> 2023.12-2027.6（现行）"
