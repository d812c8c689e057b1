"""A PostgreSQL server of the tests' own: a temporary cluster of a plain user, reached by a socket in its folder."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

OWNER = "hgt_owner"
"""Owns every ledger of the tests; it is no superuser."""

CHANGING = (
    *("fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0"),
    *("autovacuum=off", "shared_buffers=64MB", "listen_addresses=", "max_connections=50"),
)
"""The server's settings: nothing waits for the disk, which no test is about."""

HBA = f"local all postgres,{OWNER} trust\nlocal all all scram-sha-256\n"

_NUMBERS = count(1)


def binaries() -> Path:
    """Give the folder of the server's programs; where there is none, skip, unless HGT_NO_SKIP=1 forbids that."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    initdb = found[-1] if found else shutil.which("initdb")
    if initdb is None:
        if os.environ.get("HGT_NO_SKIP") == "1":
            pytest.fail("没有 PostgreSQL 服务器（initdb），而 HGT_NO_SKIP=1 要求运行这一项")
        pytest.skip("没有 PostgreSQL 服务器（initdb）")
    return Path(initdb).parent


class Server:
    """A running server: each ledger is a database of its own, made as a copy of another."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder, self._programs = folder, programs
        # The server refuses to run as root.
        plain = {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}
        self._as: dict[str, Any] = plain if os.geteuid() == 0 else {}

    def run(self, program: str, *words: str) -> None:
        command = [str(self._programs / program), "-D", str(self.folder / "data"), *words]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False, **self._as)
        assert done.returncode == 0, done.stderr + done.stdout

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = " ".join([f"-k {self.folder}", *(f"-c {one}" for one in CHANGING)])
        self.run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Have the server stopped after the block, even where this process is killed meanwhile."""
        stopping = f"read _; {self._programs}/pg_ctl -D {self.folder}/data -m immediate stop; rm -rf {self.folder}"
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(["sh", "-c", stopping], cwd=self.folder, start_new_session=True, **pipes, **self._as):
            # Its end of the pipe is closed with this block, or with this process.
            yield

    def stop(self) -> None:
        """Stop the server at once: whoever is connected loses the connection."""
        self.run("pg_ctl", "-w", "-m", "immediate", "stop")

    def url(self, name: str, user: str = OWNER, password: str = "") -> str:
        """Give the address of a database."""
        who = f"{user}:{password}" if password else user
        return f"postgresql+psycopg://{who}@/{name}?host={self.folder}"

    def ask(self, sql: str, name: str = "postgres") -> list[tuple[Any, ...]]:
        """Run a statement as the superuser and give what it finds."""
        with psycopg.connect(f"host={self.folder} user=postgres dbname={name}", autocommit=True) as connection:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

    def create(self, template: str = "template0") -> str:
        """Make a database, empty or as a copy of another's, and give its address."""
        name = f"ledger_{next(_NUMBERS)}"
        self.ask(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {template} STRATEGY file_copy")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is connected."""
        self.ask(f"DROP DATABASE {name_of(url)} WITH (FORCE)")


def name_of(url: str) -> str:
    """Give the name of an address's database."""
    return url.partition("?")[0].rpartition("/")[2]


@contextmanager
def running() -> Iterator[Server]:
    """Run a server in a folder of its own, gone afterwards.

    Its databases sort as Chinese readers expect, which no figure may depend on.
    """
    programs = binaries()
    # The socket's path must be short, and its folder open to the server's user.
    folder = Path(tempfile.mkdtemp(prefix="hgt-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
    server = Server(folder, programs)
    order = ("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=zh")
    try:
        with server.watched():
            server.run("initdb", "--no-sync", "-U", "postgres", "--auth=trust", *order)
            (folder / "data" / "pg_hba.conf").write_text(HBA, encoding="utf-8")
            server.start()
            server.ask(f"CREATE ROLE {OWNER} LOGIN")
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)
