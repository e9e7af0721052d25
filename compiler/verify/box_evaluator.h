#pragma once

#include <cstdint>
#include <vector>

#include "compiler/region/box.h"
#include "compiler/verify/judge.h"

namespace switchyard {

enum class Truth : std::uint8_t { kNever, kAlways, kUnknown };

// What is known of a formula and of the deciding row in a whole box, by looking at each condition by
// itself. Sound, not complete: kUnknown may be said of what always holds; in a box of one class a
// fact everything is known.
class BoxEvaluator {
 public:
  BoxEvaluator(const Model& model, const Formulas& formulas, const Partition& partition)
      : model_(model), formulas_(formulas), partition_(partition) {}

  // By declared fact, the classes of the box.
  void set_box(std::vector<ClassSet> sides);
  // The box of one point; faster than the same as a box. `sides` stays as it was.
  void set_point(Point point);
  const std::vector<ClassSet>& sides() const { return sides_; }
  void set_side(FactId fact, ClassSet classes);

  // With the decisions as the blocks before `block` can have made them in the box.
  Truth truth(FormulaId formula);

  // Whether every combination of the box is decided by a row of the region's parts under a condition
  // (`also`) that is known to hold. What the assumptions exclude counts as any other combination.
  bool inside(const Region& region);

  // The row that decides the one point of the box in `block`, or kUndecided.
  RowId decides(BlockId block);
  // After `decides(block)`: every earlier block has chosen there.
  bool reaches(BlockId block) const { return block == 0 || !choices_[block - 1].none; }

  // The first row of the block that matches the one point of the box, or kUndecided, whether the block
  // is reached or not. No condition of the block may speak of decisions.
  RowId matches(BlockId block);

 private:
  struct Choice {                    // of a block before the one asked for
    std::vector<bool> possible;      // by code
    bool none = false;               // perhaps it chose nothing
  };
  Truth atom(AtomId id);
  struct Frame {                     // a formula of which not all operands are looked at
    FormulaId formula;
    std::size_t next;                // operand
    Truth result;                    // of the operands so far
  };
  Frame enter(FormulaId formula);
  // Walks the blocks up to `last`; calls `ends(row)` for each row, or kUndecided with its block, that
  // may end the policy before or in `last`. False as soon as `ends` is.
  template <typename Ends>
  bool walk(BlockId last, Ends ends);
  void forget();

  const Model& model_;
  const Formulas& formulas_;
  const Partition& partition_;
  std::vector<ClassSet> sides_;
  Point point_;                      // instead of `sides_`, unless empty
  std::vector<Choice> choices_;      // by BlockId, of those walked
  std::vector<Truth> known_;         // by FormulaId
  std::vector<std::uint32_t> stamp_;  // by FormulaId: known_ is of this box
  std::uint32_t now_ = 0;
  std::vector<Frame> open_;          // instead of recursion: formulas may be 200,000 deep
};

// One set of one class a fact.
std::vector<ClassSet> sides_of(const Partition& partition, const Point& point);

}  // namespace switchyard
