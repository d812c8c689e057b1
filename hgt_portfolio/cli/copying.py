"""Commands of a ledger that several offices share: moving it between engines, and who may do what on a server."""

from __future__ import annotations

from typing import Annotated

import typer

from hgt_portfolio.cli.desk import progress_line, say, shown, store_here


def copy(
    to: Annotated[
        str, typer.Option("--to", help="复制到：新的文件，或空的数据库 postgresql+psycopg://用户:密码@主机/库名。")
    ],
) -> None:
    """把整个台账复制到另一个数据库（SQLite 与 PostgreSQL 之间都可以），逐表核对；原台账不动。"""
    from hgt_portfolio.ledger.copying import copy_ledger
    from hgt_portfolio.settings import database_url

    target = database_url(to)
    counts = copy_ledger(store_here(), target, progress_line() or _silent)
    rows, actions = sum(counts.values()), counts["action"]
    say(f"已复制到 {shown(target)}：{len(counts)} 张表 {rows} 行，逐表核对相符；{actions} 次操作，操作链完整。")
    say("  原台账没有改动。改用新的：设 HGT_DATABASE_URL 或用 --db；此后请不要再在原台账里填报。")


def grants() -> None:
    """打印 PostgreSQL 上建角色和授权的 SQL，由数据库的所有者运行：hgt grants | psql。"""
    from hgt_portfolio.ledger.copying import ledger_columns
    from hgt_portfolio.store.roles import script

    say(script(ledger_columns()))


def _silent(_step: str, _done: int, _of: int) -> None:
    return
