"""Kernel dispatch policies: compiled, proved, and asked in a fraction of a microsecond.

    policy = switchyard.Policy.compile(text)          # or a path; PolicyError says what is wrong
    decision = policy.table.decide(scheme="w_mxfp4", tokens=8)
    decision.target, decision.parameters, decision.reason

A process that only asks opens tables that policyc wrote (`Table.open`, `PolicyStore.open`) and never loads
the compiler: `switchyard._compiler` is imported by the first compile, explain, verify or diff.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from switchyard._runtime import Decision
from switchyard.decision_log import DecisionLog, LogStatus
from switchyard.errors import Diagnostic, Error, FactError, LogError, PolicyError, StoreError, TableError
from switchyard.explanation import Explanation, explain
from switchyard.policy import Change, Difference, Policy, Verification, diff, verify
from switchyard.probe import ProbedFact, ProbedFacts, probe_facts
from switchyard.store import PolicyStore, Rejection, StoreStatus
from switchyard.table import BoundTable, Fact, FactValue, Table

if TYPE_CHECKING:
    from switchyard.batch import Kind as Kind
    from switchyard.batch import decision_dtype as decision_dtype

__all__ = [
    "BoundTable", "Change", "Decision", "DecisionLog", "Diagnostic", "Difference", "Error", "Explanation",
    "Fact", "FactError", "FactValue", "Kind", "LogError", "LogStatus", "Policy", "PolicyError", "PolicyStore",
    "ProbedFact", "ProbedFacts", "Rejection", "StoreError", "StoreStatus", "Table", "TableError",
    "Verification", "decision_dtype", "diff", "explain", "probe_facts", "verify",
]


def __getattr__(name: str) -> Any:
    """What needs numpy is imported when it is asked for."""
    if name in ("Kind", "decision_dtype"):
        from switchyard import batch

        return getattr(batch, name)
    raise AttributeError(f"module 'switchyard' has no attribute {name!r}")
