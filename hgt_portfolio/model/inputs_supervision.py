"""Validated inputs of 督办: an item as raised, and what happens to it."""

from __future__ import annotations

from datetime import date

from pydantic import model_validator

from hgt_portfolio.model.inputs import Input, MaybeName, Name, Text, Words
from hgt_portfolio.terms import SupervisionGround, SupervisionStep


class SuperviseInput(Input):
    """交办: what a unit is to do by ``due``, about a project (its lead unit, unless another is named) or as a whole."""

    no: MaybeName = None
    unit: MaybeName = None
    ground: SupervisionGround = SupervisionGround.OTHER
    content: Words
    basis: Text = None
    raised: date
    due: date
    person: MaybeName = None
    doc: MaybeName = None

    @model_validator(mode="after")
    def _subject(self) -> SuperviseInput:
        if self.no is None and self.unit is None:
            raise ValueError("请写明督办哪个项目或哪个单位")
        if self.due < self.raised:
            raise ValueError(f"完成时限 {self.due} 早于交办日期 {self.raised}")
        return self


class StepInput(Input):
    """What happened to the item of a number on a day; 延期 gives the new ``due``."""

    item: Name
    step: SupervisionStep
    day: date
    text: Text = None
    due: date | None = None
    evidence: Text = None
    person: MaybeName = None
