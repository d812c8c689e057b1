"""What every form of a run is held against, asked of the ledger once: its units, its plan, the heads of its chain."""

from __future__ import annotations

from functools import cached_property

from hgt_portfolio.figures import Figures, Unknown
from hgt_portfolio.months import Month, last_day
from hgt_portfolio.returns.template import Template


class Register:
    """Answers for one run of reading, during which nothing is written."""

    def __init__(self, figures: Figures) -> None:
        self.figures = figures
        self._units: dict[str, str | None] = {}
        self._heads: dict[tuple[Month, str], str | None] = {}
        self._templates: dict[tuple[type[Template], Month], Template] = {}

    @cached_property
    def demo(self) -> bool:
        """Whether the ledger is of sample data."""
        return bool(self.figures.plan().demo)

    def template(self, kind: type[Template], period: Month) -> Template:
        """Give the form of a period; raises ``ExportError`` where the month ends none."""
        if (kind, period) not in self._templates:
            self._templates[kind, period] = kind.at(self.figures, period)
        return self._templates[kind, period]

    @cached_property
    def _names(self) -> set[str]:
        return {unit.name for unit in self.figures.units()}

    def known_unit(self, text: str) -> str | None:
        """Give the unit of a spelling as it is called today; None for one that the ledger does not know."""
        if text not in self._units:
            try:
                # A unit that goes by its name needs no looking for.
                self._units[text] = text if text in self._names else self.figures.unit_name(text)
            except Unknown:
                self._units[text] = None
        return self._units[text]

    def unit_today(self, text: str) -> str:
        """Give the unit of a spelling as it is called today; one that the ledger does not know as it is written."""
        return self.known_unit(text) or text

    def head_at(self, period: Month, known_at: str) -> str | None:
        """Give the head of the audit chain at a moment, None where the ledger is younger."""
        if (period, known_at) not in self._heads:
            try:
                head = self.figures.chain_head(self.figures.point(last_day(period), known_at))
            except ValueError:
                head = None
            self._heads[period, known_at] = head
        return self._heads[period, known_at]
