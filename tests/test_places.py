"""A ledger on a network share is refused with the reason; a mounts table of our own stands for the machine's."""

from __future__ import annotations

from pathlib import Path

import pytest

from hgt_portfolio.store import StoreError
from hgt_portfolio.store.places import require_local, share_of

TABLE = r"""
/dev/vda / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
overlay /srv/box overlay rw 0 0
/dev/sdb1 /media/U盘 fuseblk rw 0 0
server:/v /mnt/nfs nfs4 rw,vers=4.2 0 0
//pc/台账 /mnt/共享\040盘 cifs rw 0 0
pc:/home /home/zhao/远程 fuse.sshfs rw 0 0
C:\134 /mnt/c 9p rw 0 0
auto /mnt/auto autofs rw 0 0
server:/w /mnt/auto nfs rw 0 0
tmpfs /mnt/nfs/local tmpfs rw 0 0
short
"""


@pytest.fixture
def mounts(tmp_path: Path) -> Path:
    table = tmp_path / "mounts"
    table.write_text(TABLE.strip(), encoding="utf-8")
    return table


@pytest.mark.parametrize(
    ("path", "share"),
    [
        ("/home/zhao/台账.db", None),
        ("/srv/box/a.db", None),
        ("/media/U盘/a.db", None),
        ("/mnt/nfs/a.db", "NFS 共享盘"),
        ("/mnt/nfs/还没有的文件夹/a.db", "NFS 共享盘"),
        ("/mnt/nfs/local/a.db", None),
        ("/mnt/nfsx/a.db", None),
        ("/mnt/共享 盘/a.db", "Windows 共享盘"),
        ("/home/zhao/远程/a.db", "网络盘"),
        ("/mnt/c/Users/a.db", "宿主机的文件夹"),
        ("/mnt/auto/a.db", "NFS 共享盘"),
        (r"\\server\share\a.db", "Windows 共享盘"),
        (r"/home/zhao/\\server\share\a.db", "Windows 共享盘"),
        ("//server/share/a.db", "Windows 共享盘"),
        (r"\\?\UNC\server\share\a.db", "Windows 共享盘"),
    ],
)
def test_a_share_is_known_by_its_mount(mounts: Path, path: str, share: str | None) -> None:
    assert share_of(Path(path), mounts) == share


def test_a_link_to_a_share_is_a_share(tmp_path: Path, mounts: Path) -> None:
    (tmp_path / "链接").symlink_to("/mnt/nfs")
    assert share_of(tmp_path / "链接" / "a.db", mounts) == "NFS 共享盘"


@pytest.mark.parametrize(("kind", "share"), [("9p", None), ("virtiofs", None), ("nfs", "NFS 共享盘")])
def test_a_guest_on_its_hosts_disk_has_no_other(tmp_path: Path, kind: str, share: str | None) -> None:
    table = tmp_path / "mounts"
    table.write_text(f"x / {kind} rw 0 0\n", encoding="utf-8")
    assert share_of(Path("/home/a.db"), table) == share


def test_where_the_system_does_not_tell_it_is_a_disk(tmp_path: Path) -> None:
    assert share_of(tmp_path / "a.db", tmp_path / "无") is None
    require_local(tmp_path / "a.db")


def test_the_refusal_says_why_and_what_to_do(mounts: Path) -> None:
    with pytest.raises(StoreError, match=r"/mnt/nfs/a.db 在NFS 共享盘上，没有打开：.*PostgreSQL.*。$"):
        require_local(Path("/mnt/nfs/a.db"), mounts)
