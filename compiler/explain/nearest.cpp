#include "compiler/explain/nearest.h"

#include <algorithm>
#include <map>

#include "compiler/explain/line.h"
#include "runtime/base/check.h"

namespace switchyard {

namespace {

class Search {
 public:
  Search(const Model& model, const Partition& partition, const Point& point,
         const NearestOptions& options)
      : model_(model), partition_(partition), point_(point), options_(options),
        leaves_(leaf_codes(model)), line_(model, partition),
        block_(options.target ? model.targets[*options.target].block
                              : static_cast<BlockId>(model.blocks.size() - 1)) {}

  Nearest run() {
    by_fact_.resize(model_.declared_facts);
    for (FactId fact = 0; fact < model_.declared_facts; ++fact) {
      by_fact_[fact] = line_.leaves(point_, fact, block_);
      now_ = ending_of(model_, by_fact_[fact][point_[fact]]);
      single(fact);
    }
    using Pairs = NearestOptions::Pairs;
    result_.two_asked = options_.pairs == Pairs::kAlways ||
                        (options_.pairs == Pairs::kWithoutSingle && result_.one.empty());
    if (result_.two_asked) pairs();
    return std::move(result_);
  }

 private:
  bool wanted(std::uint32_t leaf) const {
    if (options_.target) {
      const Ending end = ending_of(model_, leaf);
      return end.kind == Ending::Kind::kTarget && end != now_ &&
             model_.outcomes[end.outcome].target == *options_.target;
    }
    return !leaves_.is_excluded(leaf) && ending_of(model_, leaf) != now_;
  }

  // Classes of one fact, or pairs of classes of two, that come to one end.
  template <typename Where>
  struct Group {
    Where where;
    std::vector<RowId> rows;
  };

  void add_row(std::uint32_t leaf, std::vector<RowId>& rows) const {
    if (leaves_.is_row(leaf)) rows.push_back(leaf);
  }

  static std::vector<RowId> once(std::vector<RowId> rows) {
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    return rows;
  }

  void single(FactId fact) {
    std::map<Ending, Group<ClassSet>> groups;
    for (ClassId c = 0; c < by_fact_[fact].size(); ++c) {
      const std::uint32_t leaf = by_fact_[fact][c];
      if (!wanted(leaf)) continue;
      auto& group = groups[ending_of(model_, leaf)];
      if (group.where.size() == 0) group.where = ClassSet(by_fact_[fact].size());
      group.where.insert(c);
      add_row(leaf, group.rows);
    }
    for (auto& [end, group] : groups) {
      result_.one.push_back({{{{fact, std::move(group.where)}}}, end, once(std::move(group.rows))});
    }
  }

  // For each pair the fact with fewer classes is stepped through, the other one is the line.
  void pairs() {
    for (FactId a = 0; a < model_.declared_facts; ++a) {
      for (FactId b = a + 1; b < model_.declared_facts; ++b) {
        if (by_fact_[a].size() == 1 || by_fact_[b].size() == 1) continue;
        if (line_.work() > options_.pair_work) {
          ++result_.pairs_left;
          continue;
        }
        pair(a, b);
      }
    }
  }

  void pair(FactId a, FactId b) {
    const bool swap = by_fact_[b].size() < by_fact_[a].size();
    const FactId stepped = swap ? b : a, along = swap ? a : b;
    // By end, by class of the stepped fact: the classes of the other.
    std::map<Ending, std::map<ClassId, Group<ClassSet>>> groups;
    Point point = point_;
    for (ClassId s = 0; s < by_fact_[stepped].size(); ++s) {
      if (s == point_[stepped]) continue;
      point[stepped] = s;
      const std::vector<std::uint32_t>& leaves = line_.leaves(point, along, block_);
      const Ending alone = ending_of(model_, by_fact_[stepped][s]);
      for (ClassId l = 0; l < leaves.size(); ++l) {
        if (l == point_[along] || !wanted(leaves[l])) continue;
        const Ending end = ending_of(model_, leaves[l]);
        if (end == alone || end == ending_of(model_, by_fact_[along][l])) continue;
        auto& group = groups[end][s];
        if (group.where.size() == 0) group.where = ClassSet(leaves.size());
        group.where.insert(l);
        add_row(leaves[l], group.rows);
      }
    }
    for (auto& [end, by_step] : groups) add_boxes(stepped, along, end, by_step);
  }

  // Steps with the same classes of the other fact are one box.
  void add_boxes(FactId stepped, FactId along, const Ending& end,
                 std::map<ClassId, Group<ClassSet>>& by_step) {
    std::vector<Change> boxes;
    for (auto& [step, group] : by_step) {
      auto known = std::find_if(boxes.begin(), boxes.end(), [&](const Change& box) {
        return box.box.sides[1].classes == group.where;
      });
      if (known == boxes.end()) {
        boxes.push_back({{{{stepped, ClassSet(by_fact_[stepped].size())}, {along, group.where}}},
                         end,
                         {}});
        known = std::prev(boxes.end());
      }
      known->box.sides[0].classes.insert(step);
      known->rows.insert(known->rows.end(), group.rows.begin(), group.rows.end());
    }
    for (Change& box : boxes) {
      if (stepped > along) std::swap(box.box.sides[0], box.box.sides[1]);
      box.rows = once(std::move(box.rows));
      result_.two.push_back(std::move(box));
    }
  }

  const Model& model_;
  const Partition& partition_;
  const Point& point_;
  const NearestOptions& options_;
  const LeafCodes leaves_;
  Line line_;
  const BlockId block_;
  Ending now_;
  std::vector<std::vector<std::uint32_t>> by_fact_;  // leaves after a single change
  Nearest result_;
};

}  // namespace

Ending ending_of(const Model& model, std::uint32_t leaf) {
  const LeafCodes leaves = leaf_codes(model);
  if (leaves.is_excluded(leaf)) return {Ending::Kind::kExcluded, 0};
  if (!leaves.is_row(leaf)) return {Ending::Kind::kOpen, 0};
  const OutcomeId outcome = model.rows[leaf].outcome;
  if (model.outcomes[outcome].refused) return {Ending::Kind::kRefused, 0};
  return {Ending::Kind::kTarget, outcome};
}

Nearest nearest(const Model& model, const Partition& partition, const Point& point,
                const NearestOptions& options) {
  return Search(model, partition, point, options).run();
}

}  // namespace switchyard
