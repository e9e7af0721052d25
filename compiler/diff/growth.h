#pragma once

#include <deque>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "compiler/diff/align.h"
#include "compiler/region/box.h"
#include "compiler/verify/box_evaluator.h"

namespace switchyard::diff {

// Grows a point at which the old policy ends one way and the new one another to a box in which both
// go on to do so, without a solver.
//
// What must not match (earlier rows, the negation of what decides or is assumed) is a union of boxes.
// Each must stay apart from the grown box in one fact at least; facts are widened one after the other
// as far as that allows. Where the formulas are small unions of boxes and no decision is read, the
// result is maximal: whatever class were added, some box of these would be met. The choices of
// earlier blocks are held fixed, and a formula that is not a small union of boxes is held by a part of
// it that suffices at the point; then a wider box may exist.
class Growth {
 public:
  // All arguments must outlive this.
  Growth(const Pair& pair, const Partition& partition);

  // By declared fact, the classes of the box; `old_leaf`, `new_leaf`: how each ends at the point.
  // `outside`: formulas over declared facts, false at the point, which the box must not meet.
  std::vector<ClassSet> grow(const Point& point, std::uint32_t old_leaf, std::uint32_t new_leaf,
                             std::span<const FormulaId> outside = {});

 private:
  struct Side {
    const Model& model;
    BoxEvaluator evaluator;
  };
  // Boxes of a formula or its negation: a range of boxes_.
  struct Range {
    std::size_t first = 0, last = 0;
    enum class State : std::uint8_t { kNew, kExpanded, kTooMany } state = State::kNew;
  };
  struct Use {  // of a fact by a box
    std::uint32_t box;
    const ClassSet* classes;
  };

  void keep_end(Side& side, const Point& point, std::uint32_t leaf);
  // `formula` must stay true, or false, as it is at the point.
  void keep(const Model& model, FormulaId formula, bool truth);
  const Range& boxes_where(const Model& model, FormulaId formula, bool truth);
  void avoid(std::uint32_t box);
  // If the formula has this truth at the point: facts with classes that suffice for it.
  using Reason = std::optional<std::map<FactId, ClassSet>>;
  const Reason& reason(const Formulas& formulas, FormulaId formula, bool truth);
  Reason reason_of(const Formulas& formulas, FormulaId formula, bool truth);
  ClassSet widest(FactId fact) const;
  void widen(FactId fact, const ClassSet& side);

  const Partition& partition_;
  const std::uint32_t declared_;
  Side old_, new_;
  std::vector<Range> ranges_;            // by FormulaId, of it and of its negation
  std::deque<Box> boxes_;                // stays where it is: uses_ points into it
  std::vector<std::vector<Use>> uses_;   // by declared fact

  // Of the point at hand.
  std::vector<ClassId> point_;           // by fact; of decisions only those made
  std::vector<bool> chosen_;             // by fact: point_ says something
  std::vector<std::uint32_t> apart_;     // by box: in how many facts it stays apart; 0 not needed
  std::vector<std::uint32_t> needed_;    // boxes with apart_ > 0
  std::map<FactId, ClassSet> limits_;    // from reasons
  std::map<std::pair<FormulaId, bool>, Reason> reasons_;
};

}  // namespace switchyard::diff
