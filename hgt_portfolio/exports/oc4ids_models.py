"""The parts of an OC4IDS project package that the program writes, as typed models.

Source: the Open Contracting for Infrastructure Data Standards, 0.9. Only what the ledger can say is modelled; a field
that is not known is left out, and none is ever empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Part(BaseModel):
    """Base of every part: strict, frozen, and refusing fields that it does not know; names are camelCase outside."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


def _own_ids(parts: Sequence[Identified]) -> Sequence[Identified]:
    """Refuse a list in which an id names two things."""
    ids = [part.id for part in parts]
    if len(set(ids)) < len(ids):
        raise ValueError("two of a list have the same id")
    return parts


Text = Annotated[str, Field(min_length=1)]
Code = Annotated[str, Field(pattern=r"^[a-zA-Z]+(\.[a-zA-Z]+)?$")]
Uri = Annotated[str, Field(pattern=r"^[a-z][a-z0-9+.-]*:[^\s]+$")]
Moment = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+08:00$")]
Yuan = Annotated[Decimal, Field(decimal_places=2, max_digits=18)]
Percent = Annotated[Decimal, Field(ge=0, le=100)]


class Identified(Part):
    """A part with an id of its own within its list."""

    id: Text


class Period(Part):
    """From when to when; an end that is not known is left out."""

    start_date: Moment | None = None
    end_date: Moment | None = None


class Value(Part):
    """An amount of money in yuan, exact to the fen."""

    amount: Yuan
    currency: Literal["CNY"] = "CNY"


class Unit(Part):
    """What a measure is counted in."""

    name: Text
    scheme: Text
    id: Text


class Dimensions(Part):
    """What an observation is about besides its metric."""

    fund_source: Text


class Observation(Identified):
    """What a metric came to, or is to come to, in or by the end of a period."""

    period: Period
    value: Value | None = None
    measure: Percent | None = None
    unit: Unit | None = None
    dimensions: Dimensions | None = None


class Metric(Identified):
    """A metric with its observations, in order of time."""

    id: Code
    title: Text
    description: Text
    observations: Annotated[tuple[Observation, ...], Field(min_length=1), AfterValidator(_own_ids)]


class LegalName(Part):
    """The full name of an organisation, where it is known; the ledger has no register's number of any."""

    legal_name: Text


class Organization(Identified):
    """An organisation and its roles; never a person, a telephone or an address."""

    name: Text
    identifier: LegalName | None = None
    roles: Annotated[tuple[Code, ...], Field(min_length=1)]


class Reference(Part):
    """A party named elsewhere."""

    name: Text
    id: Text


class BudgetBreakdown(Identified):
    """A line of a budget."""

    description: Text
    amount: Value


class BudgetBreakdowns(Identified):
    """The lines of a budget by what they are told apart by."""

    description: Text
    budget_breakdown: Annotated[tuple[BudgetBreakdown, ...], Field(min_length=1), AfterValidator(_own_ids)]


class Budget(Part):
    """总投资 and where it comes from."""

    description: Text | None = None
    amount: Value | None = None
    approval_date: Moment | None = None
    budget_breakdowns: Annotated[tuple[BudgetBreakdowns, ...], Field(min_length=1)] | None = None


class Classification(Part):
    """A project's place in a scheme of ours."""

    scheme: Text
    id: Text
    description: Text


class Identifier(Part):
    """A project's number in the plan."""

    id: Text
    scheme: Text


class Modification(Identified):
    """An approved change of a project.

    The standard has this block under contracts only, with a contract's old and new value and period; the ledger knows
    no contracts, so it stands at the project with the project's own.
    """

    date: Moment
    description: Text | None = None
    rationale: Text | None = None
    type: Code | None = None
    old_value: Value | None = None
    new_value: Value | None = None
    old_period: Period | None = None
    new_period: Period | None = None


class Milestone(Identified):
    """A 节点."""

    title: Text
    due_date: Moment
    date_met: Moment | None = None
    status: Literal["scheduled", "met", "notMet"]


class Completion(Part):
    """How a project ended."""

    end_date: Moment
    end_date_details: Text | None = None
    final_value: Value | None = None
    final_value_details: Text | None = None


class Document(Identified):
    """A document by its 文号."""

    document_type: Code | None = None
    title: Text
    date_published: Moment | None = None
    author: Text | None = None


class Project(Identified):
    """A project of the package."""

    updated: Moment
    language: Literal["zh"] = "zh"
    identifiers: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    public_authority: Reference | None = None
    title: Text
    description: Text | None = None
    budget: Budget | None = None
    period: Period | None = None
    status: Literal["preparation", "implementation", "completion", "maintenance", "cancelled"] | None = None
    type: Literal["construction", "rehabilitation", "replacement", "expansion"] | None = None
    sector: Annotated[tuple[Code, ...], Field(min_length=1)] | None = None
    additional_classifications: Annotated[tuple[Classification, ...], Field(min_length=1)]
    parties: Annotated[tuple[Organization, ...], Field(min_length=1), AfterValidator(_own_ids)] | None = None
    forecasts: Annotated[tuple[Metric, ...], Field(min_length=1), AfterValidator(_own_ids)] | None = None
    metrics: Annotated[tuple[Metric, ...], Field(min_length=1), AfterValidator(_own_ids)] | None = None
    milestones: Annotated[tuple[Milestone, ...], Field(min_length=1), AfterValidator(_own_ids)] | None = None
    completion: Completion | None = None
    documents: Annotated[tuple[Document, ...], Field(min_length=1), AfterValidator(_own_ids)]
    modifications: Annotated[tuple[Modification, ...], Field(min_length=1), AfterValidator(_own_ids)] | None = None


class Publisher(Part):
    """Who publishes the package."""

    name: Text


class Head(Part):
    """What a package says of itself, without its projects."""

    uri: Uri
    published_date: Moment
    version: Literal["0.9"] = "0.9"
    publisher: Publisher
    license: Uri | None = None


class Package(Head):
    """A whole project package."""

    projects: Annotated[tuple[Project, ...], Field(min_length=1), AfterValidator(_own_ids)]
