"""What a kind of form is: its columns and words, what the ledger says of each project, and what a row asks for."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Self

from hgt_portfolio.exports import ExportError
from hgt_portfolio.figures import Figures, Point, Position
from hgt_portfolio.ledger import ConflictInput, Ledger, Outcome
from hgt_portfolio.months import Month, last_day, month, month_text
from hgt_portfolio.returns.fields import Field
from hgt_portfolio.rules.checks import Finding


@dataclass(frozen=True)
class Standing:
    """What the ledger says of one project where a form asks: the values that stand in its blanks, by field.

    ``carried`` are the fields that nothing was filed for yet: what stands in their blanks is carried forward from
    before, and is no filing. ``filed`` tells whether the form's own filing is there; ``facts`` are the cells beside.
    """

    position: Position
    values: dict[str, Any]
    filed: bool
    facts: tuple[str | int | None, ...]
    carried: frozenset[str] = frozenset()

    def stated(self, key: str) -> Any:
        """Give what was filed for a field, None where nothing was."""
        return None if key in self.carried else self.values.get(key)


@dataclass(frozen=True)
class Answer:
    """A merged row: its project, its values by field, the fields in which it moves the ledger, who filled it, where."""

    no: str
    values: dict[str, Any]
    said: frozenset[str]
    filed_by: str | None
    file: str
    today: date


@dataclass(frozen=True)
class Fixed:
    """A column that units leave as it is: its head, its width in Hanzi, and whether it holds amounts."""

    head: str
    width: float
    amount: bool = False


FIXED_PROJECT = (Fixed("序号", 3.0), Fixed("项目名称", 11.0), Fixed("实施年限", 5.6), Fixed("总投资", 6.4, amount=True))
"""The columns that every form begins with."""


def project_facts(position: Position) -> tuple[str | int | None, ...]:
    """Give a project's cells in those columns; a 总投资 without an amount is its own text."""
    investment = position.investment_text if position.investment is None else position.investment
    return (position.no, position.name, position.period_text, investment)


@dataclass(frozen=True)
class Template(ABC):
    """A kind of form for one period; ``base_month`` is the December before the plan.

    ``sheet`` names the sheet and begins the file's name; ``months`` is how long a period is, ``periods`` how that is
    said. ``fixed`` columns come first, in the order of ``Standing.facts``; ``amounts`` are the fields that a preview
    shows in columns of their own, ``people`` those that make no filing, ``confirmation`` the one that makes carried
    values a filing. ``extras`` are fields that stand in rows of their own on another sheet. ``closes`` says that the
    period has a window and a close. ``dated`` finds the year in a head of a form that may come without its hidden
    sheet; ``command`` takes the form back.
    """

    period: Month
    base_month: Month

    name: ClassVar[str]
    sheet: ClassVar[str]
    format: ClassVar[str]
    version: ClassVar[str]
    command: ClassVar[str]
    notes: ClassVar[str]
    months: ClassVar[int]
    periods: ClassVar[str]
    fixed: ClassVar[tuple[Fixed, ...]]
    amounts: ClassVar[tuple[str, ...]]
    people: ClassVar[frozenset[str]] = frozenset()
    confirmation: ClassVar[str | None] = None
    extras: ClassVar[tuple[Field, ...]] = ()
    closes: ClassVar[bool] = False
    dated: ClassVar[re.Pattern[str] | None] = None

    @classmethod
    def at(cls, figures: Figures, period: Month) -> Self:
        """Give the form of a period; raises ``ExportError`` where the month ends none."""
        if (period + 1) % cls.months:
            raise ExportError(f"{cls.name}{cls.periods.format(month_text(period))}")
        return cls(period, figures.plan().start - 1)

    @classmethod
    def period_of(cls, heads: Iterable[str]) -> Month:
        """Tell the period of a form without its hidden sheet by its heads; raises ``ValueError`` with a sentence."""
        years = [int(found[1]) for head in heads if cls.dated and (found := cls.dated.fullmatch(head))]
        if not years:
            raise ValueError("没有“截至某年底累计”这一列")
        return month(max(years), 12)

    @property
    @abstractmethod
    def fields(self) -> tuple[Field, ...]:
        """The columns that units fill."""

    @property
    @abstractmethod
    def span(self) -> str:
        """The period as file names say it."""

    @property
    @abstractmethod
    def heading(self) -> str:
        """What the form is called in its title, after the portfolio."""

    def write(self, words: str) -> str:
        """Put the period's own words into a head or a hint."""
        return words

    def refusal(self, figures: Figures) -> str | None:
        """Say why forms of this period are neither sent nor taken: it is closed."""
        if not self.closes or figures.closing(self.period) is None:
            return None
        return f"{self.span} 已定稿，不再发出或收回{self.name}；确需更正的，请用 hgt report 逐项更正并写明原因"

    def late(self, figures: Figures) -> bool:
        """Tell whether a filing now comes after the period's window."""
        point = Point(last_day(self.period), self.period, figures.last_action())
        return self.closes and figures.today > figures.window(point)[1]

    def files(self, said: Set[str]) -> bool:
        """Tell whether fields make a filing, rather than only name people."""
        return bool(said - self.people)

    @property
    def confirms(self) -> Mapping[str, Set[str]]:
        """The fields that each confirmation makes a filing of where they are carried."""
        return {} if self.confirmation is None else {self.confirmation: {field.key for field in self.fields}}

    def settled(self, said: Set[str]) -> set[str]:
        """Leave out of the fields that a row moves those that say nothing alone."""
        return set(said)

    def untold(self, said: Set[str]) -> Set[str]:
        """Give the amounts that a row that moves these fields may not leave as carried."""
        return set(self.amounts) if self.files(said) else set()

    @abstractmethod
    def standings(self, figures: Figures, known_at: int) -> dict[str, Standing]:
        """Read what the ledger says of every project, as known at a moment, by number."""

    @abstractmethod
    def asks(self, position: Position) -> bool:
        """Tell whether the form asks for a project."""

    def asks_funds(self, _standing: Standing) -> bool:
        """Tell whether the sheet 资金 asks for a project; a form without that sheet asks for none."""
        return False

    @abstractmethod
    def given(self, answer: Answer) -> Any:
        """Make what a row asks the ledger for; raises ``Refused`` where it will not do."""

    @abstractmethod
    def check(self, figures: Figures, asked: Sequence[tuple[Any, Position]]) -> list[tuple[Finding, ...]]:
        """Give every finding that the ledger would have on what each of some rows asks for."""

    @abstractmethod
    def take(
        self, ledger: Ledger, given: Sequence[Any], conflicts: Sequence[ConflictInput], seen: int, *, dry_run: bool
    ) -> Outcome:
        """Write what rows ask for and the conflicts in them, in one action."""
