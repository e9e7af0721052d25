#include "compiler/traffic/coverage.h"

#include <algorithm>

#include "runtime/decide/decide.h"

namespace switchyard {

Coverage::Coverage(const Table& table, const Model& model, const Partition& partition, Judge& judge)
    : table_(table),
      model_(model),
      partition_(partition),
      codes_(table),
      rows_(model.rows.size()),
      excluded_(model.assumptions.size()) {
  for (BlockId block = 0; block < model.blocks.size(); ++block) {
    const Block& own = model.blocks[block];
    for (RowId row = own.first_row; row < own.first_row + own.row_count; ++row) {
      rows_[row].cover = judge.cover({block, {{row}}}, kMaxBoxes);
      rows_[row].box_count.resize(rows_[row].cover.boxes.size());
    }
  }
}

bool Coverage::inside(const Box& box, const void* facts) const {
  return std::all_of(box.sides.begin(), box.sides.end(), [&](const Box::Side& side) {
    return side.classes.contains(partition_.axes[side.fact].class_of(codes_(facts, side.fact)));
  });
}

void Coverage::add(const void* facts) {
  ++total_;
  for (BlockId block = 0; block < model_.blocks.size(); ++block) {
    const Decision decision =
        block + 1 == model_.blocks.size() ? decide(table_, facts) : decide_block(table_, block, facts);
    if (decision.kind == Decision::Kind::kExcluded) {
      ++excluded_[decision.index];
      return;
    }
    const bool by_row =
        decision.kind == Decision::Kind::kTarget || decision.kind == Decision::Kind::kRefused;
    if (!by_row) return;
    Row& row = rows_[decision.leaf];
    ++row.count;
    const auto& boxes = row.cover.boxes;
    const auto found = std::find_if(boxes.begin(), boxes.end(),
                                    [&](const Box& box) { return inside(box, facts); });
    if (found == boxes.end()) ++row.elsewhere;
    else ++row.box_count[static_cast<std::size_t>(found - boxes.begin())];
    if (decision.kind == Decision::Kind::kRefused) return;  // of an earlier block: the end
  }
}

}  // namespace switchyard
