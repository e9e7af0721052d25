#pragma once

#include <pybind11/pybind11.h>

#include "python/src/asked_table.h"

// What an engine asks once, at its start.
namespace switchyard::python {

// `providers`: a list of (source, origin, callable of a key: a bool, int or str, or None where it
// has no such key). `environment`: None for this process's own, or a dict in its place.
// `overrides`: names and texts of facts that win over everybody. Returns
// (facts, warnings, text): a fact is (name, value or None, fixed, origin). Throws (raise.h).
pybind11::tuple probe(const AskedTable& table, const pybind11::list& providers,
                      const pybind11::object& environment, const pybind11::dict& overrides);

}  // namespace switchyard::python
