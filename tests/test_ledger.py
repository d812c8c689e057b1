"""What the ledger keeps of a project's life, and how it is read back: statuses, people, sources, lists."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hgt_portfolio.figures import Filter, Order
from hgt_portfolio.ledger import Refused, validated
from hgt_portfolio.model.inputs import CheckInput, ContactInput, CooperationInput, ReportInput, YearPlanInput
from hgt_portfolio.months import first_day, last_day, month
from tests.conftest import Book
from tests.oracle import COMPLETE

WAN = 1_000_000
OPERATIONS = ("7", "8", "12", "48", "53", "58")


def test_a_project_goes_through_every_status(book: Book) -> None:
    path = ["前期", "未开工", "在建", "停工", "在建", "完工", "竣工验收", "投用"]
    for turn, status in enumerate(path):
        period = month(2024, 3) + 3 * turn
        finished = date(2025, 6, 20) if status in COMPLETE else None
        amount = 300_000 * WAN if finished else 0
        given = {"no": "24", "period": period, "status": status, "cumulative_fen": amount, "finished": finished}
        book.ledger.report(validated(ReportInput, **given, reason="集中入账"))
        position = book.position("24", last_day(period))
        assert (position.status, position.deadline_state) == (status, "按期完工" if finished else "未到期")
    assert book.figures.totals(book.point()).complete == 1


def test_statuses_may_be_skipped(book: Book) -> None:
    book.report("24", "2024Q1", "前期", "0")
    outcome = book.report("24", "2024Q2", "投用", "330000", finished=date(2024, 6, 1), reason="一次性移交")
    assert not any(finding.field == "status" for finding in outcome.findings)


def test_operations_have_words_of_their_own(book: Book) -> None:
    rows = book.figures.positions(book.point())
    assert tuple(row.no for row in rows if row.operation) == OPERATIONS
    book.report("7", "2024Q2", "实施中", "100")
    book.report("24", "2024Q2", "实施中", "100")
    labels = [(row.status, row.status_label) for row in (book.position("7", "2024Q2"), book.position("24", "2024Q2"))]
    assert labels == [("在建", "实施中"), ("在建", "在建")]
    book.report("7", "2024Q3", "已完成", "1500", finished=date(2024, 9, 1), reason="服务期满")
    assert book.position("7", "2024Q3").status_label == "已完成"


def test_the_lead_files_figures_and_the_others_text(book: Book) -> None:
    book.amend("24", date(2024, 1, 1), unit_text="区城投公司（牵头）、区住建局、各街道")
    book.report("24", "2024Q2", "在建", "100", unit="区城投公司")
    before = book.position("24", "2024Q2")
    book.ledger.cooperate(CooperationInput(no="24", period=month(2024, 6), unit="区住建局", text="管线已移交"))
    assert book.position("24", "2024Q2") == before
    assert [event.text for event in book.figures.history("24", book.point()) if event.kind.startswith("配合")] == [
        "管线已移交"
    ]
    for unit in ("区城投公司", "各街道", "区林业局"):
        with pytest.raises(Refused):
            book.ledger.cooperate(CooperationInput(no="24", period=month(2024, 6), unit=unit, text="无"))


def test_contacts_are_the_latest_of_each_role_on_the_day(book: Book) -> None:
    for name, since in (("张三", date(2024, 1, 1)), ("李四", date(2024, 7, 1))):
        book.ledger.contact(ContactInput(no="24", role="责任人", name=name, phone="0791", since=since))
    book.ledger.contact(ContactInput(no="24", role="包联领导", name="王五", since=date(2024, 1, 1)))
    for as_of, names in (("2023Q4", set()), ("2024Q2", {"张三", "王五"}), ("2024Q3", {"李四", "王五"})):
        assert {person.name for person in book.figures.contacts(book.point(as_of))} == names


def test_a_check_confirms_or_changes_the_status(book: Book) -> None:
    def check(day: date, **more: Any) -> Any:
        return book.ledger.check(CheckInput(no="20", day=day, how="现场", finding="见记录", **more)).after

    assert check(date(2024, 3, 1)).status is None
    book.report("20", "2024Q1", "停工", "100")
    confirmed = check(date(2024, 4, 10))
    assert (confirmed.status, confirmed.deadline_state, confirmed.check_day) == ("停工", "逾期", date(2024, 4, 10))
    changed = check(date(2024, 5, 10), status="完工", finished=date(2024, 5, 1))
    assert (changed.status, changed.deadline_state, changed.days_overdue) == ("完工", "逾期完工", 122)
    assert check(date(2024, 6, 10)).finished == date(2024, 5, 1)
    assert book.position("20", date(2024, 5, 9)).deadline_state == "逾期"


def test_every_figure_leads_to_its_rows(book: Book) -> None:
    book.report("24", "2024Q2", "在建", "100", problem="征地滞后", filed_by="赵六")
    book.ledger.send_back("24", month(2024, 6), "与现场不符")
    book.report("24", "2024Q2", "在建", "90")
    events = book.figures.history("24", book.point())
    assert [(event.kind, event.revoked_at is None) for event in events] == [
        ("项目信息", True),
        ("季报 2024-06", False),
        ("退回 2024-06", True),
        ("季报 2024-06", True),
    ]
    assert "自开工累计100.00万元" in events[1].text
    assert events[1].revoked_by == events[2].action_id
    titles = {entry.id: entry.title for entry in book.figures.entries(book.point(), "24")}
    assert {event.action_id for event in events} <= set(titles)
    assert "退回填报 #24" in titles[events[2].action_id]
    earlier = book.figures.history("24", book.point(known_at="2026-11-23"))
    assert [event.kind for event in earlier] == ["项目信息"]


def test_lists_come_in_order_and_in_pages(book: Book) -> None:
    for number, share in ((24, 10), (25, 30), (31, 20)):
        book.report(str(number), "2023-12", "在建", "0")
        book.report(str(number), "2024Q2", "在建", str(share))
        book.ledger.year_plan(YearPlanInput(no=str(number), year=2024, amount_fen=100 * WAN))
    book.report("32", "2023-12", "在建", "0")
    book.report("32", "2024Q2", "在建", "15")
    book.ledger.year_plan(YearPlanInput(no="32", year=2024, amount_fen=100 * WAN, steps_fen=(0, 10 * WAN, 0, 90 * WAN)))
    point = book.point("2024Q2")
    for order, key in (("deviation", "deviation"), ("ytd", "ytd"), ("investment", "investment"), ("due", "due")):
        for descending in (False, True):
            rows = book.figures.positions(point, order=(Order(order, descending),))
            known = [getattr(row, key) for row in rows if getattr(row, key) is not None]
            assert known == sorted(known, reverse=descending), order
            assert [getattr(row, key) is None for row in rows] == sorted(getattr(row, key) is None for row in rows)
    best = book.figures.positions(point, order=(Order("deviation", descending=True),), limit=2)
    assert [row.no for row in best] == ["32", "25"]
    pages = [book.figures.positions(point, limit=25, offset=start) for start in (0, 25, 50)]
    assert [len(page) for page in pages] == [25, 25, 12]
    assert [row.no for page in pages for row in page] == [str(number) for number in range(1, 63)]


FOUND = [
    ("ywgw", 2),
    ("雨污 管养", 1),
    ("区城管执法局", 29),
    ("红角洲", 3),
    ("生态文化", 3),
    ("%", 0),
    ("_", 0),
    ("' OR 1=1 --", 0),
    ("", 62),
]


@pytest.mark.parametrize(("text", "count"), FOUND)
def test_search(fresh: Book, text: str, count: int) -> None:
    rows = fresh.figures.positions(fresh.point(), Filter(text=text))
    assert len(rows) == count
    assert fresh.figures.totals(fresh.point(), Filter(text=text)).count == count


def test_planned_spending_by_month(fresh: Book) -> None:
    point, plan = fresh.point(), fresh.figures.plan()
    months = [plan.start - 1, plan.near_end, plan.horizon_end, month(2033, 3)]
    through = fresh.figures.spread(point, months)
    totals = fresh.figures.totals(point)
    parts = [totals.monthly[name] for name in ("before", "near", "far", "after")]
    assert through == [sum(parts[: n + 1]) for n in range(4)]
    assert through[-1] == totals.investment


def test_the_plan_is_read_back(fresh: Book) -> None:
    assert ("investment_yi", "299.5732") in [statement[:2] for statement in fresh.figures.statements()]
    assert fresh.figures.domains() == ["生态安全", "生态空间", "生态经济", "生态生活", "生态文化"]
    assert len(fresh.figures.units()) == 12
    assert first_day(fresh.figures.plan().start) == date(2023, 1, 1)
