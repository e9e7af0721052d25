#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/diagram/diagram.h"
#include "compiler/region/partition.h"
#include "compiler/sema/model.h"

namespace switchyard {

// What a decision diagram's leaves say. For a model with R rows and A assumptions: 0 .. R-1 the
// deciding row; R .. R+A-1 excluded, the first assumption violated; R+A undecided.
struct LeafCodes {
  std::uint32_t rows, assumptions;
  std::uint32_t row(RowId r) const { return r; }
  std::uint32_t excluded(std::uint32_t assumption) const { return rows + assumption; }
  std::uint32_t undecided() const { return rows + assumptions; }
  bool is_row(std::uint32_t leaf) const { return leaf < rows; }
  bool is_excluded(std::uint32_t leaf) const { return leaf >= rows && leaf < rows + assumptions; }
};
LeafCodes leaf_codes(const Model& model);

// The code of the decision's fact when `row` decides `block`; none for a refusal or another block's
// row (an earlier block's refusal is the outcome of the later ones too).
std::optional<std::int64_t> choice_of(const Model& model, BlockId block, RowId row);

// The diagrams of all blocks, over declared facts only. Row ids are global to the model, so a leaf
// of a later block may be a refusing row of an earlier one, and what was excluded or undecided in an
// earlier block is so in every later one.
struct PolicyDiagram {
  DiagramManager manager;         // holds the nodes of the roots and no others
  std::vector<DiagramRef> roots;  // by BlockId
  LeafCodes leaves;
};

// None with more facts than `kMaxLevels`, or when both fact orders need more than the budget: the facts
// that most rows use first (of equals, those of fewer classes, so that few nodes have many runs; then by
// declaration), then the facts in the order in which the rows first use them. The second is not tried
// when it is the first, nor when the first failed within a tenth of the rows: then no order is likely to
// carry the rest, and the attempt would double the cost of every large table.
std::optional<PolicyDiagram> build(const Model& model, const Partition& partition,
                                   DiagramBudget budget);

// The same with a given order of all declared facts, so that two policies can share one.
std::optional<PolicyDiagram> build(const Model& model, const Partition& partition,
                                   const std::vector<FactId>& order, DiagramBudget budget);

// For `--dump=diagram`: the nodes of every block, each once, children grouped by class set.
std::string dump(const PolicyDiagram& diagram, const Model& model, const Partition& partition);

}  // namespace switchyard
