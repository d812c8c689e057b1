"""What differs between two quarters: told by kind, exact for programs, and the earlier with it gives the later."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgt_portfolio.cli import run
from hgt_portfolio.figures.comparing import COMPARED, Snapshot, applied, difference, snapshot, value_words
from hgt_portfolio.ledger import Refused, YearPlanInput
from hgt_portfolio.model.inputs import Part
from hgt_portfolio.months import month
from hgt_portfolio.reports.diff import Both, ChangeGroup, change_groups, compare, diff_json, diff_table, plain
from tests.conftest import Book
from tests.test_audit import act

VALUES = st.one_of(st.none(), st.integers(-5, 5), st.sampled_from(["在建", "停工"]))
SNAPSHOTS = st.dictionaries(
    st.sampled_from([str(no) for no in range(1, 9)]),
    st.fixed_dictionaries({"status": VALUES, "ytd": VALUES, "due": VALUES}),
)


@given(before=SNAPSHOTS, after=SNAPSHOTS)
def test_a_difference_gives_the_later_reading_in_its_order(before: Snapshot, after: Snapshot) -> None:
    changed = difference(before, after)
    assert list(applied(changed, before).items()) == list(after.items())
    assert bool(changed) == (before != after)


@pytest.mark.parametrize("seed", range(4))
def test_a_difference_of_two_points_gives_the_later_one(book: Book, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    moments = []
    for _ in range(25):
        with suppress(Refused, ValueError):
            act(chance, book.ledger)
        moments.append(book.known_now())
    points = [
        book.point(f"{year}Q{quarter}", chance.choice(moments)) for year in (2024, 2025) for quarter in range(1, 5)
    ]
    for _ in range(6):
        first, last = chance.choice(points), chance.choice(points)
        both = compare(book.figures, first, last)
        before, after = snapshot(both.before.values()), snapshot(both.after.values())
        assert list(applied(both.difference, before).items()) == list(after.items())
        assert from_json(both, before) == as_json(after)


def as_json(rows: Snapshot) -> dict[str, dict[str, Any]]:
    return {no: {field: plain(field, value) for field, value in facts.items()} for no, facts in rows.items()}


def from_json(both: Both, before: Snapshot) -> dict[str, dict[str, Any]]:
    """Do to the earlier reading what the JSON says."""
    said = json.loads(json.dumps(diff_json(both), ensure_ascii=False))
    rows = {no: facts for no, facts in as_json(before).items() if no not in {str(gone) for gone in said["removed"]}}
    for change in said["changes"]:
        assert rows[str(change["no"])][change["field"]] == change["old"]
        rows[str(change["no"])][change["field"]] = change["new"]
    rows |= {str(one.pop("no")): one for one in said["added"]}
    return {str(no): rows[str(no)] for no in said["order"]}


def test_every_compared_field_is_one_of_a_position(fresh: Book) -> None:
    row = fresh.position("24", "2024Q3")
    assert all(value_words(row, field) for field in COMPARED)


# In words.


def groups(book: Book, first: str = "2024Q2", last: str = "2024Q3") -> dict[str, ChangeGroup]:
    both = compare(book.figures, book.point(first), book.point(last))
    return {group.kind: group for group in change_groups(both)}


def of(group: ChangeGroup) -> list[tuple[str, str, int | None]]:
    return [(item.no, item.words, item.fen) for item in group.items]


AUGUST = date(2024, 8, 1)


def test_what_was_amended_is_told_by_kind(book: Book) -> None:
    new = {"name": "新增项目", "domain": "生态安全", "unit_text": "区住建局", "scope": "一处"}
    book.amend("63", AUGUST, added=True, investment_fen=5 * 10**8, start=month(2024, 8), due=month(2025, 6), **new)
    book.amend("22", AUGUST, exited=True)
    before = {no: book.position(no, "2024Q2").investment or 0 for no in ("24", "25")}
    book.amend("24", AUGUST, investment_fen=before["24"] + 10**9, investment_text="调增1000")
    book.amend("25", AUGUST, investment_fen=before["25"] - 10**8, investment_text="调减100")
    book.amend("12", AUGUST, investment_fen=8_600 * 10**6, investment_text="8600")
    book.amend("26", AUGUST, due=month(2027, 6))
    book.amend("27", AUGUST, due=month(2024, 11))
    book.amend("28", AUGUST, unit_text="区城投公司")
    found = groups(book)
    assert of(found["新增"]) == [("63", "区住建局，总投资500.00万元", 5 * 10**8)]
    assert [item.no for item in found["退出"].items] == ["22"]
    assert [(item.no, item.fen) for item in found["投资调增"].items] == [("24", 10**9)]
    assert [(item.no, item.fen) for item in found["投资调减"].items] == [("25", -(10**8))]
    assert of(found["投资额落实"]) == [("12", "未定 → 8,600.00万元", 8_600 * 10**6)]
    assert [item.no for item in found["延期"].items] == ["26"]
    assert found["延期"].items[0].words.endswith("2027-06-30，34个月")
    assert [item.no for item in found["提前"].items] == ["27"]
    assert [item.no for item in found["责任单位"].items] == ["28"]
    assert "→ 区城投公司" in found["责任单位"].items[0].words


def test_states_lights_and_money_are_told(book: Book) -> None:
    book.ledger.year_plan(YearPlanInput(no="24", year=2024, amount_fen=10**10))
    book.report("24", "2023Q4", "在建", "100", reason="建账")
    book.report("24", "2024Q2", "在建", "6100", reason="首报")
    book.report("24", "2024Q3", "停工", "6700", problem="资金", reason="停工")
    found = groups(book)
    assert [item.no for item in found["状态：在建 → 停工"].items] == ["24"]
    assert of(found["自开工累计变动"]) == [("24", "6,100.00万元 → 6,700.00万元", 600 * 10**6)]
    assert of(found["本年累计变动"]) == [("24", "6,000.00万元 → 6,600.00万元", 600 * 10**6)]
    assert [item.no for item in found["预警：绿 → 黄"].items] == ["24"]
    text = diff_table(compare(book.figures, book.point("2024Q2"), book.point("2024Q3")))
    assert ("自开工累计变动", 1, 600 * 10**6, "#24 600.00") in text.rows


def test_year_to_date_of_two_years_is_not_set_off(book: Book) -> None:
    book.report("24", "2023Q4", "在建", "100", reason="建账")
    book.report("24", "2024Q4", "在建", "1000", reason="首报")
    book.report("24", "2025Q1", "在建", "1100", reason="首报")
    found = groups(book, "2024Q4", "2025Q1")
    assert "本年累计变动" not in found
    assert found["自开工累计变动"].fen == 100 * 10**6


def test_a_split_is_no_addition(book: Book) -> None:
    whole = book.position("24", "2024Q2").investment or 0
    parts = (Part(name="一期", investment_fen=10**9), Part(name="二期", investment_fen=whole - 10**9))
    book.amend("24", AUGUST, parts=parts)
    found = groups(book)
    assert [item.no for item in found["拆分合并"].items] == ["24-1", "24-2"]
    assert "拆分自#24" in found["拆分合并"].items[0].words
    assert [item.no for item in found["不再单列"].items] == ["24"]
    assert found["拆分合并"].fen == found["不再单列"].fen == whole
    assert "新增" not in found


def test_a_quarter_differs_from_itself_only_by_what_was_learned(book: Book) -> None:
    book.report("24", "2024Q2", "在建", "1000", reason="首报")
    book.ledger.close(month(2024, 6))
    book.report("24", "2024Q2", "在建", "1200", reason="更正")
    same = compare(book.figures, book.point("2024Q2"), book.point("2024Q2"))
    assert not same.difference
    assert diff_table(same).notes[-1] == "两期没有不同。"
    later = compare(book.figures, book.point("2024Q2"), book.point("2024Q2", book.known_now()))
    assert {(change.no, change.field) for change in later.difference.changes} >= {("24", "cumulative")}


def test_diff_on_the_command_line(book: Book, capsys: pytest.CaptureFixture[str]) -> None:
    book.amend("24", AUGUST, due=month(2027, 6))
    line = ["--db", book.store.url, "diff", "2024Q2", "2024Q3"]
    assert run(line) == 0
    assert "延期" in capsys.readouterr().out
    assert run([*line, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["from"]["period"], said["to"]["period"]) == ("2024-06", "2024-09")
    assert {"no": 24, "field": "due", "old": "2026-12", "new": "2027-06"} in said["changes"]
    assert run(["--db", book.store.url, "diff", "2024Q2", "哪天"]) == 2
