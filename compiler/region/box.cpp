#include "compiler/region/box.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "runtime/base/check.h"

namespace switchyard {

namespace {

using Boxes = std::vector<Box>;

// Containment is checked pair by pair, so only in lists up to this size.
constexpr std::size_t kMaxPairwise = 512;

// If `a` and `b` are equal except in one fact that both restrict, their union is one box.
std::optional<Box> merge(const Box& a, const Box& b) {
  if (a.sides.size() != b.sides.size()) return std::nullopt;
  std::optional<std::size_t> differs;
  for (std::size_t i = 0; i < a.sides.size(); ++i) {
    if (a.sides[i].fact != b.sides[i].fact) return std::nullopt;
    if (a.sides[i] == b.sides[i]) continue;
    if (differs) return std::nullopt;
    differs = i;
  }
  Box result = a;
  if (!differs) return result;
  ClassSet joined = a.sides[*differs].classes | b.sides[*differs].classes;
  if (joined.full()) {
    result.sides.erase(result.sides.begin() + static_cast<std::ptrdiff_t>(*differs));
  } else {
    result.sides[*differs].classes = std::move(joined);
  }
  return result;
}

// Adds a box unless another contains it; drops those it contains; joins where a join is exact.
void add(Boxes& boxes, Box box) {
  if (boxes.size() <= kMaxPairwise) {
    for (std::size_t i = 0; i < boxes.size();) {
      if (contains(boxes[i], box)) return;
      if (contains(box, boxes[i])) {
        boxes.erase(boxes.begin() + static_cast<std::ptrdiff_t>(i));
        continue;
      }
      if (std::optional<Box> joined = merge(boxes[i], box)) {
        box = std::move(*joined);
        boxes.erase(boxes.begin() + static_cast<std::ptrdiff_t>(i));
        i = 0;  // the wider box may contain or join earlier ones
        continue;
      }
      ++i;
    }
  }
  boxes.push_back(std::move(box));
}

class Expansion {
 public:
  Expansion(const Model& model, const Partition& partition, std::size_t budget)
      : formulas_(model.formulas), partition_(partition), budget_(budget) {}

  // Boxes of the formula, or of its negation; none when over the budget.
  const std::optional<Boxes>& of(FormulaId formula, bool positive) {
    // Not by recursion: a chain of 200,000 `let`s is that deep. Operands have smaller ids.
    std::vector<Key> open = {{formula, positive}};
    std::set<Key> needed;
    while (!open.empty()) {
      const Key at = open.back();
      open.pop_back();
      if (known_.contains(at) || !needed.insert(at).second) continue;
      const Formulas::Kind kind = formulas_.kind(at.first);
      if (kind < Formulas::Kind::kNot) continue;
      for (const FormulaId operand : formulas_.operands(at.first)) {
        open.emplace_back(operand, at.second != (kind == Formulas::Kind::kNot));
      }
    }
    for (const Key& at : needed) {
      const auto made = known_.emplace(at, compute(at.first, at.second)).first;
      if (!made->second) return made->second;  // then the formula is over the budget too
    }
    return known_.at({formula, positive});
  }

 private:
  using Key = std::pair<FormulaId, bool>;

  std::optional<Boxes> compute(FormulaId formula, bool positive) {
    switch (formulas_.kind(formula)) {
      case Formulas::Kind::kBottom:
        return positive ? Boxes{} : Boxes{Box{}};
      case Formulas::Kind::kTop:
        return positive ? Boxes{Box{}} : Boxes{};
      case Formulas::Kind::kAtom: {
        const AtomId atom = formulas_.atom_of(formula);
        ClassSet classes = positive ? partition_.atoms[atom] : ~partition_.atoms[atom];
        if (classes.empty()) return Boxes{};
        if (classes.full()) return Boxes{Box{}};
        return Boxes{Box{{{formulas_.atom(atom).fact, std::move(classes)}}}};
      }
      case Formulas::Kind::kNot:
        return known_.at({formulas_.operands(formula)[0], !positive});
      case Formulas::Kind::kAnd:
        return positive ? product(formula, true) : sum(formula, false);
      case Formulas::Kind::kOr:
        return positive ? sum(formula, true) : product(formula, false);
    }
    SWITCHYARD_CHECK(false);
  }

  std::optional<Boxes> sum(FormulaId formula, bool positive) {
    Boxes result;
    for (const FormulaId operand : formulas_.operands(formula)) {
      const std::optional<Boxes>& part = known_.at({operand, positive});
      if (!part) return std::nullopt;
      for (const Box& box : *part) add(result, box);
      if (result.size() > budget_) return std::nullopt;
    }
    return result;
  }

  std::optional<Boxes> product(FormulaId formula, bool positive) {
    Boxes result = {Box{}};
    for (const FormulaId operand : formulas_.operands(formula)) {
      const std::optional<Boxes>& part = known_.at({operand, positive});
      if (!part) return std::nullopt;
      Boxes next;
      for (const Box& left : result) {
        for (const Box& right : *part) {
          if (std::optional<Box> both = intersect(left, right)) add(next, std::move(*both));
          if (next.size() > budget_) return std::nullopt;
        }
      }
      result = std::move(next);
    }
    return result;
  }

  const Formulas& formulas_;
  const Partition& partition_;
  const std::size_t budget_;
  std::map<Key, std::optional<Boxes>> known_;  // references stay valid
};

}  // namespace

std::optional<Box> intersect(const Box& a, const Box& b) {
  Box result;
  auto left = a.sides.begin();
  auto right = b.sides.begin();
  while (left != a.sides.end() || right != b.sides.end()) {
    if (right == b.sides.end() || (left != a.sides.end() && left->fact < right->fact)) {
      result.sides.push_back(*left++);
    } else if (left == a.sides.end() || right->fact < left->fact) {
      result.sides.push_back(*right++);
    } else {
      ClassSet both = left->classes & right->classes;
      if (both.empty()) return std::nullopt;
      result.sides.push_back({left->fact, std::move(both)});
      ++left;
      ++right;
    }
  }
  return result;
}

bool contains(const Box& outer, const Box& inner) {
  if (outer.sides.size() > inner.sides.size()) return false;
  auto own = inner.sides.begin();
  for (const Box::Side& side : outer.sides) {
    while (own != inner.sides.end() && own->fact < side.fact) ++own;
    if (own == inner.sides.end() || own->fact != side.fact) return false;
    if (!own->classes.subset_of(side.classes)) return false;
  }
  return true;
}

std::optional<std::vector<Box>> boxes_of(const Model& model, const Partition& partition,
                                         FormulaId formula, std::size_t budget, bool negated) {
  return Expansion(model, partition, budget).of(formula, !negated);
}

}  // namespace switchyard
