"""The command that describes the machine for a report to whoever maintains the program."""

from __future__ import annotations

import locale
import os
import platform
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from importlib import metadata
from pathlib import Path

from hgt_portfolio.cli.desk import Csv, Json, address, show, shown

PACKAGES = (
    *("sqlmodel", "sqlalchemy", "alembic", "pydantic", "textual", "textual-plotext", "rich", "typer", "pandas"),
    *("xlsxwriter", "python-docx", "python-calamine", "python-dateutil", "pypinyin", "psycopg", "textual-serve"),
)
TERMINAL = ("TERM", "COLORTERM", "NO_COLOR", "TERM_PROGRAM", "WT_SESSION", "TMUX", "SSH_TTY", "TEXTUAL_DRIVER")
LANGUAGE = ("LANG", "LC_ALL", "LC_CTYPE", "PYTHONUTF8", "TZ")

Line = tuple[str, str, str]


def doctor(as_json: Json = False, as_csv: Csv = False) -> None:
    """诊断：版本、路径、数据库、语言、终端，供报告问题时附上；不含项目和人员的内容。"""
    from hgt_portfolio.table import Column, Kind, Table

    columns = (Column("part", "部分", Kind.LABEL, 8), Column("what", "项", Kind.LABEL, 18))
    rows = [line for part in (_program, _places, _database, _language, _terminal) for line in part()]
    table = Table("doctor", "诊断", (*columns, Column("value", "值", Kind.TEXT, 40)), tuple(rows), unit_note="")
    show(table, as_json=as_json, as_csv=as_csv)


def _program() -> Iterator[Line]:
    from hgt_portfolio import __version__

    yield "程序", "hgt_portfolio", __version__
    yield "程序", "Python", f"{platform.python_version()} {sys.executable}"
    yield "程序", "系统", platform.platform()
    for package in PACKAGES:
        try:
            version = metadata.version(package)
        except metadata.PackageNotFoundError:
            version = "没有安装"
        yield "程序", package, version


def _places() -> Iterator[Line]:
    from hgt_portfolio.logs import log_file
    from hgt_portfolio.settings import exports_folder, settings_file

    for name, path in (("设置", settings_file()), ("导出", exports_folder()), ("日志", log_file())):
        yield "路径", name, f"{path}（{_state(path)}）"


def _state(path: Path) -> str:
    if not path.exists():
        return "还没有"
    return "可写" if os.access(path, os.W_OK) else "只读"


def _database() -> Iterator[Line]:
    from hgt_portfolio.store import HEAD, Store, StoreError

    url = address()
    yield "数据库", "地址", shown(url)
    yield "数据库", "本程序的结构版本", HEAD
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        yield "数据库", "状态", "还没有这个文件"
        return
    try:
        with closing(Store(url)) as store:
            described = store.described()
    except StoreError as error:
        described = (("状态", str(error)),)
    for name, value in described:
        yield "数据库", name, value


def _language() -> Iterator[Line]:
    yield "语言", "区域", " ".join(filter(None, locale.getlocale())) or "没有设置"
    yield "语言", "输出编码", str(sys.stdout.encoding)
    yield "语言", "文件名编码", sys.getfilesystemencoding()
    yield "语言", "时区", time.strftime("%Z %z")
    yield from _from_environment("语言", LANGUAGE)


def _terminal() -> Iterator[Line]:
    size = shutil.get_terminal_size()
    ends = {"输入": sys.stdin, "输出": sys.stdout}
    yield "终端", "大小", f"{size.columns} 列 × {size.lines} 行"
    for name, stream in ends.items():
        yield "终端", name, "终端" if stream.isatty() else "不是终端"
    yield from _from_environment("终端", TERMINAL)


def _from_environment(part: str, names: tuple[str, ...]) -> Iterator[Line]:
    for name in names:
        yield part, name, os.environ.get(name, "没有设置")
