"""Tables: opened, asked, and told about."""

from __future__ import annotations

import dataclasses
import functools
import os
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Tuple, Union

from switchyard import _runtime

if TYPE_CHECKING:
    import numpy

    from switchyard.decision_log import DecisionLog
    from switchyard.explanation import Explanation
    from switchyard.policy import Difference, Policy

#: Where a fact takes what: bool True, False; enum, name str; int int; version "9.2" or (9, 2); flags a
#: list, tuple or set of str; switch True, False, None (unset). A str as the policy language writes the
#: value is taken by all of them.
FactValue = Union[bool, int, str, None, Tuple[int, ...], List[str], "set[str]", "frozenset[str]"]


@dataclasses.dataclass(frozen=True)
class Fact:
    """A fact of a table, in the order of its declaration."""

    name: str
    #: "bool", "enum", "name", "int", "version", "flags" or "switch".
    kind: str
    #: Inclusive range of its code; of an int, of its value.
    low: int
    high: int
    #: Of enum, name and flags: codes are indices, of flags bits.
    symbols: Tuple[str, ...]
    #: As the policy language writes it; None where it must be given.
    default: Optional[str]
    default_code: Optional[int]
    #: Where an engine reads it: "engine", "env", "device" or "model"; and which variable or property.
    source: str
    source_key: str
    doc: str
    #: Where it is in a row of facts, in bytes.
    offset: int
    width: int


class _Asked(_runtime.TableBase):
    """What a table and one with facts bound have in common."""

    @functools.cached_property
    def facts(self) -> Tuple[Fact, ...]:
        """The facts, in the order of their declaration."""
        return tuple(Fact(*fact) for fact in self._facts())

    @property
    def row_dtype(self) -> "numpy.dtype[Any]":
        """The struct of facts as decide_batch reads it without a copy: a field of codes for each fact."""
        from switchyard import batch

        return batch.row_dtype(self)

    def record_to(self, log: "Optional[DecisionLog]") -> None:
        """Records what `decide` answers from now on (decide_batch does not); None: nowhere."""
        from switchyard.decision_log import log_or_none

        self._record_to(log_or_none(log))

    def layer_line(self, layer: str, /, **facts: FactValue) -> str:
        """What to say of a layer once, at start: "layer NAME: packed(block_m = 64): why …; not native: …"."""
        return self._layer_line(layer, facts)

    def decide_batch(
        self,
        facts: "Union[Mapping[str, Any], numpy.ndarray[Any, Any], None]" = None,
        **columns: Any,
    ) -> "numpy.ndarray[Any, Any]":
        """Decides many combinations at once, without the GIL.

        `facts` is a mapping from names to arrays, or a structured array with a field for each fact; names
        may also be given as keywords. Arrays of int are codes (of int facts their values, of enums the
        index in Fact.symbols), arrays of bool are for bool facts, arrays of str hold values as `decide`
        takes them; a scalar stands for every row; facts left out take their default. A structured array
        of `row_dtype` is read in place.

        Returns a structured array of `switchyard.decision_dtype`: `kind` (switchyard.Kind), `leaf`,
        `index` (into `outcomes` and `targets` where kind is TARGET) and `rule`. `target_names` turns it
        into names. A value outside its fact's domain gives a row of kind BAD_FACT, whose index is the
        fact's. An unknown fact, a missing one or arrays of different lengths are a FactError.
        """
        from switchyard import batch

        return batch.decide(self, facts, columns)

    def target_names(self, decisions: "numpy.ndarray[Any, Any]") -> "numpy.ndarray[Any, Any]":
        """The targets' names of what decide_batch returned, as objects: None where there is none."""
        from switchyard import batch

        return batch.target_names(self, decisions)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.policy} {self.hash[:12]}>"


class Table(_Asked):
    """A compiled policy. Immutable.

    `decide(**facts)` is the hot path: a fraction of a microsecond. `why(**facts)` tells everything about
    one decision, at the same place in the program.
    """

    @classmethod
    def open(cls, path: "Union[str, os.PathLike[str]]") -> "Table":
        """Maps and checks a table file. The file may be replaced by a rename, but must not be written to
        while it is open. Raises TableError."""
        return cls(os.fspath(path))

    @classmethod
    def from_bytes(cls, data: bytes, name: str = "table") -> "Table":
        """The same of bytes, which are copied; `name` stands for the path in errors."""
        return cls(bytes(data), name)

    def bind(self, **facts: FactValue) -> "BoundTable":
        """Folds in facts that never change in this process, such as the architecture. Milliseconds."""
        return BoundTable(self, facts)

    def save(self, path: "Union[str, os.PathLike[str]]") -> None:
        """Writes the table, to be opened again: whole or not at all."""
        temporary = f"{os.fspath(path)}.{os.getpid()}.part"
        try:
            with open(temporary, "wb") as file:
                file.write(bytes(self))
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except OSError:
            if os.path.exists(temporary):
                os.unlink(temporary)
            raise

    def explain(self, **facts: FactValue) -> "Explanation":
        """See switchyard.explain: `table.explain(…)` is `explain(table, …)`. Loads the compiler."""
        from switchyard.explanation import explain

        return explain(self, facts)

    def diff(self, new: "Union[Table, Policy]", *, by: str = "", reasons: bool = False,
             region: str = "") -> "Difference":
        """What changes from this table to `new`. Loads the compiler; see switchyard.diff."""
        from switchyard.policy import diff

        return diff(self, new, by=by, reasons=reasons, region=region)


class BoundTable(_Asked):
    """A table with facts folded in (Table.bind). It decides as the table does; bound facts are not given
    again."""

    @property
    def bound(self) -> Dict[str, str]:
        """The bound facts, values as the policy language writes them."""
        return {name: value for name, value, _ in self._bound()}

    def bind(self, **facts: FactValue) -> "BoundTable":
        """Folds in more."""
        return BoundTable(self, facts)
