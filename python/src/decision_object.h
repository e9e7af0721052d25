#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>
#include <memory>

#include "runtime/table/decision.h"
#include "runtime/table/table.h"

// switchyard.Decision: a type of the C API, so that making one costs an allocation and its
// attributes are made when they are asked for.
namespace switchyard::python {

// A table as one generation of a store, or by itself (generation 0).
struct ServedTable {
  Table table;
  std::uint64_t generation = 0;
};

// The type, made at the first call and never freed.
PyTypeObject* decision_type();

// A new reference; null with an exception set. Not for Kind::kBadFact.
PyObject* new_decision(const std::shared_ptr<const ServedTable>& served, const Decision& decision);

}  // namespace switchyard::python
