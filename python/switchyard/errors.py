"""What goes wrong, as exceptions. A refusal is no error: it is a decision."""

from __future__ import annotations

import dataclasses
from typing import Optional, Sequence, Tuple


@dataclasses.dataclass(frozen=True)
class Diagnostic:
    """A finding about a policy. Lines and columns count from 1, columns in characters."""

    code: str
    severity: str
    name: str
    message: str
    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    #: Remarks: (text, "file:line" or None).
    notes: Tuple[Tuple[str, Optional[str]], ...] = ()
    #: Facts of an input that shows the finding: (fact, value).
    witness: Tuple[Tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.severity}[{self.code}]: {self.message} ({self.file}:{self.line}:{self.column})"


class Error(Exception):
    """The base of all errors of this package: a file, a value, a policy."""


class TableError(Error):
    """A file that cannot be opened as a table: unreadable, damaged, of another format."""


class FactError(Error, ValueError):
    """A fact that is unknown, missing, or given a value that it does not take."""


class StoreError(Error):
    """A store that has nothing to serve, a file that it refuses, or a generation that it does not keep."""


class LogError(Error):
    """A decision log whose file cannot be opened, a setting outside its range, or one that is closed."""


class PolicyError(Error):
    """A policy with errors. `diagnostics` are all findings, warnings too; the text shows them with their
    source lines, as policyc does."""

    def __init__(self, text: str, diagnostics: Sequence[Diagnostic] = ()) -> None:
        super().__init__(text)
        self.diagnostics: Tuple[Diagnostic, ...] = tuple(diagnostics)

    @property
    def errors(self) -> Tuple[Diagnostic, ...]:
        """The findings without the warnings."""
        return tuple(d for d in self.diagnostics if d.severity == "error")
