"""Validated inputs of who answers for what, beside a project's own contact."""

from __future__ import annotations

from datetime import date

from pydantic import model_validator

from hgt_portfolio.model.inputs import Input, MaybeName, Name
from hgt_portfolio.terms import ContactRole


class UnitContactInput(Input):
    """Who answers for a unit's projects that name nobody else, in which role, from which day on."""

    unit: Name
    role: ContactRole
    name: Name
    phone: MaybeName = None
    since: date
    until: date | None = None


class ContactEnd(Input):
    """The last day on which whoever answers for a project or unit in a role still does."""

    no: MaybeName = None
    unit: MaybeName = None
    role: ContactRole
    until: date

    @model_validator(mode="after")
    def _one(self) -> ContactEnd:
        if (self.no is None) == (self.unit is None):
            raise ValueError("请写明一个项目或一个单位")
        return self
