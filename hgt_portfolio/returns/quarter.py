"""进度填报表: what each unit's projects have done by a quarter's end, last period's figures beside the blanks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import ClassVar

from hgt_portfolio.figures import Figures, Point, Position
from hgt_portfolio.ledger import (
    ConflictInput,
    ContactInput,
    Ledger,
    Outcome,
    ReportInput,
    ReturnInput,
    fund_findings,
    report_findings,
    validated,
)
from hgt_portfolio.ledger.door import weighed
from hgt_portfolio.months import last_day, month_text, quarter_label, quarter_text
from hgt_portfolio.returns import funds
from hgt_portfolio.returns.fields import Field, Wanted
from hgt_portfolio.returns.template import FIXED_PROJECT, Answer, Fixed, Standing, Template, project_facts
from hgt_portfolio.rules.checks import Finding
from hgt_portfolio.terms import ContactRole, FilingState

AMOUNT, CONFIRMATION = "cumulative_fen", "confirmed"

FIELDS = (
    Field(
        AMOUNT, "自开工累计", Wanted.AMOUNT, 6.4, "自开工到本期末完成的投资额。灰色斜体是上期的数，没有变化的请选“是”。"
    ),
    Field("status", "状态", Wanted.STATUS, 4.2, "本期末的状态，从下拉框里选。"),
    Field("started", "实际开工日期", Wanted.START, 5.3, "写到日，如 2024-06-01。没有开工的留空。", clearable=True),
    Field("finished", "实际完工日期", Wanted.FINISH, 5.3, "写到日，如 2024-11-30。没有完工的留空。", clearable=True),
    Field("physical", "形象进度", Wanted.TEXT, 8, clearable=True),
    Field("problem", "存在问题", Wanted.TEXT, 7, "没有问题的填“无”或清空。", clearable=True),
    Field("next_step", "下一步措施", Wanted.TEXT, 7, clearable=True),
    Field("officer", "责任人", Wanted.TEXT, 3.6),
    Field("phone", "电话", Wanted.PHONE, 5.6),
    Field("evidence", "依据", Wanted.TEXT, 5.2, "数字从哪里来，如监理月报、支付凭证及其日期。", clearable=True),
    Field("reason", "说明", Wanted.TEXT, 5.2, "特殊情况的原因，如累计比上期少、超过总投资。", clearable=True),
    Field(CONFIRMATION, "本期已核对", Wanted.CONFIRMED, 3.2, "黄格里都是本期情况（包括与上期相同的）时选“是”。"),
)

PEOPLE = ("officer", "phone")
REPORTED = tuple(field.key for field in FIELDS if field.key not in (*PEOPLE, CONFIRMATION))
CARRIED = {AMOUNT: "cumulative"} | {
    key: key for key in ("status", "started", "finished", "physical", "problem", "next_step")
}
"""What stands in the blanks of a project not filed yet, by its name in ``Position``: what was last known."""

KEPT = ("physical_percent", "goal_verdict")
"""What a filing says that the form does not ask for: a correction keeps it."""

NOTES = "\n".join(
    (
        "填写说明：1. 只填黄色空格；黄格里已有的是已报的或上期的，有变化的请直接改。灰色斜体的累计是上期的数。"
        "2. 与上期相同的，请在最后一列“本期已核对”选“是”；整行没有改动、也没有选“是”的，视为没有填报。",
        "3. 金额单位是万元，不是元；累计是自开工起完成的投资额，不是已付的资金。不清楚的留空，不要填0；"
        "填0表示确实没有完成投资。4. 日期写到日；已完工的，必须填实际完工日期。",
        "5. 累计比上期减少、超过总投资、一季超过总投资一半、状态退回、已完工而不足总投资90%等，请在“说明”里写明原因。",
    )
)


@dataclass(frozen=True)
class Quarter(Template):
    """The 进度填报表 of a quarter."""

    name: ClassVar[str] = "进度填报表"
    sheet: ClassVar[str] = "进度填报表"
    format: ClassVar[str] = "hgt-report"
    version: ClassVar[str] = "1"
    command: ClassVar[str] = "hgt returns in"
    notes: ClassVar[str] = NOTES
    months: ClassVar[int] = 3
    periods: ClassVar[str] = "按季度发出，{} 不是季末。请写成 2024Q3 的样式。"
    fixed: ClassVar[tuple[Fixed, ...]] = (
        *FIXED_PROJECT,
        Fixed("本年计划投资", 6.2, amount=True),
        Fixed("上期期别", 4.0),
        Fixed("上期状态", 3.6),
        Fixed("上期自开工累计", 6.4, amount=True),
    )
    amounts: ClassVar[tuple[str, ...]] = (AMOUNT,)
    people: ClassVar[frozenset[str]] = frozenset(PEOPLE)
    confirmation: ClassVar[str | None] = CONFIRMATION
    closes: ClassVar[bool] = True
    extras: ClassVar[tuple[Field, ...]] = funds.FIELDS

    @property
    def confirms(self) -> Mapping[str, Set[str]]:
        """The row's own fields by its confirmation, and each source's amounts by that source's."""
        return {CONFIRMATION: frozenset(field.key for field in FIELDS), **funds.CONFIRMS}

    def files(self, said: Set[str]) -> bool:
        """Tell whether fields report on the quarter, rather than only name people or state funds."""
        return bool(said - self.people - funds.FIELD_KEYS)

    def settled(self, said: Set[str]) -> set[str]:
        """Leave out the reason of a source without an amount of it."""
        return funds.settled(said)

    def untold(self, said: Set[str]) -> Set[str]:
        """Give the amounts that may not be left carried: 自开工累计 of a report, 到位 and 支付 of a source."""
        return {*super().untold(said), *funds.flows_of(said)}

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns that units fill."""
        return FIELDS

    @property
    def span(self) -> str:
        """The quarter."""
        return quarter_text(self.period)

    @property
    def heading(self) -> str:
        """The form and the quarter in words."""
        return f"{self.name}（{quarter_label(self.period)}）"

    def asks(self, position: Position) -> bool:
        """Ask for the projects that file or have to file."""
        return position.filing_state != FilingState.NOT_REQUIRED

    def asks_funds(self, standing: Standing) -> bool:
        """Ask for the projects that file, and for those complete that funds were filed of."""
        position = standing.position
        return not position.exited and (self.asks(position) or bool(standing.values.keys() & funds.FIELD_KEYS))

    def standings(self, figures: Figures, known_at: int) -> dict[str, Standing]:
        """Read each project's filing of the quarter; where there is none, what was last known is carried forward."""
        point = Point(last_day(self.period), self.period, known_at)
        filed, funded = figures.filings(point), figures.funds(point)
        earlier = {row.no: row for row in figures.positions(point.at(self.period - 1))}
        officers = {one.no: one for one in figures.contacts(point) if one.role == ContactRole.OFFICER}
        found = {}
        for row in figures.positions(point):
            filing, officer, last = filed.get(row.no), officers.get(row.no), earlier.get(row.no)
            values = dict.fromkeys(REPORTED) | {key: getattr(row, name) for key, name in CARRIED.items()}
            if filing is not None:
                values = {key: getattr(filing, key) for key in (*REPORTED, *KEPT, "filed_by")}
            values |= {"officer": officer.name if officer else None, "phone": officer.phone if officer else None}
            facts = (*project_facts(row), row.year_plan, *_before(last))
            given, old = funds.values_of(funded.get(row.no), self.period)
            values |= given
            carried = old if filing else old | frozenset(REPORTED)
            found[row.no] = Standing(row, values, filing is not None, facts, carried)
        return found

    def given(self, answer: Answer) -> ReturnInput:
        """Make a row's filing, where it says anything of the quarter, its 责任人, where that changed, and its funds."""
        report = contact = None
        values, no = answer.values, answer.no
        if self.files(answer.said):
            asked = {key: values.get(key) for key in (*REPORTED, *KEPT)}
            filed_by = answer.filed_by or values.get("filed_by")
            report = validated(ReportInput, no=no, period=self.period, filed_by=filed_by, **asked)
        if answer.said & self.people:
            since = min(answer.today, last_day(self.period))
            person = {"name": values["officer"], "phone": values["phone"], "since": since}
            contact = validated(ContactInput, no=no, role=ContactRole.OFFICER, **person)
        filed_by = answer.filed_by or values.get("filed_by")
        return ReturnInput(
            *(no, self.period, report, contact, answer.file),
            funds.given_of(no, self.period, values, answer.said, filed_by),
        )

    def check(self, figures: Figures, asked: Sequence[tuple[ReturnInput, Position]]) -> list[tuple[Finding, ...]]:
        """Give every finding on each row's filing, and those on its funds that no reason of theirs answers."""
        filed = [(given.report, position) for given, position in asked if given.report]
        found = iter(report_findings(figures.store, filed, figures.today))
        stated = [(given.funds, position) for given, position in asked if given.funds]
        of_funds = iter(fund_findings(figures.store, stated, figures.today))
        return [
            (
                *(next(found) if given.report else ()),
                *(weighed(next(of_funds), given.funds.reason) if given.funds else ()),
            )
            for given, _ in asked
        ]

    def take(
        self,
        ledger: Ledger,
        given: Sequence[ReturnInput],
        conflicts: Sequence[ConflictInput],
        seen: int,
        *,
        dry_run: bool,
    ) -> Outcome:
        """File every row at once."""
        return ledger.take_returns(given, conflicts, seen=seen, dry_run=dry_run)


def _before(last: Position | None) -> tuple[str | int | None, ...]:
    """Give the three cells of the period before: the month its amount was stated for, its status and the amount."""
    if last is None:
        return (None, None, None)
    stated = last.period_filed if last.period_filed is not None else last.report_period
    return (None if stated is None else month_text(stated), last.status_label, last.cumulative)
