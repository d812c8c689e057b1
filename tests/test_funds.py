"""资金: the rules of fund supervision, the reports, the commands, and the workbook's and bulletin's parts."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hgt_portfolio.exports import export_quarterly
from hgt_portfolio.figures import Figures, Filter
from hgt_portfolio.ledger import FundInput, Refused, ReturnInput, SourceLine, SpecialFundInput
from hgt_portfolio.months import month, read_period
from hgt_portfolio.output.plain import rows_json
from hgt_portfolio.reports import funds as reported
from hgt_portfolio.reports.bulletin import bulletin
from hgt_portfolio.reports.bulletin_paper import numbers_table, trace_table, traced
from hgt_portfolio.rules.funds import (
    FUND_RULES,
    INCOMPARABLE,
    OWN,
    Dated,
    FundCase,
    SourceCase,
    lead,
    of_case,
    summed,
)
from hgt_portfolio.terms import FundSource
from tests.conftest import Book
from tests.test_bulletin import text
from tests.test_cli import Hgt, hgt, loaded, made
from tests.test_xlsx import reopened

__all__ = ["hgt", "made"]

WAN = 1_000_000
Q2, Q3 = month(2024, 6), month(2024, 9)


def at(wan: int, period: int = Q3, last: int | None = None) -> Dated:
    return Dated(wan * WAN, period, last or period)


def case(**more: Any) -> FundCase:
    """A project that no rule finds anything of: 100 planned and costing 100, 60 received, 50 paid, 50 of work."""
    line = SourceCase("省级", 100 * WAN, at(60), at(50))
    plain = FundCase(
        no="9",
        sources=(line,),
        planned=100 * WAN,
        planned_whole=True,
        received=at(60),
        paid=at(50),
        scattered=(),
        investment=100 * WAN,
        work=at(50),
        quarter=10 * WAN,
        period=Q3,
        complete=False,
    )
    return replace(plain, **more)


def rules(one: FundCase) -> list[tuple[str, int | None]]:
    return [(found.rule, None if found.fen is None else found.fen // WAN) for found in of_case(one)]


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({}, []),
        ({"sources": (SourceCase("省级", 100 * WAN, at(60), at(61)),)}, [("支付超过到位", 1)]),
        ({"sources": (SourceCase("省级", 59 * WAN, at(60), at(50)),)}, [("到位超过计划", 1)]),
        ({"sources": (SourceCase("省级", 59 * WAN, at(60, Q2), None),)}, [("到位超过计划", 1)]),
        ({"work": at(49)}, [("支付超前于完成投资", 1)]),
        ({"work": at(63)}, [("完成投资超前于支付", 13)]),
        ({"work": at(62)}, []),
        ({"work": at(0)}, [("支付超前于完成投资", 50)]),
        ({"quarter": 0}, [("资金沉淀", 10)]),
        ({"quarter": None}, []),
        ({"quarter": 0, "received": at(50)}, []),
        ({"complete": True, "work": at(52)}, [("已完工未付清", 2)]),
        ({"complete": True, "paid": at(97), "work": at(100)}, []),
        ({"complete": True, "quarter": 0}, []),
        ({"investment": 90 * WAN}, [("计划合计与总投资不符", 10)]),
        ({"investment": None}, []),
        ({"planned_whole": False, "investment": 90 * WAN}, []),
    ],
)
def test_each_rule_at_its_edge(more: dict[str, Any], found: list[tuple[str, int]]) -> None:
    assert rules(case(**more)) == found


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"work": at(63)}, "完成投资 63.00 万元，支付 50.00 万元，占 79.4%，欠付 13.00 万元"),
        ({"complete": True, "work": at(52)}, "已完工，完成投资 52.00 万元，支付 50.00 万元，占 96.2%，未付 2.00 万元"),
    ],
)
def test_a_finding_names_its_amounts_and_their_share(more: dict[str, Any], words: str) -> None:
    (found,) = of_case(case(**more))
    assert found.message == words


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"work": at(10, Q2)}, "支付是 2024-09 的数，完成投资是 2024-06 的数，不可比"),
        ({"work": None}, "支付是 2024-09 的数，没有填报完成投资，不可比"),
        (
            {"sources": (SourceCase("省级", None, at(10, Q2), at(50)),)},
            "省级到位是 2024-06 的数，支付是 2024-09 的数，不可比",
        ),
        ({"paid": None, "scattered": ("支付",)}, "各来源支付不是同一月份的数，合计与完成投资不可比"),
    ],
)
def test_amounts_of_different_months_are_never_compared(more: dict[str, Any], words: str) -> None:
    (found,) = of_case(case(**more))
    assert (found.rule, found.fen, found.message) == (INCOMPARABLE, None, words)


def test_what_holds_for_several_months_is_compared_in_any_of_them() -> None:
    done = case(work=at(50, Q2, Q3), complete=True)
    assert (lead(done), rules(done)) == (0, [])
    assert lead(case(paid=at(50, Q2), received=at(60, Q2), work=at(40, Q2))) == 10 * WAN
    assert lead(case(work=at(10, Q2))) is None
    assert summed([]) is None
    assert summed([at(1), at(2)]) == at(3)
    assert summed([at(1), at(2, Q2)]) is None


def test_every_rule_says_its_source() -> None:
    assert all(rule.words and rule.source for rule in FUND_RULES)
    assert {rule.percent: rule.source[:2] for rule in FUND_RULES if rule.percent < 100} == {80: "参照", 97: "参照"}
    assert all(rule.source.startswith(OWN) for rule in FUND_RULES if rule.percent == 100)


def rows(figures: Figures, as_of: str = "2024Q3", where: Filter | None = None) -> list[reported.Funded]:
    return reported.read_funded(figures, figures.point(as_of), where)


def test_projects_say_what_is_counted(evaluated: Figures) -> None:
    point = evaluated.point("2024Q3")
    table = reported.projects_table(evaluated, point, rows(evaluated))
    listed = {row["no"]: row for row in rows_json(table)}
    assert list(listed) == [1, 2, 9, 13, 26]
    assert listed[2] == {
        "no": 2,
        "name": listed[2]["name"],
        "unit": "区城管执法局",
        "sources": "专项债券、企业自筹/社会资本",
        "period": "2024-09",
        "planned_wan": "20000.00",
        "received_wan": "17000.00",
        "received_rate": "0.8500",
        "paid_wan": "19800.00",
        "paid_rate": "1.1647",
        "work_wan": "8100.00",
        "work_period": "2024-09",
        "lead_wan": "11700.00",
        "findings": "支付超过到位、支付超前于完成投资",
    }
    assert table.total is not None
    assert table.total[table.index("paid_wan")] == sum(row[table.index("paid_wan")] for row in table.rows)  # type: ignore[misc]
    assert "填报资金 5/62项" in table.notes
    assert any("到位率计9/9笔，支付率计9/9笔" in note for note in table.notes)
    assert any(note.endswith("可比5/5项") for note in table.notes)


def test_groups_add_up_to_the_projects(evaluated: Figures) -> None:
    point, found = evaluated.point("2024Q3"), rows(evaluated)
    whole = reported.projects_table(evaluated, point, found)
    for table in (
        reported.sources_table(evaluated, point, found),
        *(reported.groups_table(evaluated, point, found, by) for by in reported.GROUPINGS),
    ):
        assert table.total is not None
        for key in ("planned_wan", "received_wan", "paid_wan"):
            stated = [row[table.index(key)] for row in table.rows if row[table.index(key)] is not None]
            assert sum(stated) == table.total[table.index(key)] == (whole.total or ())[whole.index(key)]  # type: ignore[arg-type]
    by_unit = {row[0]: row for row in reported.groups_table(evaluated, point, found, "unit").rows}
    assert by_unit["区城管执法局"][1:3] == (3, 29)
    assert by_unit["区住建局"][3:] == (0, None, None, None, 0, None, None, 0, None, 0)


def test_one_source_is_not_held_against_the_work(evaluated: Figures) -> None:
    table = reported.projects_table(evaluated, evaluated.point("2024Q3"), rows(evaluated), FundSource.DISTRICT)
    assert [row[0] for row in table.rows] == [1, 9]
    assert {(row[table.index("work_wan")], row[table.index("lead_wan")]) for row in table.rows} == {(None, None)}


def fund(
    book: Book,
    no: str,
    period: str,
    *lines: tuple[str, int | None, int | None, int | None],
    reason: str | None = "情况属实",
) -> None:
    """File funds in 万元: source, 计划, 到位, 支付."""
    given = tuple(
        SourceLine(
            source=FundSource(source),
            **{
                f"{key}_fen": None if wan is None else wan * WAN
                for key, wan in zip(("planned", "received", "paid"), amounts, strict=True)
            },
        )
        for source, *amounts in lines
    )
    book.ledger.fund(FundInput(no=no, period=read_period(period), lines=given, reason=reason))


@pytest.mark.parametrize("today", [date(2024, 10, 20)])
def test_a_rate_of_payment_takes_lines_of_one_month(book: Book) -> None:
    fund(book, "24", "2024Q2", ("省级", 100, 80, 40), ("市级", 100, 50, 50))
    fund(book, "24", "2024Q3", ("省级", None, None, 90))
    (row,) = [one for one in rows(book.figures) if one.funds]
    assert row.funds is not None
    assert (row.funds.sum.paid_rate, row.funds.sum.paid_of, row.funds.sum.received_of) == (Decimal(1), 1, 2)
    assert [one.rule for one in row.findings if one.rule != INCOMPARABLE] == ["计划合计与总投资不符"]
    assert [one.message[:4] for one in row.findings if one.rule == INCOMPARABLE] == ["省级到位", "各来源支"]
    assert (row.lead, row.funds.period) == (None, Q3)


def test_special_funds_say_whether_they_grew(book: Book) -> None:
    assert "无从判断" in reported.grown_words(book.figures.special_funds(book.point()))
    for year, amount in ((2021, 90), (2023, 100), (2024, 120), (2025, 120)):
        given = SpecialFundInput(year=year, amount_fen=amount * WAN, paid_fen=60 * WAN, reason="演示")
        book.ledger.special_fund(given)
    years = book.figures.special_funds(book.point())
    table = reported.special_table(years)
    assert [row[table.index("grew")] for row in table.rows] == [None, None, "是", "否"]
    assert table.rows[2][table.index("paid_rate")] == Decimal("0.5")
    assert reported.grown_words(years) == "可比2年，没有做到逐年增加：2025年不多于上年"


def test_the_command_line_files_and_lists(made: Hgt) -> None:
    assert "0/62项：本期未填报资金" in made("funds", "--as-of", "2024Q3")[1]
    amounts = ("--planned", "200", "--received", "100", "--paid", "150")
    file = ("funds", "file", "9", "--period", "2024Q3", "--source", "区级财政", *amounts)
    code, _, err = made(*file)
    assert code == 1
    assert "支付 150.00 万元超过到位 100.00 万元" in err
    second = ("--source", "省级", "--planned", "50", "--received", "50", "--paid", "-")
    code, out, err = made(*file, *second, "--reason", "垫付")
    assert code == 0, err
    assert "区级财政、省级" in out
    value = loaded(made, "funds", "list", "--as-of", "2024Q3")
    assert (value["filed"], value["of"], len(value["unfiled"])) == (1, 62, 61)
    assert value["total"] == {
        "lines": 2,
        "planned_wan": "250.00",
        "received_wan": "150.00",
        "paid_wan": "150.00",
        "received_rate": "0.6000",
        "paid_rate": "1.5000",
        "received_of": 2,
        "paid_of": 1,
    }
    assert [row["source"] for row in loaded(made, "funds", "--by", "source", "--as-of", "2024Q3")["rows"]] == [
        *("省级", "区级财政")
    ]
    code, out, err = made("funds", "check", "--as-of", "2024Q3", "--unit", "区农业农村局")
    assert (code, err.strip()) == (1, "资金监督发现 2 处，不可比 1 处，请逐项核对。")
    assert "支付超过到位" in out
    assert made("funds", "check", "--as-of", "2024Q2")[0] == 0
    assert made("undo")[0] == 0
    assert loaded(made, "funds", "--as-of", "2024Q3")["filed"] == 0


def test_the_command_line_takes_sources_from_a_file(made: Hgt, tmp_path: Path) -> None:
    path = tmp_path / "资金.csv"
    path.write_text("资金来源,计划（万元）,到位,支付\n省级,50,40,30.5\n银行贷款,10,,\n", encoding="utf-8")
    base = ("funds", "file", "9", "--period", "2024Q3", "--from", str(path))
    assert made(*base, "--dry-run")[0] == 0
    assert made(*base)[0] == 0
    found = loaded(made, "funds", "--as-of", "2024Q3")["rows"][0]
    assert (found["sources"], found["planned_wan"], found["paid_wan"]) == ("省级、银行贷款", "60.00", "30.50")
    path.write_text("资金来源,计划\n省厅,50\n,60\n市级,五十\n", encoding="utf-8")
    code, _, err = made(*base)
    assert code == 1
    assert [f"第{line}行" in err for line in (2, 3, 4)] == [True, True, True]
    path.write_text("来源,计划\n省级,50\n", encoding="utf-8")
    assert "第一行要有“资金来源”" in made(*base)[2]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("file", "9", "--source", "省级", "--paid", "1"), "缺少 --period"),
        (("file", "9", "--period", "2024Q3"), "请写 --source 和金额，或用 --from"),
        (("file", "9", "--period", "2024Q3", "--source", "省厅", "--paid", "1"), "--source 没有“省厅”"),
        (("file", "9", "--period", "2024Q3", "--source", "省级"), "省级没有写金额"),
        (
            ("file", "9", "--period", "2024Q3", "--source", "省级", "--source", "市级", "--paid", "1"),
            "写了 2 个 --source、1 个 --paid，对不上",
        ),
        (("file", "99", "--period", "2024Q3", "--source", "省级", "--paid", "1"), "没有序号为 99 的项目"),
        (("list", "--by", "status"), "--by 没有“status”"),
        (("special", "2024"), "请写年度和金额"),
        (("special", "2024", "很多"), "金额："),
    ],
)
def test_a_wrong_line_is_told_in_words(made: Hgt, arguments: tuple[str, ...], said: str) -> None:
    code, _, err = made("funds", *arguments)
    assert code in (1, 2)
    assert said in err


def test_the_command_line_keeps_special_funds(made: Hgt) -> None:
    assert made("funds", "special", "2023", "5000", "--doc", "演示文号")[0] == 0
    code, _, err = made("funds", "special", "2024", "5000")
    assert code == 1
    assert "规划要求逐年增加" in err
    assert made("funds", "special", "2024", "5000", "--paid", "10", "--reason", "演示")[0] == 0
    assert [row["grew"] for row in loaded(made, "funds", "special")] == [None, "否"]
    assert "2023年已填报 5,000.00 万元，不多于2022年的 6,000.00 万元" in made("funds", "special", "2022", "6000")[2]
    assert "相差十倍以上，请核对单位是不是万元" in made("funds", "special", "2025", "50000000")[2]


def test_less_planned_wants_a_reason_that_names_the_month(book: Book) -> None:
    fund(book, "24", "2024Q2", ("省级", 100, 80, 40))
    with pytest.raises(Refused) as refused:
        fund(book, "24", "2024Q3", ("省级", 90, 80, 40), reason=None)
    (one,) = refused.value.findings
    assert one.message.endswith("省级计划 90.00 万元低于 2024-06 已填报的 100.00 万元，请写明原因。")


def test_funds_of_later_months_are_told_and_not_counted(book: Book) -> None:
    fund(book, "24", "2024Q2", ("省级", 100, 80, 40))
    fund(book, "24", "2024Q3", ("省级", 100, 90, 60))
    point = book.point("2024Q2")
    table = reported.projects_table(book.figures, point, reported.read_funded(book.figures, point))
    assert table.notes[1] == "填报资金 1/62项；另有1项填报了2024-06以后月份的资金，未计入本表"
    later = book.point("2024Q3")
    table = reported.projects_table(book.figures, later, reported.read_funded(book.figures, later))
    assert table.notes[1] == "填报资金 1/62项"


def test_every_filing_of_funds_is_listed_however_it_came(book: Book) -> None:
    fund(book, "24", "2024Q2", ("省级", 100, 80, 40))
    given = FundInput(no="24", period=Q3, lines=(SourceLine(source=FundSource.PROVINCE, paid_fen=60 * WAN),))
    row = ReturnInput(no="24", period=Q3, funds=given, file="演示.xlsx")
    taken = book.ledger.take_returns([row], seen=book.figures.last_action())
    listed = book.figures.fund_filings(book.point(), "24")
    assert [(one.period, one.paid_fen, one.stands) for one in listed] == [(Q3, 60 * WAN, True), (Q2, 40 * WAN, True)]
    before = book.point()
    assert book.ledger.undo().action_id > taken.action_id
    assert [one.stands for one in book.figures.fund_filings(book.point(), "24")] == [False, True]
    assert [one.stands for one in book.figures.fund_filings(before, "24")] == [True, True]


def test_the_workbook_sums_its_own_lines(evaluated: Figures, tmp_path: Path) -> None:
    point = evaluated.point("2024Q3")
    path = export_quarterly(evaluated, point, tmp_path / "汇总.xlsx")
    live, cached = reopened(path)["资金"], reopened(path, cached=True)["资金"]
    sums = next(cells for cells in live.iter_rows() if cells[0].value == "合计")
    values = [cached.cell(sums[0].row or 0, cell.column or 0).value for cell in sums]
    assert all(str(sums[column].value).startswith("=") for column in (3, 5, 6, 7, 8, 9))
    assert values[3:7] == ["9笔", None, 227462, 202758.9] or values[3:7] == ["9笔", "", 227462, 202758.9]
    lines = [cells for cells in cached.iter_rows(min_row=6, values_only=True) if str(cells[0]).isdecimal()]
    assert sum(line[5] for line in lines if line[3] in list(FundSource)) == 227462
    notes = [str(cells[0]) for cells in cached.iter_rows(values_only=True)]
    assert any("填报资金5/62项，其中有本期数的5项" in note for note in notes)
    later = export_quarterly(evaluated, evaluated.point("2024Q4"), tmp_path / "四季度.xlsx")
    notes = [str(cells[0]) for cells in reopened(later)["资金"].iter_rows(values_only=True)]
    assert any("其中有本期数的0项（本期未填报资金，均沿用以前的数）" in note for note in notes)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_recalculated_sheet_says_the_same(evaluated: Figures, tmp_path: Path) -> None:
    path = export_quarterly(evaluated, evaluated.point("2024Q3"), tmp_path / "汇总.xlsx")
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "ods"]
    again = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "xlsx"]
    out = tmp_path / "out"
    for run, source in ((command, path), (again, out / "汇总.ods")):
        subprocess.run([*run, "--outdir", str(out), str(source)], check=True, capture_output=True, timeout=120)
    pages = [reopened(one, cached=True)["资金"] for one in (path, out / "汇总.xlsx")]
    pairs = zip(*(page.iter_rows(max_row=40, max_col=12, values_only=True) for page in pages), strict=True)
    for ours, theirs in pairs:
        for left, right in zip(ours, theirs, strict=True):
            same = left == right or (isinstance(left, int | float) and abs(left - float(right or 0)) < 1e-6)
            assert same or (left or "") == (right or ""), (left, right)


def test_a_workbook_without_funds_says_so(sample: Figures, tmp_path: Path) -> None:
    page = reopened(export_quarterly(sample, sample.point("2024Q3"), tmp_path / "汇总.xlsx"))["资金"]
    words = [str(cells[0]) for cells in page.iter_rows(values_only=True) if cells[0]]
    assert "注：本期未填报资金（0/62项）；未填报不作0。" in words
    assert not any(cell.data_type == "f" for cells in page.iter_rows() for cell in cells)


def test_the_bulletin_tells_funds_where_they_were_filed(evaluated: Figures, sample: Figures) -> None:
    point = evaluated.point("2024Q3")
    document = bulletin(evaluated, point)
    (said,) = [line for line in text(document).splitlines() if line.startswith("资金方面")]
    assert said == (
        "资金方面，填报的5项（全部62项），计划22.75亿元，到位20.28亿元，支付18.41亿元；"
        "到位率89.1%（9笔来源中两数均报的9笔）；支付率90.8%（9笔来源中两数均报的9笔）。"
    )
    number, figure = traced(document, "fund.paid")
    table = trace_table(evaluated, point, number, figure)
    assert [row[0] for row in table.rows] == ["1", "2", "9", "13", "26"]
    assert table.rows[1][3] == "19800.00万元"
    assert str(table.rows[1][4]).startswith("资金填报（操作 ")
    assert trace_table(evaluated, point, *traced(document, "fund.lines")).rows[0][3] == "2笔"
    paper = {row[2]: row[4] for row in numbers_table(document).rows}
    assert paper["资金支付"] == "184087.18万元"
    assert "资金方面" not in text(bulletin(sample, sample.point("2024Q3")))
