"""节点 and 子项: what may be filed, where each stands on a day, and both counts wherever a project is detailed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hgt_portfolio.figures import Filter, share_met
from hgt_portfolio.ledger import MilestoneInput, Refused, SubItemInput, validated
from hgt_portfolio.months import month
from hgt_portfolio.plan import read_plan
from hgt_portfolio.reports.milestones import milestone_list, sub_item_list
from hgt_portfolio.reports.portfolio import overview, summary_json
from hgt_portfolio.reports.project import project_facts
from hgt_portfolio.reports.reconcile import reconcile
from hgt_portfolio.table import Table
from tests.conftest import Book

JUNE, DECEMBER = month(2024, 6), month(2024, 12)
GROUPS = {"流湖镇": 19, "厚田乡": 33, "生米街道": 7, "龙兴街道": 4}


def facts_of(table: Table) -> dict[str, Any]:
    return {str(row[0]): row[1] for row in table.rows}


def put(book: Book, name: str, planned: int | None = None, **more: Any) -> str:
    return book.ledger.milestone(validated(MilestoneInput, no="9", name=name, planned=planned, **more)).title


def done(book: Book, name: str, count: int, day: date, reason: str | None = None) -> None:
    book.ledger.sub_item(SubItemInput(no="9", name=name, done=count, day=day, reason=reason))


def test_milestones_are_set_met_and_dropped(book: Book) -> None:
    put(book, "圩堤加固", DECEMBER, weight=60)
    put(book, "清淤扩容", JUNE, weight=40)
    before = book.known_now()
    put(book, "清淤扩容", met=date(2024, 7, 12), evidence="验收单")
    nodes = book.figures.milestones(book.point("2024Q4"), "9")
    assert [(n.name, n.planned, n.weight, n.met, n.state, n.days) for n in nodes] == [
        ("清淤扩容", JUNE, 40, date(2024, 7, 12), "逾期完成", 12),
        ("圩堤加固", DECEMBER, 60, None, "未到期", 0),
    ]
    assert share_met(nodes) == Decimal("0.4")
    early = book.figures.milestones(book.point(date(2024, 7, 11)), "9")[0]
    assert (early.met, early.evidence, early.state, early.days) == (None, None, "逾期", 11)
    assert book.figures.milestones(book.point("2024Q4", before), "9")[0].state == "逾期"
    assert put(book, "清淤扩容", dropped=True).startswith("取消节点")
    assert [n.name for n in book.figures.milestones(book.point(), "9")] == ["圩堤加固"]
    book.ledger.undo()
    assert len(book.figures.milestones(book.point(), "9")) == 2
    kinds = [event.kind for event in book.figures.history("9", book.point()) if "节点" in event.kind]
    assert kinds == ["节点", "节点", "节点", "取消节点"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": "新", "weight": 10}, "新增须写明计划月"),
        ({"name": "新", "dropped": True}, "不用取消"),
        ({"name": "新", "planned": JUNE, "weight": 41}, "权重合计 101，超过 100"),
        ({"name": "新", "planned": JUNE, "weight": 101}, "权重不能大于 100"),
        ({"name": "旧", "met": date(2026, 11, 25)}, "还没有到"),
        ({"name": "旧", "planned": JUNE, "weight": 60}, "没有改动"),
        ({"name": "旧"}, "没有改动"),
        ({"name": "旧", "weight": 101}, "权重不能大于 100"),
    ],
)
def test_what_no_milestone_can_be_is_refused(book: Book, given: dict[str, Any], said: str) -> None:
    put(book, "旧", JUNE, weight=60)
    with pytest.raises(Refused, match=said):
        put(book, **given)
    assert len(book.figures.milestones(book.point())) == 1


def test_a_weight_may_be_moved_within_the_hundred(book: Book) -> None:
    put(book, "旧", JUNE, weight=60)
    put(book, "新", DECEMBER, weight=40)
    put(book, "旧", weight=50)
    with pytest.raises(Refused, match="101"):
        put(book, "旧", weight=61)
    assert [n.weight for n in book.figures.milestones(book.point(), "9")] == [50, 40]


def test_the_list_says_how_many_and_the_share(book: Book) -> None:
    assert "还没有节点" in milestone_list(book.figures, book.point(), "9").notes[0]
    put(book, "甲", JUNE, weight=30)
    put(book, "乙", DECEMBER)
    table = milestone_list(book.figures, book.point("2024Q3"), "9")
    assert [row[5:7] for row in table.rows] == [("逾期", 92), ("未到期", 0)]
    assert table.notes == ("截至 2024-09-30：节点 2 个，逾期 1 个", "#9 已完成 0/2，有权重 1/2，不算加权")
    facts = facts_of(project_facts(book.figures, book.point("2024Q3"), "9"))
    assert facts["节点"] == "甲（2024-06，权重30%）逾期 92 天；乙（2024-12）未到期；已完成 0/2，有权重 1/2，不算加权"


def test_the_plans_sub_items_are_those_its_text_counts(fresh: Book) -> None:
    plan = read_plan()
    text = next(row.scope for row in plan.rows if row.no == "9")
    assert {item.name: item.total for item in plan.sub_items} == GROUPS
    assert all(f"{name}{total}个" in text for name, total in GROUPS.items())
    assert f"水利子项目{sum(GROUPS.values())}个" in text
    items = fresh.figures.sub_items(fresh.point(), "9")
    assert [(item.name, item.total, item.done) for item in items] == [(n, t, None) for n, t in GROUPS.items()]
    line = next(row for row in reconcile(fresh.figures, fresh.point()).rows if row[0] == "sub_items:9")
    assert line[2:5] == ("63个", "63个", "相符")
    assert line[5] == "流湖镇19、厚田乡33、生米街道7、龙兴街道4，合计63个。规划按62项计，#9改按子项计则为124项。"


def test_both_counts_stand_in_the_summary(fresh: Book) -> None:
    point = fresh.point()
    rows = facts_of(overview(fresh.figures, point, Filter()))
    assert rows["子项"] == "#9 含子项 63 个；以子项计共 124 项"
    found = summary_json(fresh.figures, point, Filter())
    assert (found["projects"], found["sub_items"], found["projects_by_sub_item"]) == (62, 63, 124)
    elsewhere = summary_json(fresh.figures, point, Filter(unit="区城投公司"))
    assert (elsewhere["sub_items"], elsewhere["projects_by_sub_item"]) == (0, elsewhere["projects"])
    assert "子项" not in facts_of(overview(fresh.figures, point, Filter(unit="区城投公司")))


def test_sub_items_are_filed_by_day(book: Book) -> None:
    done(book, "流湖镇", 12, date(2024, 9, 30))
    before = book.known_now()
    done(book, "流湖镇", 15, date(2024, 12, 31))
    for day, known_at, count in (
        (date(2024, 9, 29), None, None),
        (date(2024, 9, 30), None, 12),
        (date(2025, 1, 1), None, 15),
        (date(2025, 1, 1), before, 12),
    ):
        assert book.figures.sub_items(book.point(day, known_at), "9")[0].done == count
    facts = facts_of(project_facts(book.figures, book.point("2024Q3"), "9"))
    assert facts["子项"] == "12/63（3/4 组未报）：流湖镇 12/19、厚田乡 未报/33、生米街道 未报/7、龙兴街道 未报/4"
    table = sub_item_list(book.figures, book.point("2024Q3"))
    assert table.rows[0][:5] == (9, "流湖镇", 19, 12, "2024-09-30")
    assert table.notes[-1] == "重点工程 62 项；#9 含子项 63 个；以子项计共 124 项"
    texts = [event.text for event in book.figures.history("9", book.point()) if event.kind == "子项"]
    assert texts[-2:] == ["流湖镇 12/19", "流湖镇 15/19"]
    book.ledger.undo()
    assert book.figures.sub_items(book.point(), "9")[0].done == 12


def test_sub_items_that_cannot_be_are_refused(book: Book) -> None:
    done(book, "流湖镇", 12, date(2024, 9, 30))
    for count, day, said in (
        (20, date(2024, 10, 1), "共 19 个子项，不能完成 20 个"),
        (13, date(2026, 11, 25), "还没有到"),
        (11, date(2024, 10, 1), "由 12 个减为 11 个，请写明原因"),
    ):
        with pytest.raises(Refused, match=said):
            done(book, "流湖镇", count, day)
    with pytest.raises(Refused, match="没有名为“南昌”的子项；已有：流湖镇、厚田乡、生米街道、龙兴街道"):
        done(book, "南昌", 1, date(2024, 10, 1))
    with pytest.raises(Refused, match="#10 没有名为“流湖镇”的子项；它没有子项"):
        book.ledger.sub_item(SubItemInput(no="10", name="流湖镇", done=1, day=date(2024, 10, 1)))
    done(book, "流湖镇", 11, date(2024, 10, 1), "核减一处")
    assert book.figures.entries(book.point(), limit=1)[0].reason == "核减一处"
    assert book.figures.sub_items(book.point(), "9")[0].done == 11
