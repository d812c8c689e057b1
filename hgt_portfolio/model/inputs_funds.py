"""Validated inputs of 资金."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from hgt_portfolio.model.inputs import MOST_FEN, Input, MaybeName, Name, Period, Text
from hgt_portfolio.model.inputs_indicators import Year
from hgt_portfolio.terms import FundSource

Fund = Annotated[Annotated[int, Field(strict=True, ge=0, le=MOST_FEN)] | None, Field()]


class SourceLine(Input):
    """What one source had planned for, given to and paid on a project by a period's end, in fen since it began."""

    source: FundSource
    planned_fen: Fund = None
    received_fen: Fund = None
    paid_fen: Fund = None

    @model_validator(mode="after")
    def _said(self) -> SourceLine:
        if self.planned_fen is None and self.received_fen is None and self.paid_fen is None:
            raise ValueError(f"{self.source}没有写金额：请写计划、到位、支付中的一个")
        return self


class FundInput(Input):
    """资金填报 of a project by a period's end: one line a source; what is not given stays as it was last filed."""

    no: Name
    period: Period
    lines: Annotated[tuple[SourceLine, ...], Field(min_length=1)]
    filed_by: MaybeName = None
    evidence: Text = None
    reason: Text = None

    @model_validator(mode="after")
    def _each_once(self) -> FundInput:
        seen = [line.source for line in self.lines]
        twice = next((source for source in seen if seen.count(source) > 1), None)
        if twice is not None:
            raise ValueError(f"{twice}写了两次：每个资金来源只写一行")
        return self


class SpecialFundInput(Input):
    """专项资金 of a year: what was set aside, by which document, and what of it was paid."""

    year: Year
    amount_fen: Annotated[int, Field(strict=True, ge=0, le=MOST_FEN)]
    paid_fen: Fund = None
    doc: MaybeName = None
    reason: Text = None
