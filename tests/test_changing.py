"""Units that are renamed and merged, projects that are split and merged: sums stay, and both counts are said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from hgt_portfolio.cli import run
from hgt_portfolio.figures import By, Figures, Filter, Group, Unknown
from hgt_portfolio.ledger import (
    AmendInput,
    Changes,
    CheckInput,
    ContactInput,
    CooperationInput,
    Merger,
    MilestoneInput,
    OpeningInput,
    OverrideInput,
    Part,
    Refused,
    SuperviseInput,
    UnitChangeInput,
    UnitContactInput,
    YearPlanInput,
)
from hgt_portfolio.ledger.splitting import shares, wan_shares
from hgt_portfolio.months import month
from hgt_portfolio.reports.milestones import counted_sub_items, milestone_list, sub_item_list
from hgt_portfolio.reports.portfolio import summary_json
from hgt_portfolio.reports.units import unit_list
from hgt_portfolio.reports.words import project_count
from hgt_portfolio.terms import UnitChangeKind
from tests.conftest import Book
from tests.test_audit import broken

WAN = 1_000_000
MERGED_ON = date(2024, 9, 1)


def change(book: Book, kind: str, units: tuple[str, ...], successor: str, day: date = date(2024, 7, 1)) -> None:
    given = UnitChangeInput(
        kind=UnitChangeKind(kind), units=units, successor=successor, effective=day, doc="机构〔2024〕1号"
    )
    book.ledger.change_units(given)


def by_unit(figures: Figures, as_of: str) -> dict[str, Group]:
    return {group.name: group for group in figures.groups(figures.point(as_of), By.UNIT)}


def test_a_renamed_unit_goes_by_its_new_name_from_the_day_on(book: Book) -> None:
    before = by_unit(book.figures, "2024Q2")["区科工局"]
    change(book, "更名", ("区科工局",), "区科技和工业局")
    assert by_unit(book.figures, "2024Q2")["区科工局"].investment == before.investment
    after = by_unit(book.figures, "2024Q3")
    assert "区科工局" not in after
    assert (after["区科技和工业局"].count, after["区科技和工业局"].kind) == (before.count, "区直部门")
    assert [unit.name for unit in book.figures.units(book.point("2024Q2"))].count("区科技和工业局") == 0
    assert {unit.name for unit in book.figures.units()} >= {"区科技和工业局"}
    assert len(book.figures.units()) == 12


def test_an_earlier_point_to_compare_with_follows_the_successor(book: Book) -> None:
    change(book, "更名", ("区科工局",), "区科技和工业局")
    point = book.point("2024Q3")
    compared = {group.name: group.count for group in book.figures.groups(point.at(point.quarter_base), By.UNIT)}
    assert compared["区科技和工业局"] == 1
    assert "区科工局" not in compared


def test_merged_units_are_one_and_their_sums_add_up(book: Book) -> None:
    before = by_unit(book.figures, "2024Q2")
    change(book, "合并", ("区商务局", "红角洲街道"), "区综合局")
    after = by_unit(book.figures, "2024Q3")
    parts = [before["区商务局"], before["红角洲街办"]]
    assert after["区综合局"].investment == sum(part.investment for part in parts)
    assert after["区综合局"].count == sum(part.count for part in parts)
    assert sum(group.count for group in after.values()) == 62
    where = Filter(member="区综合局")
    assert len(book.figures.positions(book.point("2024Q3"), where)) >= after["区综合局"].count
    assert book.figures.positions(book.point("2024Q2"), where) == []


def test_a_successor_that_is_succeeded_stands_for_all_before_it(book: Book) -> None:
    change(book, "更名", ("区科工局",), "区科技局")
    change(book, "合并", ("区科技局", "区商务局"), "区经济局", date(2024, 10, 1))
    assert by_unit(book.figures, "2024Q2")["区科工局"].count == 1
    assert by_unit(book.figures, "2024Q3")["区科技局"].count == 1
    latest = by_unit(book.figures, "2024Q4")
    assert latest["区经济局"].count == 3
    assert not {"区科工局", "区科技局", "区商务局"} & set(latest)
    assert book.figures.unit_name("区科工局") == "区经济局"
    listed = {row[0]: str(row[6]) for row in unit_list(book.figures, book.point("2024Q4")).rows}
    assert all(name in listed["区经济局"] for name in ("区科工局", "区科技局", "区商务局"))


def test_cooperating_units_go_by_the_new_name_too(book: Book) -> None:
    book.amend("24", date(2024, 1, 1), unit_text="区城投公司、区商务局")
    change(book, "更名", ("区商务局",), "区商贸局")
    assert book.figures.cooperating(book.point("2024Q2"))["24"] == ["区商务局"]
    assert book.figures.cooperating(book.point("2024Q3"))["24"] == ["区商贸局"]
    assert "24" in {p.no for p in book.figures.positions(book.point("2024Q3"), Filter(member="区商贸局"))}


def test_undo_of_a_rename_leaves_no_trace_and_it_can_be_done_again(book: Book) -> None:
    units = book.figures.units()
    for _ in range(2):
        change(book, "更名", ("区科工局",), "区科技和工业局")
        book.ledger.undo()
        assert book.figures.units() == units
        assert by_unit(book.figures, "2024Q3")["区科工局"].count == 1
    assert broken(book.store.url) is None
    change(book, "更名", ("区科工局",), "区科技和工业局")
    assert by_unit(book.figures, "2024Q3")["区科技和工业局"].count == 1


@pytest.mark.parametrize(
    ("kind", "units", "successor", "said"),
    [
        ("更名", ("没有局",), "新局", "没有名为“没有局”的责任单位"),
        ("更名", ("区科工局",), "区商务局", "已有名为“区商务局”的单位"),
        ("更名", ("区科工局",), "红角洲街道", "“红角洲街道”是现有单位的别名"),
        ("合并", ("区科工局",), "区科工局", "没有要改的"),
    ],
)
def test_a_unit_change_that_cannot_be_is_refused(
    book: Book, kind: str, units: tuple[str, ...], successor: str, said: str
) -> None:
    with pytest.raises(Refused, match=said):
        change(book, kind, units, successor)
    assert len(book.figures.units()) == 12


def test_a_unit_is_asked_for_by_its_name_of_any_day(book: Book) -> None:
    change(book, "更名", ("区科工局",), "区科技局")
    change(book, "合并", ("区商务局", "区住建局"), "区综合局")
    before, after = book.point("2024Q2"), book.point("2024Q3")
    for name in ("区科工局", "区科技局"):
        assert (book.figures.unit_name(name, before), book.figures.unit_name(name, after)) == ("区科工局", "区科技局")
    with pytest.raises(Unknown, match="区综合局在 2024-06-30 还没有，当时是区商务局、区住建局"):
        book.figures.unit_name("区综合局", before)
    assert book.figures.unit_name("区商务局", before) == "区商务局"


def test_no_change_holds_from_before_the_unit_came(book: Book) -> None:
    change(book, "更名", ("区科工局",), "区科技局")
    for units, successor in ((("区科技局",), "区工信局"), (("区商务局",), "区科技局")):
        with pytest.raises(Refused, match="区科技局自 2024-07-01 起才接替别的单位"):
            change(book, "合并", units, successor, date(2024, 3, 1))
    assert by_unit(book.figures, "2024Q1")["区科工局"].count == 1


@pytest.mark.parametrize("name", ["区科技局、区工信局", "区科技局，区工信局", "区科技局/区工信局"])
def test_a_new_unit_is_called_by_one_name(book: Book, name: str) -> None:
    with pytest.raises(Refused, match="不像一个单位的名称"):
        change(book, "更名", ("区科工局",), name)


def _contact(ledger: Any, unit: str, name: str, since: date) -> None:
    ledger.contact(UnitContactInput(unit=unit, role="责任人", name=name, since=since))


def test_a_unit_that_takes_another_in_keeps_its_own_people(book: Book) -> None:
    _contact(book.ledger, "区科工局", "张科", date(2024, 6, 1))
    _contact(book.ledger, "区商务局", "李商", date(2024, 1, 1))
    change(book, "合并", ("区科工局",), "区商务局")
    assert book.figures.unit_contacts(book.point("2024Q3"))["区商务局", "责任人"].name == "李商"


def test_a_change_is_not_undone_from_under_what_rests_on_it(book: Book) -> None:
    other = book.as_operator("乙")
    amended = AmendInput(no="3", changes=Changes(unit_text="区科技局"), reason="划转", doc="x", effective=MERGED_ON)
    renamed = {"kind": "更名", "units": ("区科技局",), "successor": "区工信局", "effective": MERGED_ON, "doc": "x"}
    doings: tuple[Callable[[], object], ...] = (
        lambda: _contact(other, "区科技局", "王", date(2024, 8, 1)),
        lambda: other.amend(amended),
        lambda: other.change_units(UnitChangeInput.model_validate(renamed)),
    )
    for doing in doings:
        change(book, "更名", ("区科工局",), "区科技局")
        doing()
        with pytest.raises(Refused, match="之后 乙 又做了"):
            book.ledger.undo()
        other.undo()
        book.ledger.undo()
    assert "区科工局" in {unit.name for unit in book.figures.units()}


def test_units_file_for_earlier_periods_and_cooperate_under_their_new_names(book: Book) -> None:
    book.amend("24", date(2024, 1, 1), unit_text="区城投公司、区商务局")
    change(book, "更名", ("区商务局",), "区商贸局")
    change(book, "更名", ("区城投公司",), "区城投集团")
    book.report("24", "2024Q2", "在建", "1", unit="区城投集团")
    said = CooperationInput(no="24", period=month(2024, 9), unit="区商贸局", text="用地已批")
    assert "区商贸局" in book.ledger.cooperate(said).title
    item = SuperviseInput(no="24", unit="区商贸局", content="办证", raised=date(2024, 8, 1), due=date(2024, 9, 1))
    book.ledger.supervise([item])
    assert [one.unit for one in book.figures.supervision(book.point("2024Q3"))] == ["区商贸局"]
    with pytest.raises(Refused, match="不是本项目的牵头单位"):
        book.report("24", "2024Q3", "在建", "1", unit="区城投公司")


def test_a_unit_changes_once(book: Book) -> None:
    change(book, "更名", ("区科工局",), "区科技局")
    with pytest.raises(Refused, match="区科工局自 2024-07-01 起已更名"):
        change(book, "更名", ("区科工局",), "区工信局")


# Projects.


def filed(book: Book) -> None:
    """Two projects with an opening year, a year plan with steps, and two quarters."""
    for no, amounts in (("24", ("33", "66.01", "99.99")), ("25", ("10", "10", "20"))):
        for period, amount in zip(("2023Q4", "2024Q2", "2024Q3"), amounts, strict=True):
            book.report(no, period, "在建", amount)
    third = WAN // 3
    steps = (third, 0, 0, 100 * WAN - third)
    book.ledger.year_plan(YearPlanInput(no="24", year=2024, amount_fen=100 * WAN, steps_fen=steps))
    book.ledger.year_plan(YearPlanInput(no="25", year=2024, amount_fen=7 * WAN))


SUMMED = ("investment", "opening", "year_plan", "quarter", "ytd", "cumulative", "rate_ytd", "rate_plan", "year_rate")


def sums(book: Book, as_of: str = "2024Q3") -> dict[str, Any]:
    """Every total that a split or a merger must leave as it is."""
    total = book.figures.totals(book.point(as_of))
    found = {name: getattr(total, name) for name in SUMMED}
    return {name: getattr(value, "fen", value) for name, value in found.items()}


def split(book: Book, *parts: Part, no: str = "24", doc: str | None = "演示〔2024〕3号") -> None:
    book.amend(no, date(2024, 8, 1), doc, parts=parts)


HALVES = (
    Part(name="甲片区", investment_fen=100_000 * WAN + 1),
    Part(name="乙片区", investment_fen=129_999 * WAN + 999_999, unit_text="区住建局"),
    Part(name="丙片区", investment_fen=100_000 * WAN),
)


def test_a_split_leaves_every_sum_and_says_both_counts(book: Book) -> None:
    filed(book)
    before = sums(book)
    split(book, *HALVES)
    assert sums(book) == before
    total = book.figures.totals(book.point("2024Q3"))
    assert (total.count, total.originals) == (64, 62)
    assert project_count(total) == "62 项，拆分后 64 项"
    assert book.figures.totals(book.point("2024Q2")).count == 62
    assert [p.no for p in book.figures.positions(book.point("2024Q3"), Filter(text="片区", domain="生态经济"))] == [
        "24-1",
        "24-2",
        "24-3",
    ]
    second = book.position("24-2", "2024Q3")
    assert (second.unit, second.source) == ("区住建局", "演示〔2024〕3号，拆分自#24")
    json = summary_json(book.figures, book.point("2024Q3"), Filter())
    assert (json["projects"], json["original_projects"]) == (64, 62)
    with pytest.raises(Unknown, match="#24 自 2024-08-01 起已拆分为 #24-1 甲片区"):
        book.position("24", "2024Q3")
    assert book.position("24", "2024Q2").cumulative == 66 * WAN + WAN // 100


def test_a_merger_leaves_every_sum_and_says_both_counts(book: Book) -> None:
    filed(book)
    before = sums(book)
    book.amend("24", MERGED_ON, "演示〔2024〕4号", merger=Merger(others=("25",), no="24+25", name="合并园区"))
    assert sums(book) == before
    total = book.figures.totals(book.point("2024Q3"))
    assert project_count(total) == "62 项，合并后 61 项"
    merged = book.position("24+25", "2024Q3")
    assert merged.cumulative == 119 * WAN + 99 * WAN // 100
    assert any("合并" in event.kind for event in book.figures.history("25", book.point()))
    book.ledger.undo()
    assert sums(book) == before
    assert book.position("25", "2024Q3").cumulative == 20 * WAN
    assert broken(book.store.url) is None


def test_a_merged_project_split_again_still_stands_for_those_merged(book: Book) -> None:
    book.amend("24", MERGED_ON, "演示〔2024〕4号", merger=Merger(others=("25",), no="24+25", name="合并园区"))
    whole = book.position("24+25", "2024Q3").investment or 0
    split_on = date(2024, 9, 2)
    book.amend("24+25", split_on, parts=(Part(name="甲", investment_fen=1), Part(name="乙", investment_fen=whole - 1)))
    total = book.figures.totals(book.point("2024Q3"))
    assert (total.count, total.originals) == (62, 62)
    book.ledger.undo()
    book.ledger.undo()
    with pytest.raises(Refused, match=r"序号 24\+25 曾用于"):
        book.amend("24", MERGED_ON, merger=Merger(others=("25", "26"), no="24+25", name="合并园区"))


def test_what_was_filed_stays_level_with_what_a_split_shared_out(book: Book) -> None:
    filed(book)
    split(book, *HALVES)
    doings: tuple[Callable[[], Any], ...] = (
        lambda: book.report("24", "2024Q2", "在建", "70", reason="更正"),
        lambda: book.ledger.send_back("24", month(2024, 6), "重报"),
        lambda: book.ledger.open_books([OpeningInput(no="24", period=month(2023, 12), cumulative_fen=1, reason="补")]),
    )
    for doing in doings:
        with pytest.raises(Refused, match="#24 自 2024-08-01 起已拆分或合并"):
            doing()
    assert book.position("24", "2024Q2").cumulative == 66 * WAN + WAN // 100


def test_a_split_hands_down_lights_milestones_and_sub_items(book: Book) -> None:
    book.ledger.override(OverrideInput(no="9", period=month(2024, 9), light="红", reason="现场停工"))
    book.ledger.milestone(MilestoneInput(no="9", name="完成设计", planned=month(2024, 12), weight=50))
    whole = book.position("9", "2024Q2").investment or 0
    parts = (Part(name="流湖片区", investment_fen=1), Part(name="厚田片区", investment_fen=whole - 1))
    split(book, *parts, no="9")
    point = book.point("2024Q3")
    assert [book.figures.position(point, no).light for no in ("9-1", "9-2")] == ["红", "红"]
    assert [row[0] for row in milestone_list(book.figures, point).rows] == ["9-1", "9-2"]
    counted = {(item.no, item.name): item.total for item in counted_sub_items(book.figures, point, Filter())}
    assert counted == {
        ("9-1", "流湖镇"): 19,
        ("9-1", "生米街道"): 7,
        ("9-1", "龙兴街道"): 4,
        ("9-2", "厚田乡"): 33,
    }
    assert [row[0] for row in sub_item_list(book.figures, point).rows] == ["9-1"] * 3 + ["9-2"]


def test_a_merger_takes_over_checks_people_milestones_and_sub_items(book: Book) -> None:
    for no in ("9", "10"):
        book.ledger.check(CheckInput(no=no, day=date(2024, 9, 5), how="现场", status="停工", finding=f"{no}停工"))
        book.ledger.milestone(MilestoneInput(no=no, name="开工", planned=month(2024, 12), weight=60))
    book.ledger.contact(ContactInput(no="9", role="责任人", name="张三", since=date(2024, 1, 1)))
    book.amend("9", MERGED_ON, "演示〔2024〕4号", merger=Merger(others=("10",), no="9+10", name="水利"))
    whole = book.position("9+10", date(2024, 10, 1))
    assert (whole.status, whole.check_finding) == ("停工", "#9 9停工；#10 10停工")
    point = book.point("2024Q3")
    assert [(node.name, node.weight) for node in book.figures.milestones(point, "9+10")] == [
        ("开工（#10）", None),
        ("开工（#9）", None),
    ]
    assert sum(item.total for item in counted_sub_items(book.figures, point, Filter())) == 63
    assert [one.name for one in book.figures.contacts(point) if one.no == "9+10"] == ["张三"]


def test_undo_of_a_split_is_not_stopped_by_quarters_closed_before_it(book: Book) -> None:
    filed(book)
    book.ledger.close(month(2024, 6))
    split(book, *HALVES)
    book.ledger.undo()
    assert book.figures.totals(book.point("2024Q3")).count == 62


def test_undo_of_a_split_puts_the_project_back_and_it_can_be_split_again(book: Book) -> None:
    book.report("24", "2024Q3", "在建", "99.99")
    before = sums(book)
    for _ in range(2):
        split(book, *HALVES)
        book.ledger.undo()
        assert sums(book) == before
        assert book.figures.totals(book.point("2024Q3")).count == 62
    split(book, *HALVES)
    assert book.figures.totals(book.point("2024Q3")).count == 64
    assert broken(book.store.url) is None


def test_a_filing_of_a_child_stops_the_undo_of_its_split(book: Book) -> None:
    split(book, *HALVES)
    book.as_operator("乙").report(_report("24-1"))
    with pytest.raises(Refused, match="乙 又做了"):
        book.ledger.undo()


def _report(no: str) -> Any:
    from hgt_portfolio.ledger import ReportInput
    from hgt_portfolio.months import read_period

    return ReportInput(no=no, period=read_period("2024Q3"), status="在建", cumulative_fen=WAN)


def test_a_split_is_a_request_until_it_has_its_document(book: Book) -> None:
    split(book, *HALVES, doc=None)
    assert book.figures.totals(book.point("2024Q3")).count == 62
    ((number, no, _, said),) = book.figures.requests(book.point())
    assert (no, "24-1 甲片区（100000.000001万元）" in said) == ("24", True)
    book.ledger.amend(_approval(number))
    assert book.figures.totals(book.point("2024Q3")).count == 64


def _approval(number: int) -> Any:
    from hgt_portfolio.ledger import AmendInput

    return AmendInput(no="24", changes=Changes(), reason="同意", doc="演示〔2024〕5号", request_id=number)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ((Part(name="甲", investment_fen=1), Part(name="乙", investment_fen=2)), "之和 0.000003 万元不等于原总投资"),
        ((Part(name="甲", investment_fen=330_000 * WAN), Part(name="乙")), "每一部分都要写明总投资"),
    ],
)
def test_parts_must_make_up_the_whole(book: Book, parts: tuple[Part, ...], said: str) -> None:
    with pytest.raises(Refused, match=said):
        split(book, *parts)
    assert book.figures.totals(book.point("2024Q3")).count == 62


def test_an_undetermined_project_splits_without_amounts_only(book: Book) -> None:
    with pytest.raises(Refused, match="总投资为“待定”"):
        split(book, Part(name="甲", investment_fen=1), Part(name="乙", investment_fen=1), no="12")
    split(book, Part(name="甲"), Part(name="乙"), no="12")
    total = book.figures.totals(book.point("2024Q3"))
    assert (total.count, total.priced, total.originals) == (63, 60, 62)


def test_projects_merge_only_where_their_figures_are_level(book: Book) -> None:
    book.report("24", "2024Q3", "在建", "5")
    merger = Merger(others=("25",), no="24+25", name="合并园区")
    with pytest.raises(Refused, match="2024-09 的自开工累计，#25 没有填"):
        book.amend("24", MERGED_ON, "演示〔2024〕4号", merger=merger)
    with pytest.raises(Refused, match="#12 总投资为“待定”"):
        book.amend("24", MERGED_ON, "演示〔2024〕4号", merger=Merger(others=("12",), no="x", name="n"))
    with pytest.raises(Refused, match="没有序号为 99 的项目"):
        book.amend("24", MERGED_ON, "演示〔2024〕4号", merger=Merger(others=("99",), no="x", name="n"))


@pytest.mark.parametrize(("total", "weights"), [(100, [1, 1, 1]), (1, [5, 5]), (0, [1, 2]), (10**15 + 7, [3, 1, 7])])
def test_shares_sum_exactly(total: int, weights: list[int]) -> None:
    assert sum(shares(total, weights)) == total
    assert all(
        abs(part - total * weight / sum(weights)) <= 1
        for part, weight in zip(shares(total, weights), weights, strict=True)
    )
    assert wan_shares(9_999 * 10_000, [1, 1, 1]) == [3_333 * 10_000] * 3


# The plan of a year, adjusted.


def test_an_adjusted_year_plan_prints_both_shares(book: Book) -> None:
    filed(book)
    book.amend("25", date(2024, 7, 1), "演示〔2024〕6号", year=2024, year_plan_fen=20 * WAN)
    total = book.figures.totals(book.point("2024Q3"))
    assert (total.rate_plan.fen, total.first_plan.fen) == (120 * WAN, 107 * WAN)
    position = book.position("25", "2024Q3")
    assert (str(position.year_rate), str(round(position.first_rate or 0, 4))) == ("0.5", "1.4286")


# The command line.


def cli(book: Book, *words: str) -> int:
    return run(["--db", book.store.url, "--operator", "甲", *words])


def test_the_commands(book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    doc = ("--doc", "演示〔2024〕1号")
    assert cli(book, "unit", "rename", "区科工局", "区科技局", "--from", "2024-07-01", *doc) == 0
    assert cli(book, "unit", "--as-of", "2024Q3") == 0
    assert "区科工局（2024-07-01 起更名，演示〔2024〕1号）" in capsys.readouterr().out
    assert cli(book, "projects", "--unit", "区科技局", "--as-of", "2024Q2", "--csv") == 0
    assert "区科工局" in capsys.readouterr().out
    parts = ("--part", "甲片区:230000:区城投公司", "--part", "乙片区：100000")
    assert cli(book, "split", "24", *parts, "--reason", "分标段", "--effective", "2024-08-01", *doc) == 0
    assert cli(book, "merge", "1", "2", "--name", "雨污", "--reason", "统一实施", *doc) == 0
    out = capsys.readouterr().out
    assert "#24-2 乙片区（100000.00万元）" in out
    assert "#1+2 雨污" in out
    assert cli(book, "merge", "3", "--name", "n", "--reason", "r", *doc) == 2
    assert cli(book, "split", "24", "--part", "甲:1", "--part", "乙:2", "--reason", "r", *doc) == 1
    assert cli(book, "split", "3", "--part", "甲:1:区城投公司:多", "--reason", "r", *doc) == 2
    assert cli(book, "unit", "rename", "区商务局") == 2
    said = capsys.readouterr().err
    assert "合并至少要两个项目" in said
    assert "#24 自 2024-08-01 起已拆分" in said
