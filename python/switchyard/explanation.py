"""Why a policy decides as it does, and what would change it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Dict, Mapping, Optional, Sequence, Union

from switchyard.errors import FactError
from switchyard.table import FactValue, Table

if TYPE_CHECKING:
    from switchyard.policy import Policy


@dataclasses.dataclass(frozen=True)
class Explanation:
    """One answer of `explain`; str() of it is the text for people."""

    text: str
    #: The document that `policyc explain --format json` prints (docs/cli.md).
    data: Dict[str, Any]

    def __str__(self) -> str:
        return self.text


def explain(
    of: "Union[Table, Policy]",
    facts: Optional[Mapping[str, FactValue]] = None,
    *,
    why: str = "",
    why_not: str = "",
    free: Sequence[str] = (),
    limit: int = 12,
) -> Explanation:
    """The rule that decides, what was tried before it and why that failed, and which changes of one or two
    facts lead elsewhere. With facts left out: what is left to decide.

    `why`: where this target runs and what leads to it. `why_not`: why it is not chosen here. `free`: facts
    to leave open although they have a default. `limit`: lines shown of each list. Raises FactError for a
    fact or a target that the policy does not have.
    """
    from switchyard import _compiler

    table = of if isinstance(of, Table) else of.table
    _check_open(table, facts or {}, free, why_not)
    given = [f"{name}={value}" for name, value in table._spelled(dict(facts or {})).items()]
    text, data = _compiler.explain(bytes(table), table.policy, given, list(free), why, why_not, limit)
    return Explanation(text, _json(data))


def _check_open(table: Table, facts: Mapping[str, FactValue], free: Sequence[str], why_not: str) -> None:
    for name in free:
        if name in facts:
            raise FactError(f"fact `{name}` is given a value, and left free")
    unknown = [name for name in free if all(fact.name != name for fact in table.facts)]
    table._spelled({name: "" for name in unknown})  # says which name is near
    left = [fact.name for fact in table.facts
            if fact.name not in facts and (fact.default is None or fact.name in free)]
    if why_not and left:
        raise FactError("why_not asks about one input; give a value for " + ", ".join(f"`{name}`" for name in left))


def _json(text: str) -> Dict[str, Any]:
    import json

    document: Dict[str, Any] = json.loads(text)
    return document
