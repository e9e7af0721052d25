#pragma once

#include <optional>

#include "compiler/diagram/build.h"
#include "compiler/emit/table_parts.h"
#include "compiler/region/box.h"
#include "compiler/region/partition.h"
#include "compiler/sema/model.h"

// The writers of the deciders, a file each. Each appends to `parts` and returns the block's record.
namespace switchyard::emit_detail {

// The look-up of a fact's classes: an array up to 65,536 codes, a search above.
void add_axis(const Fact& fact, const Axis& axis, TableParts& parts);

// Cells of a dense array over the declared facts; none past `limit`.
std::optional<std::size_t> dense_cells(const Model& model, const Partition& partition,
                                       std::size_t limit);
BlockParts add_dense(const Model& model, const Partition& partition, const PolicyDiagram& diagrams,
                     BlockId block, std::size_t cells, TableParts& parts);

BlockParts add_walk(const PolicyDiagram& diagrams, BlockId block, TableParts& parts);

// A box and the leaf that it decides for. In the first block those of violated assumptions stand
// before those of the rows, so that the first box that matches decides.
struct LeafBox {
  Box box;
  std::uint32_t leaf;
};
// None when the block needs more than `budget` boxes.
std::optional<std::vector<LeafBox>> leaf_boxes(const Model& model, const Partition& partition,
                                               BlockId block, std::size_t budget);
// None when the rows would take more than `limit` bytes, or restrict too many facts.
std::optional<BlockParts> add_bits(const Model& model, const Partition& partition,
                                   const std::vector<LeafBox>& boxes, std::size_t limit,
                                   TableParts& parts);

// None when more registers would be live at once than a reader takes.
std::optional<BlockParts> add_program(const Model& model, BlockId block, TableParts& parts);

}  // namespace switchyard::emit_detail
