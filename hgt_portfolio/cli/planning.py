"""Commands that begin a ledger: from the plan, from another plan's table, or with made-up progress (演示)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from hgt_portfolio.cli.desk import (
    UsageProblem,
    address,
    create_ledger,
    needed,
    new_ledger,
    progress_line,
    read,
    read_whole,
    say,
    shown,
)

if TYPE_CHECKING:
    from datetime import date

    from hgt_portfolio.exports import Progress
    from hgt_portfolio.ledger import Ledger
    from hgt_portfolio.plan.foreign import Reading

SHOWN_FINDINGS = 100
"""Findings printed in full; of the rest only the number is said."""

MOST_PROJECTS, MOST_QUARTERS, USUAL_QUARTERS = 200_000, 40, 8


def init(
    plan: Annotated[
        Path | None, typer.Option("--plan", help="别的规划的项目表，xlsx 或 csv；不写则装载本规划的 62 个项目。")
    ] = None,
    map_file: Annotated[
        Path | None, typer.Option("--map", help="读表对照表，TOML；没有这个文件时按表头推测，并写到这里。")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只读表、对账、写对照表，不建立台账。")] = False,
) -> None:
    """建立台账并装载规划的 62 个项目，或用 --plan 装载别的规划。"""
    if plan is None:
        if map_file is not None or dry_run:
            raise UsageProblem("--map 和 --dry-run 要和 --plan 一起用。")
        say(create_ledger())
        return
    url = address()
    path = _named_after(url)
    with ExitStack() as stack:
        scratch = f"sqlite:///{stack.enter_context(TemporaryDirectory())}/{path.name}" if dry_run else url
        writer = stack.enter_context(new_ledger(scratch))
        tell = progress_line() or _silent
        reading = _read(plan, map_file, writer, tell)
        tell("写台账", 0, 1)
        outcome = writer.load(reading.plan)
        tell("写台账", 1, 1)
        _show_reading(plan, reading)
        say(_reconciled(writer))
        saved = _save_map(map_file or path.with_suffix(".map.toml"), reading)
    say("以上只是预览，没有建立台账。" if dry_run else f"已建立台账 {shown(url)}：{outcome.title}。")
    say(saved)


def _named_after(url: str) -> Path:
    """Give the path that files about a ledger are named after: its own, or its database's name in this folder."""
    if url.startswith("sqlite:///"):
        return Path(url.removeprefix("sqlite:///"))
    return Path(url.partition("?")[0].rpartition("/")[2] or "hgt")


def _read(plan: Path, map_file: Path | None, writer: Ledger, tell: Progress) -> Reading:
    from hgt_portfolio.plan.foreign import read_foreign
    from hgt_portfolio.plan.mapping import PlanMap, read_map

    given = read_map(map_file) if map_file is not None and map_file.exists() else PlanMap()
    return read_foreign(plan, given, writer.today, tell)


def _show_reading(path: Path, reading: Reading) -> None:
    """Print what was read as what, what was guessed, and every finding."""
    from hgt_portfolio.plan.about import sum_words
    from hgt_portfolio.plan.heads import FIELD_LABELS
    from hgt_portfolio.plan.mapping import ABOUT_LABELS, about_text

    plan, complete = reading.plan, reading.map
    top, bottom = complete.head or (1, 1)
    heads = f"第{top}行" if top == bottom else f"第{top}–{bottom}行"
    say(f"{path.name} 工作表“{complete.sheet}”，表头在{heads}：")
    for name, label in FIELD_LABELS.items():
        letter = (complete.columns or {}).get(name)
        unit = f"（没有另写单位的按{complete.amount_unit}）" if name == "investment" and letter else ""
        say(f"  {label} ← {letter} 列“{reading.heads[name]}”{unit}" if letter else f"  {label} 没有这一列")
    _list("没有用到的列", reading.unused)
    _list("没有读的工作表", reading.left)
    say("规划的基本情况：")
    for name, label in ABOUT_LABELS.items():
        why = f"（{reading.guessed[name]}）" if name in reading.guessed else ""
        say(f"  {label} {about_text(name, complete.about[name])}{why}")
    _list("表末说明", reading.notes)
    counts = [f"{name} {sum(row.domain == name for row in plan.rows)}" for name in plan.domains]
    _list("领域", counts)
    dated = sum(row.period.end is not None for row in plan.rows)
    say(
        f"读到 {reading.read} 行，收 {len(plan.rows)} 个项目，{len(plan.units)} 个责任单位；"
        f"{sum_words(plan.rows)}；有完工期限 {dated}/{len(plan.rows)} 项。"
    )
    say(f"发现 {len(reading.findings)} 处：" if reading.findings else "没有发现问题。")
    for finding in reading.findings[:SHOWN_FINDINGS]:
        say(f"  {finding}")
    if len(reading.findings) > SHOWN_FINDINGS:
        say(f"  ……另有 {len(reading.findings) - SHOWN_FINDINGS} 处同样按上面的办法处理。")


def _list(label: str, words: Sequence[str]) -> None:
    if words:
        say(f"{label}：{'；'.join(words)}")


def _reconciled(writer: Ledger) -> str:
    """Say how the totals that the plan states agree with its rows."""
    from hgt_portfolio.figures import Figures
    from hgt_portfolio.reports.reconcile import AGREES, DIFFERS, reconcile

    reader = Figures(writer.store)
    lines = reconcile(reader, reader.point()).rows
    differing = [f"  {line[1]}：规划所述 {line[2]}，逐行 {line[3]}。" for line in lines if line[4] == DIFFERS]
    agreeing = sum(line[4] == AGREES for line in lines)
    return "\n".join([f"规划自己写的总数：相符 {agreeing} 项，不符 {len(differing)} 项。", *differing])


def _save_map(target: Path, reading: Reading) -> str:
    """Write the map where there is none yet, and give a sentence."""
    from hgt_portfolio.files import growing
    from hgt_portfolio.plan.mapping import map_text

    if target.exists():
        return f"对照表 {target} 已有，没有改动它；按它读表用 --map {target}。"
    with growing(target) as new:
        new.write_text(map_text(reading.map, reading.guessed, reading.heads, reading.unused), encoding="utf-8")
    return f"对照表写在 {target}；要改读法，改好后用 --map {target} 再建一次。"


def demo(
    until: Annotated[
        str | None, typer.Option("--until", help="演示进度到哪天或哪季，如 2024Q3；默认今天以前最近的季末。")
    ] = None,
    projects: Annotated[
        str | None, typer.Option("--projects", help="另编一个有这么多项目的演示规划，用来试大数据量。")
    ] = None,
    quarters: Annotated[str | None, typer.Option("--quarters", help="和 --projects 一起用：填报几季，默认 8。")] = None,
) -> None:
    """建立演示台账：进度都是编的，处处标明演示；写到默认文件夹里的 demo.db，或 --db 指明的新文件，已有的不覆盖。"""
    from hgt_portfolio.settings import data_folder, database_url

    url = address(data_folder() / "demo.db")
    place = shown(url)
    if url == database_url(None):
        raise UsageProblem(f"{place} 是正式台账的位置，演示数据要另建一个：请用 --db 指明别的文件，或不写 --db。")
    if quarters is not None and projects is None:
        raise UsageProblem("--quarters 要和 --projects 一起用。")
    size = _between("--projects", projects, MOST_PROJECTS)
    filed = _between("--quarters", quarters, MOST_QUARTERS) or USUAL_QUARTERS
    with new_ledger(url) as writer:
        said = _fill(writer, _until(until, writer.today), size, filed)
    say(f"已建立演示台账 {place}：{said}。")
    here, path = Path.cwd(), Path(place)
    say(f"打开它：hgt --db {path.relative_to(here) if path.is_relative_to(here) else place}")


def _fill(writer: Ledger, until: date, projects: int | None, quarters: int) -> str:
    """Fill an empty ledger with made-up progress and give what was done in words."""
    from hgt_portfolio.demo import make_demo
    from hgt_portfolio.demo.load import make_load
    from hgt_portfolio.months import last_quarter_end, quarter_label

    tell = progress_line() or _silent
    if projects is None:
        actions = make_demo(writer.store, until, tell)
        return f"本规划的项目，编造的进度到 {until}，共 {actions} 次操作"
    last = last_quarter_end(until)
    actions = make_load(writer.store, projects, quarters, last, tell)
    return f"{projects} 个编造的项目，填报 {quarters} 个季度到{quarter_label(last)}，共 {actions} 次操作"


def _until(text: str | None, today: date) -> date:
    """Read the day up to which progress is made up: the last quarter-end before today where none is given."""
    from hgt_portfolio.demo.doings import FIRST_QUARTER
    from hgt_portfolio.months import last_day, last_quarter_end, read_as_of

    if text is None:
        return last_day(last_quarter_end(today))
    day, _ = needed("--until", read("--until", text, read_as_of))
    if not last_day(FIRST_QUARTER) <= day <= today:
        raise UsageProblem(f"--until 应在 {last_day(FIRST_QUARTER)} 至今天（{today}）之间，读到 {day}。")
    return day


def _between(option: str, text: str | None, most: int) -> int | None:
    """Read a whole number from 1 to ``most``."""
    number = read(option, text, read_whole)
    if number is not None and not 1 <= number <= most:
        raise UsageProblem(f"{option} 应在 1 至 {most} 之间，读到 {number}。")
    return number


def _silent(_step: str, _done: int, _of: int) -> None:
    return
