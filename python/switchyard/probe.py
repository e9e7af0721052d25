"""What a process knows at its start, and who says so."""

from __future__ import annotations

import dataclasses
from typing import Callable, Dict, List, Mapping, Optional, Tuple, Union

from switchyard.table import FactValue, Table

Value = Union[bool, int, str]
#: The values of a source's keys, or a function of a key (None: it has no such key).
Provider = Union[Mapping[str, Value], Callable[[str], Optional[Value]]]


@dataclasses.dataclass(frozen=True)
class ProbedFact:
    """A fact, and where its value comes from."""

    name: str
    #: As the policy writes it; of a fact that is not fixed its default, if any.
    value: Optional[str]
    #: Known now, for as long as the process lives.
    fixed: bool
    origin: str


@dataclasses.dataclass(frozen=True)
class ProbedFacts:
    """What probe_facts found: `table.bind(**probed.values)` folds it in; `str(probed)` is for the log."""

    facts: Tuple[ProbedFact, ...]
    #: Variables that are set and look misspelt.
    warnings: Tuple[str, ...]
    text: str

    @property
    def values(self) -> Dict[str, str]:
        """The fixed facts."""
        return {fact.name: fact.value for fact in self.facts if fact.fixed and fact.value is not None}

    def __str__(self) -> str:
        return self.text


def probe_facts(
    table: Table,
    *,
    device: Optional[Provider] = None,
    model: Optional[Provider] = None,
    engine: Optional[Provider] = None,
    environment: Optional[Mapping[str, str]] = None,
    overrides: Optional[Mapping[str, FactValue]] = None,
) -> ProbedFacts:
    """Asks everybody once what is known at start, and says of every fact who said so.

    `device` has the keys of facts `from device KEY`, `model` of those `from model KEY`; these and `engine` may
    have facts without a `from`, by their names. Variables that the policy names are read from `environment`, by
    default this process's; `overrides` are facts that win over everybody. FactError has a line for everything that would silently decide otherwise than
    meant: a variable whose name was replaced, a value outside its domain, a key that its source does not have.
    """
    providers: List[Tuple[str, str, Callable[[str], Optional[Value]]]] = [
        (source, source, provider if callable(provider) else provider.get)
        for source, provider in (("device", device), ("model", model), ("engine", engine))
        if provider is not None]
    facts, warnings, text = table._probe(providers, None if environment is None else dict(environment),
                                         table._spelled(overrides or {}))
    return ProbedFacts(tuple(ProbedFact(*fact) for fact in facts), tuple(warnings), text)
