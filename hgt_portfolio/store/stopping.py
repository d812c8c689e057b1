"""Stopping a reading that takes too long: the database itself gives up its statement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from threading import Lock
from typing import Any

from sqlmodel import Session

from hgt_portfolio.store.refusing import STOPPED, StoreError


class Stop:
    """Stops every reading done under it, in whatever thread: the one under way, and those still to come."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: list[Callable[[], None]] = []
        self.stopped = False

    @contextmanager
    def over(self) -> Iterator[None]:
        """Put the readings of the block under this stop."""
        token = _OVER.set(self)
        try:
            yield
        finally:
            _OVER.reset(token)

    def stop(self) -> None:
        """Interrupt the readings; each raises ``StoreError``. Once stopped, it stays so."""
        with self._lock:
            self.stopped = True
            for interrupting in self._held:
                interrupting()

    @contextmanager
    def interrupting(self, interrupt: Callable[[], None]) -> Iterator[None]:
        """Have a stop call ``interrupt`` while the block runs."""
        with self._lock:
            self._held.append(interrupt)
        try:
            yield
        finally:
            with self._lock:
                self._held.remove(interrupt)

    @contextmanager
    def holding(self, session: Session, interrupt: Callable[[Any], None]) -> Iterator[None]:
        """Let the session of the block be interrupted, and no later user of its connection.

        Raises ``StoreError`` where all is stopped already.
        """
        connection = session.connection()
        try:
            with self.interrupting(partial(interrupt, connection.connection.driver_connection)):
                if self.stopped:
                    raise StoreError(STOPPED)
                yield
        finally:
            if self.stopped and not connection.closed:
                # A server may hear of it late: by then nobody else has the connection.
                connection.invalidate()


_OVER: ContextVar[Stop | None] = ContextVar("over", default=None)


def stop_over() -> Stop:
    """Give the stop that the running code is under; one of its own where there is none."""
    return _OVER.get() or Stop()
