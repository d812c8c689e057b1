"""What every screen can do: go elsewhere, open forms and dialogs, look at another time, undo, copy, export."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, cast

from textual import on, work
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import DataTable

from hgt_portfolio.ledger import Outcome
from hgt_portfolio.table import DEMO
from hgt_portfolio.terms import Basis
from hgt_portfolio.tui.commands import ROOTS
from hgt_portfolio.tui.desk import Desk, Frame, Shown, sentence
from hgt_portfolio.tui.dialogs import base
from hgt_portfolio.tui.dialogs.base import LOCKED, HelpScreen, pointed_help

if TYPE_CHECKING:
    from hgt_portfolio.tui.app import PortfolioApp


class Everywhere(Screen[None]):
    """The actions of every screen: ``chosen`` and ``unit`` are what row commands act on, ``shown`` what is exported."""

    PLACE = ""
    MARK = f"\t{DEMO}"
    """What a copied row of sample data ends with: one more cell."""
    desk: Desk
    frame: Frame | None

    @property
    def portfolio(self) -> PortfolioApp:
        """The app, by its own type."""
        return cast("PortfolioApp", self.app)

    def reread(self) -> None:
        """Read the ledger anew."""
        raise NotImplementedError

    def chosen(self) -> str | None:
        """Give the number of the project that row commands act on."""
        return None

    def exported(self) -> int | None:
        """Give the period that an export begins with; None for the desk's own."""
        return None

    def unit(self) -> str | None:
        """Give the unit that an export here is most likely about."""
        return None

    def shown(self) -> Shown | None:
        """Give what this screen shows as tables for a file: the whole of its filter, not only the page in view."""
        return None

    def row_texts(self) -> list[tuple[str, str]]:
        """Give the row under the cursor as heads and texts, for copying; empty where there is none."""
        tables = [table for table in self.query(DataTable) if table.row_count]
        if not tables:
            return []
        table = next((table for table in tables if table.has_focus), tables[0])
        heads = [str(column.label) for column in table.ordered_columns]
        return [
            (head.strip(), str(cell).strip())
            for head, cell in zip(heads, table.get_row_at(table.cursor_row), strict=True)
        ]

    def may_write(self, title: str) -> bool:
        """Tell whether something can be written now; where not, say why."""
        if self.desk.frozen:
            self.portfolio.tell(title, self.desk.frozen)
        return not self.desk.frozen

    def action_go(self, place: str) -> None:
        """Go to one of the root screens."""
        self.portfolio.go(place)

    def action_next_screen(self) -> None:
        """Go to the screen after this one."""
        self.portfolio.go(ROOTS[(ROOTS.index(self.portfolio.root) + 1) % len(ROOTS)])

    def action_back(self) -> None:
        """Go back to where this screen was opened from."""
        self.portfolio.back()

    def action_reload(self) -> None:
        """Read the ledger anew, as a colleague may have written to it."""
        self.reread()

    def action_basis(self) -> None:
        """Take the next basis for near and far."""
        order = tuple(Basis)
        self.desk.change(basis=order[(order.index(self.desk.basis) + 1) % len(order)])
        self.reread()

    def action_help(self) -> None:
        """Say what the focus is on, and show every command valid here."""
        self.app.push_screen(HelpScreen(self.PLACE, self.desk.settings.keys, pointed_help(self.focused)))

    def action_export(self) -> None:
        """Open the export dialog."""
        from hgt_portfolio.tui.dialogs.exporting import ExportScreen

        own = (self.shown(), self.frame)
        self.app.push_screen(ExportScreen(self.desk, self.unit(), self.chosen(), *own, self.exported()))

    def action_returns(self) -> None:
        """Open the screen that takes units' forms back."""
        from hgt_portfolio.tui.pages.returning import ReturnsPage

        self._open_once(ReturnsPage, self.desk)

    def action_board(self) -> None:
        """Open the filing board."""
        from hgt_portfolio.tui.pages.board import BoardPage

        self._open_once(BoardPage, self.desk)

    def action_brief(self) -> None:
        """Open the one page that answers the leaders' questions."""
        from hgt_portfolio.tui.pages.brief import BriefPage

        self._open_once(BriefPage, self.desk)

    def action_rule_sets(self) -> None:
        """Open the rule sets side by side."""
        from hgt_portfolio.tui.pages.rules import RulesPage

        self._open_once(RulesPage, self.desk)

    def action_reconcile(self) -> None:
        """Open how the plan's totals hold, and how its 总投资 became that of today."""
        from hgt_portfolio.tui.pages.reconciling import ReconcilingPage

        self._open_once(ReconcilingPage, self.desk)

    def action_commitments(self) -> None:
        """Open chapter 4 as a tree with its commitments."""
        from hgt_portfolio.tui.pages.commitments import CommitmentsPage

        self._open_once(CommitmentsPage, self.desk)

    def action_evaluation(self) -> None:
        """Open the evaluation of a year."""
        from hgt_portfolio.tui.pages.evaluation import EvaluationPage

        self._open_once(EvaluationPage, self.desk)

    def action_project_funds(self) -> None:
        """Open the funds of the chosen project."""
        from hgt_portfolio.tui.pages.fund import FundPage

        no = self.chosen()
        if no is None:
            self.portfolio.say("请先用方向键选中一个项目。")
        else:
            self.app.push_screen(FundPage(self.desk, no))

    def _open_once(self, page: Callable[[Desk], Everywhere], desk: Desk) -> None:
        """Open a screen, unless it is the one on top."""
        if type(self) is not page:
            self.app.push_screen(page(desk))

    def action_travel(self) -> None:
        """Ask for another day or another moment of knowledge."""
        from hgt_portfolio.tui.dialogs.travel import TravelScreen

        self.app.push_screen(TravelScreen(self.desk), self._travelled)

    def _travelled(self, moved: bool | None) -> None:
        if moved:
            self.reread()

    def action_present(self) -> None:
        """Come back to today and to all that is known."""
        if self.desk.travelling:
            self.desk.change(as_of=None, known_at=None)
            self.portfolio.say("已回到今天和现在所知的台账。")
            self.reread()
        else:
            self.portfolio.say("现在看的就是今天。")

    def action_settings(self) -> None:
        """Open the settings."""
        from hgt_portfolio.tui.dialogs.settings import SettingsScreen

        self.app.push_screen(SettingsScreen(self.desk))

    def action_tour(self) -> None:
        """Show what each screen is for."""
        self.portfolio.tour(0)

    def action_form(self, name: str) -> None:
        """Open a form on the chosen project, else on the unit where it may be about one."""
        from hgt_portfolio.tui.forms import FORMS
        from hgt_portfolio.tui.forms.screen import FormScreen

        form, no, unit = FORMS[name], self.chosen(), self.unit()
        if not self.may_write(f"不能办理{form.title}"):
            return
        if no is None and (unit is None or not form.units):
            self.portfolio.say(f"请先用方向键选中一个项目{'或单位' if form.units else ''}。")
        else:
            self.app.push_screen(FormScreen(self.desk, form, no, unit), self.portfolio.written)

    def action_copy(self) -> None:
        """Copy what is marked with the mouse, else the row under the cursor; with neither, say how to leave."""
        if self.get_selected_text() is not None:
            self.action_copy_text()
            return
        row = self.row_texts()
        if row:
            self.portfolio.copy("\t".join(text for _, text in row), self.MARK)
            self.portfolio.say(f"已复制一行：{' '.join(text for _, text in row[:3]).rstrip('。')}。")
        else:
            self.app.action_help_quit()

    def action_copy_text(self) -> None:
        """Copy what is marked with the mouse."""
        if (text := self.get_selected_text()) is not None:
            self.portfolio.copy(text)

    def action_copy_cell(self) -> None:
        """List the cells of the row under the cursor, and copy the one chosen."""
        from hgt_portfolio.tui.dialogs.copying import CopyScreen

        row = self.row_texts()
        if row:
            self.app.push_screen(CopyScreen(row))
        else:
            self.portfolio.say("这里没有可复制的行。")

    def action_undo(self) -> None:
        """Take back the operator's newest action."""
        if self.may_write("不能撤销"):
            self._undoing = self.set_timer(base.PATIENCE, partial(self.portfolio.say, LOCKED))
            self._undo()

    _undoing: Timer | None = None

    class Undone(Message):
        """An action taken back, or the sentence that says why not."""

        def __init__(self, outcome: Outcome | None, said: str) -> None:
            self.outcome, self.said = outcome, said
            super().__init__()

    @work(thread=True, exclusive=True, group="write")
    def _undo(self) -> None:
        try:
            outcome = self.desk.ledger.undo()
        except Exception as problem:  # a refusal is a sentence to show, any other failure too
            self.post_message(Everywhere.Undone(None, sentence(problem)))
        else:
            self.post_message(Everywhere.Undone(outcome, f"已{outcome.title}"))

    @on(Undone)
    def _was_undone(self, message: Undone) -> None:
        if self._undoing is not None:
            self._undoing.stop()
        if message.outcome is None:
            self.portfolio.tell("没有撤销", message.said)
            return
        self.desk.change()
        self.portfolio.say(message.said)
        self.reread()
