#pragma once

#include <memory>
#include <optional>

#include "runtime/capi/handles.h"
#include "runtime/store/policy_store.h"

namespace switchyard::capi {

// What the C interface attaches to a store's versions: the table as a handle, so that reading one
// makes nothing, and its residual table.
struct ServedTable {
  switchyard_table table;
  std::optional<ResidualTable> residual;  // where the engine binds facts
};

}  // namespace switchyard::capi

struct switchyard_store {
  std::unique_ptr<switchyard::PolicyStore> store;
};

struct switchyard_reader {
  switchyard::PolicyReader reader;
};
