"""Validated inputs of 规划指标."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from hgt_portfolio.model.inputs import Input, MaybeName, Name, Text
from hgt_portfolio.terms import Attainment

Year = Annotated[int, Field(strict=True, ge=1990, le=2100)]


class IndicatorInput(Input):
    """What an indicator came to in a year; ``attained`` is a person's word, wanted where no program can compare."""

    code: Name
    year: Year
    value: MaybeName = None
    assigned: MaybeName = None
    attained: Attainment | None = None
    source: Name
    evidence: Text = None
    unit: MaybeName = None
    filed_by: MaybeName = None
    reason: Text = None

    @model_validator(mode="after")
    def _said(self) -> IndicatorInput:
        if self.value is None and self.attained is None:
            raise ValueError("指标填报须有实际值，或由人判断的达标情况")
        return self
