#include <map>

#include <fmt/format.h>

#include "compiler/diagram/build.h"

namespace switchyard {

namespace {

std::string spell_leaf(const PolicyDiagram& diagram, const Model& model, DiagramRef leaf) {
  const std::uint32_t value = leaf_value(leaf);
  if (diagram.leaves.is_excluded(value)) {
    return fmt::format("excluded by assumption {}", value - diagram.leaves.rows);
  }
  if (!diagram.leaves.is_row(value)) return "undecided";
  const Outcome& outcome = model.outcomes[model.rows[value].outcome];
  return fmt::format("row {} {}", value,
                     outcome.refused ? "refuse" : model.targets[outcome.target].name);
}

}  // namespace

std::string dump(const PolicyDiagram& diagram, const Model& model, const Partition& partition) {
  const DiagramManager& manager = diagram.manager;
  std::string text = fmt::format("{} nodes, order", manager.size());
  for (const FactId fact : manager.order()) text += fmt::format(" {}", model.facts[fact].name);
  text += '\n';
  const auto name = [&](DiagramRef ref) {
    return is_leaf(ref) ? spell_leaf(diagram, model, ref) : fmt::format("n{}", ref);
  };
  for (BlockId block = 0; block < model.blocks.size(); ++block) {
    const std::string& title = model.blocks[block].name;
    text += title.empty() ? fmt::format("policy: {}\n", name(diagram.roots[block]))
                          : fmt::format("decision {}: {}\n", title, name(diagram.roots[block]));
  }
  // Parents before children: higher indices first.
  for (DiagramRef ref = static_cast<DiagramRef>(manager.size()); ref-- > 0;) {
    const FactId fact = manager.fact(ref);
    text += fmt::format("n{}:\n", ref);
    std::vector<DiagramRef> children;  // each once, by its first class
    std::map<DiagramRef, ClassSet> classes;
    ClassId c = 0;
    for (const auto [end, child] : manager.runs(ref)) {
      const auto [own, added] = classes.emplace(child, ClassSet(manager.classes(fact)));
      if (added) children.push_back(child);
      for (; c < end; ++c) own->second.insert(c);
    }
    for (const DiagramRef child : children) {
      text += fmt::format("  {} -> {}\n", spell(model, partition, fact, classes.at(child)),
                          name(child));
    }
  }
  return text;
}

}  // namespace switchyard
