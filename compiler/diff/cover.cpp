#include "compiler/diff/cover.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "compiler/diagram/count.h"
#include "compiler/verify/smallest.h"
#include "runtime/base/check.h"

namespace switchyard::diff {

namespace {

// What a set, which it must meet, has in a box. Makes no nodes.
class Meeting {
 public:
  Meeting(const DiagramManager& manager, DiagramRef set, const Box& box)
      : manager_(manager), set_(set), sides_(manager.classes().size()) {
    for (const Box::Side& side : box.sides) sides_[side.fact] = side.classes;
  }

  std::vector<ClassId> point() {
    std::vector<ClassId> result;
    for (const ClassSet& side : sides_) result.push_back(side.size() == 0 ? 0 : side.first());
    for (DiagramRef ref = set_; !is_leaf(ref);) {
      const FactId fact = manager_.fact(ref);
      const auto children = manager_.children(ref);
      ClassId c = 0;
      while (!open(fact, c) || !meets(children[c])) ++c;
      result[fact] = c;
      ref = children[c];
    }
    return result;
  }

  // The classes of the box's side with which it meets the set.
  ClassSet useful(FactId fact) {
    ClassSet result(manager_.classes(fact));
    const std::uint32_t level = manager_.level_of(fact);
    std::vector<bool> seen(manager_.size());
    std::vector<DiagramRef> next = {set_};
    while (!next.empty()) {
      const DiagramRef ref = next.back();
      next.pop_back();
      if (!meets(ref)) continue;
      if (manager_.level_or_leaf(ref) > level) return sides_[fact];  // whatever the fact is
      if (seen[ref]) continue;
      seen[ref] = true;
      const auto children = manager_.children(ref);
      for (ClassId c = 0; c < children.size(); ++c) {
        if (!open(manager_.fact(ref), c)) continue;
        if (manager_.level(ref) < level) {
          next.push_back(children[c]);
        } else if (meets(children[c])) {
          result.insert(c);
        }
      }
    }
    return result;
  }

 private:
  bool open(FactId fact, ClassId c) const {
    return sides_[fact].size() == 0 || sides_[fact].contains(c);
  }
  bool meets(DiagramRef ref) {
    if (is_leaf(ref)) return ref == kDiagramTrue;
    if (const auto found = known_.find(ref); found != known_.end()) return found->second;
    const FactId fact = manager_.fact(ref);
    const auto children = manager_.children(ref);
    bool any = false;
    for (ClassId c = 0; !any && c < children.size(); ++c) any = open(fact, c) && meets(children[c]);
    known_.emplace(ref, any);
    return any;
  }

  const DiagramManager& manager_;
  const DiagramRef set_;
  std::vector<ClassSet> sides_;
  std::map<DiagramRef, bool> known_;
};

Box box_at(const DiagramManager& manager, const std::vector<Cube::Fixed>& fixed) {
  Box box;
  for (const auto& [fact, value] : fixed) {
    ClassSet only(manager.classes(fact));
    only.insert(value);
    box.sides.push_back({fact, std::move(only)});
  }
  return box;
}

Box box_at(const DiagramManager& manager, const std::vector<ClassId>& point) {
  std::vector<Cube::Fixed> fixed;
  for (FactId fact = 0; fact < point.size(); ++fact) {
    if (manager.level_of(fact) < manager.order().size()) fixed.push_back({fact, point[fact]});
  }
  return box_at(manager, fixed);
}

// A maximal box around a small one. What lies outside the set but is allowed helps to free a side
// altogether, but is never listed in one: a reader should see only what occurs, and listed there it
// could keep another side from growing.
Box grown(const DiagramManager& manager, DiagramRef allowed, DiagramRef set, Box box,
          bool last_first) {
  if (last_first) std::reverse(box.sides.begin(), box.sides.end());
  for (bool more = true; more;) {
    more = false;
    for (std::size_t i = 0; i < box.sides.size();) {
      const FactId fact = box.sides[i].fact;
      ClassSet before = std::exchange(box.sides[i].classes, widest_side(manager, allowed, box, fact));
      if (box.sides[i].classes.full()) {
        box.sides.erase(box.sides.begin() + static_cast<std::ptrdiff_t>(i));
        more = true;
        continue;
      }
      box.sides[i].classes = Meeting(manager, set, box).useful(fact);
      more = more || box.sides[i].classes != before;
      ++i;
    }
  }
  std::sort(box.sides.begin(), box.sides.end(),
            [](const Box::Side& a, const Box::Side& b) { return a.fact < b.fact; });
  return box;
}

class Cover {
 public:
  Cover(DiagramOperations& operations, const Partition& partition, DiagramRef allowed,
        DiagramRef wanted)
      : operations_(operations), manager_(operations.manager()), partition_(partition),
        allowed_(allowed), wanted_(wanted) {}

  BoxCover run(std::size_t limit) {
    // Made without nodes, so it stands whatever the budget.
    const std::vector<ClassId> first = first_point(manager_, wanted_);
    const Box plain = grown(manager_, allowed_, wanted_, box_at(manager_, first), false);
    DiagramRef rest = wanted_;
    while (limit > 1 && rest != kDiagramFalse && boxes_.size() < limit) {
      const std::optional<Box> box = best(rest);
      if (!box) break;
      const DiagramRef own = diagram_of(manager_, *box);
      const DiagramRef left = operations_.subtract(rest, own);
      if (!manager_.within_budget()) break;
      rest = left;
      boxes_.push_back({*box, own});
    }
    BoxCover result;
    if (boxes_.empty()) {
      result.boxes.push_back(plain);
      const DiagramRef left = operations_.subtract(wanted_, diagram_of(manager_, plain));
      result.complete = manager_.within_budget() && left == kDiagramFalse;
    } else {
      result.complete = rest == kDiagramFalse;
      if (result.complete) drop_superfluous();
      for (Made& made : boxes_) result.boxes.push_back(std::move(made.box));
    }
    result.witness = Meeting(manager_, wanted_, result.boxes[0]).point();
    return result;
  }

 private:
  struct Made {
    Box box;
    DiagramRef diagram;
  };

  // The candidate that covers most of the rest, then with fewest sides.
  std::optional<Box> best(DiagramRef rest) {
    const Cube smallest = smallest_cube(operations_, allowed_, rest);
    if (!manager_.within_budget()) return std::nullopt;
    std::optional<Box> result;
    Count most = 0;
    for (const Box& seed : {box_at(manager_, smallest.fixed),
                            box_at(manager_, first_point(manager_, rest))}) {
      for (const bool last_first : {false, true}) {
        Box box = grown(manager_, allowed_, wanted_, seed, last_first);
        const DiagramRef covered = operations_.conjoin(rest, diagram_of(manager_, box));
        if (!manager_.within_budget()) return std::nullopt;
        const Count size = count(manager_, partition_, covered, kDiagramTrue);
        const bool better = !result || size > most ||
                            (size == most && box.sides.size() < result->sides.size());
        if (!better) continue;
        most = size;
        result = std::move(box);
      }
    }
    return result;
  }

  // Earlier boxes are the larger ones, so those that came last go first.
  void drop_superfluous() {
    for (std::size_t i = boxes_.size(); i-- > 0;) {
      DiagramRef rest = wanted_;
      for (std::size_t k = 0; k < boxes_.size(); ++k) {
        if (k != i) rest = operations_.subtract(rest, boxes_[k].diagram);
      }
      if (!manager_.within_budget()) return;
      if (rest == kDiagramFalse) boxes_.erase(boxes_.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }

  DiagramOperations& operations_;
  DiagramManager& manager_;
  const Partition& partition_;
  const DiagramRef allowed_, wanted_;
  std::vector<Made> boxes_;
};

}  // namespace

BoxCover cover(DiagramOperations& operations, const Partition& partition, DiagramRef allowed,
               DiagramRef wanted, std::size_t limit) {
  SWITCHYARD_CHECK(wanted != kDiagramFalse);
  return Cover(operations, partition, allowed, wanted).run(limit);
}

}  // namespace switchyard::diff
