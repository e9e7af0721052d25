#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "runtime/base/error.h"
#include "runtime/base/export.h"
#include "runtime/table/decision.h"
#include "runtime/table/table.h"

namespace switchyard {

class FactRow;  // runtime/decide/fact_row.h

// A fact that never changes in this process: architecture, environment, model.
struct StaticFact {
  std::uint32_t fact;  // index into Table::facts
  std::int64_t code;
};

// A table with its static facts folded in, over those that are left (tokens, …). Decides as the table
// does, kBadFact and kExcluded included, on the same struct, of which the static members are not read:
// a static fact outside its domain makes every decision kBadFact.
//
// Immutable; safe for any number of threads; a copy is cheap and shares the table. Deciding allocates,
// throws and locks nothing.
class SWITCHYARD_EXPORT ResidualTable {
 public:
  // How it decides: an array over what is still told apart; what is left of the diagram; of the
  // boxes; the table itself, on a copy of the struct.
  enum class Form : std::uint8_t { kCells, kDiagram, kBoxes, kWhole };

  // Folds the facts in. Takes up to 65,536 decisions and a pass over the table: milliseconds. Equal to
  // the table for every one that policyc wrote. Errors: no such fact, a fact given twice, a struct of
  // facts larger than 16 KiB where nothing could be folded.
  static Expected<ResidualTable> bind(const Table& table, std::span<const StaticFact> facts);
  // The same with the facts that are set in `row`, which is of this table or one of its schema.
  static Expected<ResidualTable> bind(const Table& table, const FactRow& row);

  Decision decide(const void* facts) const noexcept;

  const Table& table() const noexcept { return table_; }
  Form form() const noexcept;
  std::size_t bytes() const noexcept;  // of memory, beside the table's
  std::vector<std::uint32_t> read_facts() const;  // that a decision still depends on; all for kWhole

 private:
  struct Contents;
  ResidualTable(Table table, std::shared_ptr<const Contents> contents)
      : table_(std::move(table)), contents_(std::move(contents)) {}

  Table table_;
  std::shared_ptr<const Contents> contents_;
};

}  // namespace switchyard
