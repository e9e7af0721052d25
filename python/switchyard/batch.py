"""Many decisions at once, on numpy's arrays. Imported when they are asked for."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any, Dict, Mapping, Tuple, Union

import numpy as np

from switchyard.errors import FactError

if TYPE_CHECKING:
    from switchyard.table import Fact, _Asked

#: A decision as libswitchyard lays it out: 16 bytes.
decision_dtype = np.dtype({
    "names": ["kind", "leaf", "index", "rule"],
    "formats": ["u1", "u4", "u4", "u4"],
    "offsets": [0, 4, 8, 12],
    "itemsize": 16,
})


class Kind(enum.IntEnum):
    """Of a decision in a batch."""

    TARGET = 0
    REFUSED = 1
    EXCLUDED = 2
    UNDECIDED = 3
    #: A value outside its fact's domain; `index` is the fact's.
    BAD_FACT = 4


def row_dtype(table: "_Asked") -> "np.dtype[Any]":
    facts = table.facts
    return np.dtype({
        "names": [fact.name for fact in facts],
        "formats": [f"i{fact.width}" for fact in facts],
        "offsets": [fact.offset for fact in facts],
        "itemsize": table.facts_size,
    })


def decide(table: "_Asked", facts: Any, columns: Mapping[str, Any]) -> "np.ndarray[Any, Any]":
    dtype = row_dtype(table)
    bound = {name: code for name, _, code in table._bound()}
    if isinstance(facts, np.ndarray) and facts.dtype == dtype and not columns and not bound:
        rows = np.require(facts, requirements=["C", "A"])
    else:
        rows = _rows(table, dtype, _columns(facts, columns), bound)
    decisions = np.zeros(rows.shape, decision_dtype)
    if rows.size:
        table._decide_rows(rows.reshape(-1).view(np.uint8), decisions.reshape(-1).view(np.uint8))
    return decisions


def target_names(table: "_Asked", decisions: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    names = np.array((*table.targets, None), dtype=object)
    none = len(names) - 1
    found: "np.ndarray[Any, Any]" = names[np.where(decisions["kind"] == Kind.TARGET, decisions["index"], none)]
    return found


def _columns(facts: Any, columns: Mapping[str, Any]) -> Dict[str, Any]:
    given: Dict[str, Any] = {}
    if isinstance(facts, np.ndarray):
        if facts.dtype.names is None:
            raise FactError("an array of facts has a field for each fact; this one has none")
        given.update((name, facts[name]) for name in facts.dtype.names)
    elif facts is not None:
        given.update(facts)
    for name, values in columns.items():
        if name in given:
            raise FactError(f"fact `{name}` is given twice")
        given[name] = values
    return given


def _rows(table: "_Asked", dtype: "np.dtype[Any]", given: Dict[str, Any],
          bound: Mapping[str, int]) -> "np.ndarray[Any, Any]":
    by_name = {fact.name: fact for fact in table.facts}
    for name in given:
        if name not in by_name:
            table._spelled({name: ""})  # says which name is near
        if name in bound:
            raise FactError(f"fact `{name}` is bound; ask the table that it was bound from")
    codes = {name: _codes(table, by_name[name], values) for name, values in given.items()}
    rows = np.empty(_shape(codes), dtype)
    missing = []
    for fact in table.facts:
        if fact.name in codes:
            rows[fact.name] = codes[fact.name]
        elif fact.name in bound:
            rows[fact.name] = bound[fact.name]
        elif fact.default_code is not None:
            rows[fact.name] = fact.default_code
        else:
            missing.append(fact.name)
    if missing:
        raise FactError("not given: " + ", ".join(f"`{name}`" for name in missing))
    return rows


def _shape(codes: Mapping[str, "np.ndarray[Any, Any]"]) -> Tuple[int, ...]:
    shapes = {name: array.shape for name, array in codes.items() if array.ndim > 0}
    if len(set(shapes.values())) > 1:
        sizes = ", ".join(f"`{name}` {shape}" for name, shape in shapes.items())
        raise FactError(f"arrays of facts differ in shape: {sizes}")
    return next(iter(shapes.values()), (1,))


def _codes(table: "_Asked", fact: "Fact", values: Any) -> "np.ndarray[Any, Any]":
    """The codes of one fact's values. Those outside its domain stay outside, whatever the width of the
    row's field."""
    if not isinstance(values, (np.ndarray, list)):
        return np.asarray(table._code(fact.name, values))
    array = np.asarray(values)
    if array.dtype.kind == "b":
        if fact.kind == "bool":
            return array
        if fact.kind == "switch":
            return np.where(array, 2, 1)
        raise FactError(f"fact `{fact.name}` is no bool; its array is")
    if array.dtype.kind in "iu":
        return _inside_width(fact, array)
    if array.dtype.kind in "US" or array.dtype == object:
        return _codes_of_texts(table, fact, array)
    raise FactError(f"fact `{fact.name}`: an array of {array.dtype} holds neither codes nor texts")


def _inside_width(fact: "Fact", array: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """A code that the field cannot hold would become another one; a code just outside stands for it."""
    lowest, highest = (np.iinfo(f"i{fact.width}").min, np.iinfo(f"i{fact.width}").max)
    info = np.iinfo(array.dtype)
    if info.min >= lowest and info.max <= highest:
        return array
    outside = fact.high + 1 if fact.high < highest else fact.low - 1
    return np.where((array < lowest) | (array > highest), outside, array).astype(f"i{fact.width}")


def _codes_of_texts(table: "_Asked", fact: "Fact", array: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    seen: Dict[Any, int] = {}
    codes = np.empty(array.shape, f"i{fact.width}")
    flat, out = array.reshape(-1), codes.reshape(-1)
    if array.dtype == object:
        for i, value in enumerate(flat):
            key: Union[Any, None] = value if isinstance(value, (str, int, type(None))) else None
            if key is None and value is not None:
                out[i] = table._code(fact.name, value)
                continue
            if (type(key), key) not in seen:
                seen[type(key), key] = table._code(fact.name, value)
            out[i] = seen[type(key), key]
        return codes
    texts, inverse = np.unique(flat, return_inverse=True)
    decoded = [text.decode() if isinstance(text, bytes) else str(text) for text in texts]
    out[:] = np.array([table._code(fact.name, text) for text in decoded], f"i{fact.width}")[inverse]
    return codes
