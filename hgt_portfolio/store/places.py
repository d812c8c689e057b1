"""Where a ledger's file may lie: on a disk of this machine, since locks do not hold over a network share."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from hgt_portfolio.store.refusing import StoreError

MOUNTS = Path("/proc/self/mounts")

HOST = "宿主机的文件夹"

SHARES = {
    **dict.fromkeys(("nfs", "nfs4"), "NFS 共享盘"),
    **dict.fromkeys(("cifs", "smb3", "smbfs", "fuse.smbnetfs"), "Windows 共享盘"),
    **dict.fromkeys(("9p", "virtiofs", "vboxsf", "vmhgfs", "fuse.vmhgfs-fuse", "prl_fs", "drvfs"), HOST),
    **dict.fromkeys(("fuse.sshfs", "fuse.rclone", "fuse.gvfsd-fuse", "fuse.curlftpfs", "fuse.s3fs"), "网络盘"),
    **dict.fromkeys(("davfs", "fuse.davfs2", "fuse.ossfs", "fuse.cosfs", "fuse.goofys", "fuse.juicefs"), "网络盘"),
    **dict.fromkeys(("afs", "ncpfs", "coda", "ceph", "fuse.ceph-fuse", "glusterfs", "fuse.glusterfs"), "网络盘"),
    **dict.fromkeys(("lustre", "gpfs", "beegfs", "ocfs2", "gfs2"), "网络盘"),
}
"""File systems whose locks another machine may not keep, and how a person calls them."""

_ESCAPED = re.compile(r"\\([0-7]{3})")
_UNC = re.compile(r"[\\/]{2}(?![?.][\\/])|[\\/]{2}\?[\\/]UNC[\\/]", re.IGNORECASE)

_REMOTE_DRIVE = 4
"""What Windows calls the drive of a share."""


def require_local(path: Path, mounts: Path = MOUNTS) -> None:
    """Refuse a ledger's file on a share; raises ``StoreError`` with the reason.

    Where the system does not tell what a folder lies on, it is taken for a disk.
    """
    kind = share_of(path, mounts)
    if kind is not None:
        raise StoreError(
            f"数据库 {path} 在{kind}上，没有打开：几个人同时写时，共享盘守不住文件锁，台账会损坏。"
            "请把台账放在本机磁盘上；几个人合用请改用 PostgreSQL，或发表收表（hgt returns）。"
        )


def share_of(path: Path, mounts: Path = MOUNTS) -> str | None:
    """Say what kind of share a file lies on, whether or not it is there yet; None for a disk of this machine."""
    # Elsewhere than on Windows a path with its strokes is one name in the working folder.
    if os.name == "nt" or _UNC.match(str(path)) or _UNC.match(path.name):
        return _windows_share(str(path))
    try:
        table = mounts.read_bytes()
    except OSError:
        return None
    place = path.resolve()
    # Of several mounted over one another the last is the one that is seen.
    over = [
        (len(point.parts), number, kind)
        for number, (point, kind) in enumerate(_mounted(table))
        if place == point or point in place.parents
    ]
    depth, _, kind = max(over, default=(0, 0, ""))
    share = SHARES.get(kind)
    # A guest whose whole disk is its host's has no other, and shares it with nobody.
    return None if share == HOST and depth == 1 else share


def _mounted(table: bytes) -> Iterator[tuple[Path, str]]:
    """Give each mount point and its file system, in the order they were mounted."""
    for line in table.splitlines():
        fields = line.split(b" ")
        if len(fields) > 2:
            point = _ESCAPED.sub(lambda found: chr(int(found[1], 8)), os.fsdecode(fields[1]))
            yield Path(point), fields[2].decode("ascii", "replace").lower()


def _windows_share(path: str) -> str | None:
    """Tell a share by its UNC path, or by its drive's letter."""
    if sys.platform != "win32" or _UNC.match(path):
        return "Windows 共享盘"
    import ctypes

    root = Path(path).absolute().anchor
    return "Windows 共享盘" if ctypes.windll.kernel32.GetDriveTypeW(root) == _REMOTE_DRIVE else None
