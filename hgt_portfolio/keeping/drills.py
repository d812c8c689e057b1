"""恢复演练: the newest backup is restored in a folder of its own and compared with its manifest, for the record."""

from __future__ import annotations

import csv
import io
import os
import socket
import time
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, select
from sqlmodel import col

from hgt_portfolio import files
from hgt_portfolio.keeping import NEWEST, Clock, chosen, now, proof_of, proof_words, proved
from hgt_portfolio.model.audit import Action
from hgt_portfolio.money import wan_text
from hgt_portfolio.rules.point import moment_words
from hgt_portfolio.settings import os_reason, os_user
from hgt_portfolio.store import Store, StoreError, backup
from hgt_portfolio.store.manifest import Backup, Manifest, Proof

DRILLS = "恢复演练.csv"


@dataclass(frozen=True)
class Drill:
    """One drill as it is recorded: who restored which backup when, what came of it, and how long it took (seconds)."""

    at: str
    operator: str
    os_user: str
    host: str
    ledger: str
    backup: str
    made: str
    result: str
    note: str
    projects: str
    investment: str
    actions: str
    head: str
    since: str
    seconds: str


DRILL_HEADS = Drill(
    at="演练时间",
    operator="操作人",
    os_user="系统用户",
    host="主机",
    ledger="台账",
    backup="备份文件",
    made="备份时间",
    result="结果",
    note="说明",
    projects="项目数",
    investment="总投资（万元）",
    actions="操作数",
    head="链首摘要",
    since="备份后的操作数",
    seconds="用时（秒）",
)

PASSED, FAILED = "成功", "不符"


def drill(store: Store, *, operator: str, clock: Clock = now) -> Drill:
    """Restore the newest backup in a folder of its own, compare it with its manifest, and record what came of it.

    Raises ``StoreError`` where there is no backup, or where the record cannot be written.
    """
    began = time.monotonic()
    at = clock()
    path = backup.ledger_file(store)
    found = chosen(store, NEWEST)
    wrong, proof = _tried(found, path.name)
    since, strange = (None, "") if wrong else _since(store, found.manifest)
    told = found.manifest
    done = Drill(
        at=moment_words(at),
        operator=operator,
        os_user=os_user(),
        host=socket.gethostname(),
        ledger=path.name,
        backup=found.name,
        made=f"{told.at:%Y-%m-%d %H:%M:%S}" if told else "",
        result=FAILED if wrong else PASSED,
        note="；".join(filter(None, (*wrong, strange))),
        projects=str(proof.projects) if proof else "",
        investment=wan_text(proof.investment) if proof else "",
        actions=str(told.state.actions) if told else "",
        head=told.state.head if told else "",
        since="" if since is None else str(since),
        seconds=f"{time.monotonic() - began:.1f}",
    )
    record(drills_file(path), done)
    return done


def _tried(found: Backup, name: str) -> tuple[list[str], Proof | None]:
    """Restore a backup elsewhere, and give what is wrong with it, and its figures."""
    try:
        told = proved(found)
        with TemporaryDirectory() as folder:
            path = Path(folder) / name
            backup.put_back(found, path, path)
            wrong = [] if backup.present_state(path) == told.state else ["恢复出来的末次操作与清单不同"]
            restored = Store(f"sqlite:///{path}")
            try:
                restored.require_schema()
            finally:
                restored.close()
            proof = proof_of(path, told.proof.day if told.proof else told.at.date())
    except StoreError as error:
        return [str(error).rstrip("。")], None
    if told.proof is not None and proof != told.proof:
        wrong.append(f"总数或操作链与清单不同：{proof_words(told.proof)}，恢复后 {proof_words(proof)}")
    elif proof is not None and proof.broken is not None:
        wrong.append(f"操作链在操作 {proof.broken} 处对不上")
    return wrong, proof


def _since(store: Store, told: Manifest | None) -> tuple[int | None, str]:
    """Give how many actions the ledger has since a backup; where that cannot be told, why."""
    if told is None:
        return None, ""
    try:
        with store.read() as session:
            then = select(col(Action.hash)).where(col(Action.id) == told.state.actions)
            if session.execute(then).scalar() != told.state.head:
                return None, "现台账不是接着这份备份记的（如恢复过更早的备份）"
            later = select(func.count()).select_from(Action).where(col(Action.id) > told.state.actions)
            return int(session.execute(later).scalar_one()), ""
    except StoreError as error:
        return None, f"现台账读不出来：{error}".rstrip("。")


def drills_file(path: Path) -> Path:
    """Give the file that a ledger's drills are recorded in: a table that a spreadsheet opens."""
    return backup.backup_folder(path) / DRILLS


def record(file: Path, done: Drill) -> None:
    """Add a drill to the record; raises ``StoreError`` where it cannot be written."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    try:
        files.make_folder(file.parent)
        fresh = not file.exists() or not file.stat().st_size
        if fresh:
            rows.writerow(astuple(DRILL_HEADS))
        # No spreadsheet is to take a person's words for a formula.
        rows.writerow(f"'{value}" if value.startswith(tuple("=+-@")) else value for value in astuple(done))
        place = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, files.FILE_MODE)
        try:
            os.write(place, (("\ufeff" if fresh else "") + text.getvalue()).encode())
            os.fsync(place)
        finally:
            os.close(place)
    except OSError as error:
        raise StoreError(f"演练结果“{done.result}”没有记到 {file}：{os_reason(error)}。") from error


def drills(file: Path) -> list[Drill]:
    """Read the recorded drills, newest first; a line that was cut short is left out. Raises ``StoreError``."""
    if not file.exists():
        return []
    try:
        with file.open(encoding="utf-8-sig", newline="", errors="replace") as stream:
            rows = [row for row in csv.reader(stream) if len(row) == len(fields(Drill))]
    except OSError as error:
        raise StoreError(f"读不了演练记录 {file}：{os_reason(error)}。") from error
    return [Drill(*row) for row in reversed(rows[1:])]


def drills_words(path: Path) -> str:
    """Say when a ledger's last drill was and what came of it."""
    last = next(iter(drills(drills_file(path))), None)
    if last is None:
        return "还没有做过：hgt drill"
    return f"最近一次 {last.at}，{last.operator}，{last.result}；记录在 {drills_file(path).resolve()}"
