"""期初建账: what each unit's projects had done by the December before, what is planned next, and who answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from hgt_portfolio.figures import Figures, Point, Position
from hgt_portfolio.ledger import ConflictInput, Ledger, OpeningInput, Outcome, opening_findings, validated
from hgt_portfolio.months import first_day, last_day, year_of
from hgt_portfolio.returns.fields import Field, Wanted
from hgt_portfolio.returns.template import FIXED_PROJECT, Answer, Fixed, Standing, Template, project_facts
from hgt_portfolio.rules.checks import Finding
from hgt_portfolio.terms import ContactRole

FIELDS = (
    Field("cumulative_base_fen", "截至{base}年底累计", Wanted.AMOUNT, 6.4, "自开工到{base}年12月31日完成的投资额。"),
    Field("cumulative_fen", "截至{year}年底累计", Wanted.AMOUNT, 6.4, "自开工到{year}年12月31日完成的投资额。"),
    Field("status", "状态", Wanted.STATUS, 4.5, "{year}年12月31日时的状态，从下拉框里选。"),
    Field("started", "实际开工日期", Wanted.START, 5.5, "写到日，如 2023-06-01。没有开工的留空。"),
    Field("finished", "实际完工日期", Wanted.FINISH, 5.5, "写到日，如 2023-11-30。没有完工的留空。"),
    Field("year_plan_fen", "{next}年计划投资", Wanted.AMOUNT, 6.4, "{next}年全年计划完成的投资额。"),
    Field("goal", "{next}年度形象目标", Wanted.TEXT, 9),
    Field("leader", "责任领导", Wanted.TEXT, 4),
    Field("officer", "责任人", Wanted.TEXT, 4),
    Field("phone", "电话", Wanted.PHONE, 6),
    Field("sponsor", "包联领导", Wanted.TEXT, 4),
    Field("evidence", "依据", Wanted.TEXT, 7, "数字从哪里来，如监理月报、支付凭证、结算书及其日期。"),
    Field("reason", "说明", Wanted.TEXT, 7, "特殊情况的原因，如累计超过总投资、已完工而不足总投资的90%。"),
)

NOTES = "\n".join(
    (
        "填写说明：1. 只填黄色空格，其余不要改动；黄色格里已有的内容如有误，请直接改正。"
        "2. 金额单位是万元，不是元；累计是自开工起完成的投资额，不是已付的资金。",
        "3. 不清楚的留空，不要填0；填0表示确实没有完成投资；整个项目都不清楚的，整行留空。"
        "4. 日期写到日；一行里填了内容的，必须选状态；已完工的，必须填实际完工日期。",
        "5. 请写明数字的依据；累计超过总投资、已完工而不足总投资的90%等特殊情况，请在“说明”里写明原因。",
    )
)


@dataclass(frozen=True)
class Opening(Template):
    """The 期初建账 of a December."""

    name: ClassVar[str] = "期初建账表"
    sheet: ClassVar[str] = "期初建账"
    format: ClassVar[str] = "hgt-opening"
    version: ClassVar[str] = "1"
    command: ClassVar[str] = "hgt opening in"
    notes: ClassVar[str] = NOTES
    months: ClassVar[int] = 12
    periods: ClassVar[str] = "按年底发出，{} 不是某年12月。请写成 --period 2023-12 的样式。"
    fixed: ClassVar[tuple[Fixed, ...]] = FIXED_PROJECT
    amounts: ClassVar[tuple[str, ...]] = ("cumulative_base_fen", "cumulative_fen")
    dated: ClassVar[re.Pattern[str] | None] = re.compile(r"截至([0-9]{4})年底累计")

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns asked for: one amount only where both Decembers are one."""
        return FIELDS if self.base_month < self.period else FIELDS[1:]

    @property
    def span(self) -> str:
        """The year's end."""
        return self.write("截至{year}年底")

    @property
    def heading(self) -> str:
        """The form and the year's end."""
        return f"{self.name}（{self.span}）"

    def write(self, words: str) -> str:
        """Put the years into a head or a hint."""
        year = year_of(self.period)
        return words.format(base=year_of(self.base_month), year=year, next=year + 1)

    def asks(self, position: Position) -> bool:
        """Ask for every project that has not left the plan."""
        return not position.exited

    def standings(self, figures: Figures, known_at: int) -> dict[str, Standing]:
        """Read each project's opening: its two amounts, its status, and next year's plan and people."""
        closed = Point(last_day(self.period), self.period, known_at)
        begun = Point(first_day(self.period + 1), self.period + 1, known_at)
        bases, filed = figures.filings(closed.at(self.base_month)), figures.filings(closed)
        planned = {row.no: row for row in figures.positions(begun)}
        people = {(person.no, person.role): person for person in figures.contacts(begun)}
        opened = figures.opened(begun)
        found = {}
        for row in figures.positions(closed):
            base, filing, plan = bases.get(row.no), filed.get(row.no), planned[row.no]
            named = {role: person.name for role in ContactRole if (person := people.get((row.no, role)))}
            officer = people.get((row.no, ContactRole.OFFICER))
            values = {
                "cumulative_base_fen": base.cumulative_fen if base else None,
                **{key: getattr(filing, key, None) for key in ("cumulative_fen", "status", "started", "finished")},
                "year_plan_fen": plan.year_plan,
                "goal": plan.goal,
                "leader": named.get(ContactRole.LEADER),
                "officer": named.get(ContactRole.OFFICER),
                "phone": officer.phone if officer else None,
                "sponsor": named.get(ContactRole.SPONSOR),
                **{key: getattr(filing, key, None) for key in ("evidence", "reason")},
            }
            found[row.no] = Standing(row, values, row.no in opened, project_facts(row))
        return found

    def given(self, answer: Answer) -> OpeningInput:
        """Make the opening of a row: what it says, and what stands already."""
        return validated(OpeningInput, no=answer.no, period=self.period, **answer.values)

    def check(self, figures: Figures, asked: Sequence[tuple[OpeningInput, Position]]) -> list[tuple[Finding, ...]]:
        """Give every finding on each opening."""
        return opening_findings(figures.store, asked, figures.today)

    def take(
        self,
        ledger: Ledger,
        given: Sequence[OpeningInput],
        conflicts: Sequence[ConflictInput],
        seen: int,
        *,
        dry_run: bool,
    ) -> Outcome:
        """Open the books of every project at once."""
        return ledger.open_books(given, conflicts, seen=seen, dry_run=dry_run)
