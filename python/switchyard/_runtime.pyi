from types import MappingProxyType
from typing import Any, Callable, Dict, List, Literal, Mapping, Optional, Tuple, Union, final, overload

from switchyard.table import FactValue

@final
class Decision:
    """What a table answers: a target with its parameters, a refusal, or an exclusion. Immutable; equal
    answers of one table are the same object."""

    @property
    def kind(self) -> Literal["target", "refused", "excluded", "undecided"]: ...
    @property
    def target(self) -> Optional[str]:
        """The target's name; None unless kind is "target"."""
    @property
    def outcome(self) -> str:
        """As the policy writes it: "packed(block_m = 16)", "refuse"."""
    @property
    def parameters(self) -> MappingProxyType[str, Union[int, str]]:
        """Of the target, by name."""
    @property
    def attributes(self) -> MappingProxyType[str, Union[int, str]]:
        """What the policy says of the target, by name."""
    @property
    def rule(self) -> Optional[str]:
        """"file:line" of the rule or assumption that decides; None without one."""
    @property
    def rule_text(self) -> str: ...
    @property
    def reason(self) -> str:
        """The rule's `because`, or why there is no target."""
    @property
    def generation(self) -> int:
        """Of the store's table that decided; 0 for a table by itself."""
    @property
    def index(self) -> int:
        """Of the outcome in Table.outcomes; of an exclusion, the assumption."""
    @property
    def leaf(self) -> int:
        """The row that decides: equal leaves of a table, equal decisions."""

class TableBase:
    @overload
    def __init__(self, path: str) -> None: ...
    @overload
    def __init__(self, bytes: bytes, name: str) -> None: ...
    @overload
    def __init__(self, table: TableBase, facts: Mapping[str, FactValue]) -> None: ...
    @overload
    def __init__(self, store: StoreBase) -> None: ...
    @property
    def policy(self) -> str: ...
    @property
    def hash(self) -> str: ...
    @property
    def compiler(self) -> str: ...
    @property
    def generation(self) -> int: ...
    @property
    def facts_size(self) -> int: ...
    @property
    def outcomes(self) -> Tuple[str, ...]: ...
    @property
    def targets(self) -> Tuple[Optional[str], ...]: ...
    def decide(self, **facts: FactValue) -> Decision:
        """The Decision for these facts. FactError: an unknown or missing fact, a value that is not its."""
    def why(self, **facts: FactValue) -> str:
        """The decision and what was passed over, in words."""
    def inspect(self) -> str: ...
    def __bytes__(self) -> bytes: ...
    def _facts(self) -> List[Tuple[Any, ...]]: ...
    def _bound(self) -> List[Tuple[str, str, int]]: ...
    def _spelled(self, facts: Mapping[str, Any]) -> Dict[str, str]: ...
    def _code(self, fact: str, value: Any) -> int: ...
    def _decide_rows(self, facts: Any, out: Any) -> None: ...

    def _layer_line(self, layer: str, facts: Mapping[str, Any]) -> str: ...
    def _record_to(self, log: Optional[LogBase]) -> None: ...
    def _probe(
        self,
        providers: List[Tuple[str, str, Callable[[str], Union[bool, int, str, None]]]],
        environment: Optional[Dict[str, str]],
        overrides: Dict[str, str],
    ) -> Tuple[List[Tuple[str, Optional[str], bool, str]], List[str], str]: ...

class LogBase:
    def __init__(
        self,
        path: str,
        *,
        sample_every: int,
        first: str,
        max_file_bytes: int,
        keep_files: int,
        ring_bytes: int,
        poll: float,
        on_slow_path: Optional[Callable[[str], Any]],
        on_problem: Optional[Callable[[str], Any]],
    ) -> None: ...
    def flush(self) -> None:
        """Waits until all that this thread recorded before is in the file, or lost and counted."""
    def _status(self) -> Dict[str, Any]: ...
    def _metrics(self, stores: List[StoreBase]) -> str: ...
    def _close(self) -> None: ...

class StoreBase:
    def __init__(
        self,
        path: str,
        *,
        check: Optional[Callable[[Any], Any]],
        log: Optional[Callable[[str, int, str], Any]],
        bind: Mapping[str, FactValue],
        compiler: str,
        compile_timeout: float,
        quiet: float,
        poll: float,
        keep: int,
        max_bytes: int,
        watch: bool,
        inotify: bool,
    ) -> None: ...
    @property
    def generation(self) -> int: ...
    def decide(self, **facts: FactValue) -> Decision:
        """The Decision of the current table for these facts."""
    def reload(self) -> int:
        """Looks at the file now and waits for the result: the generation. StoreError says why the file
        is refused."""
    def pin(self, generation: Optional[int] = None) -> None:
        """Holds the current table, or makes the kept one of that generation current and holds it."""
    def unpin(self) -> None:
        """The newest good table of the file becomes current, unless it was rolled back."""
    def rollback(self) -> int:
        """Makes the table before the current one current, and refuses the one left until the file holds
        another good one."""
    def metrics(self) -> str:
        """Prometheus' text: the counters of the log that this store records to, if any, and its reloads."""
    def _record_to(self, log: Optional[LogBase]) -> None: ...
    def _status(self) -> Dict[str, Any]: ...
    def _close(self) -> None: ...
