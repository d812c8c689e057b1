"""The checks of §4.6: what stops a filing, what wants a reason, and that a refusal leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hgt_portfolio.ledger import Refused, validated
from hgt_portfolio.model.inputs import (
    AmendInput,
    Changes,
    CheckInput,
    CooperationInput,
    OpeningInput,
    OverrideInput,
    ReportInput,
    YearPlanInput,
)
from hgt_portfolio.months import month
from hgt_portfolio.rules.checks import CHECKS, Filing, findings
from hgt_portfolio.terms import Severity, Status
from tests.conftest import Book
from tests.raw import raw

WAN = 1_000_000
JUNE = month(2024, 6)

SOUND = Filing(
    today=date(2024, 7, 5),
    period=JUNE,
    status=Status.UNDER_WAY,
    cumulative_fen=500,
    started=None,
    finished=None,
    unit="区城投公司",
    lead="区城投公司",
    investment_fen=1000,
    status_before=Status.UNDER_WAY,
    started_before=date(2024, 1, 10),
    earlier=(JUNE - 3, 400),
    later=(JUNE + 3, 700),
    base_fen=400,
    standing_fen=None,
    closed=False,
    exited=False,
)
DONE: dict[str, Any] = {"status": Status.COMPLETE, "finished": date(2024, 6, 30), "later": None}

ERRORS: list[tuple[str, dict[str, Any], str]] = [
    ("cumulative_fen", {"cumulative_fen": -1, "earlier": None}, "自开工累计完成 -0.000001 万元是负数，请改正。"),
    (
        "finished",
        {"status": Status.COMPLETE, "cumulative_fen": 950, "base_fen": 900, "later": None},
        "状态为完工，须填实际完工日期。",
    ),
    ("finished", {"finished": date(2024, 6, 30)}, "填了实际完工日期 2024-06-30，而状态为在建，请核对。"),
    (
        "finished",
        DONE | {"finished": date(2024, 7, 1), "cumulative_fen": 900},
        "实际完工日期 2024-07-01 晚于填报期末 2024-06-30，请改正。",
    ),
    (
        "finished",
        DONE | {"finished": date(2024, 6, 21), "cumulative_fen": 900, "today": date(2024, 6, 20)},
        "实际完工日期 2024-06-21 晚于今天，请改正。",
    ),
    (
        "finished",
        DONE | {"finished": date(2024, 1, 9), "cumulative_fen": 900},
        "实际完工日期 2024-01-09 早于实际开工日期 2024-01-10，请改正。",
    ),
    (
        "finished",
        DONE | {"finished": date(2024, 3, 1), "started": date(2024, 3, 2), "cumulative_fen": 900},
        "实际完工日期 2024-03-01 早于实际开工日期 2024-03-02，请改正。",
    ),
    ("started", {"started": date(2024, 7, 1)}, "实际开工日期 2024-07-01 晚于填报期末 2024-06-30，请改正。"),
    (
        "finished",
        DONE | {"finished": date(2024, 7, 5), "cumulative_fen": 900},
        "实际完工日期 2024-07-05 晚于填报期末 2024-06-30，请改正。",
    ),
    ("started", {"started": date(2024, 6, 2), "today": date(2024, 6, 1)}, "实际开工日期 2024-06-02 晚于今天，请改正。"),
    (
        "started",
        {"started": date(2024, 6, 1), "status": Status.NOT_STARTED, "status_before": None, "cumulative_fen": 0}
        | {"earlier": None},
        "填了实际开工日期 2024-06-01，而状态为未开工，请核对。",
    ),
    ("period", {"today": date(2024, 5, 31)}, "2024-06 这一期要到 2024-06-01 起才能填报。"),
    ("unit", {"unit": "区住建局"}, "进度数由牵头单位区城投公司填报，区住建局不是本项目的牵头单位。"),
    ("no", {"exited": True}, "本项目已退出，不再填报。"),
]

WARNINGS: list[tuple[str, dict[str, Any], str]] = [
    (
        "cumulative_fen",
        {"cumulative_fen": None, "standing_fen": 450},
        "本期已填过自开工累计 0.00045 万元，这次没有填，本季度和本年将变为不明，请写明原因。",
    ),
    (
        "cumulative_fen",
        {"cumulative_fen": 399},
        "自开工累计 0.000399 万元低于 2024-03 的 0.0004 万元，如属核减请写明原因和文号。",
    ),
    (
        "cumulative_fen",
        {"cumulative_fen": 701},
        "自开工累计 0.000701 万元高于已填报的 2024-09 的 0.0007 万元，请写明原因。",
    ),
    (
        "cumulative_fen",
        {"cumulative_fen": 1001, "later": None, "base_fen": 900},
        "自开工累计 0.001001 万元超过总投资 0.001 万元，请写明原因。",
    ),
    (
        "cumulative_fen",
        {"cumulative_fen": 1_234_600_000, "investment_fen": 1_000_500_000, "base_fen": None, "later": None},
        "自开工累计 1,234.60 万元超过总投资 1,000.50 万元，请写明原因。",
    ),
    ("status", {"status_before": Status.COMPLETE}, "状态由完工退回在建，请写明原因。"),
    (
        "status",
        {"status": Status.PREPARATION, "status_before": Status.NOT_STARTED},
        "状态由未开工退回前期，请写明原因。",
    ),
    ("status", DONE | {"status_before": Status.IN_USE, "cumulative_fen": 900}, "状态由投用退回完工，请写明原因。"),
    (
        "cumulative_fen",
        {"status": Status.NOT_STARTED, "status_before": None},
        "状态为未开工，而自开工累计为 0.0005 万元，请写明原因。",
    ),
    (
        "cumulative_fen",
        DONE | {"cumulative_fen": 899, "base_fen": 800},
        "已完工而自开工累计 0.000899 万元不足总投资 0.001 万元的 90%，如有结余请写明。",
    ),
    (
        "cumulative_fen",
        {"cumulative_fen": 901, "later": None},
        "本季度完成 0.000501 万元超过总投资 0.001 万元的 50%，请核对并写明原因。",
    ),
    ("period", {"closed": True}, "2024-06 所在季度已定稿，本次填报将作为更正，请写明原因。"),
]

PASSES: list[dict[str, Any]] = [
    {},
    {"cumulative_fen": 400},
    {"cumulative_fen": 700},
    {"cumulative_fen": 1000, "later": None, "base_fen": 900},
    {"cumulative_fen": 900, "later": None},
    {"cumulative_fen": 900, "later": None, "base_fen": None},
    {"cumulative_fen": None},
    {"cumulative_fen": 500, "standing_fen": 450},
    {"cumulative_fen": 5000, "later": None, "investment_fen": None},
    {"status": Status.SUSPENDED},
    {"status_before": Status.SUSPENDED},
    {"status": Status.NOT_STARTED, "status_before": None, "cumulative_fen": 0, "earlier": None},
    {"status": Status.IN_USE, "status_before": Status.PREPARATION} | DONE | {"cumulative_fen": 900},
    DONE | {"cumulative_fen": 900},
    DONE | {"cumulative_fen": 900, "finished": date(2024, 1, 10)},
    {"today": date(2024, 6, 1)},
    {"started": date(2024, 6, 30)},
]


def found(changes: dict[str, Any]) -> list[tuple[Severity, str, str]]:
    return [(one.severity, one.field, one.message) for one in findings(replace(SOUND, **changes))]


@pytest.mark.parametrize(("field", "changes", "sentence"), ERRORS)
def test_errors(field: str, changes: dict[str, Any], sentence: str) -> None:
    assert found(changes) == [(Severity.ERROR, field, sentence)]


@pytest.mark.parametrize(("field", "changes", "sentence"), WARNINGS)
def test_warnings(field: str, changes: dict[str, Any], sentence: str) -> None:
    assert found(changes) == [(Severity.WARNING, field, sentence)]


@pytest.mark.parametrize("changes", PASSES)
def test_what_passes(changes: dict[str, Any]) -> None:
    assert found(changes) == []


def test_every_check_is_in_the_tables() -> None:
    for check in CHECKS:
        assert any(list(check(replace(SOUND, **changes))) for _, changes, _ in ERRORS + WARNINGS), check.__name__


def test_errors_come_first() -> None:
    weights = [severity for severity, _, _ in found({"unit": "区住建局", "closed": True, "cumulative_fen": 399})]
    assert weights == [Severity.ERROR, Severity.WARNING, Severity.WARNING]


def counts(book: Book) -> dict[str, int]:
    """The number of rows, and of revoked rows, of every table."""
    with raw(book.store.url) as database:
        names = database.tables()
        rows = {name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}
        for name in names:
            columns = [column[0] for column in database.execute(f"SELECT * FROM {name} LIMIT 0").description]
            if "revoked_at" in columns:
                rows[f"{name} revoked"] = database.execute(f"SELECT count(revoked_at) FROM {name}").fetchone()[0]
        return rows


def kept(book: Book) -> Any:
    """All that the ledger holds: the file's bytes, or every row of the database."""
    if book.store.path is not None:
        return book.path.read_bytes()
    with raw(book.store.url) as database:
        return database.state()


Attempt = Callable[[Book], Any]


def file(**values: Any) -> Attempt:
    given = {"no": "24", "period": JUNE, "status": "在建", "cumulative_fen": 100_000 * WAN} | values
    return lambda book: book.ledger.report(ReportInput(**given))


def check(**values: Any) -> Attempt:
    given = {"no": "24", "day": date(2024, 7, 3), "how": "现场", "finding": "正在施工"} | values
    return lambda book: book.ledger.check(CheckInput(**given))


def opening(**values: Any) -> Attempt:
    given = {"no": "24", "period": month(2023, 12), "cumulative_fen": 20_000 * WAN} | values
    first = OpeningInput(no="25", period=month(2023, 12), cumulative_fen=1)
    return lambda book: book.ledger.open_books([first, OpeningInput(**given)])


def amend(**values: Any) -> Attempt:
    given: dict[str, Any] = {"no": "24", "reason": "调整", "doc": "文号", "effective": date(2025, 1, 1)} | values
    return lambda book: book.ledger.amend(AmendInput(**given))


REFUSALS: list[tuple[Attempt, str]] = [
    (file(no="99"), "没有序号为 99 的项目"),
    (file(cumulative_fen=-1), "是负数"),
    (file(cumulative_fen=-1, reason="核减"), "是负数"),
    (file(status="完工"), "须填实际完工日期"),
    (file(unit="区住建局", reason="代填"), "不是本项目的牵头单位"),
    (file(period=month(2026, 12), reason="预报"), "起才能填报"),
    (file(started=date(2023, 12, 5), status="未开工", cumulative_fen=0), "状态为未开工"),
    (file(cumulative_fen=350_000 * WAN), "超过总投资"),
    (file(cumulative_fen=49_999 * WAN), "低于 2024-03 的 50,000.00 万元"),
    (file(cumulative_fen=215_001 * WAN), "超过总投资 330,000.00 万元的 50%"),
    (file(status="未开工"), "由在建退回未开工"),
    (file(status="完工", finished=date(2024, 6, 30), cumulative_fen=200_000 * WAN), "如有结余请写明"),
    (file(period=month(2023, 12), cumulative_fen=50_001 * WAN), "高于已填报的 2024-03"),
    (file(status="完工", finished=date(2023, 12, 3), cumulative_fen=200_000 * WAN, reason="结余"), "早于实际开工日期"),
    (check(day=date(2026, 11, 25)), "晚于今天"),
    (check(status="完工"), "须填实际完工日期"),
    (check(finished=date(2024, 7, 1)), "核实状态须为完工"),
    (check(status="完工", finished=date(2024, 7, 4)), "晚于核实日期"),
    (check(status="完工", started=date(2024, 7, 2), finished=date(2024, 7, 1)), "早于实际开工日期"),
    (check(finding="已建成通车"), "像是已经完工"),
    (check(no="99"), "没有序号为 99 的项目"),
    (opening(cumulative_fen=-1), "#24 自开工累计完成 -0.000001 万元是负数"),
    (opening(cumulative_base_fen=20_001 * WAN), "#24 规划期以前累计大于截至上年底累计"),
    (opening(cumulative_base_fen=-1), "规划期以前累计是负数"),
    (opening(status="完工"), "须填实际完工日期"),
    (opening(no="99"), "没有序号为 99 的项目"),
    (opening(cumulative_fen=60_000 * WAN), "高于已填报的 2024-03"),
    (amend(changes=Changes(due=month(2023, 1))), "早于开工月"),
    (amend(changes=Changes(unit_text="区林业局")), "没有名为“区林业局”的责任单位"),
    (amend(changes=Changes(domain="生态教育")), "没有名为“生态教育”的领域"),
    (amend(changes=Changes()), "没有写明要调整什么"),
    (lambda book: book.ledger.send_back("24", JUNE, "有误"), "没有可退回的填报"),
    (lambda book: book.ledger.adopt("深圳", "文号", date(2024, 1, 1)), "没有名为“深圳”的预警规则"),
    (
        lambda book: book.ledger.cooperate(CooperationInput(no="24", period=JUNE, unit="区住建局", text="已配合")),
        "区住建局不是 #24 的配合单位",
    ),
    (lambda book: book.ledger.year_plan(YearPlanInput(no="99", year=2024, amount_fen=1)), "没有序号为 99"),
    (
        lambda book: book.ledger.override(OverrideInput(no="99", period=JUNE, light="绿", reason="复工")),
        "没有序号为 99",
    ),
    (lambda book: book.as_operator("").report(ReportInput(no="24", period=JUNE, status="在建")), "不知道是谁在操作"),
    (lambda book: book.as_operator("丙").undo(), "丙 没有可以撤销的操作"),
]


def test_a_refusal_leaves_nothing_behind(book: Book) -> None:
    book.report("24", "2024Q1", "在建", "50000", started=date(2023, 12, 4))
    before, kept_before = counts(book), kept(book)
    for attempt, words in REFUSALS:
        with pytest.raises(Refused) as refused:
            attempt(book)
        assert words in str(refused.value)
    assert counts(book) == before
    assert kept(book) == kept_before


REASONED: list[Attempt] = [
    file(cumulative_fen=350_000 * WAN, reason="增加变更"),
    file(cumulative_fen=49_999 * WAN, reason="核减，洪审〔2024〕2号"),
    file(status="未开工", reason="误报开工"),
    file(status="完工", finished=date(2024, 6, 30), cumulative_fen=200_000 * WAN, reason="结余"),
    opening(cumulative_fen=60_000 * WAN, reason="上年底数据有误"),
]


def test_warnings_pass_with_a_reason(book: Book) -> None:
    book.report("24", "2024Q1", "在建", "50000")
    for attempt in REASONED:
        attempt(book)
        entry = book.figures.entries(book.point(), limit=1)[0]
        book.ledger.undo()
        assert entry.kind in ("进度填报", "期初建账")
    with raw(book.store.url) as database:
        given = database.rows("SELECT reason FROM report WHERE reason IS NOT NULL ORDER BY id")
    reasons = ["增加变更", "核减，洪审〔2024〕2号", "误报开工", "结余", "上年底数据有误"]
    assert [row["reason"] for row in given] == reasons


def test_the_outcome_says_what_was_passed_over(book: Book) -> None:
    outcome = book.report("24", "2024Q1", "在建", "350000", reason="增加变更")
    assert [finding.field for finding in outcome.findings] == ["cumulative_fen"]
    assert "超过总投资" in str(outcome.findings[0])


def test_a_dry_run_writes_nothing_and_gives_the_same_figures(book: Book) -> None:
    book.report("24", "2023-12", "在建", "20000")
    book.report("24", "2024Q1", "在建", "50000")
    given = ReportInput(no="24", period=JUNE, status="停工", cumulative_fen=60_000 * WAN, problem="征地滞后")
    before, kept_before = counts(book), kept(book)
    rehearsal = book.ledger.report(given, dry_run=True)
    assert counts(book) == before
    assert kept(book) == kept_before
    done = book.ledger.report(given)
    assert (rehearsal.before, rehearsal.after) == (done.before, done.after)
    assert done.after is not None
    assert (done.after.quarter, done.after.ytd) == (10_000 * WAN, 40_000 * WAN)
    assert done.after == book.position("24", "2024Q2")
    assert (rehearsal.title, rehearsal.action_id) == (done.title, done.action_id)


def test_a_dry_run_shows_warnings_and_stops_at_errors(book: Book) -> None:
    low = ReportInput(no="24", period=JUNE, status="在建", cumulative_fen=350_000 * WAN)
    outcome = book.ledger.report(low, dry_run=True)
    assert [finding.severity for finding in outcome.findings] == [Severity.WARNING]
    with pytest.raises(Refused, match="负数"):
        book.ledger.report(low.model_copy(update={"cumulative_fen": -1}), dry_run=True)
    openings = [OpeningInput(no="24", period=month(2023, 12), cumulative_fen=20_000 * WAN)]
    before = counts(book)
    assert book.ledger.open_books(openings, dry_run=True).title == "期初建账 2023-12，1 项：#24"
    assert counts(book) == before


def test_an_opening_writes_all_it_says(book: Book) -> None:
    given = OpeningInput(
        no="24",
        period=month(2023, 12),
        cumulative_fen=20_000 * WAN,
        cumulative_base_fen=5_000 * WAN,
        started=date(2023, 12, 4),
        year_plan_fen=90_000 * WAN,
        goal="主体封顶",
        leader="张三",
        officer="李四",
        phone="0791-8888",
        evidence="监理月报",
    )
    book.ledger.open_books([given])
    position = book.position("24", "2024Q1")
    assert (position.opening, position.year_plan, position.goal) == (20_000 * WAN, 90_000 * WAN, "主体封顶")
    assert (position.status, position.started) == ("在建", date(2023, 12, 4))
    assert book.position("24", "2022Q4").stated == 5_000 * WAN
    people = {(person.role, person.name, person.phone) for person in book.figures.contacts(book.point())}
    assert people == {("责任领导", "张三", None), ("责任人", "李四", "0791-8888")}
    assert book.figures.opened(book.point("2024Q1")) == {"24"}
    assert book.figures.opened(book.point("2025Q1")) == set()


@pytest.mark.parametrize(
    ("today", "allowed"),
    [(date(2024, 8, 31), False), (date(2024, 9, 1), True)],
)
def test_a_quarter_is_filed_from_its_last_month_on(book: Book, *, allowed: bool) -> None:
    if allowed:
        book.report("24", "2024Q3", "在建", "1")
    else:
        with pytest.raises(Refused, match="2024-09-01 起才能填报"):
            book.report("24", "2024Q3", "在建", "1")


UNREADABLE: list[tuple[type[Any], dict[str, Any], str]] = [
    (ReportInput, {"no": "24", "period": JUNE, "status": "基本完工"}, "项目状态应为其中之一"),
    (ReportInput, {"no": "24", "period": JUNE, "status": "在建", "cumulative_fen": 1.5}, "自开工累计应为整数"),
    (ReportInput, {"no": " ", "period": JUNE, "status": "在建"}, "序号不能为空"),
    (ReportInput, {"period": JUNE, "status": "在建"}, "序号没有填"),
    (ReportInput, {"no": "24", "period": JUNE, "status": "在建", "physical_percent": 101}, "形象进度%不能大于 100"),
    (ReportInput, {"no": "24", "period": 1, "status": "在建"}, "期别不能小于"),
    (
        ReportInput,
        {"no": "24", "period": JUNE, "status": "在建", "problem": "长" * 2001},
        "存在问题太长，最多 2000 个字",
    ),
    (OpeningInput, {"no": "24", "period": JUNE}, "期初建账的期别须为某年12月"),
    (YearPlanInput, {"no": "24", "year": 2024}, "年度计划须有计划投资或形象目标"),
    (YearPlanInput, {"no": "24", "year": 2024, "amount_fen": 9, "steps_fen": (1, 2, 3, 4)}, "分季计划之和"),
    (YearPlanInput, {"no": "24", "year": 2024, "amount_fen": 9, "steps_fen": (-1, 3, 3, 4)}, "分季计划不能为负数"),
    (YearPlanInput, {"no": "24", "year": 2024, "amount_fen": -9}, "本年计划投资不能小于 0"),
    (CheckInput, {"no": "24", "day": "昨天", "how": "现场", "finding": "在建"}, "核实日期不是日期"),
]


@pytest.mark.parametrize(("model", "values", "words"), UNREADABLE)
def test_inputs_say_in_words_what_will_not_do(model: type[Any], values: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused) as refused:
        validated(model, **values)
    assert words in str(refused.value)
    assert all(finding.field in model.model_fields or not finding.field for finding in refused.value.findings)


def test_text_is_cleaned_on_the_way_in() -> None:
    given = ReportInput(
        no=" 24 ", period=JUNE, status="实施中", problem="征地\r\n滞后\u202e\u200b\x1b[31m", next_step="  "
    )
    assert (given.no, given.status, given.problem, given.next_step) == ("24", "在建", "征地  滞后[31m", None)
