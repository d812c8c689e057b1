"""The 通报, its 底稿 and trace, and the 一页纸: golden texts, and numbers that are the workbook's."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import docx
import pytest

from hgt_portfolio.cli import run
from hgt_portfolio.document import Document, Figure, Paragraph
from hgt_portfolio.exports import ExportError, export_quarterly
from hgt_portfolio.exports.documents import bulletin_name, export_brief, export_bulletin, paper_name
from hgt_portfolio.figures import Figures, Unknown
from hgt_portfolio.ledger import Part
from hgt_portfolio.model.inputs import OpeningInput, YearPlanInput
from hgt_portfolio.money import wan_text
from hgt_portfolio.months import month, read_period
from hgt_portfolio.reports.brief import brief
from hgt_portfolio.reports.bulletin import bulletin
from hgt_portfolio.reports.bulletin_paper import numbers_table, row_words, trace_table, traced
from hgt_portfolio.reports.words import amount_words, same_unit
from hgt_portfolio.terms import Status
from tests.conftest import Book
from tests.test_xlsx import reopened

GOLDEN = Path(__file__).parent / "golden"
WAN = 1_000_000


def made(figures: Figures, as_of: str = "2024Q3") -> Document:
    return bulletin(figures, figures.point(as_of))


def text(document: Document) -> str:
    blocks = [block.text for block in document.blocks if isinstance(block, Paragraph)]
    return "\n".join([document.title, *blocks]) + "\n"


def found(document: Document, key: str) -> Figure:
    return traced(document, key)[1]


@pytest.mark.parametrize("name", ["通报", "一页纸"])
@pytest.mark.parametrize("ledger", ["样本", "空台账"])
def test_texts_are_the_golden_ones(sample: Figures, fresh: Book, name: str, ledger: str) -> None:
    figures = sample if ledger == "样本" else fresh.figures
    point = figures.point("2024Q3")
    written = bulletin(figures, point) if name == "通报" else brief(figures, point)
    assert text(written) == (GOLDEN / f"{name}_{ledger}_2024Q3.txt").read_text(encoding="utf-8")


def test_numbers_are_those_of_the_workbook(sample: Figures, tmp_path: Path) -> None:
    document = made(sample)
    export_quarterly(sample, sample.point("2024Q3"), tmp_path / "汇总.xlsx")
    workbook = reopened(tmp_path / "汇总.xlsx", cached=True)
    for sheet, scope in (("分领域", "domain"), ("分单位", "unit")):
        rows = [[cell.value for cell in row] for row in workbook[sheet].iter_rows()]
        heads = next(row for row in rows if row[0] == "序号")
        for row in rows:
            told = dict(zip(heads, row, strict=True))
            key = "total" if row[1] == "合计" else f"{scope}.{row[1]}"
            for column, measure in (("占年度计划%", "year_rate"), ("欠序时金额", "shortfall"), ("本年累计", "ytd")):
                numbered = document.numbered().get(f"{key}.{measure}")
                if numbered is not None and isinstance(told[column], int | float):
                    exact = float(numbered[1].exact.rstrip("万元%"))
                    assert exact == pytest.approx(told[column] * (100 if measure == "year_rate" else 1), abs=0.006)


def test_numbers_are_those_of_the_groups(sample: Figures) -> None:
    point = sample.point("2024Q3")
    total = sample.totals(point)
    document = bulletin(sample, point)
    for key, fen in (
        ("investment", total.investment),
        ("ytd", total.ytd.fen),
        ("quarter", total.quarter.fen),
        ("shortfall", total.shortfall),
        ("year_balance", total.year_balance),
    ):
        assert found(document, f"total.{key}").text == amount_words(fen or 0)
    for key, part in (("ytd", total.ytd), ("shortfall", total.planned), ("year_balance", total.rate_plan)):
        assert found(document, f"total.{key}").known == part.known
    assert found(document, "total.ytd.known").text == str(total.ytd.known)
    assert found(document, "filing.silent").text == str(total.not_filed)
    assert found(document, "filing.filed").text == str(total.filed)
    assert found(document, "problem.overdue").text == str(total.deadline_states["逾期"])


def test_each_figure_counts_the_rows_that_it_runs_over(sample: Figures) -> None:
    document = made(sample)
    positions = {p.no: p for p in sample.positions(sample.point("2024Q3"))}
    ytd = found(document, "total.ytd")
    assert sum(positions[no].ytd or 0 for no in ytd.rows) == sample.totals(sample.point("2024Q3")).ytd.fen
    assert all(figure.known == len(figure.rows) for figure in document.figures())


def test_the_head_and_the_end_of_the_document(sample: Figures) -> None:
    document = made(sample)
    assert document.signer == sample.plan().office == document.issuer
    assert (document.addressee, document.dated, document.doc_no) == ("各责任单位", date(2024, 10, 8), None)
    assert document.demo
    assert document.properties["hgt_period"] == "2024Q3"


def test_a_closed_quarter_carries_its_document_number(book: Book) -> None:
    book.ledger.close(read_period("2024Q3"), doc="红生创办〔2024〕9号")
    assert made(book.figures).doc_no == "红生创办〔2024〕9号"
    point = book.point("2024Q3")
    assert bulletin(book.figures, point, doc_no="红生创办〔2024〕10号").doc_no == "红生创办〔2024〕10号"


def test_no_sentence_is_empty_and_nothing_is_none(sample: Figures, fresh: Book) -> None:
    for figures in (sample, fresh.figures):
        for as_of in ("2024Q1", "2024Q3", "2024Q4", "2026Q3"):
            for maker in (bulletin, brief):
                written = text(maker(figures, figures.point(as_of)))
                assert not re.search(r"None|0/0|：。|，。|、。|；。|（）|[，、；。]{2}|为。", written), written


def test_lights_are_printed_only_where_adopted(book: Book) -> None:
    book.report("1", "2024Q3", "在建", "10")
    assert "灯" not in text(made(book.figures)).replace("灯具", "").replace("亮化", "")
    book.on(date(2024, 9, 1)).adopt("银川2025", "红生创办〔2024〕5号", date(2024, 9, 1))
    assert "银川2025（红生创办〔2024〕5号）预警，红灯" in text(made(book.figures))


def test_a_stopped_project_is_named_with_what_its_unit_says(book: Book) -> None:
    book.report("1", "2024Q3", "停工", "10", problem="用地未批")
    written = text(made(book.figures))
    assert "停工1项：区城管执法局1项，为红谷滩区雨污管网及污水处理综合改造工程（所报原因：用地未批）。" in written
    assert "请区城管执法局对停工的1项查明原因" in written


def test_ahead_of_pace_is_said_so(book: Book) -> None:
    book.ledger.open_books([OpeningInput(no="3", period=month(2023, 12), status=Status.UNDER_WAY, cumulative_fen=0)])
    book.ledger.year_plan(YearPlanInput(no="3", year=2024, amount_fen=1_000 * WAN))
    book.report("3", "2024Q3", "在建", "900", reason="属实")
    written = text(made(book.figures))
    assert "占年度计划的90.0%，高于序时进度15.0个百分点" in written
    assert "比各项目序时计划超前328.57万元" in written
    assert "没有欠序时金额的单位。" in text(brief(book.figures, book.point("2024Q3")))


def opened(book: Book, no: str, plan: int | None, done: str | None) -> None:
    """Begin a project's year: with a plan (万元) where given, and with what it has done where it says so."""
    start = OpeningInput(no=no, period=month(2023, 12), status=Status.UNDER_WAY, cumulative_fen=0)
    book.ledger.open_books([start])
    if plan is not None:
        book.ledger.year_plan(YearPlanInput(no=no, year=2024, amount_fen=plan * WAN))
    if done is not None:
        book.report(no, "2024Q3", "在建", done, reason="属实")


def numbers(written: str, *between: tuple[str, str]) -> list[Decimal]:
    """Read numbers of a text by what stands before and after each."""
    return [Decimal(re.findall("([0-9.,]+)".join(words), written)[0].replace(",", "")) for words in between]


def test_what_the_year_still_wants_can_be_subtracted_by_hand(book: Book) -> None:
    opened(book, "1", 2_000, "800.04")
    opened(book, "3", 900, None)
    opened(book, "17", None, "120")
    written = text(brief(book.figures, book.point("2024Q3")))
    assert "有计划而完成数未知的1项，计划900.00万元；有完成数而没有年度计划的" in written
    plan, done, both_plan, both_done, balance, plan_alone, done_alone = numbers(
        written,
        ("计划完成投资", r"万元（\d+项）"),
        ("累计完成", r"万元（\d+项）"),
        (r"两数均知的\d+项，计划", "万元、完成"),
        ("万元、完成", "万元，占"),
        ("（计划减完成）", "万元"),
        (r"未知的\d+项，计划", "万元"),
        (r"年度计划的\d+项，完成", "万元"),
    )
    assert (plan - both_plan, done - both_done, both_plan - both_done) == (plan_alone, done_alone, balance)
    assert balance == Decimal("1199.96")


@pytest.mark.parametrize(
    ("amounts", "differences", "words"),
    [
        ([83_800_000_000, 869_330_000], [], "0.09亿元"),
        ([83_800_000_000, 31_000_000], [], "869.33万元"),
        ([], [(24_449_000_000, 10_000_000_000, 14_449_000_000)], "0.09亿元"),
        ([], [(20_040_000_000, 10_060_000_000, 9_980_000_000)], "869.33万元"),
        ([], [(30_00, 20_00, 10_00)], "869.3300万元"),
        ([], [(300, 200, 100)], "869.3300万元"),
        ([], [(3, 2, 1)], "869.330000万元"),
    ],
)
def test_one_answer_has_one_unit(amounts: list[int], differences: list[tuple[int, int, int]], words: str) -> None:
    assert same_unit(amounts, differences)(-869_330_000) == words


def test_each_answer_has_one_unit_and_its_day(sample: Figures) -> None:
    written = text(brief(sample, sample.point("2024Q3")))
    assert written.splitlines()[1] == "2024年三季度进展（截至9月30日）"
    for answer in re.split("\n(?=[一二三四]、)", written)[1:]:
        assert "截至9月30日，" in answer
        assert not ("亿元" in answer and "万元" in answer), answer


def test_what_stands_today_is_said_beside_the_quarters_end(book: Book) -> None:
    book.report("39", "2024Q3", "在建", "10", reason="属实")
    then = book.point("2024Q3")
    was = "截至9月30日逾期未完工1项，涉及区农业农村局"
    assert f"{was}。" in text(brief(book.figures, then))
    assert f"{was}；到2026年11月24日为1项。" in text(brief(book.figures, then, book.point()))
    book.report("39", "2024Q4", "完工", "20", finished=date(2024, 12, 1), reason="属实")
    assert f"{was}；到2026年11月24日为0项。" in text(brief(book.figures, then, book.point()))


def test_an_adjusted_year_plan_is_said_beside_the_first(book: Book) -> None:
    book.ledger.open_books([OpeningInput(no="3", period=month(2023, 12), status=Status.UNDER_WAY, cumulative_fen=0)])
    book.ledger.year_plan(YearPlanInput(no="3", year=2024, amount_fen=1_000 * WAN))
    book.report("3", "2024Q3", "在建", "900", reason="属实")
    assert "年初计划" not in text(made(book.figures))
    book.amend("3", date(2024, 8, 1), year=2024, year_plan_fen=1_200 * WAN)
    document = made(book.figures)
    assert text(document).count("占调整后年度计划的75.0%、年初计划的90.0%") == 2
    assert "区城管执法局（完成调整后年度计划的75.0%、年初计划的90.0%）" in text(document)
    assert "占调整后年度计划的75.0%、年初计划的90.0%" in text(brief(book.figures, book.point("2024Q3")))
    newest, first = (
        str(trace_table(book.figures, book.point("2024Q3"), *traced(document, f"total.{key}")).rows[0][4])
        for key in ("year_rate", "first_rate")
    )
    assert newest != first


def test_both_counts_are_said_after_a_split(book: Book) -> None:
    parts = (Part(name="甲段", investment_fen=702 * WAN), Part(name="乙段", investment_fen=39_000 * WAN))
    book.amend("9", date(2024, 8, 1), parts=parts)
    assert "重点工程共62项，拆分后63项，计划总投资299.57亿元" in text(made(book.figures))


def test_a_project_that_left_is_said_to_have(book: Book) -> None:
    book.report("17", "2024Q2", "停工", "10")
    assert "请区城管执法局对停工的1项" in text(made(book.figures))
    book.amend("17", date(2024, 8, 1), exited=True)
    written = text(made(book.figures))
    assert "重点工程共62项（含已退出1项），计划总投资" in written
    assert "对停工的" not in written
    assert "已退出" not in text(made(book.figures, "2024Q2"))


def test_a_catch_up_stays_out_of_the_quarter_and_is_said(book: Book) -> None:
    book.ledger.open_books([OpeningInput(no="3", period=month(2023, 12), status=Status.UNDER_WAY, cumulative_fen=0)])
    book.report("3", "2024Q3", "在建", "900", reason="属实")
    assert "补报以前季度1项；补报数900.00万元不计入本季度" in text(made(book.figures))


@pytest.mark.parametrize(
    ("fen", "words"),
    [(99_999_999_99_00, "100.00亿元"), (10_000 * WAN, "1.00亿元"), (9_999 * WAN, "9,999.00万元"), (0, "0.00万元")],
)
def test_amounts_from_a_hundred_million_on_are_in_yi(fen: int, words: str) -> None:
    assert amount_words(fen) == words


def test_export_writes_both_files_under_their_names(sample: Figures, tmp_path: Path) -> None:
    paths = export_bulletin(sample, sample.point("2024Q3"), tmp_path)
    assert [path.name for path in paths] == ["重点工程进度通报_2024Q3.docx", "重点工程进度通报底稿_2024Q3.xlsx"]
    again = export_bulletin(sample, sample.point("2024Q3"), tmp_path / "二.docx")
    assert [path.read_bytes() for path in paths] == [path.read_bytes() for path in again]
    written = "\n".join(p.text for p in docx.Document(str(paths[0])).paragraphs)
    assert not re.search(r"[0-9a-f]{12}|hgt_|#\d", written)


def test_names_of_working_papers() -> None:
    assert paper_name(bulletin_name(read_period("2024Q3"))) == "重点工程进度通报底稿_2024Q3.xlsx"
    assert paper_name("定稿.docx") == "定稿底稿.xlsx"


def test_the_working_paper_lists_every_number(sample: Figures, tmp_path: Path) -> None:
    point = sample.point("2024Q3")
    _, paper = export_bulletin(sample, point, tmp_path)
    page = reopened(paper)["底稿"]
    cells = [[cell.value for cell in row] for row in page.iter_rows()]
    assert f"操作链校验值：{sample.chain_head(point)[:16]}（操作" in str(cells[2][0])
    numbers = [row for row in cells if str(row[0]).isdigit()]
    assert [row[3] for row in numbers] == [f.text for _, f in bulletin(sample, point).numbered().values()]
    assert {row[1] for row in numbers} == {
        "一、总体情况",
        "二、分领域、分单位进展",
        "三、存在问题",
        "四、下步要求",
        "注",
    }


@pytest.mark.parametrize(
    ("nos", "words"),
    [("", ""), ("1", "1"), ("1 2", "1、2"), ("1 2 3 5 7 8 9 10", "1—3、5、7—10"), ("1-1 1-2 2 3 4", "1-1、1-2、2—4")],
)
def test_runs_of_projects_are_shortened(nos: str, words: str) -> None:
    assert row_words(tuple(nos.split())) == words


def test_a_month_within_a_quarter_has_no_bulletin(sample: Figures, tmp_path: Path) -> None:
    for export in (export_bulletin, export_brief):
        with pytest.raises(ExportError, match="不是季末"):
            export(sample, sample.point("2024-08"), tmp_path)


def test_a_number_traces_to_its_rows_and_filings(sample: Figures) -> None:
    point = sample.point("2024Q3")
    document = bulletin(sample, point)
    number, figure = traced(document, "total.ytd")
    assert traced(document, str(number))[1] is figure
    table = trace_table(sample, point, number, figure)
    assert len(table.rows) == figure.known
    row = next(row for row in table.rows if row[0] == "1")
    assert row[3] == f"{wan_text(sample.position(point, '1').ytd or 0)}万元"
    assert re.fullmatch(r"期初 2023-12（操作 \d+，演示员）；季报 2024-09（操作 \d+，演示员）", str(row[4]))
    assert "附表" in str(trace_table(sample, point, *traced(document, "total.investment")).rows[0][4])


def test_every_number_can_be_traced(sample: Figures) -> None:
    point = sample.point("2024Q3")
    document = bulletin(sample, point)
    for number, figure in document.numbered().values():
        rows = trace_table(sample, point, number, figure).rows
        assert [row[0] for row in rows] == list(figure.rows)
        assert all(row[4] for row in rows)


def test_an_unknown_number_says_what_there_is(sample: Figures) -> None:
    with pytest.raises(Unknown, match="编号是 1 到"):
        traced(made(sample), "999")


def test_all_numbers_are_listed(sample: Figures) -> None:
    document = made(sample)
    assert len(numbers_table(document).rows) == len({figure.key for figure in document.figures()})


def command(sample: Figures, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = run([*words, "--db", str(sample.store.url)])
    told = capsys.readouterr()
    return code, told.out + told.err


def test_commands(sample: Figures, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, told = command(sample, capsys, "bulletin", "2024Q3", "-o", str(tmp_path), "--dated", "2024-10-20")
    assert (code, told.count("已写出")) == (0, 2)
    code, told = command(sample, capsys, "bulletin", "check", str(tmp_path / "重点工程进度通报_2024Q3.docx"))
    assert code == 0, told
    assert "都与台账一致" in told
    code, told = command(sample, capsys, "trace", "2024Q3", "total.ytd")
    assert (code, "精确值：547278.84万元" in told) == (0, True)
    code, told = command(sample, capsys, "brief", "2024Q3")
    assert "逾期未完工4项，涉及区农业农村局；到20" in told
    assert (
        code,
        told.startswith("红谷滩区生态文明建设重点工程2024年三季度进展（截至9月30日）（演示）\n一、"),
    ) == (0, True)
    code, told = command(sample, capsys, "brief", "2024Q3", "-o", str(tmp_path / "页.docx"))
    assert (code, (tmp_path / "页.docx").is_file()) == (0, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("bulletin", "2024-08"), "2024-08 不是季末，请写成 2024Q3 的样式。"),
        (("bulletin", "check"), "缺少 文件。"),
        (("bulletin", "2024Q3", "甲.docx"), "多出了参数 甲.docx；写到别处请用 -o。"),
        (("bulletin", "2024Q3", "-o", "甲.doc"), "这是 Word 文件，请把 甲.doc 写成以 .docx 结尾的名字。"),
        (("bulletin", "2024Q3", "--dated", "昨天"), "--dated"),
        (("trace", "三"), "季度"),
    ],
)
def test_bad_commands_are_refused(
    sample: Figures, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    code, told = command(sample, capsys, *words)
    assert code == 2
    assert said in told
