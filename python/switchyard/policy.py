"""Policies: compiled, proved and compared. The compiler is loaded by the first call that needs it."""

from __future__ import annotations

import dataclasses
import json
import os
from typing import Any, Dict, Mapping, Optional, Sequence, Tuple, Union

from switchyard.errors import Diagnostic, PolicyError
from switchyard.explanation import Explanation, explain
from switchyard.table import FactValue, Table

Source = Union[str, "os.PathLike[str]"]


@dataclasses.dataclass(frozen=True)
class Verification:
    """What `verify` found; true when there is nothing."""

    diagnostics: Tuple[Diagnostic, ...]
    #: The findings with their source lines; empty without any.
    text: str

    def __bool__(self) -> bool:
        return not self.diagnostics

    def __str__(self) -> str:
        return self.text


@dataclasses.dataclass(frozen=True)
class Change:
    """Combinations in which the old side does `old` and the new one `new`."""

    old: str
    new: str
    #: Combinations; exact where `exact`, else at least so many.
    count: int
    exact: bool
    #: The document's part: boxes, rules, reasons (docs/diff.md).
    data: Dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Difference:
    """What `diff` found; true when something changes."""

    changes: Tuple[Change, ...]
    #: For people at a terminal, and for a comment in review.
    text: str
    markdown: str
    #: The document that `policyc diff --format json` prints (docs/diff.md).
    data: Dict[str, Any]

    @property
    def equal(self) -> bool:
        """Both decide alike for every combination: proved, never sampled."""
        return bool(self.data["equal"])

    def __bool__(self) -> bool:
        return not self.equal

    def __str__(self) -> str:
        return self.text


class Policy:
    """A compiled policy: proved for every combination of its facts, with its table."""

    def __init__(self, table: Table, warnings: Tuple[Diagnostic, ...], source: Source) -> None:
        self.table = table
        #: Findings that did not keep it from being compiled; `verify` finds more.
        self.warnings = warnings
        self._source = source

    @classmethod
    def compile(cls, source: Source, *, name: str = "policy") -> "Policy":
        """Compiles a policy's text, or the file at a path: a PathLike, or a str on one line that ends in
        ".policy" (a text has several lines). `name` stands for the path of a text in findings; what a text
        imports is found relative to the current folder, what a file imports relative to the file.

        Raises PolicyError, whose `diagnostics` are the findings; Error for a file that cannot be read.
        """
        from switchyard import _compiler

        table, found, shown = _compiler.compile(*_text_and_name(source, name))
        diagnostics = _diagnostics(found)
        if table is None:
            raise PolicyError(shown.rstrip("\n"), diagnostics)
        return cls(Table.from_bytes(table), diagnostics, source)

    def save(self, path: "Union[str, os.PathLike[str]]") -> None:
        """Writes the table: whole or not at all. `Table.open` and `PolicyStore.open` take it."""
        self.table.save(path)

    def verify(self, *, capabilities: "Sequence[Union[str, os.PathLike[str]]]" = ()) -> Verification:
        """See switchyard.verify: of the same text, or of the file as it is now."""
        return verify(self._source, capabilities=capabilities)

    def explain(self, **facts: FactValue) -> Explanation:
        """See switchyard.explain."""
        return explain(self.table, facts)

    def diff(self, new: "Union[Table, Policy]", *, by: str = "", reasons: bool = False,
             region: str = "") -> Difference:
        """What changes from this policy to `new`; see switchyard.diff."""
        return diff(self, new, by=by, reasons=reasons, region=region)

    def __repr__(self) -> str:
        return f"<Policy {self.table.policy} {self.table.hash[:12]}>"


def verify(source: Source, *, name: str = "policy",
           capabilities: "Sequence[Union[str, os.PathLike[str]]]" = ()) -> Verification:
    """Proves a policy for every combination of its facts and reports errors and warnings, as
    `policyc verify` does: what is slower than it need be, changes nothing, or is never used. `source` and
    `name` as for Policy.compile. `capabilities` are files of `requires` lines that a kernel library prints
    (`moe capabilities`), which judge the policy in place of its own. Never raises PolicyError; Error for a file
    that cannot be read or holds anything else."""
    from switchyard import _compiler

    found, shown = _compiler.verify(*_text_and_name(source, name), [os.fspath(path) for path in capabilities])
    return Verification(_diagnostics(found), shown)


def diff(old: "Union[Table, Policy]", new: "Union[Table, Policy]", *, by: str = "",
         reasons: bool = False, region: str = "") -> Difference:
    """Compares two policies as functions of their facts: the regions that decide otherwise, with counts.
    `by`: compare only this attribute of the targets. `reasons`: rules and reasons too. `region`: only
    where this condition over their facts holds. Raises Error when their facts cannot be put side by side, or the
    condition cannot be read."""
    from switchyard import _compiler

    document, text, markdown = _compiler.diff(bytes(_table(old)), "old", bytes(_table(new)), "new", by, reasons,
                                              region)
    data: Dict[str, Any] = json.loads(document)
    changes = tuple(_change(change) for change in data["changes"])
    return Difference(changes, text, markdown, data)


def _table(of: "Union[Table, Policy]") -> Table:
    return of.table if isinstance(of, Policy) else of


def _change(change: Mapping[str, Any]) -> Change:
    count = change["count"] if change["exact"] else change.get("at_least", change["count"])
    return Change(change["from"]["value"] or change["from"]["outcome"], change["to"]["value"] or change["to"]["outcome"],
                  int(count), bool(change["exact"]), dict(change))


def _text_and_name(source: Source, name: str) -> Tuple[Optional[str], str]:
    """(text, name), or (None, path)."""
    if not isinstance(source, str):
        return None, os.fspath(source)
    if source.endswith(".policy") and "\n" not in source:
        return None, source
    return source, name


def _diagnostics(document: str) -> Tuple[Diagnostic, ...]:
    return tuple(_diagnostic(found) for found in json.loads(document)["diagnostics"])


def _diagnostic(found: Mapping[str, Any]) -> Diagnostic:
    span = found["span"]
    notes = tuple(
        (note["text"], f"{note['span']['file']}:{note['span']['line_begin']}" if note["span"] else None)
        for note in found["notes"])
    witness = tuple((fact["fact"], str(fact["value"])) for fact in found["witness"])
    return Diagnostic(found["code"], found["severity"], found["name"], found["message"], span["file"],
                      span["line_begin"], span["column_begin"], span["line_end"], span["column_end"], notes,
                      witness)
