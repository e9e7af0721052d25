#include "compiler/verify/smallest.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "runtime/base/check.h"

namespace switchyard {

namespace {

using Fixed = std::vector<Cube::Fixed>;

// Search effort of one call: pairs of nodes looked at, and nodes made.
constexpr std::size_t kMaxVisits = 20'000;
constexpr std::size_t kMaxNodes = 40'000;

// Fewer facts first, then the facts in declaration order, then the classes.
bool better(const Fixed& a, const Fixed& b) {
  if (a.size() != b.size()) return a.size() < b.size();
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].fact != b[i].fact) return a[i].fact < b[i].fact;
  }
  return a < b;
}

// Best cubes by recursion over the top fact of `allowed`: leave it free (all children must allow
// what follows, one must want it) or fix a class of it. Deepens by the number of facts left to fix.
// The best of a pair of nodes is the best for all that lead there, since adding one more fixed fact
// to two candidates keeps their order.
class Search {
 public:
  explicit Search(DiagramOperations& operations)
      : operations_(operations), manager_(operations.manager()), first_node_(manager_.size()) {}

  bool exhausted() const { return exhausted_; }

  std::optional<Fixed> best(DiagramRef allowed, DiagramRef wanted, std::size_t facts) {
    if (allowed == kDiagramFalse || wanted == kDiagramFalse) return std::nullopt;
    if (allowed == kDiagramTrue) return Fixed{};
    if (facts == 0 || exhausted_) return std::nullopt;
    const auto key = std::tuple(allowed, wanted, facts);
    if (const auto found = known_.find(key); found != known_.end()) return found->second;
    if (++visits_ > kMaxVisits || manager_.size() - first_node_ > kMaxNodes) {
      exhausted_ = true;
      return std::nullopt;
    }
    const std::uint32_t level = manager_.level(allowed);
    while (manager_.level_or_leaf(wanted) < level) wanted = any_child(wanted);
    const bool split = manager_.level_or_leaf(wanted) == level;

    std::optional<Fixed> result =
        best(all_children(allowed), split ? any_child(wanted) : wanted, facts);
    const FactId fact = manager_.fact(allowed);
    std::set<std::pair<DiagramRef, DiagramRef>> tried;
    std::size_t next_inside = 0, next_meeting = 0;
    for (ClassId c = 0, end = 0; c < manager_.classes(fact) && !exhausted_; c = end) {
      const Run inside = manager_.runs(allowed)[next_inside];
      const Run meeting =
          split ? manager_.runs(wanted)[next_meeting] : Run{manager_.classes(fact), wanted};
      end = std::min(inside.end, meeting.end);
      if (inside.end == end) ++next_inside;
      if (meeting.end == end) ++next_meeting;
      if (inside.child == kDiagramFalse || meeting.child == kDiagramFalse) continue;
      if (!tried.emplace(inside.child, meeting.child).second) continue;
      std::optional<Fixed> rest = best(inside.child, meeting.child, facts - 1);
      if (!rest) continue;
      const Cube::Fixed own{fact, c};
      rest->insert(std::upper_bound(rest->begin(), rest->end(), own), own);
      if (!result || better(*rest, *result)) result = std::move(rest);
    }
    known_.emplace(key, result);
    return result;
  }

 private:
  DiagramRef all_children(DiagramRef ref) {
    return fold(ref, kDiagramTrue, kDiagramFalse,
                [&](DiagramRef a, DiagramRef b) { return operations_.conjoin(a, b); });
  }
  DiagramRef any_child(DiagramRef ref) {
    return fold(ref, kDiagramFalse, kDiagramTrue,
                [&](DiagramRef a, DiagramRef b) { return operations_.disjoin(a, b); });
  }
  template <typename Join>
  DiagramRef fold(DiagramRef ref, DiagramRef neutral, DiagramRef absorbing, Join join) {
    DiagramRef result = neutral;
    const std::size_t count = manager_.runs(ref).size();
    for (std::size_t i = 0; i < count && result != absorbing; ++i) {
      result = join(result, manager_.runs(ref)[i].child);
    }
    return result;
  }

  DiagramOperations& operations_;
  const DiagramManager& manager_;
  const std::size_t first_node_;
  std::size_t visits_ = 0;
  bool exhausted_ = false;
  std::map<std::tuple<DiagramRef, DiagramRef, std::size_t>, std::optional<Fixed>> known_;
};

// By fact, the classes of a box; an empty set stands for all of them.
using Sides = std::vector<ClassSet>;

// Whether every combination of the box is in the set, from any node down.
class Inside {
 public:
  Inside(const DiagramManager& manager, const Sides& sides) : manager_(manager), sides_(sides) {}

  bool operator()(DiagramRef ref) {
    if (is_leaf(ref)) return ref == kDiagramTrue;
    if (const auto found = known_.find(ref); found != known_.end()) return found->second;
    const ClassSet& side = sides_[manager_.fact(ref)];
    bool all = true;
    ClassId begin = 0;
    for (const auto [end, child] : manager_.runs(ref)) {
      if (side.size() == 0 || side.next(begin, true) < end) all = (*this)(child);
      if (!all) break;
      begin = end;
    }
    known_.emplace(ref, all);
    return all;
  }

 private:
  const DiagramManager& manager_;
  const Sides& sides_;
  std::map<DiagramRef, bool> known_;
};

// The classes of `fact` with which the box stays in the set, its own side set aside.
ClassSet allowed_classes(const DiagramManager& manager, DiagramRef set, const Sides& sides,
                         FactId fact) {
  ClassSet result(manager.classes(fact), true);
  Inside inside(manager, sides);
  const std::uint32_t level = manager.level_of(fact);
  std::vector<DiagramRef> open = {set};
  std::vector<bool> seen(manager.size());
  while (!open.empty()) {
    const DiagramRef ref = open.back();
    open.pop_back();
    if (is_leaf(ref) || manager.level(ref) > level) continue;  // does not depend on the fact
    if (seen[ref]) continue;
    seen[ref] = true;
    const bool own_level = manager.level(ref) == level;
    const ClassSet& side = sides[manager.fact(ref)];
    ClassId begin = 0;
    for (const auto [end, child] : manager.runs(ref)) {
      if (own_level) {
        for (ClassId c = begin; c < end && !inside(child); ++c) result.remove(c);
      } else if (side.size() == 0 || side.next(begin, true) < end) {
        open.push_back(child);
      }
      begin = end;
    }
  }
  return result;
}

Sides sides_of(const DiagramManager& manager, const Box& box) {
  Sides sides(manager.classes().size());
  for (const Box::Side& side : box.sides) sides[side.fact] = side.classes;
  return sides;
}

Sides sides_of(const DiagramManager& manager, const Cube& cube) {
  Sides sides(manager.classes().size());
  for (const auto& [fact, value] : cube.fixed) {
    sides[fact] = ClassSet(manager.classes(fact));
    sides[fact].insert(value);
  }
  return sides;
}

// A cube around a point of `wanted` from which no fact can be left out, later facts tried first.
Cube prime_cube(const DiagramManager& manager, DiagramRef allowed, DiagramRef wanted) {
  const std::vector<ClassId> point = first_point(manager, wanted);
  Cube cube;
  for (FactId fact = 0; fact < point.size(); ++fact) {
    if (manager.level_of(fact) < manager.order().size()) cube.fixed.push_back({fact, point[fact]});
  }
  Sides sides = sides_of(manager, cube);
  for (std::size_t i = cube.fixed.size(); i-- > 0;) {
    const FactId fact = cube.fixed[i].fact;
    ClassSet own = std::exchange(sides[fact], ClassSet());
    if (Inside(manager, sides)(allowed)) {
      cube.fixed.erase(cube.fixed.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      sides[fact] = std::move(own);
    }
  }
  return cube;
}

}  // namespace

Cube smallest_cube(DiagramOperations& operations, DiagramRef allowed, DiagramRef wanted) {
  SWITCHYARD_CHECK(wanted != kDiagramFalse);
  const Cube prime = prime_cube(operations.manager(), allowed, wanted);
  Search search(operations);
  for (std::size_t facts = 0; facts <= prime.fixed.size(); ++facts) {
    std::optional<Fixed> found = search.best(allowed, wanted, facts);
    if (search.exhausted()) return prime;
    if (found) return {std::move(*found), true};
  }
  return prime;
}

Box widen(const DiagramManager& manager, DiagramRef allowed, const Cube& cube) {
  Box box;
  for (const Cube::Fixed& fixed : cube.fixed) {
    ClassSet only(manager.classes(fixed.fact));
    only.insert(fixed.value);
    box.sides.push_back({fixed.fact, std::move(only)});
  }
  return widen(manager, allowed, box);
}

Box widen(const DiagramManager& manager, DiagramRef allowed, const Box& box) {
  Sides sides = sides_of(manager, box);
  Box result;
  for (const Box::Side& side : box.sides) {
    sides[side.fact] = allowed_classes(manager, allowed, sides, side.fact);
    if (!sides[side.fact].full()) result.sides.push_back({side.fact, sides[side.fact]});
  }
  return result;
}

ClassSet widest_side(const DiagramManager& manager, DiagramRef allowed, const Box& box, FactId fact) {
  return allowed_classes(manager, allowed, sides_of(manager, box), fact);
}

std::vector<ClassId> first_point(const DiagramManager& manager, DiagramRef set) {
  std::vector<ClassId> point(manager.classes().size(), 0);
  while (!is_leaf(set)) {
    const auto runs = manager.runs(set);
    const bool skip = runs[0].child == kDiagramFalse;  // its neighbour is not
    point[manager.fact(set)] = skip ? runs[0].end : 0;
    set = runs[skip ? 1 : 0].child;
  }
  return point;
}

DiagramRef diagram_of(DiagramManager& manager, const Box& box) {
  std::vector<Box::Side> sides = box.sides;
  std::sort(sides.begin(), sides.end(), [&](const Box::Side& a, const Box::Side& b) {
    return manager.level_of(a.fact) > manager.level_of(b.fact);
  });
  DiagramRef result = kDiagramTrue;
  for (const Box::Side& side : sides) {
    result = manager.node(manager.level_of(side.fact), side.classes, result, kDiagramFalse);
  }
  return result;
}

}  // namespace switchyard
