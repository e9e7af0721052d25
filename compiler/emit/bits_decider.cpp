#include <algorithm>

#include "compiler/emit/deciders.h"
#include "runtime/format/file_layout.h"

namespace switchyard::emit_detail {

namespace {

// False when the formula alone passes what is left of the budget.
bool append(const Model& model, const Partition& partition, FormulaId formula, std::uint32_t leaf,
            std::size_t budget, std::vector<LeafBox>& out) {
  auto boxes = boxes_of(model, partition, formula, budget - out.size());
  if (!boxes || boxes->size() > budget - out.size()) return false;
  for (Box& box : *boxes) out.push_back({std::move(box), leaf});
  return true;
}

}  // namespace

std::optional<std::vector<LeafBox>> leaf_boxes(const Model& model, const Partition& partition,
                                               BlockId block, std::size_t budget) {
  const LeafCodes leaves = leaf_codes(model);
  std::vector<LeafBox> out;
  if (block == 0 && !model.assumptions.empty()) {
    Model with_negations = model;  // their formulas may not exist yet
    for (std::uint32_t a = 0; a < model.assumptions.size(); ++a) {
      const FormulaId violated =
          with_negations.formulas.negate(model.assumptions[a].condition.formula);
      if (!append(with_negations, partition, violated, leaves.excluded(a), budget, out)) {
        return std::nullopt;
      }
    }
  }
  const Block& rows = model.blocks[block];
  for (RowId row = rows.first_row; row < rows.first_row + rows.row_count; ++row) {
    if (!append(model, partition, model.rows[row].formula, leaves.row(row), budget, out)) {
      return std::nullopt;
    }
  }
  return out;
}

std::optional<BlockParts> add_bits(const Model& model, const Partition& partition,
                                   const std::vector<LeafBox>& boxes, std::size_t limit,
                                   TableParts& parts) {
  BlockParts out;
  out.engine = format::Engine::kBits;
  out.data = parts.bit_rows.size();
  out.boxes = static_cast<std::uint32_t>(boxes.size());
  out.first_leaf = static_cast<std::uint32_t>(parts.leaves.size());
  out.row_words = static_cast<std::uint32_t>((boxes.size() + 511) / 512 * 8);

  std::vector<bool> restricted(model.facts.size(), false);
  for (const LeafBox& box : boxes) {
    for (const Box::Side& side : box.box.sides) restricted[side.fact] = true;
  }
  std::uint32_t rows = 0;
  std::vector<std::uint32_t> first_row(model.facts.size(), 0);
  for (FactId f = 0; f < model.facts.size(); ++f) {
    if (!restricted[f]) continue;
    out.bit_facts.push_back(f);
    out.bit_rows.push_back(rows);
    first_row[f] = rows;
    rows += static_cast<std::uint32_t>(partition.axes[f].class_count());
  }
  const std::size_t words = std::size_t{rows} * out.row_words;
  if (out.bit_facts.size() > format::kMaxBitFacts || words * 8 > limit) return std::nullopt;
  out.size = words;
  parts.bit_rows.resize(out.data + words, 0);
  for (const LeafBox& box : boxes) parts.leaves.push_back(box.leaf);

  for (const FactId f : out.bit_facts) {
    // Boxes that say nothing about the fact allow all of its classes: one row of them, copied.
    std::vector<std::uint64_t> free(out.row_words, 0);
    const std::size_t classes = partition.axes[f].class_count();
    std::uint64_t* const base = parts.bit_rows.data() + out.data + std::size_t{first_row[f]} * out.row_words;
    for (std::size_t b = 0; b < boxes.size(); ++b) {
      const auto& sides = boxes[b].box.sides;
      const auto side = std::find_if(sides.begin(), sides.end(),
                                     [&](const Box::Side& one) { return one.fact == f; });
      if (side == sides.end()) {
        free[b / 64] |= std::uint64_t{1} << (b % 64);
        continue;
      }
      for (ClassId c = 0; c < classes; ++c) {
        if (side->classes.contains(c)) {
          base[std::size_t{c} * out.row_words + b / 64] |= std::uint64_t{1} << (b % 64);
        }
      }
    }
    for (std::size_t c = 0; c < classes; ++c) {
      for (std::size_t w = 0; w < out.row_words; ++w) base[c * out.row_words + w] |= free[w];
    }
  }
  return out;
}

}  // namespace switchyard::emit_detail
