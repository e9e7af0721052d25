#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/restore/told_sources.h"
#include "compiler/sema/model.h"
#include "runtime/table/table.h"
#include "runtime/table/view.h"

// What the parts of `restore` share. Internal to compiler/restore. Each part returns an empty string,
// or what no policy can say.
namespace switchyard::restoring {

struct Restoring {
  const Table& table;
  const format::PolicyTable& policy;  // checked by Table::open: indices are in range
  Model& model;
  SourceMap& sources;
  ToldSources told;
  std::vector<FormulaId> formulas;    // by the table's formula: the model's
  std::vector<BlockId> reads;         // by the table's formula: one more than the last block whose
                                      // decision it reads, 0 when it reads facts only
};

// Facts, targets, outcomes, blocks without rows and `faster`, with a file `name` that lists them.
std::string restore_names(Restoring& r, const std::string& name);

// Formulas, rebuilt operand by operand.
std::string restore_formulas(Restoring& r);

// Assumptions, rules, entries, requirements, rows and `allow slower`.
std::string restore_rules(Restoring& r);

}  // namespace switchyard::restoring
