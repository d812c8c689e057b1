"""What every command shares: the options, opening the ledger, printing tables, and problems in words."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer.exceptions import TyperException

from hgt_portfolio.output.screen import on_line, on_screen

if TYPE_CHECKING:
    from datetime import date

    from hgt_portfolio.exports import Progress
    from hgt_portfolio.figures import Figures, Point, Portfolio
    from hgt_portfolio.ledger import Ledger, Outcome
    from hgt_portfolio.settings import Settings
    from hgt_portfolio.store import Store
    from hgt_portfolio.table import Table

DUMB = ("dumb", "unknown")
"""What a terminal calls itself that cannot move its cursor."""


@dataclass
class Desk:
    """What a run works with: the database and operator as given on the line, what it has opened, and its reader."""

    db: str | None = None
    operator: str | None = None
    opened: list[Store] = field(default_factory=list)
    reader: Portfolio | None = None


_desk = Desk()

Reader = TypeVar("Reader", bound="Portfolio")

AsOf = Annotated[str | None, typer.Option("--as-of", help="截至：日期、月份或季度，如 2024-09-30、2024-10、2024Q3。")]
KnownAt = Annotated[str | None, typer.Option("--known-at", help="数据时点：只用到那时为止记录的数，如 2024-10-20。")]
Rules = Annotated[str | None, typer.Option("--rules", help="预警规则名，见 hgt rules。")]
No = Annotated[str, typer.Argument(metavar="序号", help="项目序号。")]
Period = Annotated[str | None, typer.Option("--period", help="期别，如 2024Q3 或 2024-09。")]
Reason = Annotated[str | None, typer.Option("--reason", help="原因；有提醒时必须写明。")]
Doc = Annotated[str | None, typer.Option("--doc", help="文号。")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只检查和预览，不写入。")]
Json = Annotated[bool, typer.Option("--json", help="以 JSON 输出。")]
Csv = Annotated[bool, typer.Option("--csv", help="以 CSV 输出。")]


def root(
    context: typer.Context,
    db: Annotated[
        str | None, typer.Option("--db", help="数据库文件或地址；默认 HGT_DATABASE_URL，再默认 db/portfolio.db。")
    ] = None,
    operator: Annotated[
        str | None, typer.Option("--operator", help="操作人；默认 HGT_OPERATOR，再默认设置里的；都没有时问一次并记下。")
    ] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    rules: Rules = None,
    read_only: Annotated[bool, typer.Option("--read-only", help="只看：界面里不能填报或改动。")] = False,
    version: Annotated[bool, typer.Option("--version", help="显示版本。")] = False,
) -> None:
    """红谷滩区生态文明建设重点工程项目与投资台账。不带命令时打开终端界面。"""
    _desk.db, _desk.operator = db, operator
    if version:
        from hgt_portfolio import __version__

        say(f"hgt_portfolio {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        open_screen(as_of, known_at, rules, read_only=read_only)
    elif read_only:
        raise UsageProblem("--read-only 只用于打开界面：hgt --read-only，或 hgt serve --read-only。")
    elif as_of or known_at or rules:
        raise UsageProblem(f"--as-of、--known-at、--rules 请写在命令后面：hgt {context.invoked_subcommand} --as-of …。")


class UsageProblem(Exception):
    """A command line that cannot be understood; the text says what to write."""


class Refusal(Exception):
    """Something that was asked for and is not so; the text says what and what to do."""


def say(text: str, mark: str = "") -> None:
    """Print to the standard output, after a byte order ``mark`` where the text has one."""
    print(f"{mark}{on_screen(text)}")  # noqa: T201


def settings() -> Settings:
    """Read the office's settings."""
    from hgt_portfolio.settings import read_settings

    return read_settings()


def known_operator() -> str:
    """Give who acts, empty where nobody has said."""
    from hgt_portfolio.settings import operator_name

    return operator_name(_desk.operator, settings())


def operator() -> str:
    """Give who acts: on a terminal a person is asked once, and the answer is kept in the settings.

    Raises ``Refusal`` where nobody can be asked.
    """
    from hgt_portfolio.settings import settings_file, write_settings

    name = known_operator()
    if not name and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise Refusal(
            "不知道是谁在操作：请写 --operator 姓名，或设环境变量 HGT_OPERATOR，或在终端里运行一次 hgt 写下姓名。"
        )
    if not name:
        from hgt_portfolio.model.inputs import NAME_LIMIT, clean

        print("第一次使用：请写下操作人姓名，每次操作都记在这个名下，以后可在设置里改。", file=sys.stderr)  # noqa: T201
        while not name:
            name = clean(input("操作人："))[:NAME_LIMIT]
        write_settings(settings_file(), {"operator": name})
    return name


def store_here(*, read_only: bool = False) -> Store:
    """Open the ledger's database, with backups made by themselves."""
    from hgt_portfolio.keeping import Keeper
    from hgt_portfolio.settings import database_url
    from hgt_portfolio.store import Store

    store = Store(database_url(_desk.db), read_only=read_only)
    store.keeper = Keeper(known_operator())
    _desk.opened.append(store)
    return store


def leave() -> None:
    """Give back every connection of this run."""
    _desk.reader = None
    while _desk.opened:
        _desk.opened.pop().close()


def figures(*, read_only: bool = False) -> Figures:
    """Open the ledger for reading."""
    from hgt_portfolio.figures import Figures

    return _read_by(Figures(store_here(read_only=read_only), rules=settings().rules))


def portfolio() -> Portfolio:
    """Open the ledger for reading positions and totals alone, which starts faster."""
    from hgt_portfolio.figures import Portfolio

    return _read_by(Portfolio(store_here(), rules=settings().rules))


def _read_by(reader: Reader) -> Reader:
    _desk.reader = reader
    return reader


def ledger(rules: str | None = None, *, read_only: bool = False) -> Ledger:
    """Open the ledger for writing in the operator's name, judging by the named rule set or the one in force.

    With ``read_only`` the database refuses whatever is written through it.
    """
    from hgt_portfolio.ledger import Ledger

    name = known_operator() if read_only else operator()
    return Ledger(
        store_here(read_only=read_only),
        name,
        rules=rules,
        default_rules=settings().rules,
    )


def address(default: Path | None = None) -> str:
    """Give the URL of the database, of ``default`` where no ``--db`` is given."""
    from hgt_portfolio.settings import database_url

    return database_url(_desk.db or (str(default) if default else None))


def shown(url: str) -> str:
    """Give a database's URL as a person reads it: a file's path, else without its password."""
    from hgt_portfolio.store import masked

    return url.removeprefix("sqlite:///") if url.startswith("sqlite:///") else masked(url)


@contextmanager
def new_ledger(url: str) -> Iterator[Ledger]:
    """Open a ledger for writing in a new file or an empty database; it comes into being only if the block ends well."""
    from hgt_portfolio.ledger import Ledger
    from hgt_portfolio.store import founded

    name = operator()
    with founded(url) as store:
        yield Ledger(store, name)


def create_ledger() -> str:
    """Create the ledger file with the plan and give a sentence."""
    from hgt_portfolio.plan import read_plan

    url = address()
    with new_ledger(url) as writer:
        outcome = writer.load(read_plan())
    return f"已建立台账 {shown(url)}：{outcome.title}。"


def screen_reader(as_of: str | None, known_at: str | None, *, read_only: bool) -> Figures:
    """Open the ledger for the terminal UI; where the file may not be written to, for reading only.

    On first start the ledger is created with the plan, but not where ``--db`` names a file: it may be mistyped.
    """
    from hgt_portfolio.settings import database_url

    url = database_url(_desk.db)
    absent = url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists()
    if _desk.db is None and absent and not read_only:
        say(create_ledger())
    reader = figures(read_only=read_only)
    reader.store.require_schema()
    point_of(reader, as_of, known_at)
    return reader if read_only or reader.store.writable else figures(read_only=True)


def database_shown(reader: Figures) -> str:
    """Give the database as the screens show it: with its folder unless it is the one opened by default."""
    from hgt_portfolio.settings import data_folder

    store = reader.store
    return store.name if store.path in (None, data_folder() / "portfolio.db") else str(store.path)


def open_screen(as_of: str | None, known_at: str | None, rules: str | None, *, read_only: bool = False) -> None:
    """Open the terminal UI, as of today unless asked."""
    from hgt_portfolio.settings import settings_file

    reader = screen_reader(as_of, known_at, read_only=read_only)
    # A driver of its own (a browser's) needs no terminal.
    if not (sys.stdin.isatty() and sys.stdout.isatty()) and "TEXTUAL_DRIVER" not in os.environ:
        raise Refusal("这里没有终端，打不开界面。请在终端窗口里运行 hgt，或用 hgt summary 等命令，见 hgt --help。")
    if os.environ.get("TERM") in DUMB and "TEXTUAL_DRIVER" not in os.environ:
        raise Refusal(
            f"这个终端（TERM={os.environ['TERM']}）画不了界面。请换一个终端窗口，或把环境变量 TERM 设为 "
            "xterm-256color；也可用 hgt summary 等命令，见 hgt --help。"
        )
    from hgt_portfolio.tui.app import run

    frozen = reader.store.read_only
    run(
        reader,
        ledger(rules, read_only=frozen),
        settings=settings(),
        as_of=as_of,
        known_at=known_at,
        rules=rules,
        database=database_shown(reader),
        read_only=frozen,
        settings_file=settings_file(),
    )


def show(table: Table, *, as_json: bool, as_csv: bool, json_value: Any = None) -> None:
    """Print a table as text, CSV or JSON; what programs take of sample data is marked in every row."""
    from hgt_portfolio.output.plain import rows_json, to_csv, to_json, to_text
    from hgt_portfolio.table import DEMO, marked

    demo = (as_json or as_csv) and _desk.reader is not None and bool(_desk.reader.plan().demo)
    if as_json:
        value = rows_json(table) if json_value is None else json_value
        say(to_json(_with(value, demo=DEMO) if demo else value))
    elif as_csv:
        # A spreadsheet takes UTF-8 for what it is only with a byte order mark.
        say(to_csv(marked(table) if demo else table).rstrip("\r\n"), mark="\ufeff")
    else:
        say(to_text(table, screen_width()))


def _with(value: Any, **more: str) -> Any:
    """Give a value for programs with more keys: its own, or in each of a list."""
    return [_with(one, **more) for one in value] if isinstance(value, list) else value | more


def progress_line() -> Progress | None:
    """Give a progress line on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        return None

    def line(step: str, finished: int, of: int) -> None:
        bar = "#" * (20 * finished // max(of, 1))
        end = "\n" if finished == of else ""
        print(f"\r[{bar:<20}] {finished}/{of} {on_line(step)}      ", end=end, file=sys.stderr, flush=True)  # noqa: T201

    return line


def screen_width() -> int:
    """Give the terminal's width in cells; wide where the output goes to a file."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 200


def done(outcome: Outcome, *, dry_run: bool = False) -> None:
    """Say what was done, or would be, and what was passed over."""
    say(f"预览：{outcome.title}。" if dry_run else f"已完成：{outcome.title}（操作 {outcome.action_id}）。")
    for finding in outcome.findings:
        say(f"  {finding}")
    if outcome.after is not None:
        from hgt_portfolio.money import wan_words

        row = outcome.after
        parts = [
            ("本季度完成", row.quarter, row.quarter_note),
            ("本年累计", row.ytd, row.year_note),
            ("自开工累计", row.cumulative, "未填报"),
        ]
        words = "，".join(f"{name} {why if fen is None else wan_words(fen) + ' 万元'}" for name, fen, why in parts)
        say(f"  {words}；期限 {row.deadline_state}，预警 {row.light}（{row.light_reason}）。")


def undo_hint(outcome: Outcome | None = None) -> None:
    """Say how to take the action back; a correction of a closed quarter stays and is corrected in its turn."""
    corrected = outcome is not None and any(finding.field == "period" for finding in outcome.findings)
    say(
        "  该季度已定稿，这次更正不能撤销；如有误，请再报一次更正。"
        if corrected
        else "  如有误，可运行 hgt undo 撤销。"
    )


def ended(outcome: Outcome | None = None, *, dry_run: bool) -> None:
    """Say that it was only a preview, or how to take the action back."""
    if dry_run:
        say("  以上只是预览，没有写入。")
    else:
        undo_hint(outcome)


Value = TypeVar("Value")


def read(option: str, text: str | None, reader: Callable[[str], Value]) -> Value | None:
    """Read an option's text; a problem names the option."""
    if text is None:
        return None
    try:
        return reader(text)
    except ValueError as error:
        raise UsageProblem(f"{option}：{error}") from error


def read_whole(text: str) -> int:
    """Read a whole number such as a year; raises ``ValueError`` with a sentence."""
    if not re.fullmatch(r"\d{1,9}", text):
        raise ValueError(f"“{text}”应为整数。")
    return int(text)


def read_steps(text: str, total: int | None) -> tuple[int, ...]:
    """Read four quarterly steps: amounts a quarter if they add up to the year's, else cumulative ones."""
    from hgt_portfolio.money import read_wan

    parts = [part for part in text.replace("，", ",").replace("、", ",").split(",") if part.strip()]
    values = [needed("--steps", read("--steps", part, read_wan)) for part in parts]
    if len(values) != 4:
        raise UsageProblem(f"--steps 要四个数，读到 {len(values)} 个；数里不要写千分位逗号。")
    if sum(values) == total:
        return tuple(values)
    if values[3] == total and sorted(values) == values:
        return tuple(after - before for before, after in zip([0, *values], values, strict=False))
    raise UsageProblem("--steps 的四个数加起来不等于本年计划投资，也不是以它结尾的累计数。")


def screen_command(*more: str) -> list[str]:
    """Give the command line that opens the terminal UI over the same ledger in the same name.

    Both go by the environment: an address may hold a password, and anyone can list command lines.
    """
    from hgt_portfolio.settings import database_url

    os.environ["HGT_DATABASE_URL"] = database_url(_desk.db)
    os.environ["HGT_OPERATOR"] = known_operator() if "--read-only" in more else operator()
    return [sys.executable, "-c", "from hgt_portfolio.cli import main; main()", *more]


def needed(option: str, value: Value | None) -> Value:
    """Require an option."""
    if value is None:
        raise UsageProblem(f"缺少 {option}。")
    return value


def point_of(reader: Portfolio, as_of: str | None, known_at: str | None) -> Point:
    """Give the point of ``--as-of`` and ``--known-at``."""
    try:
        return reader.point(as_of, known_at)
    except ValueError as error:
        raise UsageProblem(str(error)) from error


def term(option: str, text: str | None, vocabulary: Iterable[str]) -> str | None:
    """Require an option's text to be one of a vocabulary."""
    words = [str(word) for word in vocabulary]
    if text is not None and text not in words:
        raise UsageProblem(f"{option} 没有“{text}”，可用：{'、'.join(words)}。")
    return text


def day_or_today(option: str, text: str | None, writer: Ledger) -> date:
    """Read a day; today where none is given."""
    from hgt_portfolio.months import read_day

    return read(option, text, read_day) or writer.today


SAID = {
    *("StoreError", "ConnectionLost", "ExportError", "SettingsError", "Unknown", "SheetError", "ServeError"),
    "Refusal",
}
"""Problems whose text is a sentence for a person."""


def problem_sentence(error: Exception) -> tuple[int, str]:
    """Give the exit code and the sentence of a problem."""
    if isinstance(error, UsageProblem):
        return 2, f"{error}"
    if isinstance(error, TyperException):
        return 2, f"{_usage_sentence(error)}\n用法见 hgt --help，或 hgt 命令 --help。"
    name = type(error).__name__
    if name == "Refused":
        findings = getattr(error, "findings", ())
        hint = "\n如情况属实，请用 --reason 写明原因后再提交。" if all(f.severity == "提醒" for f in findings) else ""
        return 1, "没有执行：\n" + "\n".join(f"  {finding}" for finding in findings) + hint
    if name in SAID:
        return 1, str(error)
    if isinstance(error, OSError):
        from hgt_portfolio.settings import os_reason

        return 1, f"读写 {error.filename or '文件'} 时出错：{os_reason(error)}。"
    from hgt_portfolio.logs import log_unexpected

    return 1, log_unexpected(error)


def _usage_sentence(error: TyperException) -> str:
    """Say a parser's problem in Chinese."""
    name = type(error).__name__
    parameter = getattr(error, "param", None)
    hint = parameter.get_error_hint() if parameter is not None else ""
    sentences = {
        "NoSuchOption": f"没有选项 {getattr(error, 'option_name', '')}。",
        "BadOptionUsage": f"选项 {getattr(error, 'option_name', '')} 用得不对：它后面要写一个值，或不该写值。",
        "MissingParameter": f"缺少 {hint}。",
        "BadParameter": f"{hint} 的值不能用：{error.message}",
    }
    if name in sentences:
        return sentences[name]
    if "No such command" in error.message:
        return f"没有这个命令：{error.message.partition('command')[2].strip(' .').split('.')[0]}。"
    if "unexpected extra argument" in error.message:
        return f"多出了参数 {error.message.partition('(')[2].partition('(')[2].rstrip(')') or ''}。"
    return f"命令写得不对：{error.message}"
