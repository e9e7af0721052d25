#include <algorithm>
#include <limits>

#include "compiler/explain/nearest.h"

namespace switchyard {

namespace {

constexpr std::uint32_t kNever = std::numeric_limits<std::uint32_t>::max();

// For every node the fewest changes from it down to a wanted leaf, and the class to take for them.
// Facts above or between that a path skips stay as they are.
class Descent {
 public:
  Descent(const Model& model, const PolicyDiagram& diagrams,
          const std::vector<std::optional<ClassId>>& known, TargetId target)
      : model_(model), diagrams_(diagrams), known_(known), target_(target),
        block_(model.targets[target].block), cost_(diagrams.manager.size()),
        step_(diagrams.manager.size()) {}

  std::optional<std::vector<std::pair<FactId, ClassId>>> run() {
    const DiagramManager& manager = diagrams_.manager;
    const DiagramRef root = diagrams_.roots[block_];
    // Children are made before their parents.
    for (DiagramRef node = 0; node < manager.size(); ++node) visit(node);
    if (cost(root) == kNever) return std::nullopt;
    std::vector<std::pair<FactId, ClassId>> changes;
    for (DiagramRef at = root; !is_leaf(at); at = manager.children(at)[step_[at]]) {
      const FactId fact = manager.fact(at);
      if (known_[fact] && *known_[fact] != step_[at]) changes.emplace_back(fact, step_[at]);
    }
    std::sort(changes.begin(), changes.end());
    return changes;
  }

 private:
  std::uint32_t cost(DiagramRef ref) const {
    if (!is_leaf(ref)) return cost_[ref];
    const std::uint32_t leaf = leaf_value(ref);
    if (!diagrams_.leaves.is_row(leaf)) return kNever;
    const Outcome& outcome = model_.outcomes[model_.rows[leaf].outcome];
    return !outcome.refused && outcome.target == target_ ? 0 : kNever;
  }

  void visit(DiagramRef node) {
    const auto children = diagrams_.manager.children(node);
    const std::optional<ClassId> own = known_[diagrams_.manager.fact(node)];
    cost_[node] = kNever;
    if (own) {
      cost_[node] = cost(children[*own]);
      step_[node] = *own;
    }
    for (ClassId c = 0; c < children.size(); ++c) {
      const std::uint32_t below = cost(children[c]);
      if (below == kNever) continue;
      const std::uint32_t whole = below + (own && *own != c ? 1 : 0);
      if (whole >= cost_[node]) continue;
      cost_[node] = whole;
      step_[node] = c;
    }
  }

  const Model& model_;
  const PolicyDiagram& diagrams_;
  const std::vector<std::optional<ClassId>>& known_;
  const TargetId target_;
  const BlockId block_;
  std::vector<std::uint32_t> cost_;
  std::vector<ClassId> step_;
};

}  // namespace

std::optional<std::vector<std::pair<FactId, ClassId>>> fewest_changes(
    const Model& model, const PolicyDiagram& diagrams,
    const std::vector<std::optional<ClassId>>& known, TargetId target) {
  return Descent(model, diagrams, known, target).run();
}

}  // namespace switchyard
