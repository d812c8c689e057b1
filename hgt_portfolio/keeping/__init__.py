"""Keeping the ledger: backups made by themselves, and putting one in the ledger's place; ``drills`` tries it out."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from hgt_portfolio.figures import Portfolio, Unknown
from hgt_portfolio.money import wan_words
from hgt_portfolio.months import last_quarter_end
from hgt_portfolio.rules.point import Point, office_time
from hgt_portfolio.store import HEAD, Store, StoreError, backup
from hgt_portfolio.store.manifest import Backup, Manifest, Proof, read_backup
from hgt_portfolio.terms import BackupReason

NEWEST = "newest"
"""What the newest backup is called on the command line."""

BROKEN = "台账的操作链对不上（备份时发现），请运行 hgt verify。"

Clock = Callable[[], int]


def now() -> int:
    """Give the moment by the machine's clock, in microseconds since 1970."""
    return time.time_ns() // 1000


def proof_of(path: Path, day: date) -> Proof | None:
    """Work out what the figures say of a ledger file that nobody writes to; None where no plan is loaded.

    Raises ``StoreError`` where its rows make no sense.
    """
    # Reading alone does not need the ledger's door, and starts sooner without it.
    from hgt_portfolio.ledger import Ledger

    store = Store(f"sqlite:///{path}", read_only=True)
    try:
        figures = Portfolio(store, today=day)
        total = figures.totals(Point(day, last_quarter_end(day), figures.last_action()))
        return Proof(day, total.count, total.investment, Ledger(store, "").broken_entry())
    except Unknown:
        return None
    except (LookupError, ValueError, TypeError, SQLAlchemyError) as error:
        raise StoreError(f"台账里有读不懂的内容（{error}），算不出总数。请运行 hgt verify。") from error
    finally:
        store.close()


class Keeper:
    """Makes the backups that nobody has to think of: before the first write of a day, and before what is risky.

    A daily one that fails does not keep the office from its work: the ledger itself is sound, and ``trouble`` says so
    with every action until it succeeds. Before an upgrade or returned forms, which change much at once and can wait,
    nothing is done without it.
    """

    def __init__(self, operator: str, clock: Clock = now) -> None:
        self.operator, self.trouble = operator, ""
        self._clock = clock
        self._kept_on: date | None = None

    def keep(self, store: Store, reason: BackupReason) -> None:
        """Make the backup unless there is one that does; raises ``StoreError`` where nothing may be done without it."""
        at = office_time(self._clock())
        if store.path is None or (reason is BackupReason.DAILY and self._kept_on == at.date()):
            return
        told = _kept(store, reason, at.date())
        if told is None:
            # Whoever else had the same thought waits here, and then finds it done.
            with store.held():
                told = _kept(store, reason, at.date()) or self._made(store, reason, at)
        if told is not None:
            self.trouble = "" if told.whole else BROKEN
            self._kept_on = at.date()

    def _made(self, store: Store, reason: BackupReason, at: datetime) -> Manifest | None:
        try:
            made, _ = back_up(store, reason, at=at, operator=self.operator)
        except StoreError as error:
            if reason is not BackupReason.DAILY:
                raise StoreError(f"{reason}要先备份。{error}所以没有往下做。") from error
            self.trouble = f"今天还没有备份，写入的内容已存好。{error}请尽快排除，或用 hgt backup -o 备份到别处。"
            return None
        return made.manifest


def _kept(store: Store, reason: BackupReason, today: date) -> Manifest | None:
    """Give the backup that does already: any of the day for a daily one, else one of the ledger just as it stands."""
    path = backup.ledger_file(store)
    daily = reason is BackupReason.DAILY
    found = backup.listed(backup.backup_folder(path), path.name, today if daily else None)
    newest = next((one for one in found if one.manifest is not None), None)
    if newest is None or newest.manifest is None or not backup.usable(newest):
        return None
    return newest.manifest if daily or newest.manifest.state == backup.present_state(path) else None


def back_up(
    store: Store, reason: BackupReason, *, at: datetime, operator: str, folder: Path | None = None
) -> tuple[Backup, list[Path]]:
    """Make a backup, by default among the others, and let old ones go; give it and those; raises ``StoreError``.

    A ledger whose audit chain does not hold is backed up too, but then none is let go.
    """
    path = backup.ledger_file(store)
    own = backup.backup_folder(path)
    state = backup.present_state(path)
    if state is None:
        # Says what is the matter with the file.
        store.require_schema()

    def prove(copy: Path) -> Proof | None:
        # What an old schema holds is asked for only once it is upgraded, and a spoilt ledger is worth keeping too.
        if state is None or state.schema != HEAD:
            return None
        with suppress(StoreError) if reason is BackupReason.RESTORE else nullcontext():
            return proof_of(copy, at.date())
        return None

    made = backup.make(store, folder or own, reason, at=at, operator=operator, prove=prove)
    return made, [] if folder else backup.prune(own, path.name, at.date())


def chosen(store: Store, name: str) -> Backup:
    """Give the backup that is meant: ``newest``, a name among the ledger's backups, or a path.

    Those made before a restore are for taking it back, and never the newest. Raises ``StoreError`` where there is none.
    """
    path = backup.ledger_file(store)
    folder = backup.backup_folder(path)
    if name == NEWEST:
        kept = ((one, one.manifest) for one in backup.listed(folder, path.name))
        found = next((one for one, told in kept if told and told.reason is not BackupReason.RESTORE), None)
        if found is None:
            raise StoreError(f"{folder} 里没有 {path.name} 的备份。可以用 hgt backup 现在做一份。")
        return found
    given = Path(name).expanduser().with_suffix(".db")
    place = next((one for one in (given, folder / given.name) if one.is_file()), None)
    if place is None:
        raise StoreError(f"没有备份文件 {name}。有哪些备份，见 hgt backup --list。")
    return read_backup(place)


def proved(found: Backup) -> Manifest:
    """Give the manifest of a backup that is as it says; raises ``StoreError`` saying in what it differs."""
    wrong = backup.problems(found)
    if wrong or found.manifest is None:
        raise StoreError(f"备份 {found.path.name} 与清单不符，不能用：{'；'.join(wrong)}。")
    return found.manifest


def proof_words(proof: Proof | None) -> str:
    """Say what the figures say of a ledger: 62 项，总投资 2,995,731.99 万元，操作链完整."""
    if proof is None:
        return "没有规划"
    chain = "操作链完整" if proof.broken is None else f"操作链在操作 {proof.broken} 处对不上"
    return f"{proof.projects} 项，总投资 {wan_words(proof.investment)} 万元，{chain}"


@dataclass(frozen=True)
class Restored:
    """What became of the file that stood there: ``safe`` is a backup of it, ``aside`` the file itself under a new name.

    Each is None where there was none, ``safe`` also where it was too damaged for one.
    """

    safe: Backup | None
    aside: Path | None


def restore(store: Store, found: Backup, *, at: datetime, operator: str) -> Restored:
    """Put a backup in the ledger's place, after one of what stands there; raises ``StoreError``, nothing changed."""
    path = backup.ledger_file(store)
    proved(found)
    safe = None
    if path.exists() and backup.sound(path):
        safe, _ = back_up(store, BackupReason.RESTORE, at=at, operator=operator)
    aside = backup.aside_path(path, at)
    store.close()
    return Restored(safe, aside if backup.put_back(found, path, aside) else None)


def backups_words(path: Path) -> str:
    """Say where a ledger's backups are, how many, and of when the newest is."""
    folder = backup.backup_folder(path)
    made = [one.manifest for one in backup.listed(folder, path.name) if backup.usable(one)]
    newest = next(filter(None, made), None)
    kept = f"现有 {len(made)} 份，最近 {newest.at:%Y-%m-%d %H:%M}（{newest.reason}）" if newest else "现在还没有"
    return f"{folder.resolve()}：{kept}；每天第一次写入前、升级、收表和恢复前自动做，请定期把这个文件夹复制到别的磁盘"
