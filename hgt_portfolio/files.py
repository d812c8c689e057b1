"""Files of our own: each grows beside its place and is put there whole, open to nobody but its owner.

Ledgers, backups and exports hold names and telephone numbers; whoever wants to share one passes it on knowingly.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FILE_MODE, FOLDER_MODE = 0o600, 0o700

DEAD_SECONDS = 86_400
"""A file that has not grown for so long was left by a run that died."""

_GROWING = re.compile(r"\..+\.[0-9a-f]{1,8}\.part(-journal)?")
"""The names of files that grow, whatever their targets: a backup's name never comes again."""

NO_FOLDER_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.EACCES)
"""What systems and shares answer that cannot bring a folder itself to the disk."""


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, where there is none; raises ``OSError``."""
    for missing in reversed([place for place in (folder, *folder.parents) if not place.exists()]):
        missing.mkdir(FOLDER_MODE, exist_ok=True)


def begin(target: Path) -> Path:
    """Make an empty file beside a target to grow in, and remove what dead runs left there; raises ``OSError``."""
    make_folder(target.parent)
    for left in target.parent.glob(".*.part*"):
        with suppress(OSError):
            if _GROWING.fullmatch(left.name) and left.stat().st_mtime < time.time() - DEAD_SECONDS:
                left.unlink()
    path = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE))
    return path


def put(path: Path, target: Path, *, replacing: bool = True) -> None:
    """Put what has grown in its place, once it is on the disk.

    Raises ``OSError``; without ``replacing`` ``FileExistsError`` where something stands there already.
    """
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())
    if replacing:
        path.replace(target)
    else:
        _put_new(path, target)
    sync_folder(target.parent)


def _put_new(path: Path, target: Path) -> None:
    try:
        target.hardlink_to(path)
    except FileExistsError:
        raise
    except OSError:
        # Some disks know no links, and there the look and the step cannot be one.
        if target.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
        path.rename(target)


def sync_folder(folder: Path) -> None:
    """Bring a folder's names to the disk, where the system can; raises ``OSError``."""
    if os.name == "nt":
        return
    try:
        place = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(place)
        finally:
            os.close(place)
    except OSError as error:
        if error.errno not in NO_FOLDER_SYNC:
            raise


def drop(path: Path) -> None:
    """Remove what has grown and was not put in place."""
    with suppress(OSError):
        path.unlink(missing_ok=True)


@contextmanager
def growing(target: Path, *, replacing: bool = True) -> Iterator[Path]:
    """Let the block fill a file beside a target; it takes the target's place where all went well.

    Raises as ``begin`` and ``put`` do; what stood at the target stays until then.
    """
    path = begin(target)
    try:
        yield path
        put(path, target, replacing=replacing)
    finally:
        drop(path)
