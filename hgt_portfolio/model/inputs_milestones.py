"""Validated inputs of 节点 and 子项."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from hgt_portfolio.model.inputs import Input, Name, Period, Text


class MilestoneInput(Input):
    """A milestone of a project: its planned month, weight in percent, and the day it was met.

    What is not given stays as it stands; ``dropped`` takes the milestone out.
    """

    no: Name
    name: Name
    planned: Period | None = None
    weight: Annotated[int, Field(strict=True, ge=0, le=100)] | None = None
    met: date | None = None
    evidence: Text = None
    dropped: bool = False


class SubItemInput(Input):
    """How many sub-items of a project's group were done by a day; fewer than before wants a reason (核减)."""

    no: Name
    name: Name
    done: Annotated[int, Field(strict=True, ge=0)]
    day: date
    reason: Text = None
