#pragma once

#include <cstdint>
#include <vector>

#include "compiler/region/partition.h"
#include "compiler/verify/judge.h"

namespace switchyard {

// Decides all classes of one fact at once, every other fact held: the policy along a line through a
// point. Exact for policies of any size, without diagrams and without a solver.
class Line {
 public:
  // Both must outlive this.
  Line(const Model& model, const Partition& partition);

  // By class of `fact` (a declared one): the leaf (LeafCodes) of `block`, as in PolicyDiagram: what
  // an earlier block refuses or leaves undecided is so in `block` too.
  const std::vector<std::uint32_t>& leaves(const Point& point, FactId fact, BlockId block);

  // Conditions looked at since construction: the work done, which a caller may limit.
  std::size_t work() const { return work_; }

 private:
  // Where a formula holds: everywhere, nowhere, or in some classes of the line.
  struct Value {
    enum class Where : std::uint8_t { kNowhere, kSome, kEverywhere } where = Where::kNowhere;
    ClassSet classes;  // kSome
  };
  const ClassSet& set_of(const Value& value) const;
  Value value_of(ClassSet classes) const;
  Value compute(FormulaId id, const Point& point, FactId fact) const;
  Value atom(AtomId id, const Point& point, FactId fact) const;
  void give(const ClassSet& classes, std::uint32_t leaf);

  const Model& model_;
  const Partition& partition_;
  std::vector<std::vector<FormulaId>> needed_;    // by BlockId: ascending, what its rows need and no
                                                  // earlier block does; assumptions: block 0
  std::vector<Value> values_;                     // by FormulaId
  std::vector<std::vector<ClassSet>> chosen_;     // by BlockId, by code: where it chose that
  ClassSet none_, all_;                           // of the line's classes
  std::vector<std::uint32_t> leaves_;
  std::size_t work_ = 0;
};

// The class of every declared fact's code.
Point point_of(const Model& model, const Partition& partition,
               const std::vector<std::int64_t>& codes);

}  // namespace switchyard
