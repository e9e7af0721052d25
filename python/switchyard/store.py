"""The policy of a running engine, followed while it runs."""

from __future__ import annotations

import atexit
import dataclasses
import os
import weakref
from typing import TYPE_CHECKING, Any, Callable, Mapping, Optional, Tuple, Union

from switchyard import _runtime
from switchyard.table import FactValue, Table

if TYPE_CHECKING:
    from switchyard.decision_log import DecisionLog


@dataclasses.dataclass(frozen=True)
class Rejection:
    """Why the file was refused last."""

    reason: str
    #: What policyc said, if it ran.
    diagnostics: str
    #: Seconds since 1970 UTC, of the last time.
    when: float
    #: How often in a row for this reason.
    count: int
    #: The file as it is now is the one refused.
    standing: bool


@dataclasses.dataclass(frozen=True)
class StoreStatus:
    """What a store serves, and what came of its file."""

    path: str
    policy: str
    generation: int
    hash: str
    pinned: bool
    #: Hash of the newest good table while a pin holds it back.
    waiting: str
    #: Why changes are not watched everywhere, so that the file is looked at now and then.
    polling: str
    accepted: int
    rejected: int
    loads: int
    old_tables: int
    #: Tables to go back to: (generation, hash), oldest first, the current one last.
    kept: Tuple[Tuple[int, str], ...]
    last_rejection: Optional[Rejection]


#: Their threads call Python, so they end before the interpreter does.
_open_stores: "weakref.WeakSet[PolicyStore]" = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    for store in list(_open_stores):
        store.close()


class PolicyStore(_runtime.StoreBase):
    """Serves the table in a file, or the one that policyc makes of a policy file (`….policy`), and follows
    the file: a rename over it, a write in place, a swapped symbolic link (a ConfigMap). A file that cannot
    be used leaves the last good table in place.

    `decide(**facts)` asks the current table; `Decision.generation` says which one that was. Any thread may
    call anything. Use it as a context manager, or `close` it.
    """

    @classmethod
    def open(
        cls,
        path: "Union[str, os.PathLike[str]]",
        *,
        check: Optional[Callable[[Table], Any]] = None,
        log: Optional[Callable[[str, int, str], Any]] = None,
        bind: Optional[Mapping[str, FactValue]] = None,
        compiler: str = "policyc",
        compile_timeout: float = 60.0,
        quiet: float = 0.05,
        poll: float = 2.0,
        keep: int = 4,
        max_bytes: int = 256 << 20,
        watch: bool = True,
        inotify: bool = True,
    ) -> "PolicyStore":
        """Loads the first table and starts to watch. StoreError when that one cannot be used.

        `check(table)` raises an exception that says what the engine lacks for it. `log(event, generation,
        text)` is told "accepted", "held", "rejected" and "polling"; it must not call the store. Both are
        called in a thread of the store. `bind` has the facts that never change, folded into every table.
        `compiler` is policyc, for policies only. Times are in seconds; runtime/store/policy_store.h says
        what they are.
        """
        return cls(os.fspath(path), check=check, log=log, bind=dict(bind or {}), compiler=compiler,
                   compile_timeout=compile_timeout, quiet=quiet, poll=poll, keep=keep,
                   max_bytes=max_bytes, watch=watch, inotify=inotify)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _open_stores.add(self)

    def record_to(self, log: "Optional[DecisionLog]") -> None:
        """Records what `decide` answers from now on, by this table and those that come; None: nowhere."""
        from switchyard.decision_log import log_or_none

        self._record_to(log_or_none(log))

    @property
    def table(self) -> Table:
        """The current table, which stays as it is."""
        return Table(self)

    def status(self) -> StoreStatus:
        """How things are now."""
        status = dict(self._status())
        rejection = status["last_rejection"]
        status["last_rejection"] = Rejection(**rejection) if rejection else None
        return StoreStatus(**status)

    def close(self) -> None:
        """Ends the store's thread and a compilation that runs. `decide` stays at the last table."""
        self._close()

    def __enter__(self) -> "PolicyStore":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
