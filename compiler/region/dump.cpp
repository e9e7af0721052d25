#include <fmt/format.h>

#include "compiler/region/box.h"
#include "compiler/region/partition.h"
#include "compiler/sema/resolve.h"

namespace switchyard {

namespace {

constexpr std::size_t kMaxDumpedBoxes = 1000;

std::string spell_row(const Model& model, const Row& row) {
  const Outcome& outcome = model.outcomes[row.outcome];
  return outcome.refused ? "refuse" : model.targets[outcome.target].name;
}

}  // namespace

std::string dump(const Partition& partition, const Model& model) {
  std::string text;
  for (FactId fact = 0; fact < model.facts.size(); ++fact) {
    const Axis& axis = partition.axes[fact];
    text += fmt::format("{}: {} {}\n", model.facts[fact].name, axis.class_count(),
                        axis.class_count() == 1 ? "class" : "classes");
    for (ClassId c = 0; c < axis.class_count(); ++c) {
      ClassSet only(axis.class_count());
      only.insert(c);
      text += fmt::format("  {}: {}\n", c, spell(model, partition, fact, only));
    }
  }
  return text;
}

std::string dump_boxes(const Partition& partition, const Model& model) {
  std::string text;
  for (const Block& block : model.blocks) {
    if (!block.name.empty()) text += fmt::format("decision {}\n", block.name);
    const char* indent = block.name.empty() ? "" : "  ";
    for (RowId r = block.first_row; r < block.first_row + block.row_count; ++r) {
      const Row& row = model.rows[r];
      text += fmt::format("{}row {}: {}\n", indent, r, spell_row(model, row));
      const auto boxes = boxes_of(model, partition, row.formula, kMaxDumpedBoxes);
      if (!boxes) text += fmt::format("{}  more than {} boxes\n", indent, kMaxDumpedBoxes);
      for (const Box& box : boxes ? *boxes : std::vector<Box>{}) {
        text += fmt::format("{}  {}\n", indent, spell(model, partition, box));
      }
    }
  }
  return text;
}

}  // namespace switchyard
