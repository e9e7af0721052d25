#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "compiler/diagram/count.h"
#include "compiler/region/box.h"
#include "compiler/sema/model.h"

// The questions that the checks ask about a policy. Two engines answer them: DiagramJudge within the
// diagrams' budget, SolverJudge beyond it. Both answer exactly; where an answer may be weaker beyond
// the budget, the field says so.
namespace switchyard {

// Instead of a row: where no row of the block decides.
inline constexpr RowId kUndecided = ~RowId{0};

// The admitted combinations in which, for one of the parts, `row` decides and `also` holds. A row of
// an earlier block decides where it refuses and so ends the policy.
struct Region {
  struct Part {
    RowId row;
    FormulaId also = kTrue;
  };
  BlockId block = 0;
  std::vector<Part> parts;  // ascending by row
};

// One class for every declared fact.
using Point = std::vector<ClassId>;

// Where a formula is asked for.
struct Where {
  // Every combination, or those that the assumptions admit and in which every block before `block`
  // has chosen.
  std::optional<BlockId> block;
  static Where anywhere() { return {}; }
  static Where admitted() { return {0}; }
  static Where reaching(BlockId b) { return {b}; }
};

struct Example {
  Point point;         // an admitted combination in the region
  RowId row = kUndecided;  // who decides there
  Box cube;            // fixes some facts to one class, those of `point`: every admitted combination
                       // in it is in the region
  bool fewest = false;  // no such cube fixes fewer facts; of those, the first by declaration order
  bool sole = false;   // `row` decides every admitted combination in the cube
};

struct Cover {
  std::vector<Box> boxes;  // every admitted combination in them is in the region
  std::vector<Count> sizes;  // by box, how many combinations of the region are in it
  bool complete = false;   // they contain the whole region
  Count size = 0;          // admitted combinations in the region
  bool exact = false;      // else `size` is a lower bound
};

// How many boxes a cover may have.
struct CoverLimit {
  CoverLimit(std::size_t most, std::size_t* work = nullptr) : boxes(most), steps(work) {}
  std::size_t boxes;
  // Over several covers, the steps of work for boxes past the first few of each: when they are many
  // there are no more such boxes. Null: they are not counted.
  std::size_t* steps;
};

// Two admitted combinations that differ in one fact only and have different outcomes.
struct Difference {
  Example first;             // its cube does not fix the fact
  RowId second_row = kUndecided;
  bool second_sole = false;
  ClassId first_class = 0, second_class = 0;  // of the fact
};

class Judge {
 public:
  virtual ~Judge() = default;

  virtual bool possible(FormulaId formula, Where where) = 0;
  virtual bool reached(RowId row) = 0;
  virtual bool meets(const Region& region) = 0;  // the region is not empty
  // Those of `rows` (ascending, of one block) that decide an admitted combination in which `also`
  // holds: for thousands of rows one question instead of as many.
  virtual std::vector<RowId> deciding(std::span<const RowId> rows, FormulaId also) = 0;
  virtual std::optional<Example> find(const Region& region) = 0;
  virtual Cover cover(const Region& region, CoverLimit limit) = 0;
  // For `base` and all of `parts` being impossible together: indices of a minimal set of parts that
  // is impossible with `base` (nothing can be left out), ascending.
  virtual std::vector<std::size_t> minimal_conflict(FormulaId base, std::span<const FormulaId> parts,
                                                    Where where) = 0;
  // Whether `fact` alone can change the policy's outcome between combinations in which `when` holds.
  virtual std::optional<Difference> difference(FactId fact, FormulaId when) = 0;
  // Whether `fact` alone can change what some block decides, or whether it decides.
  virtual bool matters(FactId fact) = 0;
  // Whether some admitted combination that no row of the block before `rule` decides satisfies
  // `formula` and, where `unless` is given, would not get that outcome from the rules after `rule`.
  virtual bool passes(RuleId rule, FormulaId formula, std::optional<OutcomeId> unless) = 0;
  // How many combinations the assumptions admit; none when not known exactly.
  virtual std::optional<Count> admitted() = 0;

  // False when the engine's budget was used up: the answers since then are meaningless.
  virtual bool sound() const = 0;
};

}  // namespace switchyard
