"""督办, contacts, milestones, sub-items and the filing board from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_cli import Hgt, hgt, loaded, made

__all__ = ["hgt", "made"]


def test_the_command_line_takes_an_item_to_its_end(made: Hgt) -> None:
    raise_ = ("supervise", "raise", "9", "--content", "报送进度", "--due", "2024-10-20", "--on", "2024-10-08")
    assert made(*raise_)[0] == 0
    assert made("supervise", "raise", "--unit", "区城管局", "--content", "报送计划", "--due", "2099-01-01")[0] == 0
    for name, day, more in (
        ("remind", "2024-10-09", ("--text", "电话催办")),
        ("answer", "2024-10-10", ("--text", "已进场", "--person", "演示甲")),
        ("extend", "2024-10-11", ("--due", "2024-11-30", "--text", "雨季")),
        ("apply", "2024-10-12", ("--text", "已完成", "--evidence", "验收单")),
        ("return", "2024-10-13", ("--text", "缺照片")),
        ("apply", "2024-10-14", ("--text", "已补齐", "--evidence", "照片")),
        ("strike", "2024-10-15", ("--evidence", "现场核验")),
    ):
        code, _, err = made("supervise", name, "督2024-001", "--on", day, *more)
        assert code == 0, err
    found = loaded(made, "supervise", "show", "督2024-001", "--as-of", "2024-10-14")
    assert (found["state"], found["due"], len(found["steps"])) == ("申请销号", "2024-11-30", 6)
    assert found["steps"][1]["person"] == "演示甲"
    assert [row["no"] for row in loaded(made, "supervise", "--state", "已销号")] == ["督2024-001"]
    assert [row["unit"] for row in loaded(made, "supervise", "--open")] == ["区城管执法局"]
    assert loaded(made, "supervise", "list", "--open") == loaded(made, "supervise", "--open")
    assert [row["no"] for row in loaded(made, "supervise", "--unit", "区农业农村局")] == ["督2024-001"]
    assert "督办 督2024-001 核验销号" in made("history", "9")[1]


def test_the_command_line_raises_what_is_suggested(made: Hgt, tmp_path: Path) -> None:
    report = ("report", "39", "--period", "2024Q2", "--status", "在建", "--cum", "10", "--reason", "首报")
    assert made(*report)[0] == 0
    assert made("supervise", "raise", "39", "--ground", "逾期", "--on", "2024-10-20")[0] == 0
    (first,) = loaded(made, "supervise", "--as-of", "2024-10-20")
    assert (first["basis"][:15], first["due"]) == ("完工期限 2023-11-30", "2024-11-04")
    code, _, err = made("supervise", "raise", "39", "--ground", "逾期", "--on", "2024-10-20")
    assert code == 2
    assert "已有未销号的" in err
    suggested = loaded(made, "supervise", "suggest", "--as-of", "2024-10-20", "--unit", "区农业农村局")
    assert {row["ground"] for row in suggested} == {"未填报"}
    code, out, _ = made("supervise", "suggest", "--raise", "--as-of", "2024-10-20", "--unit", "区农业农村局")
    assert code == 0
    assert f"督办交办 {len(suggested)} 项" in out
    assert loaded(made, "supervise", "suggest", "--as-of", "2024-10-20", "--unit", "区农业农村局") == []
    assert made("undo")[0] == 0
    assert len(loaded(made, "supervise", "--as-of", "2024-10-20")) == 1
    code, out, err = made("export", "supervision", "--as-of", "2024-10-20", "-o", str(tmp_path / "out"))
    assert code == 0, err
    assert (tmp_path / "out" / "督办单_区农业农村局_2024-10-20.docx").is_file()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("supervise", "raise", "9"), 2, "缺少 --content"),
        (("supervise", "raise", "9", "--content", "报"), 2, "缺少 --due"),
        (("supervise", "raise", "9", "--content", "报", "--due", "明年"), 2, "--due"),
        (("supervise", "raise", "--content", "报", "--due", "2099-01-01"), 1, "请写明督办哪个项目或哪个单位"),
        (("supervise", "raise", "9", "--ground", "天气"), 2, "--ground 没有“天气”"),
        (("supervise", "strike", "督2024-001", "--evidence", "单"), 1, "没有编号为 督2024-001"),
        (("supervise", "show", "督2024-001"), 1, "没有编号为 督2024-001"),
        (("supervise", "--state", "飞行"), 2, "--state 没有“飞行”"),
        (("supervise", "--unit", "区太空局"), 1, "区太空局"),
        (("supervise", "--open", "suggest"), 2, "选项请写在子命令后面"),
        (("supervise", "suggest", "--raise", "--known-at", "2099-01-01"), 2, "不能和 --known-at 一起用"),
        (("export", "supervision"), 1, "没有未销号的督办事项"),
        (("milestone", "9", "甲"), 1, "新增须写明计划月"),
        (("milestone", "9", "甲", "2024-06", "多"), 2, "多出了参数 多"),
        (("milestone", "9", "甲", "很快"), 2, "计划月"),
        (("milestone", "99"), 1, "没有序号为 99 的项目"),
        (("subitem", "9", "流湖镇"), 2, "缺少 已完成数"),
        (("subitem", "9", "流湖镇", "很多"), 2, "已完成数"),
        (("subitem", "9", "流湖镇", "20"), 1, "不能完成 20 个"),
        (("contact", "9", "局长", "演示甲"), 2, "职责 没有“局长”"),
        (("contact", "9", "责任人"), 2, "--until"),
        (("contact", "9", "责任人", "--until", "2024-06-30"), 1, "没有可以终止的"),
        (("contact", "--unit", "区太空局", "责任人", "演示甲"), 1, "区太空局"),
        (("board", "--year", "去年"), 2, "--year"),
        (("board", "--unit", "区太空局"), 1, "区太空局"),
    ],
)
def test_a_bad_line_gets_a_sentence(made: Hgt, arguments: tuple[str, ...], code: int, said: str) -> None:
    before = loaded(made, "history")
    found, out, err = made(*arguments)
    assert (found, said in err, "程序出错" in err, "Traceback" in out + err) == (code, True, False, False), err
    assert loaded(made, "history") == before


def test_contacts_milestones_sub_items_and_the_board_from_the_command_line(made: Hgt) -> None:
    for line in (
        ("contact", "9", "责任人", "演示甲", "--phone", "0791-1", "--since", "2024-01-01", "--until", "2024-06-30"),
        ("contact", "--unit", "区农业农村局", "责任人", "演示乙", "--since", "2024-01-01"),
        ("contact", "--unit", "区农业农村局", "责任人", "--until", "2024-09-30"),
        ("milestone", "9", "清淤扩容", "2024-06", "--weight", "40"),
        ("milestone", "9", "清淤扩容", "--met", "2024-07-12", "--evidence", "验收单"),
        ("subitem", "9", "流湖镇", "12", "--day", "2024-09-30"),
    ):
        code, _, err = made(*line)
        assert code == 0, err
    for day, name in (("2024-06-30", "演示甲"), ("2024-09-30", "演示乙")):
        assert loaded(made, "contact", "9", "--as-of", day)[0]["officer"] == name
    assert loaded(made, "contact", "9", "--as-of", "2024-10-01") == []
    (node,) = loaded(made, "milestone", "9", "--as-of", "2024Q3")
    assert (node["planned"], node["state"], node["days"]) == ("2024-06", "逾期完成", 12)
    assert [row["done"] for row in loaded(made, "subitem", "9", "--as-of", "2024Q3")] == [12, None, None, None]
    shown = made("show", "9", "--as-of", "2024Q3")[1]
    assert "12/63" in shown
    assert "清淤扩容（2024-06，权重40%）逾期完成 12 天（2024-07-12）" in shown
    rows = loaded(made, "board", "--as-of", "2024Q3", "--year", "2024")
    assert {"unit", "period", "to_file", "filed", "late", "pending", "missing", "returned"} == set(rows[0])
    assert sum(row["to_file"] for row in rows if row["period"] == "2024-09") == 62
    detail = loaded(made, "board", "--as-of", "2024Q3", "--unit", "区城投公司")
    assert {row["no"] for row in detail} == {24, 25, 26}
