"""规划指标 and 承诺: the plan's own figures, filing, judging, correcting, and what the command line gives."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from hgt_portfolio.cli import run
from hgt_portfolio.figures import Figures
from hgt_portfolio.figures.indicators import BASE_YEAR, Line, standing
from hgt_portfolio.ledger import IndicatorInput, Ledger, Refused, validated
from hgt_portfolio.ledger.verifying import verify
from hgt_portfolio.plan import read_inconsistencies, read_measures, read_plan, read_reach
from hgt_portfolio.reports.commitments import commitment_table, commitment_tree, split
from hgt_portfolio.reports.indicators import (
    STATED,
    base_verdict,
    indicator_table,
    reconcile_table,
    source_words,
    standing_table,
)
from hgt_portfolio.store import Store
from hgt_portfolio.store.checks import Verdict
from hgt_portfolio.terms import Attainment, Binding, Catalogue
from tests.conftest import Book
from tests.test_upgrades import released

FILED_ON = date(2025, 2, 20)
UNMET_2022 = {
    Catalogue.PROVINCIAL: {1, 2, 9, 10, 12, 21, 25},
    Catalogue.NATIONAL: {1, 3, 10, 26},
}
"""The 7 and 4 that 可达性分析 ①–⑧ is about."""


def line_of(figures: Figures, code: str, year: int, known_at: str | None = None) -> Line:
    found = figures.indicators(year, figures.point(known_at=known_at))
    return next(line for one in found for line in one.lines if line.code == code)


def put(ledger: Ledger, code: str, year: int, value: str | None = None, **more: Any) -> str:
    given = {"code": code, "year": year, "value": value, "source": "统计年报"} | more
    return ledger.indicators([validated(IndicatorInput, **given)]).title


def messages(refused: pytest.ExceptionInfo[Refused]) -> str:
    return "".join(finding.message for finding in refused.value.findings)


# The plan's own words and figures.


def test_the_plan_reconciles_with_its_own_tables(book: Book) -> None:
    found = book.figures.indicators(BASE_YEAR, book.point())
    for catalogue, stated in STATED.items():
        own = [one for one in found if one.catalogue is catalogue]
        verdicts = Counter(one.verdict for one in own)
        unmet = {one.number for one in own if one.verdict is Attainment.UNMET}
        assert [one.number for one in own] == list(range(1, stated["count"] + 1))
        assert (verdicts[Attainment.MET], verdicts[Attainment.UNMET]) == (stated["met"], stated["unmet"])
        assert unmet == UNMET_2022[catalogue]
        assert sum(one.binding is Binding.BINDING for one in own if one.number in unmet) == stated["binding"]
        listed = {(one.number, one.name) for one in read_reach() if one.catalogue is catalogue}
        assert listed == {(one.number, one.name) for one in own if one.verdict is Attainment.MET}
        sure = [one for one in own if base_verdict(one) is not None]
        assert sure and all(base_verdict(one) is one.verdict for one in sure)
    table = reconcile_table(found, read_reach())
    assert {row[table.index("verdict")] for row in table.rows} == {"一致"}


def test_every_line_of_the_plan_is_loaded_as_printed(book: Book) -> None:
    found = book.figures.indicators(BASE_YEAR, book.point())
    lines = [line for one in found for line in one.lines]
    plan = read_plan().indicators
    assert [line.code for line in lines] == [one.code for one in plan]
    assert len(lines) == len({line.code for line in lines}) == 32 + 43 + 67
    for line, one in zip(lines, plan, strict=True):
        for name in ("name", "part_name", "standard", "target_2025", "target_2030", "quote", "place"):
            assert getattr(line.printed, name) == (getattr(one, name) or None)
    merged = line_of(book.figures, "国-8.3", 2024)
    assert (merged.printed.standard, merged.standard) == (None, "完成上级规定的考核任务；保持稳定或持续改善")
    assert merged.binding is Binding.BINDING


def test_commitments_stand_in_the_tree_and_link_to_what_there_is(book: Book) -> None:
    found = book.figures.indicators(2024, book.point())
    codes = {line.code for one in found for line in one.lines}
    measures = {one.code: one for one in read_measures()}
    for line in (line for one in found if one.catalogue is Catalogue.COMMITMENT for line in one.lines):
        printed = line.printed
        assert set(split(printed.indicators)) <= codes
        assert set(split(printed.projects)) <= {str(no) for no in range(1, 63)}
        place = (printed.task or "").partition(" ")[0]
        assert not place or (printed.quote or "") in measures[place].text
        assert printed.standard or printed.target_2025 or printed.target_2030
    tree = commitment_tree(found, list(measures.values()), 2024)
    tops = [row for row in tree.rows if str(row[0]) in set("123456")]
    assert [row[1] for row in tops] == [
        f"（{n}）生态{name}体系建设"
        for n, name in zip("一二三四五六", ("制度", "安全", "空间", "经济", "生活", "文化"), strict=True)
    ]
    outside = sum(not line.printed.task for one in found for line in one.lines if one.catalogue is Catalogue.COMMITMENT)
    assert sum(int(str(row[2])) for row in tops) == 67 - outside


def test_inconsistencies_say_where_what_and_what_we_do() -> None:
    found = read_inconsistencies()
    assert [one.code for one in found] == [f"P{n}" for n in range(1, len(found) + 1)]
    assert all(one.place and one.said and one.against and one.ours for one in found)
    said = "".join(one.said + one.against for one in found)
    for words in ("≥85", "≥75", "51.9%", "12.1", "18%", "2023年农村生活污水治理率", "2023年不小于10%", "9、20、21"):
        assert words in said


# Filing and judging.


def test_a_value_is_judged_against_standard_and_target(book: Book) -> None:
    ledger = book.on(FILED_ON)
    put(ledger, "省-23", 2023, "95.6")
    put(ledger, "省-23", 2024, "96.2")
    line = line_of(book.figures, "省-23", 2024)
    assert (line.met_standard, line.met_target, line.trend) == (Attainment.MET, Attainment.MET, "改善")
    assert (line.before, line.gap, line.per_year) == ((2023, "95.6"), Decimal(), Decimal())
    earlier = line_of(book.figures, "省-23", 2023)
    assert (earlier.met_standard, earlier.met_target) == (Attainment.MET, Attainment.UNMET)
    assert (earlier.gap, earlier.per_year, earlier.before) == (Decimal("0.4"), Decimal("0.2"), (2022, "95.3"))
    later = line_of(book.figures, "省-23", 2026)
    assert (later.target, later.actual, later.met_standard, later.before) == ("96", None, None, (2024, "96.2"))


def test_reaching_the_target_is_not_reaching_the_standard(book: Book) -> None:
    put(book.on(FILED_ON), "省-10", 2024, "12.4")
    line = line_of(book.figures, "省-10", 2024)
    assert (line.met_standard, line.met_target) == (Attainment.UNMET, Attainment.MET)
    table = indicator_table(book.figures.indicators(2024, book.point()), 2024, Catalogue.PROVINCIAL)
    assert any("达到目标不等于达标" in note for note in table.notes)


def test_words_want_a_person_and_evidence(book: Book) -> None:
    ledger = book.on(FILED_ON)
    with pytest.raises(Refused) as refused:
        put(ledger, "省-3", 2024, "建立实施")
    assert "程序不能比较，须由人判断达标或不达标" in messages(refused)
    with pytest.raises(Refused) as refused:
        put(ledger, "省-3", 2024, attained="达标")
    assert "请写明依据" in messages(refused)
    put(ledger, "省-3", 2024, attained="达标", evidence="区委办〔2024〕5号")
    line = line_of(book.figures, "省-3", 2024)
    assert (line.met_standard, line.met_target, line.by_person, line.gap) == ("达标", "达标", True, None)


def test_what_a_higher_authority_assigned_makes_words_comparable(book: Book) -> None:
    ledger = book.on(FILED_ON)
    put(ledger, "省-6", 2024, "2.1", assigned="≥2.5")
    line = line_of(book.figures, "省-6", 2024)
    assert (line.met_standard, line.gap, line.by_person) == (Attainment.UNMET, Decimal("0.4"), False)
    with pytest.raises(Refused) as refused:
        put(ledger, "国-7.2", 2024, "2.1", assigned="完成")
    assert "上级下达值“完成”不是可比较的数" in messages(refused)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"code": "省-99"}, "没有编号为 省-99 的指标"),
        ({"code": "省-23", "year": 2026}, "2026年 还没有到"),
        ({"code": "省-23", "year": 2021}, "早于规划基准年 2022"),
        ({"code": "省-23", "value": "约95"}, "“约95”不是一个数"),
        ({"code": "省-23", "value": None, "attained": "达标", "evidence": "文"}, "实际值没有写"),
        ({"code": "省-23", "value": "≥90"}, "不能断定是否达到“96”"),
        ({"code": "省-23", "value": "101"}, "超过 100%"),
        ({"code": "省-23", "value": "0.96"}, "相差十倍以上，请核对小数点和单位（百分数写成如 96.3，不写 0.963"),
        ({"code": "省-27", "value": "1600"}, "与2022年的 16 相差十倍以上"),
        ({"code": "省-9", "value": "60.1%"}, "省-9 生态质量指数（EQI） 2024年 的单位不是 %"),
        ({"code": "省-3", "value": None, "attained": "好", "evidence": "文"}, "人工判断应为其中之一：达标、不达标。"),
        ({"code": "省-23", "value": "80", "attained": "达标", "evidence": "文"}, "经比较为不达标，不能判为达标"),
        ({"code": "省-23", "value": None}, "须有实际值，或由人判断的达标情况"),
        ({"code": "省-23", "source": " "}, "来源"),
    ],
)
def test_what_will_not_do_is_refused_in_words(book: Book, given: dict[str, Any], sentence: str) -> None:
    values: dict[str, Any] = {"code": "省-23", "year": 2024, "value": "96"} | given
    with pytest.raises(Refused) as refused:
        put(book.on(FILED_ON), **values)
    assert sentence in messages(refused)
    assert book.figures.indicator_years(book.point()) == []


def test_the_same_measure_in_both_tables_wants_one_value(book: Book) -> None:
    ledger = book.on(FILED_ON)
    put(ledger, "省-2", 2024, "17")
    with pytest.raises(Refused) as refused:
        put(ledger, "国-3", 2024, "16.25")
    assert "与同名的 省-2（17）不同，请核对口径并写明原因" in messages(refused)
    put(ledger, "国-3", 2024, "17")
    values = {"省-2": "16", "国-3": "18"}
    given = [IndicatorInput(code=code, year=2023, value=value, source="年报") for code, value in values.items()]
    with pytest.raises(Refused) as refused:
        ledger.indicators(given)
    assert "国-3" in messages(refused) and "省-2（16）" in messages(refused)
    both = [IndicatorInput(code=code, year=2024, value="18.0", source="年报", reason="演示：更正") for code in values]
    assert not any("同名" in one.message for one in ledger.indicators(both).findings), "they move together"
    put(ledger, "省-2", 2024, "18", reason="演示：写法")
    put(ledger, "省-9", 2024, "46.5")
    put(ledger, "国-9", 2024, "0.2", reason="演示：变化量，不是同一个数")


def test_what_was_filed_with_a_warning_is_not_filed_twice(book: Book) -> None:
    ledger = book.on(FILED_ON)
    put(ledger, "省-23", 2024, "0.96", reason="演示：属实")
    with pytest.raises(Refused) as refused:
        put(ledger, "省-23", 2024, "0.96", reason="演示：属实")
    assert "与已填报的相同，没有改动" in messages(refused)


def test_one_finding_refuses_a_whole_filing(book: Book) -> None:
    good = IndicatorInput(code="省-23", year=2024, value="96", source="年报")
    bad = IndicatorInput(code="省-25", year=2024, value="甲", source="年报")
    for filing in ([good, bad], [good, good]):
        with pytest.raises(Refused):
            book.on(FILED_ON).indicators(filing)
    assert book.figures.indicator_years(book.point()) == []
    book.on(FILED_ON).indicators([good])
    assert book.figures.indicator_years(book.point()) == [2024]


def test_a_correction_wants_a_reason_and_the_earlier_value_stays_known(book: Book) -> None:
    ledger = book.on(FILED_ON)
    put(ledger, "省-23", 2024, "96.2")
    before = book.known_now()
    with pytest.raises(Refused) as refused:
        put(ledger, "省-23", 2024, "95.8")
    assert "已填报“96.2”，现改为“95.8”，请写明原因" in messages(refused)
    with pytest.raises(Refused) as refused:
        put(ledger, "省-23", 2024, "96.2")
    assert "与已填报的相同" in messages(refused)
    put(ledger, "省-23", 2024, "95.8", reason="年报更正")
    assert line_of(book.figures, "省-23", 2024).met_target is Attainment.UNMET
    assert line_of(book.figures, "省-23", 2024, before).met_target is Attainment.MET
    book.on(FILED_ON).undo()
    assert line_of(book.figures, "省-23", 2024).met_target is Attainment.MET


def test_undo_is_refused_once_another_filed_for_the_same_line(book: Book) -> None:
    put(book.on(FILED_ON), "省-23", 2024, "96.2")
    put(book.as_operator("乙"), "省-25", 2024, "90")
    put(Ledger(book.store, "乙", today=FILED_ON, clock=book.clock), "省-23", 2024, "96.1", reason="更正")
    with pytest.raises(Refused) as refused:
        book.on(FILED_ON).undo()
    assert "之后 乙 又做了“指标填报 省-23" in messages(refused)


def test_an_old_ledger_takes_the_indicators_and_then_holds_together(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{released('0003', tmp_path)}")
    figures = Figures(store, today=FILED_ON)
    ledger = Ledger(store, "甲", today=FILED_ON)
    assert figures.indicators(2024, figures.point()) == []
    empty = indicator_table([], 2024, Catalogue.PROVINCIAL)
    assert "hgt indicators load" in empty.notes[0]
    with pytest.raises(Refused) as refused:
        put(ledger, "省-23", 2024, "96.2")
    assert "没有编号为 省-23 的指标" in messages(refused)
    plan = read_plan()
    assert ledger.load_indicators(plan.indicators, plan.doc_no).title == "装载指标 红谷府发〔2024〕3号，142 行"
    with pytest.raises(Refused):
        ledger.load_indicators(plan.indicators, plan.doc_no)
    put(ledger, "省-23", 2024, "96.2")
    with pytest.raises(Refused) as refused:
        Ledger(store, "甲", today=FILED_ON).undo()
        Ledger(store, "甲", today=FILED_ON).undo()
        Ledger(store, "甲", today=FILED_ON).undo()
    assert [check.name for check in verify(store) if check.verdict is not Verdict.HOLDS] == []
    store.close()


def test_what_was_changed_behind_the_program_is_found(book: Book) -> None:
    from hgt_portfolio.ledger.verifying import CHAIN, PLAN
    from tests.raw import raw

    with raw(book.store.url) as database:
        database.unguard()
        database.execute("UPDATE indicator SET target_2025 = '95' WHERE code = '省-23'")
    found = {check.name: check.findings for check in verify(book.store) if check.findings}
    assert {CHAIN, PLAN} < set(found)
    assert "规划为 96" in found[PLAN][0]


# Tables over the sample.


def test_the_sample_counts_each_indicator_once(evaluated: Figures) -> None:
    found = evaluated.indicators(2024, evaluated.point())
    table = standing_table(found, 2024)
    for catalogue in STATED:
        own = [one for one in found if one.catalogue is catalogue]
        total = next(row for row in table.rows if row[:2] == (str(catalogue), "合计"))
        for start, against in ((3, False), (7, True)):
            counted = standing(own, against_target=against)
            assert total[start : start + 4] == (counted.met, counted.unmet, counted.unknown, counted.binding_unmet)
            assert counted.met + counted.unmet + counted.unknown == STATED[catalogue]["count"]
        parts = [row for row in table.rows if row[0] == str(catalogue) and row[1] != "合计"]
        assert [sum(int(str(row[n])) for row in parts) for n in range(2, 11)] == list(total[2:])
    unfiled = next(one for one in found if one.catalogue is Catalogue.PROVINCIAL and one.number == 13)
    assert (unfiled.met_standard, unfiled.filed) == (None, 0)
    cells = indicator_table(found, 2024, Catalogue.PROVINCIAL)
    row = next(row for row in cells.rows if row[cells.index("code")] == "省-13")
    assert (row[cells.index("value")], row[cells.index("met_standard")]) == ("未填报", "未填报")


def test_a_commitment_shows_its_links_and_is_judged_by_its_own_filing(evaluated: Figures) -> None:
    point = evaluated.point("2024Q3")
    found = evaluated.indicators(2024, evaluated.point())
    positions = {position.no: position for position in evaluated.positions(point)}
    table = commitment_table(found, 2024, positions)
    rows = {str(row[0]): row for row in table.rows}
    swept = rows["诺-10"]
    assert (swept[table.index("bound")], swept[table.index("value")], swept[table.index("kept")]) == (
        "≥95（2025年）",
        "93",
        "未达到",
    )
    assert swept[table.index("source")] == source_words(line_of(evaluated, "诺-10", 2024)) != ""
    treated = rows["诺-16"]
    assert "省-23：95.6" in str(treated[table.index("indicators")])
    assert str(treated[table.index("projects")]).startswith("#1红谷滩区雨污管网及污水处理综合改造工程（")


# The command line.


@pytest.fixture
def desk(
    evaluated_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    path = Path(shutil.copy2(evaluated_file, tmp_path / "台账.db"))

    def call(*words: str) -> tuple[int, str, str]:
        code = run(["--db", str(path), "--operator", "甲", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_the_list_is_for_people_and_for_programs(desk: Callable[..., tuple[int, str, str]]) -> None:
    code, text, _ = desk("indicators", "--year", "2024", "--catalogue", "省级", "--unmet")
    assert code == 0
    assert "农村无害化卫生厕所普及率" in text
    assert "河（湖）长制" not in text
    code, text, _ = desk("indicators", "list", "--year", "2024", "--json")
    value = json.loads(text)
    assert code == 0
    assert value["standing"]["国家级"]["standard"]["count"] == 35
    lines = {line["code"]: line for one in value["indicators"] for line in one["lines"]}
    assert lines["省-25"]["gap"] == "3.9"
    assert lines["省-13"]["value"] is None
    assert value["indicators"][0]["demo" if "demo" in value["indicators"][0] else "number"]
    code, text, _ = desk("commitments", "--tree")
    assert code == 0
    assert "高标准打好蓝天保卫战" in text
    assert desk("indicators", "reconcile")[0] == desk("indicators", "problems")[0] == desk("commitments")[0] == 0


def test_a_form_goes_out_and_comes_back_as_one_filing(
    desk: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    form = tmp_path / "指标表.xlsx"
    assert desk("indicators", "form", "2025", "-o", str(form))[0] == 0
    code, _, told = desk("indicators", "file", "2025", "--from", str(form))
    assert (code, "没有填写新的数" in told) == (1, True)
    workbook = load_workbook(form)
    page: Any = workbook.active
    head = next(row for row in page.iter_rows() if row[0].value == "编号")
    columns = {str(cell.value): cell.column for cell in head}
    for row in page.iter_rows(min_row=head[0].row + 1):
        if row[0].value == "省-23":
            page.cell(row[0].row, columns["实际值"]).value = 96.4
            page.cell(row[0].row, columns["数据来源"]).value = "年报"
        if row[0].value == "省-3":
            page.cell(row[0].row, columns["人工判断"]).value = "达标"
    workbook.save(form)
    code, _, told = desk("indicators", "file", "2025", "--from", str(form))
    assert code == 1
    assert "（省-3）" in told
    assert "Traceback" not in told
    for row in page.iter_rows(min_row=head[0].row + 1):
        if row[0].value == "省-3":
            page.cell(row[0].row, columns["人工判断"]).value = None
    workbook.save(form)
    code, said, told = desk("indicators", "file", "2024", "--from", str(form), "--dry-run")
    assert code == 1
    assert "的标题是2025年的，不是2024年的填报表，没有读取" in told
    code, said, told = desk("indicators", "file", "2025", "--from", str(form))
    assert (code, told) == (0, "")
    assert "省-23 城镇污水处理率：96.4" in said
    for row in page.iter_rows(min_row=head[0].row + 1):
        if row[0].value == "省-23":
            page.cell(row[0].row, columns["实际值"]).value = 96.5
            page.cell(row[0].row, columns["原因"]).value = "演示：改正"
    workbook.save(form)
    code, said, _ = desk("indicators", "file", "2025", "--from", str(form), "--dry-run")
    assert "省-23 城镇污水处理率：96.4 改为 96.5" in said
    page["A1"].value = "某县2024年重点工程规划指标填报表（2025年）"
    workbook.save(form)
    assert desk("indicators", "file", "2025", "--from", str(form), "--dry-run")[0] == 0, "its own name holds a year"
    page["A1"].value = "指标"
    page["A2"].value = page["A3"].value = None
    workbook.save(form)
    assert "的标题没有写明年度" in desk("indicators", "file", "2025", "--from", str(form))[2]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("indicators", "file"), "请写编号、年度和实际值"),
        (("indicators", "file", "省-23", "明年", "3", "--source", "年报"), "年度：“明”应为整数"),
        (("indicators", "file", "省-23", "2024", "3"), "--source"),
        (("indicators", "file", "2024", "--from", "没有.xlsx"), "没有.xlsx"),
        (("indicators", "--catalogue", "市级"), "省级"),
        (("indicators", "--year", "2024", "file"), "选项请写在子命令后面"),
        (("indicators", "load"), "台账里已有 142 行指标"),
    ],
)
def test_a_wrong_line_is_a_sentence(
    desk: Callable[..., tuple[int, str, str]], words: tuple[str, ...], sentence: str
) -> None:
    code, _, told = desk(*words)
    assert code in (1, 2)
    assert sentence in told
    assert "Traceback" not in told
