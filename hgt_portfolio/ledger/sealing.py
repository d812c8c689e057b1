"""What an entry of the audit chain seals: the rows it wrote, those it revoked, and its own words.

An entry of scheme 2 seals every column of every row but its revocation, which an entry of its own seals. One of
scheme 1, written before schema 0003, leaves out the numbers of its rows, the members of a version and the projects an
action touched: there only what follows from the rest can be checked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from json.encoder import encode_basestring
from typing import Any

from sqlmodel import SQLModel

GENESIS = "0" * 64
"""What the first entry holds as the hash before it."""

NEWEST = 2
"""The scheme that entries are written by."""

UNSIGNED = {1: {"id", "version_id", "revoked_at", "revoked_by"}, 2: {"revoked_at", "revoked_by"}}
"""Columns outside a row's text, by the scheme of its entry."""

UNSEALED: dict[int, tuple[str, ...]] = {1: ("version_unit", "action_subject"), 2: ()}
"""Tables whose rows are outside the digest, by the scheme of the entry."""

UNHASHED = {1: {"hash", "scheme", "key", "sealed"}, 2: {"hash"}}
"""Columns outside an entry's hash, by its scheme."""

MARK = 8
"""How many hex digits of a row's hash an entry keeps, to tell which row was changed; that one was, the digest tells."""

REVOKE = "revoke"


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    raise TypeError(f"no canonical form for {type(value).__name__}")


_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def canonical(value: Any) -> str:
    """Write a value as JSON in one way only."""
    return _JSON.encode(value)


def sha256(text: str) -> str:
    """Give the SHA-256 of a text; bytes that are no text, read as lone surrogates, count as they are."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


@cache
def _form(table: str, scheme: int) -> tuple[str, tuple[str, ...]]:
    """Give a table's row text with a gap for each value, and the columns that fill them."""
    names = sorted({column.name for column in SQLModel.metadata.tables[table].columns} - UNSIGNED[scheme])
    gaps = ",".join(f"{canonical(name)}:%s" for name in names)
    return f"{table} {{{gaps}}}", tuple(names)


_WRITTEN: dict[type, Callable[[Any], str]] = {int: repr, str: encode_basestring, type(None): lambda _none: "null"}
"""What ``canonical`` makes of the values that nearly every column holds."""


def row_text(table: str, values: Mapping[str, Any], scheme: int = NEWEST) -> str:
    """Write a row's content in one way only: ``canonical`` of its columns, after the table's name."""
    form, names = _form(table, scheme)
    return form % tuple([_WRITTEN.get(type(value := values[name]), canonical)(value) for name in names])


@cache
def key_columns(table: str) -> tuple[str, ...]:
    """Give the columns of a table's key."""
    return tuple(column.name for column in SQLModel.metadata.tables[table].primary_key)


def row_key(table: str, values: Mapping[str, Any]) -> str:
    """Give what a row is told by within its table: its number, or its key's parts."""
    names = key_columns(table)
    return str(values[names[0]]) if len(names) == 1 else "/".join([str(values[name]) for name in names])


def entry_hash(values: Mapping[str, Any]) -> str:
    """Give the SHA-256 of an audit entry, the hash before it included."""
    left_out = UNHASHED.get(values["scheme"], UNHASHED[NEWEST])
    return sha256(canonical({name: value for name, value in values.items() if name not in left_out}))


@dataclass
class Seal:
    """What one action wrote and revoked, gathered row by row in any order."""

    scheme: int = NEWEST
    lines: list[str] = field(default_factory=list)
    revokes: list[str] = field(default_factory=list)
    marks: dict[str, dict[str, str]] = field(default_factory=dict)

    def write(self, table: str, values: Mapping[str, Any]) -> None:
        """Take in a row that the action wrote."""
        text = row_text(table, values, self.scheme)
        line = text if self.scheme == 1 else sha256(text)
        if table not in UNSEALED[self.scheme]:
            self.lines.append(line)
        self.marks.setdefault(table, {})[row_key(table, values)] = line[:MARK] if self.scheme > 1 else ""

    def revoke(self, table: str, key: object) -> None:
        """Take in a row that the action revoked."""
        self.revokes.append(f"{REVOKE} {table} {key}")
        self.marks.setdefault(f"{REVOKE} {table}", {})[str(key)] = ""

    @property
    def digest(self) -> str:
        """The SHA-256 over all of it."""
        return sha256("\n".join((*sorted(self.lines), *sorted(self.revokes))))

    @property
    def text(self) -> str:
        """Every row by table and key with the first digits of its hash, and every row revoked."""
        return canonical(self.marks)
