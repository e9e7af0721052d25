#include <algorithm>
#include <map>

#include "compiler/emit/deciders.h"

namespace switchyard::emit_detail {

std::optional<std::size_t> dense_cells(const Model& model, const Partition& partition,
                                       std::size_t limit) {
  std::size_t cells = 1;
  for (FactId f = 0; f < model.declared_facts; ++f) {
    cells *= partition.axes[f].class_count();  // at most limit * 65,536
    if (cells > limit) return std::nullopt;
  }
  return cells;
}

BlockParts add_dense(const Model& model, const Partition& partition, const PolicyDiagram& diagrams,
                     BlockId block, std::size_t cells, TableParts& parts) {
  BlockParts out;
  out.engine = format::Engine::kDense;
  out.data = parts.cells.size();
  out.size = cells;
  out.strides.resize(model.declared_facts);
  std::uint32_t stride = 1;
  for (FactId f = model.declared_facts; f-- > 0;) {
    out.strides[f] = stride;
    stride *= static_cast<std::uint32_t>(partition.axes[f].class_count());
  }
  for (std::size_t cell = 0; cell < cells; ++cell) {
    DiagramRef at = diagrams.roots[block];
    while (!is_leaf(at)) {
      const FactId fact = diagrams.manager.fact(at);
      const std::size_t c = cell / out.strides[fact] % partition.axes[fact].class_count();
      at = diagrams.manager.children(at)[c];
    }
    parts.cells.push_back(static_cast<std::uint16_t>(leaf_value(at)));
  }
  return out;
}

BlockParts add_walk(const PolicyDiagram& diagrams, BlockId block, TableParts& parts) {
  const DiagramManager& manager = diagrams.manager;
  BlockParts out;
  out.engine = format::Engine::kWalk;
  out.data = parts.nodes.size();

  // By level, so that children lie behind their parents; within a level in the order found.
  std::vector<std::vector<DiagramRef>> levels(manager.order().size());
  std::map<DiagramRef, std::uint32_t> word_of;
  std::vector<DiagramRef> open;
  const auto find = [&](DiagramRef ref) {
    if (is_leaf(ref) || !word_of.emplace(ref, 0).second) return;
    levels[manager.level(ref)].push_back(ref);
    open.push_back(ref);
  };
  find(diagrams.roots[block]);
  while (!open.empty()) {
    const DiagramRef ref = open.back();
    open.pop_back();
    for (const Run& run : manager.runs(ref)) find(run.child);
  }
  std::uint32_t words = 0;
  for (const auto& level : levels) {
    for (const DiagramRef ref : level) {
      word_of[ref] = words;
      words += 1 + static_cast<std::uint32_t>(manager.children(ref).size());
    }
  }
  const auto word = [&](DiagramRef ref) { return is_leaf(ref) ? ref : word_of.at(ref); };
  for (const auto& level : levels) {
    for (const DiagramRef ref : level) {
      parts.nodes.push_back(manager.fact(ref));
      std::size_t from = 0;
      for (const Run& run : manager.runs(ref)) {
        parts.nodes.insert(parts.nodes.end(), run.end - from, word(run.child));
        from = run.end;
      }
    }
  }
  out.size = words;
  out.root = word(diagrams.roots[block]);
  return out;
}

}  // namespace switchyard::emit_detail
