"""Commands that keep the ledger: backup, restore, drill."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hgt_portfolio.cli.desk import Csv, Json, Refusal, UsageProblem, operator, say, show, store_here
from hgt_portfolio.output.screen import on_line

if TYPE_CHECKING:
    from datetime import date

    from hgt_portfolio.store import Store
    from hgt_portfolio.store.manifest import Backup, Manifest, State
    from hgt_portfolio.table import Cell, Table

SHOWN_OF_DRILLS = (
    "at",
    "operator",
    "backup",
    "result",
    "projects",
    "investment",
    "actions",
    "since",
    "seconds",
    "note",
)

Listing = Annotated[bool, typer.Option("--list", help="只列出，不做。")]


def backup(
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="备份到哪个文件夹，如 U 盘；默认数据库旁边的 备份/。")
    ] = None,
    listing: Listing = False,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """备份台账：复制一份，逐表核对，连同清单存好；--list 列出已有的备份。"""
    from hgt_portfolio.keeping import back_up, now
    from hgt_portfolio.rules.point import office_time
    from hgt_portfolio.terms import BackupReason

    store = store_here()
    if listing:
        show(backups_table(store, out), as_json=as_json, as_csv=as_csv)
        return
    made, gone = back_up(store, BackupReason.MANUAL, at=office_time(now()), operator=operator(), folder=out)
    say(f"已备份到 {made.path}，并已逐表核对。")
    if made.manifest is not None:
        say(f"  {contents(made)}；{state_words(made.manifest.state)}。")
    if gone:
        say(f"  另外删去了 {len(gone)} 份过期的备份（保留近 30 天的和每月最后一份）。")
    if made.manifest is not None and not made.manifest.whole:
        raise Refusal("台账的操作链对不上，这份备份照样对不上。请运行 hgt verify，并用以前的备份核对。")


def backups_table(store: Store, out: Path | None) -> Table:
    """Make the table of the backups in a folder, by default the ledger's own."""
    from hgt_portfolio.keeping import now
    from hgt_portfolio.rules.point import office_day
    from hgt_portfolio.store.backup import backup_folder, ledger_file, listed, standing_of
    from hgt_portfolio.table import Column, Kind, Table

    path = ledger_file(store)
    folder = out or backup_folder(path)
    today = office_day(now())
    rows = tuple((one.name, *_described(one.manifest, today), standing_of(one)) for one in listed(folder, path.name))
    columns = (
        Column("file", "备份文件", Kind.TEXT, 20),
        Column("at", "备份时间", Kind.LABEL, 8),
        Column("age", "天数", Kind.COUNT, 3),
        Column("reason", "缘由", Kind.LABEL, 4),
        Column("kilobytes", "KB", Kind.COUNT, 4),
        Column("actions", "操作数", Kind.COUNT, 4),
        Column("head", "链首摘要", Kind.LABEL, 7),
        Column("projects", "项目数", Kind.COUNT, 4),
        Column("investment", "总投资（亿元）", Kind.LABEL, 6),
        Column("standing", "核对", Kind.LABEL, 6),
    )
    notes = (f"所在文件夹：{folder}", "恢复用 hgt restore 备份文件；演练用 hgt drill。")
    return Table("备份", f"{path.name} 的备份", columns, rows, notes=notes, unit_note="")


def _described(told: Manifest | None, today: date) -> tuple[Cell, ...]:
    """Give what a manifest says, for the columns between the file and how it stands."""
    from hgt_portfolio.money import yi_text

    if told is None:
        return (None,) * 8
    return (
        f"{told.at:%Y-%m-%d %H:%M}",
        (today - told.at.date()).days,
        str(told.reason),
        -(-told.size // 1024),
        told.state.actions,
        told.state.head[:12],
        told.proof.projects if told.proof else None,
        yi_text(told.proof.investment) if told.proof else None,
    )


def restore(
    given: Annotated[str, typer.Argument(metavar="备份文件|newest", help="备份文件名或路径；newest 是最新的一份。")],
    yes: Annotated[bool, typer.Option("--yes", help="不再询问。")] = False,
) -> None:
    """恢复台账：核对备份，把现有文件另存，再换上备份。"""
    from hgt_portfolio import keeping
    from hgt_portfolio.rules.point import office_time
    from hgt_portfolio.store.backup import ledger_file

    name, store = operator(), store_here()
    path = ledger_file(store)
    found = keeping.chosen(store, given)
    told = keeping.proved(found)
    say(f"备份 {found.path} 与清单相符：{told.at:%Y-%m-%d %H:%M:%S} {told.reason}，备份自 {told.ledger}。")
    say(f"  现在：{present_words(path)}")
    say(f"  恢复后：{contents(found)}；{state_words(told.state)}。")
    if not yes:
        _confirm(path)
    done = keeping.restore(store, found, at=office_time(keeping.now()), operator=name)
    say(f"已恢复 {path}。")
    say(f"  现在：{present_words(path)}")
    if done.safe is not None:
        say(f"  恢复前的台账已备份为 {done.safe.name}，要换回来：hgt restore {done.safe.name}")
    if done.aside is not None:
        say(f"  原来的文件另存为 {done.aside}，程序不会删它。")


def _confirm(path: Path) -> None:
    if not sys.stdin.isatty():
        raise UsageProblem("这里不能询问：确定要恢复，请加 --yes。")
    print(f"现在的 {on_line(path.name)} 将被换下（另存，不删除）。确定请输入 恢复 ：", end="", flush=True)  # noqa: T201
    if sys.stdin.readline().strip() not in ("恢复", "yes"):
        raise Refusal("没有恢复，台账没有改动。")


def present_words(path: Path) -> str:
    """Say what the ledger's file holds now, or why that cannot be read."""
    from hgt_portfolio.keeping import now, proof_of, proof_words
    from hgt_portfolio.rules.point import office_day
    from hgt_portfolio.store import StoreError
    from hgt_portfolio.store.backup import present_state

    if not path.exists():
        return f"{path} 不在。"
    state = present_state(path)
    if state is None:
        return f"{path} 读不出来，已损坏或不是台账。"
    try:
        return f"{proof_words(proof_of(path, office_day(now())))}；{state_words(state)}。"
    except StoreError as error:
        return f"{state_words(state)}。{error}"


def contents(found: Backup) -> str:
    """Say what a backup holds: 62 项，总投资 299.5732 亿元."""
    from hgt_portfolio.keeping import proof_words

    proof = found.manifest and found.manifest.proof
    return proof_words(proof) if proof else "较早版本的台账，打开时升级"


def state_words(state: State) -> str:
    """Say where a ledger stands: its newest action, and its head."""
    from hgt_portfolio.rules.point import moment_words

    return f"末次操作 {state.actions}：{moment_words(state.at)} {state.operator} {state.title}，链首 {state.head[:12]}"


def drill(listing: Listing = False, as_json: Json = False, as_csv: Csv = False) -> None:
    """恢复演练：把最新的备份恢复到临时文件夹，与清单核对，记下结果。"""
    from hgt_portfolio.keeping import drills
    from hgt_portfolio.store.backup import ledger_file

    store = store_here()
    file = drills.drills_file(ledger_file(store))
    if listing:
        show(drills_table(file), as_json=as_json, as_csv=as_csv)
        return
    done = drills.drill(store, operator=operator())
    since = f"，现台账在它之后又有 {done.since} 次操作" if done.since else ""
    say(f"恢复演练 {done.result}：{done.backup}（{done.made}），用时 {done.seconds} 秒。")
    if done.projects:
        say(f"  恢复出 {done.projects} 项，总投资 {done.investment} 万元，{done.actions} 次操作{since}。")
    if done.note:
        say(f"  {done.note}。")
    say(f"  已记入 {file}")
    if done.result != drills.PASSED:
        raise Refusal("演练不符。请用 hgt backup 再备份一份，并查明原因。")


def drills_table(file: Path) -> Table:
    """Make the table of the recorded drills."""
    from hgt_portfolio.keeping.drills import DRILL_HEADS, drills
    from hgt_portfolio.table import Column, Kind, Table

    shown = (
        "at",
        "operator",
        "backup",
        "made",
        "result",
        "projects",
        "investment",
        "actions",
        "since",
        "seconds",
        "note",
    )
    columns = tuple(Column(name, getattr(DRILL_HEADS, name), Kind.LABEL, 8) for name in shown)
    rows = tuple(tuple(getattr(one, name) or None for name in shown) for one in drills(file))
    return Table("恢复演练", "恢复演练记录", columns, rows, notes=(f"记录在 {file}",), unit_note="")
