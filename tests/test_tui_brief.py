"""一页纸 on the screen: exactly the document's sentences and numbers, each a door to the rows it counts."""

from __future__ import annotations

import pytest

from hgt_portfolio.document import Paragraph
from hgt_portfolio.reports.brief import brief
from hgt_portfolio.tui.pages.brief import BriefPage, sentences
from hgt_portfolio.tui.pages.projects import ProjectsPage
from hgt_portfolio.tui.places import PlaceList
from hgt_portfolio.tui.rows import RowTable
from tests.conftest import Book
from tests.tui import app_for, joined, keys, notice, settle


def paragraphs(book: Book, quarter: str, today: str | None = None) -> list[str]:
    document = brief(book.figures, book.point(quarter), book.point(today))
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def test_sentences_joined_again_are_the_documents_text(sampled: Book) -> None:
    document = brief(sampled.figures, sampled.point("2024Q3"), sampled.point())
    cut = list(sentences(document))
    assert "".join(sentence.text for sentence in cut) == "".join(paragraphs(sampled, "2024Q3"))
    assert {figure for sentence in cut for figure in sentence.figures} == set(document.figures())
    assert max(sentence.text.count("。") for sentence in cut) == 1


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_screen_says_what_the_document_says(sampled: Book, size: tuple[int, int]) -> None:
    app = app_for(sampled)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await keys(pilot, "f9")
        page = app.screen
        assert isinstance(page, BriefPage)
        assert "2024年三季度进展（截至9月30日）（演示）" in joined(app)
        told = [str(option.prompt).strip() for option in page.query_one(PlaceList).options]
        assert "".join(told) == "".join(paragraphs(sampled, "2024Q3"))
        await keys(pilot, "left")
        told = [str(option.prompt).strip() for option in page.query_one(PlaceList).options]
        assert "".join(told) == "".join(paragraphs(sampled, "2024Q2"))
        await keys(pilot, "right", "right")
        assert "最近一个已过完的季度" in notice(app)
        await keys(pilot, "f9")
        assert app.screen is page, "it does not open above itself"


async def test_a_number_opens_exactly_the_rows_it_counts(sampled: Book) -> None:
    app = app_for(sampled)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await keys(pilot, "f9", "down")
        page = app.screen
        assert isinstance(page, BriefPage)
        sentence = page.row_texts()[0][1]
        table = page.query_one(RowTable)
        document = brief(sampled.figures, sampled.point("2024Q3"), sampled.point())
        figures = {figure.key: figure for figure in document.figures()}
        listed = [str(row.key.value) for row in table.ordered_rows]
        assert listed and all(figures[key].text in sentence for key in listed)
        await keys(pilot, "enter")
        if len(listed) > 1:
            assert table.has_focus
            await keys(pilot, "escape")
            assert app.screen is page and page.query_one(PlaceList).has_focus
            await keys(pilot, "enter", "enter")
        listing = app.screen
        assert isinstance(listing, ProjectsPage)
        assert listing.where.nos == figures[listed[0]].rows
        await keys(pilot, "escape")
        assert app.screen is page


async def test_a_sentence_and_the_whole_page_are_copied(sampled: Book) -> None:
    app = app_for(sampled)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "f9", "ctrl+c")
        first = paragraphs(sampled, "2024Q3")[1]
        assert app.clipboard == first[: first.index("。") + 1] + "（演示）"
        await keys(pilot, "ctrl+a")
        assert app.clipboard.splitlines()[0].endswith("（演示）")
        assert app.clipboard.splitlines()[1:] == paragraphs(sampled, "2024Q3")
        page = app.screen
        assert isinstance(page, BriefPage) and page.frame is not None
        told = page.shown()
        assert told is not None
        text, numbers = told.read(page.frame)
        assert [row[0] for row in text.rows] == paragraphs(sampled, "2024Q3")
        await keys(pilot, "2", "ctrl+c")
        assert app.clipboard.endswith("\t演示")
        await keys(pilot, "alt+x", "down", "enter")
        assert app.clipboard.endswith("（演示）")
        assert len(numbers.rows) == len(brief(sampled.figures, sampled.point("2024Q3"), sampled.point()).numbered())


async def test_an_empty_ledger_has_its_page_too(fresh: Book) -> None:
    app = app_for(fresh)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "f9")
        told = [str(option.prompt).strip() for option in app.screen.query_one(PlaceList).options]
        assert "".join(told) == "".join(paragraphs(fresh, "2026Q3"))


async def test_the_past_is_shown_as_it_was(sampled: Book) -> None:
    app = app_for(sampled, as_of="2024-07-20")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await keys(pilot, "f9")
        told = [str(option.prompt).strip() for option in app.screen.query_one(PlaceList).options]
        assert "".join(told) == "".join(paragraphs(sampled, "2024Q2", "2024-07-20"))
