"""The yearly evaluation: golden text, numbers that are the ledger's, where they come from, and bytes that stay."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import docx
import pytest

from hgt_portfolio.cli import run
from hgt_portfolio.document import Document, Figure, Paragraph
from hgt_portfolio.exports.checking import check_document
from hgt_portfolio.exports.evaluating import evaluation_names, export_evaluation
from hgt_portfolio.figures import Figures, Unknown
from hgt_portfolio.figures.funds import by_source, sum_of
from hgt_portfolio.figures.indicators import standing
from hgt_portfolio.ledger import AmendInput, Changes, IndicatorInput, Part, SpecialFundInput
from hgt_portfolio.months import month
from hgt_portfolio.output import docx as docx_output
from hgt_portfolio.output import xlsx
from hgt_portfolio.reports.bulletin_paper import traced
from hgt_portfolio.reports.evaluation import evaluation_document
from hgt_portfolio.reports.evaluation_data import TABLES, Evaluation, evaluation_point, read_evaluation
from hgt_portfolio.reports.evaluation_figures import Actions
from hgt_portfolio.reports.evaluation_indicators import MOST_LISTED, listed
from hgt_portfolio.reports.evaluation_paper import paper_table
from hgt_portfolio.reports.evaluation_sheets import evaluation_book
from hgt_portfolio.reports.parts import ROUNDED, on_page
from hgt_portfolio.reports.words import amount_words
from hgt_portfolio.table import Column, Kind, Table
from hgt_portfolio.terms import Catalogue, DeadlineState
from tests.conftest import Book, open_book
from tests.sample_plan import EVALUATED
from tests.test_bulletin_check import edited, replaced
from tests.test_quarterly import ALWAYS_RECALCULATE
from tests.test_xlsx import reopened

GOLDEN = Path(__file__).parent / "golden"


def read(figures: Figures, year: int = 2024, known_at: str | None = None) -> Evaluation:
    return read_evaluation(figures, evaluation_point(figures, year, known_at))


@pytest.fixture(scope="module")
def evaluation(evaluated: Figures) -> Evaluation:
    """The sample's 2024 as known on 2025-03-01."""
    return read(evaluated)


@pytest.fixture(scope="module")
def document(evaluation: Evaluation) -> Document:
    return evaluation_document(evaluation)


@pytest.fixture
def growing(evaluated_file: Path, tmp_path: Path) -> Iterator[Book]:
    """A ledger of the sample's own, to file more into."""
    opened = open_book(Path(shutil.copy2(evaluated_file, tmp_path)), EVALUATED)
    yield opened
    opened.store.close()


def text(document: Document) -> str:
    """Write a document as text: its paragraphs, and of its tables the titles, heads and rows counted."""
    lines = [document.title]
    for block in document.blocks:
        if isinstance(block, Paragraph):
            lines.append(block.text)
        else:
            lines.append(f"[{block.title}：{'、'.join(column.head for column in block.columns)}；{len(block.rows)}行]")
    return "\n".join(lines) + "\n"


def found(document: Document, key: str) -> Figure:
    return traced(document, key)[1]


def table(document: Document, name: str) -> Table:
    return next(block for block in document.blocks if isinstance(block, Table) and block.name == name)


@pytest.mark.parametrize("ledger", ["样本", "空台账"])
def test_texts_are_the_golden_ones(evaluated: Figures, book: Book, ledger: str) -> None:
    figures = evaluated if ledger == "样本" else book.figures
    if ledger == "空台账":
        book.on(date(2025, 1, 20)).special_fund(SpecialFundInput(year=2024, amount_fen=100_000_000))
    written = text(evaluation_document(read(figures)))
    assert written == (GOLDEN / f"评估报告_{ledger}_2024.txt").read_text(encoding="utf-8")


def test_what_was_due_in_the_year_adds_up(evaluated: Figures, evaluation: Evaluation, document: Document) -> None:
    due = [one for one in evaluated.positions(evaluation.point) if one.due_date and one.due_date.year == 2024]
    states = Counter(one.deadline_state for one in due)
    for state in DeadlineState:
        key = f"due.year.{state.name.lower()}"
        if states[state]:
            assert found(document, key).text == str(states[state])
    assert int(found(document, "due.year").text) == sum(states.values()) == 35


def test_one_measure_with_two_values_is_told(growing: Book) -> None:
    put = [IndicatorInput(code=code, year=2024, value=value, source="演示", reason="演示") for code, value in TWICE]
    growing.ledger.indicators(put)
    told = text(evaluation_document(read(growing.figures)))
    assert "两个指标体系中同名同单位、当年填报值不同的2条，须核对口径：" in told
    assert "（省-2为17.1%、国-3为16.2%）" in told


def test_a_page_rounds_its_amounts_and_says_so() -> None:
    columns = (Column("name", "领域"), Column("wan", "总投资", Kind.AMOUNT))
    table = Table("表", "", columns, (("甲", 2_684_511_600), ("乙", None)), total=("合计", 2_684_511_600))
    shown = on_page(table)
    assert [row[1] for row in shown.rows] == [2_684_510_000, None]
    assert (shown.total, shown.notes) == (("合计", 2_684_510_000), (ROUNDED,))
    assert on_page(shown) == shown


def test_many_names_stand_in_the_annex(evaluation: Evaluation) -> None:
    rows = evaluation.judged[Catalogue.PROVINCIAL]
    assert listed(rows[:MOST_LISTED]).startswith(f"项，为{rows[0].name}、")
    assert listed(rows[: MOST_LISTED + 1]) == "项，名单见附件。"


TWICE = (("省-2", "17.1"), ("国-3", "16.2"))


def test_numbers_are_those_of_the_ledger(evaluated: Figures, evaluation: Evaluation, document: Document) -> None:
    point = evaluation.point
    for catalogue in TABLES:
        rows = evaluated.indicators(2024, point, catalogue)
        for bound, against_target in (("standard", False), ("target", True)):
            counted = standing(rows, against_target=against_target)
            told = [found(document, f"indicator.{catalogue}.{bound}.{part}").text for part in ("met", "unmet")]
            assert told == [str(counted.met), str(counted.unmet)]
            assert found(document, f"indicator.{catalogue}.{bound}.binding").text == str(counted.binding_unmet)
    total = evaluated.totals(evaluated.point("2024Q3", "2025-03-01"))
    assert found(document, "latest.total.ytd").text == amount_words(total.ytd.fen)
    assert found(document, "latest.total.ytd").known == total.ytd.known
    funds = evaluated.funds(point)
    whole = sum_of(line for one in funds.values() for line in one.sources)
    assert found(document, "fund.received").text == amount_words(whole.received or 0)
    assert found(document, "fund.received_rate.known").text == str(whole.received_of)
    assert len(table(document, "资金分来源").rows) == len(by_source(funds.values()))
    assert found(document, "special.2024.change").exact == "100.00万元"


def test_what_is_not_filed_is_named_and_not_counted_as_unmet(document: Document) -> None:
    assert found(document, "indicator.unfiled").rows == ("省-13", "国-28")
    assert "当年实际值未填报或填报不全的2项，为生态恢复治理、农村生活垃圾无害化处理村占比。" in text(document)
    assert found(document, "indicator.省级.standard.unknown").rows == ("省-13",)


def test_every_figure_counts_its_rows(document: Document) -> None:
    for figure in document.figures():
        assert figure.known == len(figure.rows), figure.key
        assert figure.of is None or figure.of >= len(figure.rows), figure.key


def test_the_working_paper_leads_from_each_number_to_the_actions(evaluation: Evaluation, document: Document) -> None:
    paper = paper_table(evaluation, document)
    assert [row[0] for row in paper.rows] == [str(number) for number in range(1, len(document.numbered()) + 1)]
    actions = Actions(evaluation)
    line = evaluation.lines["省-9"]
    assert line.actual is not None
    assert actions.of(found(document, "indicator.省级.standard.binding")) == (line.actual.action_id,)
    entries = {entry.id: entry.kind for entry in evaluation.figures.entries(evaluation.point, limit=10_000)}
    for key, kind in (
        ("indicator.commitment.met", {"指标填报"}),
        ("fund.received", {"资金填报"}),
        ("special.2024", {"专项资金"}),
        ("supervision.raised", {"督办"}),
        ("latest.total.year_plan", {"年度计划"}),
    ):
        told = actions.of(found(document, key))
        assert told and {entries[action] for action in told} == kind, key
    planned = found(document, "latest.total.ytd")
    assert {entries[action] for action in actions.of(planned)} == {"进度填报", "期初建账", "核实"}
    assert found(document, "latest.total.ytd.known").rows == planned.rows


def test_nothing_of_the_machine_stands_in_the_report(evaluation: Evaluation, document: Document) -> None:
    written = text(document)
    assert evaluation.figures.chain_head(evaluation.point)[:8] not in written
    assert not re.search(r"操作|hgt|None|Decimal", written)
    names = [sheet.name for sheet in evaluation_book(evaluation, document).sheets]
    assert (names[0], names[-1]) == ("说明", "底稿")


def test_the_bytes_are_the_same_each_time(evaluated: Figures, evaluation: Evaluation, document: Document) -> None:
    again = read(evaluated)
    assert docx_output.render(document) == docx_output.render(evaluation_document(again))
    written = (evaluation_book(evaluation, document), evaluation_book(again, evaluation_document(again)))
    assert len({xlsx.render(book) for book in written}) == 1


def test_later_filings_do_not_change_an_earlier_evaluation(growing: Book, tmp_path: Path) -> None:
    known_at = growing.known_now()

    def made(folder: str, moment: str | None) -> list[bytes]:
        point = evaluation_point(growing.figures, 2024, moment)
        return [path.read_bytes() for path in export_evaluation(growing.figures, point, tmp_path / folder)]

    before = made("前", known_at)
    filing = IndicatorInput(code="省-13", year=2024, value="12", source="演示：自然资源部门年报")
    growing.on(date(2025, 4, 1)).indicators([filing])
    assert made("后", known_at) == before
    assert made("今", None) != before


def test_a_later_filing_is_in_the_next_evaluation(growing: Book) -> None:
    filing = IndicatorInput(code="省-13", year=2024, value="12", source="演示：自然资源部门年报")
    growing.on(date(2025, 4, 1)).indicators([filing])
    told = evaluation_document(read(growing.figures))
    assert found(told, "indicator.省级.standard.met").text == "23"
    assert found(told, "indicator.unfiled").rows == ("国-28",)


def test_a_year_that_is_not_over_says_so(evaluated: Figures) -> None:
    point = evaluation_point(evaluated, 2024, "2024-11-20")
    assert (point.day, point.period) == (date(2024, 9, 30), month(2024, 9))
    evaluation = read_evaluation(evaluated, point)
    document = evaluation_document(evaluation)
    assert not evaluation.over and evaluation.told is evaluation.quarter
    assert "以下情况截至2024年9月30日，年度未结束。" in text(document)
    assert "截至日：2024-09-30（年度未结束）" in evaluation_book(evaluation, document).sheets[1].caption


def test_a_close_of_the_last_quarter_hides_nothing(growing: Book) -> None:
    """What a closed quarter knew at its close is known for money; the indicators come after it."""
    growing.on(date(2025, 2, 25)).close(month(2024, 12), "演示文号")
    filing = IndicatorInput(code="省-13", year=2024, value="12", source="演示：自然资源部门年报")
    growing.on(date(2025, 3, 20)).indicators([filing])
    assert found(evaluation_document(read(growing.figures)), "indicator.省级.standard.met").text == "23"


@pytest.mark.parametrize(
    ("year", "said"),
    [
        (2022, "规划期为2023—2030年，没有2022年的年度评估。"),
        (2031, "规划期为2023—2030年，没有2031年的年度评估。"),
        (2025, "到数据时点（2025-02-20），2025年还没有一个季度结束，不能评估。"),
    ],
)
def test_a_year_without_an_evaluation_is_refused(evaluated: Figures, year: int, said: str) -> None:
    with pytest.raises(Unknown, match=re.escape(said)):
        evaluation_point(evaluated, year)


def test_the_far_target_counts_after_2025(book: Book) -> None:
    filing = IndicatorInput(code="省-25", year=2027, value="94", source="演示：年报")
    book.on(date(2028, 2, 1)).indicators([filing])
    evaluation = read(book.figures, 2027)
    row = next(row for row in table(evaluation_document(evaluation), "指标差距").rows if row[0] == "省-25")
    assert (row[6], row[7], row[8]) == ("96", "2", "0.67")


def test_no_sentence_is_broken(evaluated: Figures, book: Book) -> None:
    book.on(date(2025, 1, 20)).special_fund(SpecialFundInput(year=2024, amount_fen=100_000_000))
    for document in (
        evaluation_document(read(evaluated, 2023)),
        evaluation_document(read(evaluated, 2024)),
        evaluation_document(read(evaluated, 2024, "2024-04-05")),
        evaluation_document(read(book.figures)),
        evaluation_document(read(book.figures, 2023)),
    ):
        written = text(document)
        assert not re.search(r"None|0/0|：。|，。|、。|；。|（）|[，、；。]{2}|为。|共项", written), written


def test_a_plan_without_indicators_is_evaluated_by_its_projects(evaluation: Evaluation) -> None:
    bare = replace(evaluation, judged=dict.fromkeys(Catalogue, ()), before={}, special=(), funded=())
    document = evaluation_document(bare)
    written = text(document)
    assert "规划没有载明可以逐年评估的指标。" in written
    assert not re.search(r"0项|None", written.partition("四、")[0])
    assert "资金情况未填报" in written or "支付情况未填报" in written
    assert xlsx.render(evaluation_book(bare, document))


def test_the_workbook_is_live_and_has_charts(evaluation: Evaluation, document: Document, tmp_path: Path) -> None:
    path = tmp_path / "评估.xlsx"
    path.write_bytes(xlsx.render(evaluation_book(evaluation, document)))
    live, cached = reopened(path), reopened(path, cached=True)
    for sheet in live:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    assert cached[sheet.title][cell.coordinate].value is not None
    rows = [[cell.value for cell in row] for row in cached["总览"].iter_rows()]
    total = evaluation.told.total
    (counted,) = [row for row in rows if row[0] == "合计" and row[1] == 62]
    assert counted[4] == pytest.approx(float(total.ytd.fen) / 1_000_000)
    with ZipFile(path) as archive:
        assert sum(name.startswith("xl/charts/chart") for name in archive.namelist()) == 4


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_recalculated_values_equal_the_cached_ones(evaluation: Evaluation, document: Document, tmp_path: Path) -> None:
    path, profile, out = tmp_path / "评估.xlsx", tmp_path / "profile", tmp_path / "out"
    path.write_bytes(xlsx.render(evaluation_book(evaluation, document)))
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE)
    command = ["soffice", "--headless", f"-env:UserInstallation={profile.as_uri()}", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", str(out), str(path)], check=True, capture_output=True, timeout=180)
    live, ours, theirs = reopened(path), reopened(path, cached=True), reopened(out / path.name, cached=True)
    cells = [cell for page in live for row in page.iter_rows() for cell in row if cell.data_type == "f"]
    assert len(cells) > 50
    for cell in cells:
        told, again = (book[cell.parent.title][cell.coordinate].value for book in (ours, theirs))
        assert again == (pytest.approx(told, rel=1e-12) if isinstance(told, float) else told), cell.value


def test_a_commitment_for_other_years_is_not_counted(evaluation: Evaluation, document: Document) -> None:
    everyone = evaluation.judged[Catalogue.COMMITMENT]
    (later,) = [one for one in everyone if one not in evaluation.commitments]
    assert later.lines[0].target_2030 and not (later.lines[0].target_2025 or later.lines[0].standard)
    assert found(document, "indicator.commitment.count").text == str(len(everyone) - 1)


def test_a_project_split_after_the_last_filing_has_no_amounts_of_its_own(growing: Book) -> None:
    parts = (Part(name="甲段", investment_fen=40_000_000_00), Part(name="乙段", investment_fen=60_000_000_00))
    changes = Changes(parts=parts)
    growing.on(date(2025, 3, 2)).amend(
        AmendInput(
            no="3", changes=changes, reason="演示：分段实施", doc="演示〔2024〕21号", effective=date(2024, 11, 1)
        )
    )
    evaluation = read(growing.figures)
    made = evaluation_book(evaluation, evaluation_document(evaluation))
    page = next(page for page in made.sheets if page.name == "重点工程")
    table, formulas = page.blocks[0].table, page.blocks[0].total_formulas
    rows = {row[0]: row for row in table.rows}
    assert rows["3-1"][table.index("ytd")] is None and "3" not in rows
    assert table.total is not None
    assert (table.total[table.index("ytd")], "ytd" in formulas) == (evaluation.told.total.ytd.fen, False)
    assert xlsx.render(made)


def test_the_command_writes_what_is_asked_for(
    evaluated_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = shutil.copy2(evaluated_file, tmp_path / "演示.db")
    monkeypatch.setenv("HGT_DATABASE_URL", str(ledger))
    for form in ("both", "docx"):
        folder = tmp_path / form
        assert run(["evaluate", "2024", "-o", str(folder), "--format", form]) == 0
        assert sorted(path.name for path in folder.iterdir()) == sorted(evaluation_names(2024, form))
    written = docx.Document(str(tmp_path / "docx" / evaluation_names(2024)[1]))
    assert "区委、区政府：" in [paragraph.text for paragraph in written.paragraphs]
    capsys.readouterr()
    for wrong, said in (
        (("2024", "--format", "pdf"), "--format 没有“pdf”，可用：xlsx、docx、both。"),
        (("明年",), "年度：“明”应为整数。"),
        (("2024", "-o", "a.docx"), "-o 要写文件夹，不是文件：a.docx。"),
        (("2022",), "没有2022年的年度评估。"),
    ):
        assert run(["evaluate", *wrong]) == 2
        assert said in capsys.readouterr().err


def test_an_edited_report_is_checked_against_the_ledger(evaluated: Figures, document: Document, tmp_path: Path) -> None:
    path = tmp_path / "评估报告.docx"
    path.write_bytes(docx_output.render(document))
    assert check_document(evaluated, path).holds
    for place, (old, new) in enumerate(((">54.73亿元<", ">57.43亿元<"), (">23.22<", ">22.22<"))):
        changed = edited(path, tmp_path / f"改{place}.docx", replaced(old, new))
        assert not check_document(evaluated, changed).holds
