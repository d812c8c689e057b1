"""The audit chain: one action one entry, whole after anything, and undo of whole actions only."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel

from hgt_portfolio.ledger import FundInput, IndicatorInput, Ledger, Refused, SourceLine, SpecialFundInput, validated
from hgt_portfolio.ledger.chain import LEDGER_TABLES
from hgt_portfolio.ledger.returning import ConflictInput
from hgt_portfolio.ledger.verifying import CHAIN, verify
from hgt_portfolio.ledger.walking import broken_link
from hgt_portfolio.model.inputs import (
    AmendInput,
    Changes,
    CheckInput,
    ContactInput,
    CooperationInput,
    OpeningInput,
    OverrideInput,
    ReportInput,
    UnitChangeInput,
    WindowInput,
    YearPlanInput,
)
from hgt_portfolio.model.inputs_closing import ErratumInput
from hgt_portfolio.model.inputs_milestones import MilestoneInput, SubItemInput
from hgt_portfolio.model.inputs_supervision import StepInput, SuperviseInput
from hgt_portfolio.months import first_day, last_day, month
from hgt_portfolio.plan import read_plan
from hgt_portfolio.store import Store
from hgt_portfolio.store.checks import Verdict
from hgt_portfolio.terms import Decision
from tests import oracle
from tests.conftest import TODAY, Book, open_book
from tests.oracle import Oracle, When
from tests.postgres import Server, name_of
from tests.raw import DENIED, raw

JUNE, SEPTEMBER = month(2024, 6), month(2024, 9)
ISSUED = "红重办〔2024〕9号"


def broken(url: str) -> int | None:
    store = Store(url)
    try:
        with store.read() as session:
            return broken_link(session)
    finally:
        store.close()


def entries(book: Book) -> int:
    return len(book.figures.entries(book.point(), limit=1000))


def doings(book: Book) -> Iterator[tuple[str, Any]]:
    """One of each kind of action, in an order in which every one is allowed."""
    led = book.ledger
    openings = [OpeningInput(no=no, period=month(2023, 12), cumulative_fen=9) for no in ("24", "25")]
    yield "期初建账", led.open_books(openings)
    yield "进度填报", book.report("24", "2024Q2", "在建", "1", reason="首报")
    yield "年度计划", led.year_plan(YearPlanInput(no="24", year=2024, amount_fen=100))
    yield "核实", led.check(CheckInput(no="24", day=date(2024, 7, 3), how="电话", finding="正在施工"))
    yield "调整", book.amend("24", date(2024, 7, 1), unit_text="区城投公司、区住建局")
    yield (
        "配合填报",
        led.cooperate(CooperationInput(no="24", period=SEPTEMBER, unit="区住建局", text="已移交管线")),
    )
    yield "人工定灯", led.override(OverrideInput(no="24", period=JUNE, light="黄", reason="约谈"))
    yield "填报期限", led.window(WindowInput(period=SEPTEMBER, opens=date(2024, 9, 20), closes=date(2024, 10, 9)))
    yield "联系人", led.contact(ContactInput(no="24", role="责任人", name="王五", since=date(2024, 7, 1)))
    yield "节点", led.milestone(MilestoneInput(no="24", name="主体封顶", planned=SEPTEMBER, weight=50))
    yield "子项", led.sub_item(SubItemInput(no="9", name="流湖镇", done=12, day=date(2024, 9, 30)))
    item = SuperviseInput(no="24", content="报送进度", raised=date(2024, 10, 1), due=date(2024, 10, 20))
    yield "督办", led.supervise([item])
    yield (
        "督办",
        led.supervision_step(StepInput(item="督2024-001", step="催办", day=date(2024, 10, 8), text="请抓紧报送")),
    )
    change: dict[str, Any] = {"kind": "更名", "units": ("区科工局",), "successor": "区科技局", "doc": ISSUED}
    yield "单位变更", led.change_units(UnitChangeInput(effective=date(2024, 7, 1), **change))
    clash = ConflictInput(
        no="24",
        period=SEPTEMBER,
        field="cumulative_fen",
        sent="1.00",
        theirs="3.00",
        ours="2.00",
        decision=Decision.OPEN,
        file="填报表.xlsx",
        their_by="丙",
        our_by="甲",
    )
    yield "收回填报表", led.take_returns([], [clash], seen=book.figures.last_action())
    yield "退回填报", led.send_back("24", JUNE, "与现场不符")
    yield "采用规则", led.adopt("武汉", ISSUED, date(2024, 1, 1))
    yield "指标填报", led.indicators([IndicatorInput(code="省-25", year=2023, value="88.1", source="年报")])
    line = SourceLine(source="省级", planned_fen=9, received_fen=3)
    yield "资金填报", led.fund(FundInput(no="24", period=SEPTEMBER, lines=(line,)))
    yield "专项资金", led.special_fund(SpecialFundInput(year=2024, amount_fen=100, doc=ISSUED))
    yield "定稿", led.close(JUNE, files={"汇总表.xlsx": b"PK"})
    passage = {"subject": "第一部分", "old": "62个", "new": "62项"}
    erratum = ErratumInput(period=JUNE, cause="笔误", who="乙", found=date(2024, 10, 20), **passage)
    yield "更正说明", led.erratum(erratum)
    yield "撤销", led.undo()


def test_one_action_is_one_entry_of_who_when_what_and_why(book: Book) -> None:
    for number, (kind, outcome) in enumerate(doings(book), 2):
        newest = book.figures.entries(book.point(), limit=1)[0]
        assert (newest.id, newest.kind, newest.operator, newest.title) == (number, kind, "甲", outcome.title)
        assert outcome.action_id == number
        assert newest.at == book.clock.now
        json.loads(newest.before), json.loads(newest.after)
    found = {entry.kind: entry for entry in book.figures.entries(book.point(), "24")}
    assert set(found) == TOUCHING
    assert found["进度填报"].reason == "首报"
    assert json.loads(found["进度填报"].after)["cumulative_fen"] == 1_000_000
    assert found["退回填报"].reason == "与现场不符"
    assert broken(book.store.url) is None


def test_every_check_holds_after_one_of_each_action(book: Book) -> None:
    for _ in doings(book):
        pass
    found = list(verify(book.store))
    assert [(check.name, check.findings) for check in found if check.verdict is not Verdict.HOLDS] == []
    with raw(book.store.url) as database:
        database.unguard()
        database.execute("UPDATE report SET cumulative_fen = 3 WHERE id = 3")
    told = next(check for check in verify(book.store) if check.name == CHAIN)
    assert told.findings[0].startswith("进度填报（report）第3行（项目#24）写入以后被改动；见操作3“进度填报 #24")


TOUCHING = {"装载规划", "期初建账", "进度填报", "年度计划", "核实"}
TOUCHING |= {"收回填报表", "调整", "配合填报", "人工定灯", "联系人", "退回填报", "节点", "督办", "资金填报"}
"""The kinds of action above that are about project 24."""


def act(chance: random.Random, ledger: Ledger) -> None:
    """Do one action at random; it may be refused."""
    no, month_ = str(chance.randint(20, 32)), chance.choice([JUNE - 6, JUNE - 3, JUNE, SEPTEMBER, JUNE + 6])
    fen = chance.randint(0, 9) * 1_000_000_000
    kind = chance.randrange(36)
    if kind < 8:
        status = chance.choice(["未开工", "在建", "在建", "停工", "完工"])
        finish = first_day(month_) if status == "完工" else None
        given = ReportInput(
            no=no,
            period=month_,
            status=status,
            cumulative_fen=fen,
            finished=finish,
            reason=chance.choice([None, "核对"]),
        )
        ledger.report(given)
    elif kind < 10:
        ledger.year_plan(YearPlanInput(no=no, year=2024, amount_fen=fen))
    elif kind < 12:
        changes = chance.choice(
            [
                Changes(due=month(2025, chance.randint(1, 12))),
                Changes(investment_fen=fen + 1),
                Changes(unit_text=chance.choice(["区商务局、区住建局", "区城管局"])),
                Changes(year=2024, year_plan_fen=fen),
                Changes(exited=True),
            ]
        )
        day = date(2024, chance.randint(1, 12), 1)
        ledger.amend(AmendInput(no=no, changes=changes, reason="调整", doc=ISSUED, effective=day))
    elif kind < 14:
        seen = chance.choice([None, "在建", "未开工"])
        ledger.check(validated(CheckInput, no=no, day=last_day(month_), how="现场", finding="正在施工", status=seen))
    elif kind < 19:
        ledger.send_back(no, month_, "有误")
    elif kind < 21:
        ledger.undo()
    elif kind < 22:
        ledger.override(OverrideInput(no=no, period=month_, light="红", reason="约谈"))
    elif kind < 23:
        ledger.open_books([OpeningInput(no=no, period=month(2023, 12), cumulative_fen=fen, reason="建账")])
    else:
        opens = first_day(month_)
        ledger.window(WindowInput(period=month_, opens=opens, closes=opens.replace(day=chance.randint(1, 28))))


def made_busy(book: Book) -> Book:
    """Do 200 random actions of two operators, none of them closing anything."""
    chance = random.Random(20241124)  # noqa: S311
    hands = [book.ledger, book.as_operator("乙")]
    done = 0
    while done < 200:
        with suppress(Refused):
            act(chance, chance.choice(hands))
            done += 1
    return book


@pytest.fixture(scope="module")
def busy_sqlite(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    path = Path(shutil.copy2(template, tmp_path_factory.mktemp("busy") / "portfolio.db"))
    book = made_busy(open_book(path, TODAY))
    yield book
    book.store.close()


@pytest.fixture(scope="module")
def busy_postgresql(server: Server, template_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    url = server.create(name_of(template_url))
    book = made_busy(open_book(tmp_path_factory.mktemp("busy") / "portfolio.db", TODAY, url))
    yield book
    book.store.close()
    server.drop(url)


@pytest.fixture
def busy(engine: str, request: pytest.FixtureRequest) -> Book:
    """A ledger after 200 random actions, shared by the tests that only read it."""
    book: Book = request.getfixturevalue(f"busy_{engine}")
    return book


def test_the_chain_is_whole_after_two_hundred_actions(busy: Book) -> None:
    assert entries(busy) == 201
    assert broken(busy.store.url) is None
    moments = [entry.at for entry in busy.figures.entries(busy.point(), limit=1000)]
    assert moments == sorted(moments, reverse=True)
    assert len(set(moments)) == 201
    kinds = {entry.kind for entry in busy.figures.entries(busy.point(), limit=1000)}
    assert {"进度填报", "年度计划", "调整", "核实", "退回填报", "撤销", "人工定灯", "期初建账"} <= kinds
    assert busy.figures.chain_head(busy.point()) == busy.figures.entries(busy.point(), limit=1)[0].hash


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 1.0])
def test_what_the_ledger_wrote_reads_as_the_rules_say(busy: Book, share: float) -> None:
    moments = sorted(entry.at for entry in busy.figures.entries(busy.point(), limit=1000))
    moment = moments[int(share * (len(moments) - 1))]
    rows = oracle.read_rows(busy.store.url)
    for day, period in ((date(2024, 12, 31), JUNE + 6), (date(2024, 10, 12), SEPTEMBER)):
        point = busy.point(day).__class__(day, period, moment)
        expected = Oracle(rows, When(day, period, moment)).positions()
        found = busy.figures.positions(point)
        compared = ("no", "due", "unit", "status", "cumulative", "quarter", "ytd", "year_plan", "filing_state", "light")
        assert [[getattr(row, name) for name in compared] for row in found] == [
            [row[name] for name in compared] for row in expected
        ]


@pytest.fixture
def tampered(busy: Book, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[[str], str]]:
    """Change a copy of the busy ledger past its guards and give its URL."""
    copy = f"sqlite:///{tmp_path / 'tampered.db'}"
    if busy.store.path is not None:
        shutil.copy2(busy.path, tmp_path / "tampered.db")
    else:
        busy.store.close()
        server: Server = request.getfixturevalue("server")
        copy = server.create(name_of(busy.store.url))

    def change(statement: str) -> str:
        with raw(copy) as database:
            database.unguard()
            database.unbind()
            assert database.execute(statement).rowcount > 0, statement
        return copy

    yield change
    if busy.store.path is None:
        server.drop(copy)


EDITS = [
    "at = at - 1",
    "utc_offset = utc_offset + 60",
    "operator = '丙'",
    "os_user = 'mallory'",
    "host = 'elsewhere'",
    "kind = CASE kind WHEN '核实' THEN '调整' ELSE '核实' END",
    "title = title || '。'",
    "reason = '另有原因'",
    "before = '{}'",
    "after = '{\"cumulative_fen\":1}'",
    "undoes = 3",
    f"digest = '{'0' * 64}'",
    f"previous_hash = '{'0' * 64}'",
    f"hash = '{'0' * 64}'",
]


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_entry_is_found(tampered: Callable[[str], str], edit: str) -> None:
    where = " WHERE id = 100"
    if edit.startswith("before"):
        where = " WHERE id = (SELECT min(id) FROM action WHERE id >= 100 AND before <> '{}')"
    assert (broken(tampered(f"UPDATE action SET {edit}{where}")) or 0) >= 100


DELETED = [("id = 100", 101), ("id = 201", 201), ("id = 1", 2), ("id > 150", 151)]


@pytest.mark.parametrize(("which", "named"), DELETED)
def test_a_deleted_entry_is_found(tampered: Callable[[str], str], which: str, named: int) -> None:
    found = broken(tampered(f"DELETE FROM action WHERE {which}"))
    assert found is not None
    assert found <= named


ROW_EDITS = [
    "UPDATE report SET cumulative_fen = 1 + coalesce(cumulative_fen, 0) WHERE id = 5",
    "UPDATE report SET recorded_at = recorded_at + 1 WHERE id = 5",
    "UPDATE report SET revoked_at = 1, revoked_by = 201 WHERE revoked_at IS NULL",
    "UPDATE report SET revoked_at = NULL, revoked_by = NULL WHERE revoked_by IS NOT NULL",
    "UPDATE project_version SET due = due + 1 WHERE id = 24",
    "UPDATE plan SET title = '别的规划'",
    "UPDATE unit SET name = '区林业局' WHERE id = 3",
    "UPDATE project SET no = '240' WHERE id = 24",
    "DELETE FROM verification WHERE id = 2",
    "DELETE FROM year_plan WHERE id = 1",
    "INSERT INTO report (id, project_id, action_id, recorded_at, filed_at, period, kind, unit_id, status) "
    "SELECT 9999, 1, 1, at, at, 24293, '季报', 1, '在建' FROM action WHERE id = 1",
]


@pytest.mark.parametrize("edit", ROW_EDITS)
def test_an_edited_row_is_found(tampered: Callable[[str], str], edit: str) -> None:
    assert broken(tampered(edit)) is not None


# Rows are insert-only.

FIXED = (
    "action",
    "action_subject",
    "plan",
    "plan_statement",
    "domain",
    "unit",
    "unit_alias",
    "project",
    "version_unit",
)


def test_every_table_is_guarded(book: Book) -> None:
    names = {table.name for table in SQLModel.metadata.sorted_tables}
    assert names == {*FIXED, *(str(model.__tablename__) for model in LEDGER_TABLES)}
    for _ in doings(book):
        pass
    with raw(book.store.url) as database:
        for name in sorted(names):
            assert database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] > 0, name
            column = database.execute(f"SELECT * FROM {name}").description[-1][0]
            for statement in (f"DELETE FROM {name}", f"UPDATE {name} SET {column} = {column}"):
                with pytest.raises(DENIED, match=f"{name} is insert-only"):
                    database.execute(statement)


def test_a_row_is_revoked_once_and_otherwise_unchanged(book: Book) -> None:
    book.report("24", "2024Q2", "在建", "1")
    with raw(book.store.url) as database:
        for change in ("cumulative_fen = 2", "recorded_at = 1", "project_id = 2", "id = 9", "status = '停工'"):
            with pytest.raises(DENIED, match="insert-only"):
                database.execute(f"UPDATE report SET revoked_at = 1, revoked_by = 1, {change}")
        database.execute("UPDATE report SET revoked_at = 1, revoked_by = 1")
        for again in ("revoked_at = 2", "revoked_by = 2", "revoked_at = NULL, revoked_by = NULL"):
            with pytest.raises(DENIED, match="insert-only"):
                database.execute(f"UPDATE report SET {again}")


# Undo.


def test_undo_takes_back_a_whole_action_and_names_it(book: Book) -> None:
    openings = [
        OpeningInput(no=no, period=month(2023, 12), cumulative_fen=9, year_plan_fen=5, leader="张三")
        for no in ("24", "25", "26")
    ]
    outcome = book.ledger.open_books(openings)
    undone = book.ledger.undo()
    assert undone.title == f"撤销 {outcome.title}"
    for no in ("24", "25", "26"):
        position = book.position(no, "2024Q1")
        assert (position.cumulative, position.year_plan) == (None, None)
    assert book.figures.contacts(book.point()) == []
    newest, before = book.figures.entries(book.point(), limit=2)
    assert (newest.undoes, before.undone_by) == (before.id, newest.id)
    assert {event.revoked_by for event in book.figures.history("24", book.point())} == {None, newest.id}
    assert broken(book.store.url) is None


def test_undo_goes_back_one_action_at_a_time(book: Book) -> None:
    for amount in ("1", "2", "3"):
        book.report("24", "2024Q2", "在建", amount, reason="更正")
    found = []
    for _ in range(3):
        found.append(book.position("24", "2024Q2").cumulative)
        book.ledger.undo()
    assert found == [3_000_000, 2_000_000, 1_000_000]
    assert book.position("24", "2024Q2").cumulative is None
    with pytest.raises(Refused, match="甲 没有可以撤销的操作"):
        book.ledger.undo()


def test_undo_is_an_operators_own(book: Book) -> None:
    book.report("24", "2024Q2", "在建", "1")
    other = book.as_operator("乙")
    other.report(ReportInput(no="25", period=JUNE, status="在建", cumulative_fen=7))
    book.ledger.undo()
    assert book.position("24", "2024Q2").cumulative is None
    assert book.position("25", "2024Q2").cumulative == 7


def test_undo_is_refused_where_another_built_on_it(book: Book) -> None:
    book.report("24", "2024Q2", "在建", "1")
    other = book.as_operator("乙")
    other.check(CheckInput(no="24", day=date(2024, 7, 3), how="现场", finding="正在施工"))
    before = entries(book)
    with pytest.raises(Refused) as refused:
        book.ledger.undo()
    assert "乙" in str(refused.value)
    assert "核实 #24" in str(refused.value)
    assert entries(book) == before
    other.undo()
    book.ledger.undo()
    assert book.position("24", "2024Q2").status is None


CLOSED = [
    lambda book: book.report("24", "2024-08", "在建", "2"),
    lambda book: book.ledger.send_back("24", SEPTEMBER, "有误"),
    lambda book: book.ledger.override(OverrideInput(no="24", period=SEPTEMBER, light="黄", reason="约谈")),
]


@pytest.mark.parametrize("doing", CLOSED)
def test_undo_is_refused_in_a_closed_quarter(book: Book, doing: Any) -> None:
    book.report("24", "2024Q3", "在建", "2")
    doing(book)
    book.as_operator("乙").close(SEPTEMBER)
    with pytest.raises(Refused, match="2024Q3 已定稿，请改作更正填报"):
        book.ledger.undo()
    book.as_operator("乙").undo()
    book.ledger.undo()


def test_undo_of_a_return_restores_the_filing(book: Book) -> None:
    book.clock.set(date(2024, 10, 8))
    book.report("24", "2024Q3", "在建", "1", problem="征地滞后")
    book.report("24", "2024Q3", "在建", "2", problem="征地滞后")
    filed = book.position("24", "2024Q3")
    book.ledger.send_back("24", SEPTEMBER, "与现场不符")
    assert book.position("24", "2024Q3").filing_state == "退回"
    book.ledger.undo()
    assert book.position("24", "2024Q3") == filed
    assert filed.filing_state == "已填报"
    book.ledger.undo()
    assert book.position("24", "2024Q3").cumulative == 1_000_000
    book.ledger.undo()
    assert book.position("24", "2024Q3").cumulative is None
    assert broken(book.store.url) is None


def test_an_action_without_an_operator_is_refused(book: Book) -> None:
    with pytest.raises(Refused, match="不知道是谁在操作"):
        book.as_operator("").close(JUNE)


def test_a_ledger_is_loaded_once(book: Book) -> None:
    with pytest.raises(Refused, match="已有规划"):
        book.ledger.load(read_plan())
