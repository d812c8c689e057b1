"""The command line: golden figures, exit codes, sentences, help, and every command documented."""

from __future__ import annotations

import csv
import inspect
import io
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from hgt_portfolio.cli import hoisted, run
from hgt_portfolio.cli.commands import COMMANDS

Hgt = Callable[..., tuple[int, str, str]]
ROOT = Path(__file__).parent.parent


@pytest.fixture
def hgt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Hgt:
    """Run a command line in this process on a ledger of its own; gives exit code, output and errors."""
    monkeypatch.setenv("HGT_DATABASE_URL", str(tmp_path / "portfolio.db"))
    monkeypatch.setenv("HGT_OPERATOR", "演示员")

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run([*arguments])
        output = capsys.readouterr()
        return code, output.out, output.err

    return call


@pytest.fixture
def made(hgt: Hgt) -> Hgt:
    """The same, with the plan loaded."""
    assert hgt("init")[0] == 0
    return hgt


def loaded(hgt: Hgt, *arguments: str) -> Any:
    code, out, err = hgt(*arguments, "--json")
    assert code == 0, err
    return json.loads(out)


def test_summary_of_the_fresh_plan_is_the_plan(made: Hgt) -> None:
    found = loaded(made, "summary", "--as-of", "2024-12-31")
    assert found["as_of"] == "2024-12-31"
    assert (found["projects"], found["priced"], found["unpriced"]) == (62, 60, [12, 56])
    assert (found["investment_wan"], found["investment_yi"]) == ("2995731.99", "299.5732")
    assert found["phases"]["plan"] == {
        "near": {"count": 54, "wan": "1144906.99"},
        "far": {"count": 8, "wan": "1850825.00"},
    }
    assert found["phases"]["deadline"] == {
        "near": {"count": 52, "wan": "1084304.99"},
        "far": {"count": 10, "wan": "1911427.00"},
    }
    assert list(found["phases"]["monthly"]) == ["before", "near", "far", "after"]
    assert [(d["name"], d["count"]) for d in found["domains"]] == [
        ("生态安全", 12),
        ("生态空间", 10),
        ("生态经济", 17),
        ("生态生活", 20),
        ("生态文化", 3),
    ]
    assert found["domains"][0]["wan"] == "208257.00"
    assert len(found["units"]) == 12
    assert found["units"][0] == {"name": "区城管执法局", "count": 29, "wan": "196775.00"}
    assert found["deadline_states"]["到期未核实"] == 15
    assert (found["filed"], found["not_filed"]) == (0, 62)


def test_nothing_reported_means_unverified_not_overdue(made: Hgt) -> None:
    states = loaded(made, "summary", "--as-of", "2026-11-24")["deadline_states"]
    assert (states["到期未核实"], states["逾期"], states["未到期"]) == (54, 0, 8)


def test_projects_give_every_promised_key_and_unknown_as_null(made: Hgt) -> None:
    rows = loaded(made, "projects", "--as-of", "2024-12-31")
    assert len(rows) == 62
    promised = {
        *("no", "name", "domain", "unit", "period_text", "start", "due", "due_original", "investment_wan"),
        *("investment_text", "phase_plan", "phase_deadline", "status", "cum_wan", "ytd_wan", "quarter_wan"),
        *("year_plan_wan", "year_rate", "pace", "deviation", "total_rate", "deadline_state", "days_overdue"),
        *("light", "light_rule", "filed"),
    }
    assert promised <= set(rows[0])
    first, twelfth = rows[0], rows[11]
    assert (first["no"], first["start"], first["due"], first["investment_wan"]) == (
        1,
        "2022-07",
        "2024-12-31",
        "99875.00",
    )
    assert (twelfth["investment_wan"], twelfth["investment_text"]) == (None, "待定")
    for key in ("status", "cum_wan", "ytd_wan", "quarter_wan", "year_plan_wan", "year_rate", "deviation"):
        assert first[key] is None
    assert first["filed"] is False


def test_the_three_daily_figures_from_opening_to_undo(made: Hgt) -> None:
    assert made("opening", "1", "--period", "2023-12", "--cum", "30000")[0] == 0
    for period, amount in (("2024Q2", "50000"), ("2024Q3", "6.2亿")):
        assert made("report", "1", "--period", period, "--status", "在建", "--cum", amount)[0] == 0

    def row() -> Any:
        return loaded(made, "projects", "--as-of", "2024Q3")[0]

    assert (row()["quarter_wan"], row()["ytd_wan"], row()["cum_wan"]) == ("12000.00", "32000.00", "62000.00")
    assert made("undo")[0] == 0
    assert (row()["quarter_wan"], row()["cum_wan"], row()["cum_period"]) == (None, "50000.00", "2024-06")
    assert made("report", "1", "--period", "2024Q3", "--status", "在建", "--cum", "62,000")[0] == 0
    assert row()["quarter_wan"] == "12000.00"
    assert loaded(made, "summary", "--as-of", "2024Q3")["quarter"] == {"wan": "12000.00", "known": 5}
    assert "12,000.00 万元" in made("show", "1", "--as-of", "2024Q3")[1]


def test_csv_carries_the_same_cells_as_json(made: Hgt) -> None:
    made("opening", "1", "--cum", "30000")
    rows = loaded(made, "projects", "--as-of", "2024Q1")
    code, out, _ = made("projects", "--as-of", "2024Q1", "--csv")
    assert code == 0
    assert out.startswith("\ufeff")
    table = list(csv.reader(io.StringIO(out.removeprefix("\ufeff"))))
    assert len(table) == 63
    for line, row in zip(table[1:], rows, strict=True):
        words = {"near": "近期", "far": "远期", False: "否", None: ""}
        written = [str(v if isinstance(v, int) and v is not False else words.get(v, v)) for v in row.values()]
        assert line == [f"'{text}" if text.startswith(("=", "+", "-", "@")) else text for text in written]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("frob",), 2, "没有这个命令"),
        (("summary", "--frob"), 2, "没有选项 --frob"),
        (("show",), 2, "缺少"),
        (("show", "99"), 1, "没有序号为 99 的项目"),
        (("summary", "--by", "moon"), 2, "--by 没有“moon”"),
        (("summary", "--as-of", "去年"), 2, "去年"),
        (("summary", "--known-at", "昨天"), 2, "数据时点"),
        (("summary", "--rules", "火星"), 1, "火星"),
        (("projects", "--unit", "区太空局"), 2, "区太空局"),
        (("report", "1", "--status", "在建"), 2, "缺少 --period"),
        (("report", "1", "--period", "2024Q3"), 2, "缺少 --status"),
        (("report", "1", "--period", "2024Q3", "--status", "飞行"), 2, "飞行"),
        (("report", "1", "--period", "2024Q3", "--status", "在建", "--cum", "很多"), 2, "--cum"),
        (("report", "1", "--period", "2024Q3", "--status", "在建", "--cum", "-5"), 2, "负数"),
        (("report", "1", "--period", "2024Q3", "--status", "完工", "--cum", "99875"), 1, "须填实际完工日期"),
        (("report", "1", "--period", "2099Q4", "--status", "在建"), 1, "才能填报"),
        (("report", "99", "--period", "2024Q3", "--status", "在建"), 1, "没有序号为 99 的项目"),
        (("report", "1", "--period", "2024Q3", "--status", "在建", "--problem", "字" * 3000), 1, "存在问题太长"),
        (("opening", "1", "--period", "2024-06", "--cum", "1"), 1, "12月"),
        (("amend", "1", "--reason", "无"), 2, "没有写明要调整什么"),
        (("amend", "1", "--due", "2020-01", "--reason", "早", "--doc", "文"), 1, "早于开工月"),
        (("amend", "1", "--unit", "区太空局", "--reason", "换", "--doc", "文"), 1, "区太空局"),
        (("year-plan", "1", "2024", "90000", "--steps", "1,2,3"), 2, "四个数"),
        (("year-plan", "1", "2024", "90000", "--steps", "1,2,3,4"), 2, "不等于"),
        (("rules", "adopt", "火星", "--doc", "文"), 1, "火星"),
        (("undo",), 1, "没有可以撤销的操作"),
        (("init",), 1, "已经存在"),
        (("check", "39", "--on", "2024-12-20", "--how", "现场", "--finding", "已建成"), 1, "请写明核实状态"),
        (("check", "39", "--on", "2099-01-01", "--how", "现场", "--finding", "在建"), 1, "晚于今天"),
        (("parse", "colour", "红"), 2, "colour"),
    ],
)
def test_bad_input_gets_a_sentence_and_changes_nothing(
    made: Hgt, arguments: tuple[str, ...], code: int, said: str
) -> None:
    before = loaded(made, "history")
    found, out, err = made(*arguments)
    assert found == code
    assert said in err
    assert "Traceback" not in out + err
    assert "程序出错" not in err
    assert loaded(made, "history") == before


def test_a_missing_or_foreign_database_is_named(hgt: Hgt, tmp_path: Path) -> None:
    code, _, err = hgt("summary")
    assert code == 1
    assert "hgt init" in err
    (tmp_path / "notes.db").write_text("这不是数据库，只是一段文字。" * 100, encoding="utf-8")
    code, _, err = hgt("--db", str(tmp_path / "notes.db"), "summary")
    assert code == 1
    assert "不是本程序的台账" in err


def test_global_options_are_taken_anywhere() -> None:
    assert hoisted(["summary", "--db", "x.db", "--json"]) == ["--db", "x.db", "summary", "--json"]
    assert hoisted(["report", "1", "--operator=甲"]) == ["--operator=甲", "report", "1"]
    assert hoisted(["parse", "unit", "--", "--db"]) == ["parse", "unit", "--", "--db"]


def test_amend_request_moves_nothing_and_approval_does(made: Hgt) -> None:
    assert made("amend", "1", "--due", "2025-06", "--reason", "拆迁滞后", "--effective", "2024-12-01")[0] == 0
    assert loaded(made, "projects", "雨污管网")[0]["due"] == "2024-12-31"
    code, out, err = made("amend", "1", "--request", "1", "--doc", "文〔2024〕1号", "--reason", "同意")
    assert code == 0, err
    assert "到期后补办" in out
    row = loaded(made, "projects", "雨污管网")[0]
    assert (row["due"], row["due_original"]) == ("2025-06-30", "2024-12-31")
    assert made("amend", "1", "--request", "1", "--doc", "文〔2024〕1号", "--reason", "再来")[0] == 1


def test_undetermined_amount_becomes_fixed_and_totals_follow(made: Hgt) -> None:
    assert made("amend", "12", "--investment", "1200.5", "--reason", "概算批复", "--doc", "文〔2024〕2号")[0] == 0
    found = loaded(made, "summary")
    assert (found["priced"], found["unpriced"], found["investment_wan"]) == (61, [56], "2996932.49")


def test_a_new_project_is_counted_from_its_date(made: Hgt) -> None:
    code, _, err = made(
        "amend", "63", "--new", "--name", "新增项目", "--domain", "生态生活", "--unit", "区住建局、区城管局",
        "--start", "2025-01", "--due", "2025-12", "--investment", "500", "--reason", "增补", "--doc", "文〔2025〕1号",
        "--effective", "2025-01-01",
    )  # fmt: skip
    assert code == 0, err
    assert loaded(made, "summary", "--as-of", "2024Q4")["projects"] == 62
    assert loaded(made, "summary", "--as-of", "2025Q1")["projects"] == 63
    assert "区城管执法局" in made("show", "63")[1]


def test_rules_are_reference_until_adopted(made: Hgt) -> None:
    assert "参考规则(未批准)" in made("summary")[1]
    assert made("rules", "adopt", "武汉", "--doc", "文〔2024〕3号", "--effective", "2024-01-01")[0] == 0
    found = loaded(made, "summary", "--as-of", "2024Q3")
    assert (found["rules"], found["rules_doc"]) == ("武汉", "文〔2024〕3号")
    assert loaded(made, "summary", "--as-of", "2023-12-31")["rules_doc"] is None
    assert [row["light"] for row in loaded(made, "rules", "compare")] == ["红", "黄", "蓝", "绿", "无"]


@pytest.mark.parametrize("by", ["domain", "unit", "phase", "status", "deadline", "light", "year"])
@pytest.mark.parametrize("basis", ["plan", "deadline", "monthly"])
def test_every_grouping_adds_up_to_the_total(made: Hgt, by: str, basis: str) -> None:
    found = loaded(made, "summary", "--by", by, "--basis", basis, "--as-of", "2024Q3")
    total = sum(round(float(group["wan"]) * 1_000_000) for group in found["groups"])
    assert total == 2_995_731_990_000


def test_parse_answers_without_a_ledger(hgt: Hgt) -> None:
    assert loaded(hgt, "parse", "amount", "约1.29亿元") == {"wan": "12900.00", "qualifier": "约", "reason": None}
    assert loaded(hgt, "parse", "period", "2024.10-2026-9")["end"] == "2026-09"
    assert loaded(hgt, "parse", "unit", "红角洲街道")["lead"] == "红角洲街办"
    assert loaded(hgt, "parse", "amount", "节能效益款的88%")["wan"] is None


HOSTILE = ["[重点]项目[/]", "=1+1", "+86", "@sum", "换\n行", "🏗️工程", "汉" * 200, "\x1b[31m红\u202e\u200b", "<b>&amp;"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_out_as_text(made: Hgt, text: str) -> None:
    code, _, err = made("report", "1", "--period", "2024Q3", "--status", "在建", "--cum", "1", "--problem", text)
    assert code == 0, err
    code, out, _ = made("history", "1", "--csv")
    assert code == 0
    assert not any(mark in out for mark in ("\x1b", "\u202e", "\u200b"))
    code, out, _ = made("show", "1", "--as-of", "2024Q3")
    assert code == 0
    assert "\x1b" not in out


def test_help_is_chinese_and_light() -> None:
    script = (
        "import sys; from hgt_portfolio.cli import run; run(['--help']);"
        "print([n for n in ('pandas','sqlmodel','sqlalchemy','textual','xlsxwriter','rich') if n in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert "用法：" in out
    assert "Options" not in out
    assert out.rstrip().endswith("[]")


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    names = [name for name in COMMANDS if not name.startswith("supervise ")]
    assert [name for name in names if f"hgt {name}" not in readme] == []


@pytest.mark.parametrize(("where", "line"), [command for command in COMMANDS.values() if command[0]], ids=str)
def test_a_commands_line_is_the_first_of_its_own_help(where: str, line: str) -> None:
    module, _, function = where.partition(".")
    told = inspect.getdoc(getattr(import_module(f"hgt_portfolio.cli.{module}"), function))
    assert told is not None
    assert told.partition("\n\n")[0] == line


def test_the_plan_reconciles_from_the_command_line(made: Hgt) -> None:
    rows = {row["code"]: row for row in loaded(made, "reconcile")}
    for code, stated in {"projects": "62项", "near": "54项", "far": "8项", "investment_yi": "299.5732亿元"}.items():
        assert (rows[code]["stated"], rows[code]["computed"], rows[code]["verdict"]) == (stated, stated, "相符")
    assert (rows["near_by_end"]["computed"], rows["near_by_end"]["verdict"]) == ("52项/10项", "不符")


def test_verify_finds_a_row_changed_behind_the_programs_back(made: Hgt, tmp_path: Path) -> None:
    made("opening", "1", "--cum", "30000")
    assert made("verify")[0] == 0
    with closing(sqlite3.connect(tmp_path / "portfolio.db")) as connection:
        connection.execute("DROP TRIGGER report_no_update")
        connection.execute("UPDATE report SET cumulative_fen = cumulative_fen + 1")
        connection.commit()
    code, out, err = made("verify")
    assert code == 1
    assert "进度填报（report）第1行（项目#1）写入以后被改动；见操作2" in out
    assert "缺少触发器 report_no_update" in out
    assert "hgt restore" in err


def test_a_closed_quarter_is_read_as_it_was_closed(made: Hgt, tmp_path: Path) -> None:
    made("opening", "1", "--cum", "30000")
    made("report", "1", "--period", "2024Q2", "--status", "在建", "--cum", "50000")
    assert made("close", "2024-05")[0] == 1
    assert made("close", "2024Q2", "-o", str(tmp_path / "定稿"))[0] == 0
    code, _, err = made("report", "1", "--period", "2024Q2", "--status", "在建", "--cum", "51000")
    assert (code, "更正" in err) == (1, True)
    late = ("report", "1", "--period", "2024Q2", "--status", "在建", "--cum", "51000", "--reason", "更正：漏报")
    assert made(*late)[0] == 0
    assert loaded(made, "projects", "--as-of", "2024Q2")[0]["cum_wan"] == "50000.00"
    assert loaded(made, "projects", "--as-of", "2024Q2", "--known-at", "2099-01-01")[0]["cum_wan"] == "51000.00"


def test_the_screen_is_refused_where_there_is_no_terminal(made: Hgt) -> None:
    code, _, err = made()
    assert code == 1
    assert "没有终端" in err


def test_the_operator_is_asked_once(hgt: Hgt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HGT_OPERATOR")
    monkeypatch.setenv("HGT_SETTINGS", str(tmp_path / "settings.toml"))
    code, _, err = hgt("init")
    assert (code, "不知道是谁在操作" in err) == (1, True)
    assert not (tmp_path / "portfolio.db").exists()
    answers = iter(("  ", "演示\x1b员甲"))
    monkeypatch.setattr("builtins.input", lambda _prompt: next(answers))
    for stream in (sys.stdin, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    assert hgt("init")[0] == 0
    assert 'operator = "演示员甲"' in (tmp_path / "settings.toml").read_text(encoding="utf-8")
    assert hgt("report", "9", "--period", "2024Q3", "--status", "在建", "--cum", "1")[0] == 0
    with closing(sqlite3.connect(tmp_path / "portfolio.db")) as raw:
        assert raw.execute("SELECT DISTINCT operator FROM action").fetchall() == [("演示员甲",)]
