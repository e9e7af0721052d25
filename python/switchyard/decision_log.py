"""What was decided, and why: JSON Lines that `policyc audit` reads, counters, warnings of slow paths."""

from __future__ import annotations

import atexit
import dataclasses
import os
import weakref
from typing import Any, Callable, Literal, Optional, Union

from switchyard import _runtime
from switchyard.store import PolicyStore


@dataclasses.dataclass(frozen=True)
class LogStatus:
    """What a decision log can say of itself."""

    #: With `{pid}` replaced; empty without a file.
    path: str
    #: Written.
    lines: int
    #: A thread's ring was full.
    lost_ring: int
    #: The file could not be written.
    lost_file: int
    rotations: int
    #: Boxes of facts with a slow path.
    slow_paths: int
    #: Why the file cannot be written or rotated now; empty: it can.
    problem: str


#: Their threads may call Python, so they end before the interpreter does.
_open_logs: "weakref.WeakSet[DecisionLog]" = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    for log in list(_open_logs):
        log.close()


def log_or_none(given: object) -> "Optional[DecisionLog]":
    """What `record_to` was given; a TypeError that says how to come by a log for anything else."""
    if given is None or isinstance(given, DecisionLog):
        return given
    raise TypeError(f"record_to takes a DecisionLog, as DecisionLog.open(path) makes one, or None; not {given!r}")


class DecisionLog(_runtime.LogBase):
    """Counts decisions and writes some of them to a file of JSON Lines (docs/log-format.md), from a thread of
    its own. `table.record_to(log)` and `store.record_to(log)` say whose. Any thread may decide; use it as a
    context manager, or `close` it.
    """

    @classmethod
    def open(
        cls,
        path: "Union[str, os.PathLike[str], None]" = None,
        *,
        sample_every: int = 1_000,
        first: Literal["box", "rule", "none"] = "box",
        max_file_bytes: int = 64 << 20,
        keep_files: int = 5,
        ring_bytes: int = 256 << 10,
        poll: float = 0.01,
        on_slow_path: Optional[Callable[[str], Any]] = None,
        on_problem: Optional[Callable[[str], Any]] = None,
    ) -> "DecisionLog":
        """Opens the file (`{pid}` in it is the process; None: only counters and warnings). LogError when it
        cannot be opened, another process has it, or a setting is outside its range.

        A line is written for one of `sample_every` decisions (1: all, 0: none) and for the `first` of each box
        of facts that no condition tells apart, of each rule, or neither. Before the file would pass
        `max_file_bytes` it becomes PATH.1, and so on, `keep_files` of them. `ring_bytes` holds a thread's lines
        that are not yet written; the writer looks every `poll` seconds.

        `on_slow_path(text)` is told once for each box of facts in which a slower target ran than could have,
        with the condition that failed; `on_problem(text)` that the file cannot be written. Both are called in
        the log's thread, and must not call the log.
        """
        return cls("" if path is None else os.fspath(path), sample_every=sample_every, first=first,
                   max_file_bytes=max_file_bytes, keep_files=keep_files, ring_bytes=ring_bytes, poll=poll,
                   on_slow_path=on_slow_path, on_problem=on_problem)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _open_logs.add(self)

    def status(self) -> LogStatus:
        """How things are now."""
        return LogStatus(**self._status())

    def metrics(self, *stores: PolicyStore) -> str:
        """Counters since the log was opened as Prometheus' text, with the reloads of these stores
        (docs/operations.md lists them)."""
        return self._metrics(list(stores))

    def close(self) -> None:
        """Writes what was recorded, then ends. Tables that recorded to it go on without."""
        self._close()

    def __enter__(self) -> "DecisionLog":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
