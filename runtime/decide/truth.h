#pragma once

#include <cstdint>
#include <vector>

#include "runtime/table/view.h"

namespace switchyard {

struct Inputs;

// The truth of every formula of a table for one combination of facts, which must be inside their
// domains. Runs all blocks once; linear in the table's formulas. Allocates.
class Truth {
 public:
  Truth(const TableView& table, const void* facts);

  bool operator()(std::uint32_t formula) const { return values_[formula]; }

 private:
  bool value_of(const TableView& table, const Inputs& inputs, std::uint32_t formula) const;

  std::vector<bool> values_;
};

}  // namespace switchyard
