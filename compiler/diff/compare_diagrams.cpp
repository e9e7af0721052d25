#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "compiler/diagram/build.h"
#include "compiler/diagram/formula_diagrams.h"
#include "compiler/diagram/operations.h"
#include "compiler/diff/cover.h"
#include "compiler/diff/endings.h"
#include "compiler/diff/engines.h"
#include "runtime/base/check.h"

namespace switchyard::diff {

namespace {

// Nodes looked at for covers, over all changes; past it the smaller changes get one box each.
constexpr std::size_t kMaxCoverNodes = 20'000'000;

// Both policies in one order.
std::optional<std::pair<PolicyDiagram, PolicyDiagram>> build_both(const Pair& pair,
                                                                  const Partition& partition,
                                                                  DiagramBudget budget) {
  std::optional<PolicyDiagram> old_diagram = build(pair.old_model, partition, budget);
  if (!old_diagram) return std::nullopt;
  std::optional<PolicyDiagram> new_diagram =
      build(pair.new_model, partition, old_diagram->manager.order(), budget);
  if (!new_diagram) {
    new_diagram = build(pair.new_model, partition, budget);
    if (!new_diagram) return std::nullopt;
    old_diagram = build(pair.old_model, partition, new_diagram->manager.order(), budget);
    if (!old_diagram) return std::nullopt;
  }
  return std::pair(std::move(*old_diagram), std::move(*new_diagram));
}

class DiagramComparison {
 public:
  DiagramComparison(const Pair& pair, const Partition& partition, const Options& options,
                    std::span<const Exemption> exempt, const PolicyDiagram& old_diagram, const PolicyDiagram& new_diagram)
      : pair_(pair),
        partition_(partition),
        options_(options),
        exempt_(exempt),
        endings_(endings_of(pair, options)),
        manager_(old_diagram.manager.order(), old_diagram.manager.classes(), options.budget),
        operations_(manager_),
        old_root_(operations_.import(old_diagram.manager, old_diagram.roots.back())),
        new_root_(operations_.import(new_diagram.manager, new_diagram.roots.back())) {}

  std::optional<Difference> run() {
    Difference result;
    excluded_ = operations_.conjoin(excluded(old_root_, endings_.old_leaves),
                                    excluded(new_root_, endings_.new_leaves));
    pair_up();
    take_out_exempt(result);
    if (!manager_.within_budget()) return std::nullopt;
    result.exact = true;
    result.total = count(manager_, partition_, excluded_, kDiagramFalse);
    group();
    cover_groups();
    result.complete = true;
    for (Group& group : groups_) {
      result.changed += group.change.count;
      result.complete = result.complete && group.change.complete;
      result.changes.push_back(std::move(group.change));
    }
    result.equal = result.changes.empty();
    return result;
  }

 private:
  struct Group {
    std::vector<std::uint32_t> leaves;  // of pairs_
    std::set<std::uint32_t> old_leaves, new_leaves;
    Change change;
  };

  DiagramRef excluded(DiagramRef root, const LeafCodes& leaves) {
    std::vector<DiagramRef> values(leaves.undecided() + 1, kDiagramFalse);
    for (std::uint32_t a = 0; a < leaves.assumptions; ++a) {
      values[leaves.excluded(a)] = kDiagramTrue;
    }
    return operations_.map_leaves(root, values);
  }

  DiagramRef values_of(DiagramRef root, const std::vector<Ending>& side) {
    std::vector<DiagramRef> values;
    for (const Ending& ending : side) values.push_back(make_leaf(ending.value));
    return operations_.map_leaves(root, values);
  }

  // pairs_root_: leaf 0 where both do the same, else 1 + index into pairs_.
  void pair_up() {
    const DiagramRef differs = operations_.apply(
        values_of(old_root_, endings_.old_side), values_of(new_root_, endings_.new_side),
        [](DiagramRef a, DiagramRef b) -> std::optional<DiagramRef> {
          if (a == b) return kDiagramFalse;
          if (is_leaf(a) && is_leaf(b)) return kDiagramTrue;
          return std::nullopt;
        });
    // Outside the difference the rows do not matter, which keeps what follows small.
    const DiagramRef same = make_leaf(kLeafBit - 2);
    const DiagramRef from = operations_.choose(differs, old_root_, same);
    const DiagramRef to = operations_.choose(differs, new_root_, same);
    std::map<std::pair<DiagramRef, DiagramRef>, DiagramRef> known;
    pairs_root_ = operations_.apply(
        from, to, [&](DiagramRef a, DiagramRef b) -> std::optional<DiagramRef> {
          if (a == same || b == same) return kDiagramFalse;
          if (!is_leaf(a) || !is_leaf(b)) return std::nullopt;
          const auto next = make_leaf(static_cast<std::uint32_t>(known.size()) + 1);
          const auto [found, fresh] = known.emplace(std::pair(a, b), next);
          if (fresh) pairs_.emplace_back(leaf_value(a), leaf_value(b));
          return found->second;
        });
  }

  void take_out_exempt(Difference& result) {
    FormulaDiagrams regions(pair_.old_model, pair_.old_model.formulas, partition_, operations_);
    DiagramRef all_taken = kDiagramFalse;
    for (const Exemption& exemption : exempt_) {
      std::vector<DiagramRef> is_such = {kDiagramFalse};  // by leaf of pairs_root_
      for (const auto& [from, to] : pairs_) {
        is_such.push_back(exemption.from[from] && exemption.to[to] ? kDiagramTrue : kDiagramFalse);
      }
      const DiagramRef taken = operations_.conjoin(operations_.map_leaves(pairs_root_, is_such),
                                                   regions.of(exemption.region));
      result.met.push_back(taken != kDiagramFalse);
      all_taken = operations_.disjoin(all_taken, taken);
    }
    pairs_root_ = operations_.choose(all_taken, kDiagramFalse, pairs_root_);
  }

  void group() {
    std::map<std::pair<std::uint32_t, std::uint32_t>, Group> groups;
    for (const auto& [leaf, size] : count_leaves(manager_, partition_, pairs_root_)) {
      if (leaf == kDiagramFalse) continue;
      const auto& [from, to] = pairs_[leaf_value(leaf) - 1];
      Group& group = groups[{endings_.old_side[from].group, endings_.new_side[to].group}];
      group.leaves.push_back(leaf_value(leaf));
      group.old_leaves.insert(from);
      group.new_leaves.insert(to);
      group.change.count += size;
    }
    for (auto& [key, group] : groups) {
      group.change.from = end_of(pair_.old_model, group.old_leaves, options_);
      group.change.to = end_of(pair_.new_model, group.new_leaves, options_);
      group.change.exact = true;
      groups_.push_back(std::move(group));
    }
    std::stable_sort(groups_.begin(), groups_.end(), [](const Group& a, const Group& b) {
      return a.change.count > b.change.count;
    });
  }

  // Each in a manager of its own, so that one change cannot use up what another needs.
  void cover_groups() {
    const std::size_t few = std::min(options_.max_boxes, Options{}.max_boxes);
    std::size_t work = 0;
    for (Group& group : groups_) cover(group, work < kMaxCoverNodes ? few : 1, work);
    if (few == options_.max_boxes) return;
    // More than a few only once each has those: a long list is at the cost of no other.
    const bool all = options_.max_boxes == SIZE_MAX;
    work = 0;
    for (Group& group : groups_) {
      if (group.change.complete || (!all && work >= kMaxCoverNodes)) continue;
      cover(group, options_.max_boxes, work);
    }
  }

  void cover(Group& group, std::size_t limit, std::size_t& work) {
    std::optional<BoxCover> boxes = cover_group(group, true, limit, work);
    if (!boxes) boxes = cover_group(group, false, limit, work);
    group.change.boxes = std::move(boxes->boxes);
    group.change.complete = boxes->complete;
    group.change.witness = std::move(boxes->witness);
    group.change.witness.resize(pair_.old_model.declared_facts);
  }

  // `wide`: boxes may reach into what both policies exclude. None when that alone is past the budget.
  std::optional<BoxCover> cover_group(const Group& group, bool wide, std::size_t limit,
                                      std::size_t& work) {
    // Room for a copy of the pairs, for the region and as much again for the boxes.
    const DiagramBudget& own = options_.budget;
    DiagramManager manager(manager_.order(), manager_.classes(),
                           {own.nodes * 4, own.edges * 4, own.steps * 4});
    DiagramOperations operations(manager);
    std::vector<DiagramRef> wanted(pairs_.size() + 1, kDiagramFalse);
    for (const std::uint32_t leaf : group.leaves) wanted[leaf] = kDiagramTrue;
    const DiagramRef region =
        operations.map_leaves(operations.import(manager_, pairs_root_), wanted);
    SWITCHYARD_CHECK(manager.within_budget());
    DiagramRef allowed = region;
    if (wide) allowed = operations.disjoin(region, operations.import(manager_, excluded_));
    if (!manager.within_budget()) return std::nullopt;
    BoxCover result = diff::cover(operations, partition_, allowed, region, limit);
    work += manager.size() * result.boxes.size();
    return result;
  }

  const Pair& pair_;
  const Partition& partition_;
  const Options& options_;
  const std::span<const Exemption> exempt_;
  Endings endings_;
  DiagramManager manager_;
  DiagramOperations operations_;
  DiagramRef old_root_, new_root_;
  DiagramRef excluded_ = kDiagramFalse;  // by both
  DiagramRef pairs_root_ = kDiagramFalse;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs_;  // old leaf, new leaf
  std::vector<Group> groups_;
};

}  // namespace

std::optional<Difference> compare_diagrams(const Pair& pair, const Partition& partition,
                                           const Options& options,
                                           std::span<const Exemption> exempt) {
  const auto diagrams = build_both(pair, partition, options.budget);
  if (!diagrams) return std::nullopt;
  return DiagramComparison(pair, partition, options, exempt, diagrams->first, diagrams->second)
      .run();
}

}  // namespace switchyard::diff
