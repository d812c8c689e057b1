"""Whatever is typed or pasted into any field of any form is refused in words or filed, and every screen still draws."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input, Select

from hgt_portfolio.ledger import SuperviseInput
from hgt_portfolio.terms import SupervisionStep
from hgt_portfolio.tui.app import PortfolioApp
from hgt_portfolio.tui.dialogs.base import AskScreen
from hgt_portfolio.tui.forms import FORMS
from hgt_portfolio.tui.forms.fields import Beside, Field, Form, Reading
from hgt_portfolio.tui.forms.screen import FormScreen
from hgt_portfolio.tui.forms.supervising import stepping
from tests.conftest import Book, open_book
from tests.tui import app_for, keys, settle, shown

DAY = date(2024, 10, 20)
FREE = frozenset(
    ("physical", "problem", "next_step", "finding", "content", "basis", "text", "scope", "goal", "evidence")
)
"""Fields of free words, which stay awkward at the second try."""

UNIT, OTHER = "区城管执法局", "区城投公司"

AWKWARD = (
    *("\x1b[31m红\x1b[0m", "\x9b2J", "\x00\x07\x7f", "第一行\r\n第二行\t三", "\u2028\u2029"),
    *("\u202e倒写\u202c", "零\u200b宽\ufeff", "\u2066隔\u2069", "\ud83d", "\ufe0f\ufe0e"),
    *("[重点] [/] [b]粗[/b]", "[@click=app.quit]退[/]", "{{=x}} %s {0} $x", "\\[e", "</script>&amp;"),
    *('=HYPERLINK("http://演示")', "+1+1", "-2", "@SUM(A1)", "＝1", "../../etc/passwd", "C:\\con\\", "a/b|c:*?<>"),
    *("𠮷野家𪚥", "👨\u200d👩\u200d👧", "🇨🇳", "é́́́", "ﷺ", "½²①", "…—·●▲“”", "　全　角　"),
    *("1.2亿", "１２０００", "＋500", "9月", "三季度", "Q3", "2024-02-30", "0", "字" * 300, "长" * 2100),
)
TEXTS = st.one_of(
    st.sampled_from(AWKWARD), st.text(max_size=40), st.lists(st.sampled_from(AWKWARD), max_size=3).map("".join)
)

WITH = {
    "report": {"status": "在建"},
    "light": {"light": "红"},
    "cooperate": {"text": "配合"},
    "contact": {"name": "演示某"},
    "milestone": {"name": "封顶", "planned": "2024-12"},
    "amend": {"reason": "会议纪要", "doc": "文1"},
    "check": {"finding": "在施工"},
    "year_plan": {"goal": "完成主体"},
    "supervise": {"content": "报送进度"},
}
"""What a form cannot be filed without, so that the text in one field gets as far as the ledger."""


async def _tried(pilot: Pilot[None], form: Form, texts: Iterator[str], needed: dict[str, str]) -> None:
    """Put a text into every field of a form, seeing it drawn; file it, then again with only the free words awkward."""
    app = pilot.app
    assert isinstance(app, PortfolioApp)
    app.push_screen(FormScreen(app.desk, form, "1"))
    await settle(pilot)
    screen = app.screen
    assert isinstance(screen, FormScreen)
    lines = {field.name: screen.query_one(f"#{field.name}", Input) for field in screen._fields if not _chosen(field)}
    begun = {name: line.value for name, line in lines.items()} | needed
    for line in lines.values():
        line.focus()
        line.value = ""
        line.post_message(Paste(next(texts)))
    await settle(pilot)
    _drawn(app)
    await keys(pilot, "f10")
    for name, value in begun.items():
        widget = screen.query_one(f"#{name}")
        assert isinstance(widget, (Input, Select))
        if name not in FREE and app.screen is screen:
            widget.value = value
    for _ in range(2):
        if app.screen is screen:
            said = shown(app)
            assert "错误：" in said or "提醒：" in said, f"{form.title} was refused without a word"
            await keys(pilot, "f10")
    if app.screen is screen:
        await keys(pilot, "escape")
    if isinstance(app.screen, AskScreen):
        await keys(pilot, "right", "enter")
    assert not isinstance(app.screen, FormScreen)


def _chosen(field: Field) -> bool:
    return field.chosen or bool(field.options)


def _drawn(app: PortfolioApp) -> None:
    """See that nothing on the screen could steer a terminal."""
    categories = {char: unicodedata.category(char) for char in shown(app) if char != "\n"}
    assert not [char for char, category in categories.items() if category in ("Cc", "Cf", "Cs", "Zl", "Zp")]


async def _walk(book: Book, texts: Iterator[str]) -> None:
    app = app_for(book)
    async with app.run_test(size=(100, 30)) as pilot:
        await settle(pilot)
        item = book.figures.supervision(book.point())[0]
        for name, form in FORMS.items():
            await _tried(pilot, form, texts, WITH.get(name, {}))
        for step in (SupervisionStep.ANSWERED, SupervisionStep.EXTENDED):
            await _tried(pilot, stepping(item, step), texts, {})
        for place in "234561":
            await keys(pilot, place)
            _drawn(app)
        app.open_detail("1")
        await pilot.resize_terminal(80, 60)
        await settle(pilot)
        _drawn(app)


@pytest.fixture(scope="module")
def written(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Book:
    path = tmp_path_factory.mktemp("text") / "portfolio.db"
    path.write_bytes(template.read_bytes())
    book = open_book(path, DAY)
    book.amend("1", DAY, unit_text=f"{UNIT}、{OTHER}")
    book.report("1", "2024Q3", "在建", "10000", filed_by="演示填报人")
    book.ledger.supervise([SuperviseInput(no="9", content="报送进度", raised=DAY, due=date(2024, 11, 1))])
    return book


@given(TEXTS, st.sampled_from((None, 12_000_000_000)), st.sampled_from((None, "", "核减")))
def test_any_text_is_read_or_refused_in_a_sentence(text: str, standing: int | None, reason: str | None) -> None:
    for field in {field for form in FORMS.values() for field in form.fields if not _chosen(field)}:
        try:
            reading = field.read(text, Beside(2024, standing, reason))
        except ValueError as problem:
            assert any("\u4e00" <= char <= "\u9fff" for char in str(problem))
        else:
            assert isinstance(reading, Reading)


COUNT = sum(len(form.fields) for form in FORMS.values()) + 12


@settings(
    max_examples=1,
    deadline=None,
    phases=[Phase.generate],
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(TEXTS, min_size=COUNT, max_size=COUNT, unique=True))
def test_any_text_in_any_field_breaks_no_screen(written: Book, texts: list[str]) -> None:
    asyncio.run(_walk(written, iter(texts)))
    assert written.ledger.broken_entry() is None
    assert len(written.figures.entries(written.point())) > len(FORMS) // 2, "most forms were filed in the end"
