"""Who answers for projects and units: own before the unit's, from and to which day, and where it is shown."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hgt_portfolio.figures import Filter, Unknown
from hgt_portfolio.ledger import ContactEnd, ContactInput, Refused, UnitChangeInput, UnitContactInput, validated
from hgt_portfolio.reports.lists import projects
from hgt_portfolio.reports.people import contact_list
from tests.conftest import Book

LEAD = "区城管执法局"


def officer(book: Book, no: str, day: date, known_at: str | None = None) -> tuple[str, str | None] | None:
    point = book.point(day, known_at)
    of_project = [one for one in book.figures.contacts(point) if one.no == no]
    assert book.figures.contacts(point, no) == of_project
    found = [one for one in of_project if one.role == "责任人"]
    return (found[0].name, found[0].phone) if found else None


def name(book: Book, who: str, since: date, no: str = "1", until: date | None = None) -> None:
    book.ledger.contact(ContactInput(no=no, role="责任人", name=who, phone="0791-1", since=since, until=until))


def test_a_projects_own_person_stands_before_its_lead_units(book: Book) -> None:
    unit = UnitContactInput(unit=LEAD, role="责任人", name="演示局长", phone="0791-9", since=date(2024, 1, 1))
    book.ledger.contact(unit)
    name(book, "演示甲", date(2024, 3, 1))
    assert officer(book, "1", date(2024, 2, 29)) == ("演示局长", "0791-9")
    assert officer(book, "1", date(2024, 3, 1)) == ("演示甲", "0791-1")
    assert officer(book, "3", date(2024, 3, 1)) == ("演示局长", "0791-9")
    assert officer(book, "9", date(2024, 3, 1)) is None
    book.ledger.end_contact(ContactEnd(no="1", role="责任人", until=date(2024, 6, 30)))
    assert officer(book, "1", date(2024, 6, 30)) == ("演示甲", "0791-1")
    assert officer(book, "1", date(2024, 7, 1)) == ("演示局长", "0791-9")


def test_whoever_is_named_until_a_day_stops_after_it(book: Book) -> None:
    name(book, "演示甲", date(2024, 1, 1), until=date(2024, 5, 31))
    assert officer(book, "1", date(2024, 5, 31)) == ("演示甲", "0791-1")
    assert officer(book, "1", date(2024, 6, 1)) is None
    name(book, "演示乙", date(2024, 6, 1))
    assert officer(book, "1", date(2024, 6, 1)) == ("演示乙", "0791-1")


def test_an_end_is_known_only_from_when_it_was_recorded(book: Book) -> None:
    name(book, "演示甲", date(2024, 1, 1))
    before = book.known_now()
    outcome = book.ledger.end_contact(ContactEnd(no="1", role="责任人", until=date(2024, 6, 30)))
    assert "演示甲 至 2024-06-30 止" in outcome.title
    assert officer(book, "1", date(2024, 7, 1)) is None
    assert officer(book, "1", date(2024, 7, 1), before) == ("演示甲", "0791-1")
    book.ledger.undo()
    assert officer(book, "1", date(2024, 7, 1)) == ("演示甲", "0791-1")
    assert [event.text for event in book.figures.history("1", book.point()) if event.kind == "责任人"] == [
        "演示甲；电话0791-1",
        "演示甲；电话0791-1；至2024-06-30",
    ]


def test_a_units_end_and_a_new_name(book: Book) -> None:
    for who, since in (("演示甲", date(2024, 1, 1)), ("演示乙", date(2024, 9, 1))):
        book.ledger.contact(UnitContactInput(unit=LEAD, role="责任领导", name=who, since=since))
    book.ledger.end_contact(ContactEnd(unit=LEAD, role="责任领导", until=date(2024, 9, 30)))
    named = {day: book.figures.unit_contacts(book.point(day)) for day in (date(2024, 8, 31), date(2024, 9, 30))}
    assert [found[LEAD, "责任领导"].name for found in named.values()] == ["演示甲", "演示乙"]
    assert book.figures.unit_contacts(book.point(date(2024, 10, 1))) == {}


def test_a_renamed_units_person_can_end(book: Book) -> None:
    book.ledger.contact(UnitContactInput(unit=LEAD, role="责任人", name="演示甲", since=date(2024, 1, 1)))
    given = {"kind": "更名", "units": (LEAD,), "successor": "区综合局", "effective": date(2024, 7, 1), "doc": "x"}
    book.ledger.change_units(UnitChangeInput.model_validate(given))
    book.ledger.contact(ContactInput(no="1", role="责任人", name="演示乙", since=date(2024, 8, 1)))
    book.ledger.end_contact(ContactEnd(unit="区综合局", role="责任人", until=date(2024, 9, 30)))
    named = [book.figures.unit_contacts(book.point(day)) for day in (date(2024, 9, 30), date(2024, 10, 1))]
    assert [{key: person.name for key, person in found.items()} for found in named] == [
        {("区综合局", "责任人"): "演示甲"},
        {},
    ]
    with pytest.raises(Refused, match="没有责任人，没有可以终止的"):
        book.ledger.end_contact(ContactEnd(no="2", role="责任人", until=date(2024, 9, 30)))


def test_a_units_person_is_not_undone_from_under_a_later_word(book: Book) -> None:
    book.ledger.contact(UnitContactInput(unit=LEAD, role="责任人", name="演示甲", since=date(2024, 1, 1)))
    other = book.as_operator("乙")
    other.contact(UnitContactInput(unit=LEAD, role="责任领导", name="演示丙", since=date(2024, 1, 1)))
    ended = other.end_contact(ContactEnd(unit=LEAD, role="责任人", until=date(2024, 6, 30)))
    with pytest.raises(Refused, match=f"之后 乙 又做了“{ended.title}”"):
        book.ledger.undo()
    other.undo()
    book.ledger.undo()
    assert list(book.figures.unit_contacts(book.point())) == [(LEAD, "责任领导")]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"no": "1", "role": "责任人", "until": date(2024, 6, 1)}, "没有责任人，没有可以终止的"),
        ({"no": "99", "role": "责任人", "until": date(2024, 6, 1)}, "没有序号为 99 的项目"),
        ({"unit": "区太空局", "role": "责任人", "until": date(2024, 6, 1)}, "没有名为“区太空局”的责任单位"),
        ({"role": "责任人", "until": date(2024, 6, 1)}, "请写明一个项目或一个单位"),
    ],
)
def test_an_end_that_cannot_be_is_refused(book: Book, given: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused, match=said):
        book.ledger.end_contact(validated(ContactEnd, **given))


def test_nobody_ends_before_beginning_or_twice(book: Book) -> None:
    with pytest.raises(Refused, match="早于起始日期"):
        name(book, "演示甲", date(2024, 3, 1), until=date(2024, 2, 1))
    name(book, "演示甲", date(2024, 3, 1), until=date(2024, 5, 1))
    with pytest.raises(Refused, match="没有可以终止的"):
        book.ledger.end_contact(ContactEnd(no="1", role="责任人", until=date(2024, 6, 1)))


def test_the_list_gives_one_row_each(book: Book) -> None:
    book.ledger.contact(UnitContactInput(unit=LEAD, role="责任人", name="演示局长", since=date(2024, 1, 1)))
    name(book, "演示甲", date(2024, 3, 1), no="9", until=date(2024, 12, 31))
    point = book.point("2024Q3")
    rows = contact_list(book.figures, point).rows
    assert rows[0] == (LEAD, None, None, "演示局长", None, None, "责任人 2024-01-01 起")
    assert [row[0] for row in rows[1:4]] == ["#1", "#2", "#3"]
    (own,) = contact_list(book.figures, point, "9").rows
    assert (own[0], own[3], own[4]) == ("#9", "演示甲", "0791-1")
    assert own[-1] == "责任人 2024-03-01 至 2024-12-31"
    assert contact_list(book.figures, point, unit=LEAD).rows == rows[:1]
    with pytest.raises(Unknown, match="没有序号为 99"):
        contact_list(book.figures, point, "99")


def test_lists_for_programs_name_the_people(book: Book) -> None:
    book.ledger.contact(UnitContactInput(unit=LEAD, role="责任领导", name="演示局长", since=date(2024, 1, 1)))
    name(book, "演示甲", date(2024, 3, 1))
    table = projects(book.figures, book.point("2024Q3"), Filter(nos=("1",)), whole=True)
    keys = ("leader", "officer", "phone", "sponsor")
    assert [table.rows[0][table.index(key)] for key in keys] == ["演示局长", "演示甲", "0791-1", None]
