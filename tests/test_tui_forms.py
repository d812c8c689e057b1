"""The forms: what is wrong is said under its field and nothing is written; what was typed is never lost silently."""

from __future__ import annotations

from datetime import date

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input, Select

from hgt_portfolio.months import month
from hgt_portfolio.tui.app import PortfolioApp
from hgt_portfolio.tui.dialogs.base import AskScreen, NoticeScreen
from hgt_portfolio.tui.forms.screen import FormScreen
from hgt_portfolio.tui.pages.units import UnitsPage
from tests.conftest import Book
from tests.tui import app_for, fill, joined, keys, notice, settle, shown

DAY = date(2024, 10, 10)
pytestmark = pytest.mark.parametrize("today", [DAY])

REFUSED = (
    ("cumulative_fen", "一亿", "“一亿”不能作为金额"),
    ("cumulative_fen", "abc", "“abc”不能作为金额：里面没有数字"),
    ("cumulative_fen", "约1.2亿", "带有“约”"),
    ("cumulative_fen", "-5", "是负数"),
    ("cumulative_fen", "1e9", "科学计数法"),
    ("period", "2024Q9", "无法识别"),
    ("period", "2025Q1", "才能填报"),
    ("started", "2024-02-30", "没有30日"),
    ("started", "3/4", "无法识别"),
    ("finished", "2024-09-01", "请核对"),
    ("physical_percent", "101", "不能大于 100"),
    ("physical_percent", "半", "不是百分数"),
    ("problem", "", ""),
)


async def _open(app: PortfolioApp, pilot: object, name: str = "f4") -> FormScreen:
    await keys(pilot, "2", name)  # type: ignore[arg-type]
    form = app.screen
    assert isinstance(form, FormScreen)
    return form


async def put(pilot: Pilot[None], **texts: str) -> None:
    """Put texts into fields of the form on screen, without the waiting of typing."""
    for name, text in texts.items():
        pilot.app.screen.query_one(f"#{name}", Input).value = text
    await settle(pilot)


@pytest.mark.parametrize(("field", "text", "sentence"), REFUSED)
async def test_what_is_wrong_is_said_and_nothing_is_written(book: Book, field: str, text: str, sentence: str) -> None:
    before = book.figures.last_action()
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        form = await _open(app, pilot)
        if field != "problem":
            form.query_one("#status", Select).value = "在建"
        await fill(pilot, field, text)
        assert sentence in shown(app)
        await keys(pilot, "f10")
        assert app.screen is form
        assert (sentence or "项目状态没有填") in shown(app)
        assert form.query_one(f"#{field}", Input).value == text
    assert book.figures.last_action() == before


async def test_a_warning_wants_a_reason(book: Book) -> None:
    book.report("1", "2024Q2", "在建", "50000")
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        form = await _open(app, pilot)
        await fill(pilot, "cumulative_fen", "40000")
        assert "提醒：自开工累计 40,000.00 万元低于" in shown(app)
        await keys(pilot, "f10")
        assert app.screen is form
        assert form.focused is form.query_one("#reason")
        assert "请在这里写明原因" in shown(app)
        await keys(pilot, "=核减，审计〔2024〕1号", "f10")
        assert app.screen is not form
    assert book.position("1", "2024Q3").cumulative == 40_000_000_000


async def test_the_last_filing_is_carried_forward(book: Book) -> None:
    book.report("1", "2024Q2", "在建", "50000", physical="主体完成", problem="缺土", started=date(2023, 1, 5))
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        form = await _open(app, pilot)
        assert form.query_one("#physical", Input).value == "主体完成"
        assert form.query_one("#started", Input).value == "2023-01-05"
        assert form.query_one("#reason", Input).value == ""
        assert "上次 2024Q2" in shown(app)
        assert joined(app).count("沿用2024-06，请核对") == 2, "the texts that were carried over, not the empty one"
        await put(pilot, problem="仍缺土")
        assert joined(app).count("沿用2024-06，请核对") == 1
        await put(pilot, problem="缺土")
        before = book.figures.last_action()
        await keys(pilot, "f10")
        assert isinstance(app.screen, AskScreen)
        assert "所填与2024Q2所报的完全相同" in joined(app)
        await keys(pilot, "enter")
        assert form.is_current
        assert book.figures.last_action() == before, "the safe answer goes back to the form"
        await keys(pilot, "f10", "right", "enter")
        assert not form.is_current
    assert book.figures.last_action() > before
    filed = book.position("1", "2024Q3")
    assert filed.period_filed == filed.period
    assert (filed.physical, filed.problem, filed.started) == ("主体完成", "缺土", date(2023, 1, 5))


async def test_a_changed_form_asks_before_it_closes_or_the_program_quits(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        form = await _open(app, pilot)
        await keys(pilot, "escape")
        assert app.screen is not form, "an untouched form closes at once"
        form = await _open(app, pilot)
        await keys(pilot, "enter", "escape")
        assert app.screen is form, "the first escape closes the choices"
        await keys(pilot, "f1", "escape")
        assert app.screen is form
        await fill(pilot, "problem", "缺土")
        for key in ("escape", "ctrl+q"):
            await keys(pilot, key)
            assert isinstance(app.screen, AskScreen)
            assert isinstance(app.screen.focused, Button)
            assert app.screen.focused.id == "no"
            await keys(pilot, "enter")
            assert isinstance(app.screen, FormScreen)
        assert form.query_one("#problem", Input).value == "缺土"
        await keys(pilot, "escape", "right", "enter")
        assert not isinstance(app.screen, FormScreen)


async def test_another_period_brings_its_own_last_filing(book: Book) -> None:
    book.report("1", "2024Q1", "在建", "10000", physical="桩基")
    book.report("1", "2024Q3", "在建", "50000", physical="主体")
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        form = await _open(app, pilot)
        assert form.query_one("#physical", Input).value == "主体"
        await fill(pilot, "problem", "缺土")
        await fill(pilot, "period", "2024Q2")
        assert "上次 2024Q1" in shown(app)
        assert form.query_one("#physical", Input).value == "桩基"
        assert form.query_one("#cumulative_fen", Input).value == "10000"
        assert form.query_one("#problem", Input).value == "缺土"


async def test_filing_twice_at_once_writes_once(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        form = await _open(app, pilot)
        form.query_one("#status", Select).value = "在建"
        await fill(pilot, "cumulative_fen", "10000")
        await pilot.press("f10", "f10", "ctrl+s")
        await settle(pilot)
    assert len([entry for entry in book.figures.entries(book.point()) if entry.kind == "进度填报"]) == 1


async def test_undo_with_nothing_to_undo_says_so(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "ctrl+z")
        assert isinstance(app.screen, NoticeScreen)
        assert "没有可以撤销的操作" in shown(app)
        await keys(pilot, "escape")
        assert not notice(app)


async def test_undo_survives_a_restart(book: Book) -> None:
    book.report("1", "2024Q3", "在建", "50000")
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "ctrl+z")
        assert "已撤销 进度填报 #1" in notice(app)
    assert book.position("1", "2024Q3").cumulative is None


@pytest.mark.parametrize("key", ["f6", "f7", "ctrl+y"])
async def test_the_other_forms_refuse_what_is_missing(book: Book, key: str) -> None:
    before = book.figures.last_action()
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        form = await _open(app, pilot, key)
        if key == "f7":
            await fill(pilot, "period", "2024-06")
        await keys(pilot, "f10")
        assert app.screen is form
        said = {"f6": "核实结论没有填", "f7": "须为某年12月", "ctrl+y": "年度计划须有计划投资或形象目标"}
        assert said[key] in shown(app)
    assert book.figures.last_action() == before


async def test_same_as_last_quarter_plus_500_takes_under_ten_keys(book: Book) -> None:
    book.report("1", "2024Q2", "在建", "12000.55", physical="主体完成", filed_by="演示填报人")
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "2")
        pressed = ("f4", "=+500", "f10")
        assert sum(len(key) - 1 if key.startswith("=") else 1 for key in pressed) < 10
        await keys(pilot, *pressed[:-1])
        assert "读作12,500.55万元（上期2024Q212,000.55+500）" in joined(app)
        assert "本季->500.00" in joined(app).replace("-->", "->")
        await keys(pilot, pressed[-1])
        assert notice(app).startswith("已办：进度填报 #1")
    filed = book.position("1", "2024Q3")
    assert (filed.cumulative, filed.quarter) == (12_500_550_000, 500_000_000)
    assert (filed.status, filed.physical, filed.filed_by) == ("在建", "主体完成", "演示填报人")


AMOUNTS = (
    ("1.2亿", 12_000_000_000, "读作12,000.00万元"),
    ("12,000", 12_000_000_000, "读作12,000.00万元"),
    ("１２０００", 12_000_000_000, "读作12,000.00万元"),
    ("＋500万", 10_500_000_000, "读作10,500.00万元（上期2024Q210,000.00+500）"),
    ("+500", 10_500_000_000, "读作10,500.00万元（上期2024Q210,000.00+500）"),
    ("12000+500", 12_500_000_000, "读作12,500.00万元（12,000.00+500）"),
    ("1亿＋0.5万元", 10_000_500_000, "读作10,000.50万元（10,000.00+0.5）"),
    ("12000", 12_000_000_000, ""),
)


async def test_amounts_are_read_as_people_write_them(book: Book) -> None:
    book.report("1", "2024Q2", "在建", "10000")
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        form = await _open(app, pilot)
        for text, fen, said in AMOUNTS:
            form.query_one("#cumulative_fen", Input).value = text
            await settle(pilot)
            assert form._readings["cumulative_fen"].value == fen, text
            assert (said in joined(app)) if said else ("读作" not in joined(app)), text
        for text, said in (
            ("12000+", "后面还没有数"),
            ("+约5", "带有“约”"),
            ("-500", "请先写明原因和文号"),
            ("+-5", "负数"),
        ):
            form.query_one("#cumulative_fen", Input).value = text
            await settle(pilot)
            assert said in joined(app), text
        form.query_one("#cumulative_fen", Input).value = "-500"
        await fill(pilot, "reason", "核减，审计〔2024〕1号")
        assert "读作9,500.00万元（上期2024Q210,000.00-500）" in joined(app)
        await keys(pilot, "f10")
    assert book.position("1", "2024Q3").cumulative == 9_500_000_000


async def test_dates_are_said_as_they_are_read(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        form = await _open(app, pilot)
        form.query_one("#status", Select).value = "完工"
        for name, text, said in (
            ("period", "三季度", "读作2024Q3"),
            ("period", "９月", "读作2024Q3"),
            ("started", "2024.2", "读作2024-02-01"),
            ("finished", "202408", "读作2024-08-31"),
            ("finished", "9月15日", "读作2024-09-15"),
            ("finished", "9/15", "读作2024-09-15"),
            ("finished", "20240930", "读作2024-09-30"),
        ):
            await fill(pilot, name, text)
            assert said in joined(app), text
        await keys(pilot, "f10")
    filed = book.position("1", "2024Q3")
    assert (filed.started, filed.finished) == (date(2024, 2, 1), date(2024, 9, 30))


async def test_the_arrow_keys_pass_by_the_choices(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        form = await _open(app, pilot)
        assert form.focused is form.query_one("#status"), "what must be filled and is not comes first"
        await keys(pilot, "down")
        assert form.focused is form.query_one("#cumulative_fen")
        await keys(pilot, "up", "up")
        assert form.focused is form.query_one("#period")
        await pilot.click("#physical")
        assert form.focused is form.query_one("#physical")


async def test_what_is_added_is_added_to_the_quarter_before(book: Book) -> None:
    book.report("1", "2024Q2", "在建", "10000", physical="主体")
    book.report("1", "2024Q3", "在建", "11000")
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        form = await _open(app, pilot)
        assert "本期已报11,000.00，再报即更正；上期2024Q210,000.00，“+”从上期加起" in joined(app)
        assert "本期已报 2024Q3" in shown(app)
        await fill(pilot, "cumulative_fen", "+500")
        assert "读作10,500.00万元（上期2024Q210,000.00+500）" in joined(app)
        await fill(pilot, "reason", "更正")
        await keys(pilot, "f10")
        assert not form.is_current
    assert book.position("1", "2024Q3").quarter == 500_000_000


async def test_a_late_filing_says_how_late_and_the_outlook_its_day(book: Book) -> None:
    book.report("1", "2024Q1", "在建", "10000")
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        form = await _open(app, pilot)
        assert "迟报" not in joined(app)
        await fill(pilot, "period", "2024Q2")
        assert "填报截止已过，现在报为迟报87天" in joined(app)
        await fill(pilot, "cumulative_fen", "+1")
        assert "（截至2024-06-30）" in joined(app)
        assert form.is_current


async def test_everything_that_can_be_judged_is_said_at_once(book: Book) -> None:
    book.report("1", "2024Q2", "在建", "50000")
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await _open(app, pilot)
        await put(pilot, cumulative_fen="40000", physical_percent="半", started="2024-12-01", next_step="x")
        assert "“半”不是百分数" in joined(app)
        assert "40,000.00万元低于" in joined(app)
        assert "2024-12-01晚于今天" in joined(app)
        await keys(pilot, "f10")
        assert "40,000.00万元低于" in joined(app)
        assert "将记为" not in joined(app)


async def test_a_request_moves_nothing_and_is_approved_by_its_doc(book: Book) -> None:
    before = book.figures.last_action()
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        form = await _open(app, pilot, "alt+a")
        assert "没有文号的只记为申请，不动数" in joined(app)
        assert not form.query("#request_id")
        assert form.focused is form.query_one("#due")
        await keys(pilot, "=2026Q2")
        assert "读作2026-06" in joined(app)
        assert "将记为调整申请#1" in joined(app)
        assert "完工期限2024-12→2026-06" in joined(app).replace("->", "→")
        await keys(pilot, "f10")
        assert "原因没有填" in joined(app)
        assert book.figures.last_action() == before, "what is only rehearsed leaves nothing behind"
        await put(pilot, reason="雨季")
        await keys(pilot, "f10")
        assert notice(app).startswith("已办：调整申请 #1")
        assert book.position("1").due == month(2024, 12)
        form = await _open(app, pilot, "alt+a")
        assert "有1个申请待批" in joined(app)
        choice = form.query_one("#request_id", Select)
        choice.value = str(choice._options[1][1])
        await settle(pilot)
        assert form.query_one("#due", Input).value == "2026-06", "what it asks for is carried over"
        assert form.query_one("#reason", Input).value == "雨季"
        await keys(pilot, "f10")
        assert "须写明文号" in joined(app)
        await put(pilot, doc="红重办〔2024〕9号")
        assert "期限未到期" in joined(app)
        await keys(pilot, "f10")
    assert book.position("1").due == month(2026, 6)
    assert book.figures.requests(book.point()) == []


async def test_amendments_of_amount_unit_and_scope_and_a_belated_date(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for field, text in (
            ("investment", "+500"),
            ("unit_text", "区城投公司"),
            ("scope", "[/] 新建泵站"),
            ("investment", "待定"),
        ):
            await _open(app, pilot, "alt+a")
            await put(pilot, **{field: text})
            await put(pilot, doc="红重办〔2024〕9号", reason="会议纪要")
            await keys(pilot, "f10")
            assert notice(app).startswith("已办：调整批准 #1"), field
            if text == "+500":
                assert book.position("1").investment == 100_500_000_000 - 125_000_000
        found = book.position("1")
        assert (found.investment, found.investment_kind) == (None, "待定")
        assert (found.unit, found.scope) == ("区城投公司", "[/] 新建泵站")
        await keys(pilot, "2", "=/", "=渔舟湾", "enter", "alt+a")
        await put(pilot, due="2025-06", doc="红重办〔2024〕9号")
        assert "提醒：#20的工期调整在原完工期限之后批准，记为到期后补办" in joined(app)


async def test_people_of_a_project_and_of_a_unit(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        form = await _open(app, pilot, "alt+k")
        assert "台账里还没有联系人" in joined(app)
        await keys(pilot, "=演示某")
        await put(pilot, since="9月")
        assert "读作2024-09-01" in joined(app)
        await keys(pilot, "f10")
        assert app.screen is not form
        form = await _open(app, pilot, "alt+k")
        assert "现有：责任人演示某2024-09-01起" in joined(app)
        await put(pilot, phone="1")
        assert "姓名没有填" in joined(app)
        await put(pilot, until="2024-10-31")
        await keys(pilot, "f10")
        assert "演示某 至 2024-10-31 止" in notice(app)
        await keys(pilot, "3", "alt+k", "=演示局长", "f10")
        assert notice(app).startswith("已办：责任人 区城管执法局：演示局长")
        await keys(pilot, "alt+y")
        assert isinstance(app.screen, UnitsPage), "a light belongs to a project, not to a unit"
    assert book.figures.unit_contacts(book.point())["区城管执法局", "责任人"].name == "演示局长"


async def test_a_milestone_is_set_and_met(book: Book) -> None:
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await _open(app, pilot, "alt+e")
        await keys(pilot, "=主体封顶")
        await put(pilot, planned="三季度", weight="40%")
        await keys(pilot, "f10")
        form = await _open(app, pilot, "alt+e")
        assert "现有节点：主体封顶2024-0940%" in joined(app)
        assert form.query_one("#name", Input).value == "主体封顶"
        await keys(pilot, "=2024-12-01")
        assert "还没有到" in joined(app)
        await put(pilot, met="9月")
        await keys(pilot, "f10")
    (node,) = book.figures.milestones(book.point(), "1")
    assert (node.met, node.weight) == (date(2024, 9, 30), 40)


async def test_a_light_by_hand_a_filing_sent_back_and_a_cooperating_unit(book: Book) -> None:
    book.report("1", "2024Q3", "在建", "10000")
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        form = await _open(app, pilot, "alt+y")
        form.query_one("#light", Select).value = "红"
        await put(pilot, reason="现场停工")
        await keys(pilot, "f10")
        assert book.position("1", "2024Q3").light == "红"
        await _open(app, pilot, "alt+u")
        await keys(pilot, "=数字有误", "f10")
        assert notice(app).startswith("已办：退回填报 #1")
        assert book.position("1", "2024Q3").cumulative is None
        await _open(app, pilot, "alt+w")
        assert "#1没有配合单位" in joined(app)
        await keys(pilot, "f10", "escape")
        book.amend("1", DAY, unit_text="区城管执法局、区城投公司")
        await _open(app, pilot, "alt+w")
        await put(pilot, text="管线已迁改")
        await keys(pilot, "f10")
        assert notice(app).startswith("已办：配合填报 #1 区城投公司")


async def test_a_doc_means_the_newest_request_unless_that_is_cleared(book: Book) -> None:
    for due in ("2025-06", "2026-06"):
        book.amend("1", DAY, None, due=month(int(due[:4]), 6))
    app = app_for(book)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        form = await _open(app, pilot, "alt+a")
        await put(pilot, doc="红重办〔2024〕9号")
        choice = form.query_one("#request_id", Select)
        newest = max(one.id for one in book.figures.requests(book.point()))
        assert choice.value == f"批准 {newest}"
        assert form.query_one("#due", Input).value == "2026-06"
        choice.clear()
        await settle(pilot)
        assert choice.is_blank()
        assert form.query_one("#due", Input).value == ""
        choice.value = f"批准 {newest}"
        await settle(pilot)
        await put(pilot, due="2026-03")
        assert "申请原为完工期限2024-12→2026-06" in joined(app).replace("->", "→")
        await keys(pilot, "f10")
        assert notice(app).startswith("已办：调整批准 #1")
    assert book.position("1").due == month(2026, 3)
    assert len(book.figures.requests(book.point())) == 1


async def test_a_request_is_refused_with_a_reason_and_stands_again_after_undo(book: Book) -> None:
    book.amend("1", DAY, None, due=month(2026, 6))
    app = app_for(book)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        form = await _open(app, pilot, "alt+a")
        choice = form.query_one("#request_id", Select)
        choice.value = str(choice._options[2][1])
        await settle(pilot)
        assert "将记为调整不批准#1" in joined(app)
        await keys(pilot, "f10")
        assert "原因没有填" in joined(app)
        await put(pilot, reason="工期已够")
        await keys(pilot, "f10")
        assert notice(app).startswith("已办：调整不批准 #1")
        assert book.figures.requests(book.point()) == []
        await keys(pilot, "ctrl+z")
    assert [one.no for one in book.figures.requests(book.point())] == ["1"]
    assert [deed.entry.reason for deed in book.figures.deeds("1", book.point())][1] == "工期已够"
    assert book.ledger.broken_entry() is None
