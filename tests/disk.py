"""The disk under SQLite: each call that changes a file can be counted, refused, or be the last one of its process."""

from __future__ import annotations

import _sqlite3
import ctypes
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

OPEN = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_int, use_errno=True)
WRITE = ctypes.CFUNCTYPE(
    ctypes.c_ssize_t, ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int64, use_errno=True
)
TRUNCATE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_int64, use_errno=True)
UNLINK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_char_p, use_errno=True)

CALLS: dict[str, Any] = {"open": OPEN, "pwrite": WRITE, "pwrite64": WRITE, "ftruncate": TRUNCATE, "unlink": UNLINK}
"""What SQLite calls to change files, as it names it."""

_SET = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
_GET = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p)


class _Vfs(ctypes.Structure):
    """SQLite's ``sqlite3_vfs`` of version 3, as far as its system calls."""

    _fields_ = (
        *((name, ctypes.c_int) for name in ("version", "size", "longest")),
        *((f"p{number}", ctypes.c_void_p) for number in range(3)),
        *((f"x{number}", ctypes.c_void_p) for number in range(13)),
        ("set_call", _SET),
        ("get_call", _GET),
    )


@contextmanager
def watched(meet: Callable[[str], int]) -> Iterator[None]:
    """Have ``meet`` told of each call before it is made; a number it gives is the error that the call ends in.

    A write that is refused has written half of it by then.
    """
    library = ctypes.CDLL(_sqlite3.__file__)
    library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
    vfs = library.sqlite3_vfs_find(None)
    assert vfs.contents.version >= 3
    real = {name: vfs.contents.get_call(vfs, name.encode()) for name in CALLS}
    hooks = {name: CALLS[name](_hook(name, CALLS[name](real[name]), meet)) for name in CALLS if real[name]}
    for name, hook in hooks.items():
        vfs.contents.set_call(vfs, name.encode(), ctypes.cast(hook, ctypes.c_void_p))
    try:
        yield
    finally:
        for name in hooks:
            vfs.contents.set_call(vfs, name.encode(), real[name])


def _hook(name: str, real: Callable[..., int], meet: Callable[[str], int]) -> Callable[..., int]:
    def call(*given: Any) -> int:
        changes = name != "open" or given[1] & os.O_CREAT
        refused = meet(name) if changes else 0
        if refused:
            if name.startswith("pwrite"):
                real(given[0], given[1], given[2] // 2, given[3])
            ctypes.set_errno(refused)
            return -1
        return real(*given)

    return call
