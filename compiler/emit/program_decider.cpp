#include <set>

#include "compiler/emit/deciders.h"
#include "runtime/base/check.h"
#include "runtime/format/file_layout.h"
#include "runtime/format/program.h"

namespace switchyard::emit_detail {

namespace {

using Kind = Formulas::Kind;

// A row, or an assumption, as the program tests it.
struct Test {
  FormulaId formula;
  bool negated;  // an assumption decides when it does not hold
  std::uint32_t leaf;
};

std::vector<Test> tests_of(const Model& model, BlockId block) {
  const LeafCodes leaves = leaf_codes(model);
  std::vector<Test> out;
  if (block == 0) {
    for (std::uint32_t a = 0; a < model.assumptions.size(); ++a) {
      out.push_back({model.assumptions[a].condition.formula, true, leaves.excluded(a)});
    }
  }
  const Block& rows = model.blocks[block];
  for (RowId row = rows.first_row; row < rows.first_row + rows.row_count; ++row) {
    out.push_back({model.rows[row].formula, false, leaves.row(row)});
  }
  return out;
}

class Writer {
 public:
  Writer(const Formulas& formulas, TableParts& parts)
      : formulas_(formulas), parts_(parts), last_use_(formulas.size(), 0),
        written_(formulas.size(), false), register_(formulas.size(), 0) {}

  // When each combined formula is computed, and when it is last read, counted in instructions.
  void plan(const std::vector<Test>& tests) {
    for (std::size_t t = 0; t < tests.size(); ++t) {
      std::vector<FormulaId> path = {core(tests[t].formula)};
      // Operands have smaller ids, so in ascending order of ids everything comes in time.
      std::set<FormulaId> needed;
      while (!path.empty()) {
        const FormulaId at = path.back();
        path.pop_back();
        if (!combined(at) || written_[at] || !needed.insert(at).second) continue;
        for (const FormulaId operand : formulas_.operands(at)) path.push_back(core(operand));
      }
      for (const FormulaId id : needed) {
        written_[id] = true;
        steps_.push_back({id, t, false});
      }
      steps_.push_back({core(tests[t].formula), t, true});
    }
    for (std::size_t s = 0; s < steps_.size(); ++s) {
      const FormulaId id = steps_[s].formula;
      if (steps_[s].test) {
        last_use_[id] = s;
      } else {
        for (const FormulaId operand : formulas_.operands(id)) last_use_[core(operand)] = s;
      }
    }
  }

  // False when it runs out of registers.
  bool write(const std::vector<Test>& tests) {
    for (std::size_t s = 0; s < steps_.size(); ++s) {
      const Step& step = steps_[s];
      if (step.test) {
        test(tests[step.of]);
        release(step.formula, s);
        continue;
      }
      const auto operands = formulas_.operands(step.formula);
      const auto op = formulas_.kind(step.formula) == Kind::kAnd ? format::Op::kAnd : format::Op::kOr;
      std::vector<std::uint32_t> words;
      for (const FormulaId operand : operands) words.push_back(word(operand, false));
      // Operands are read before the result is stored, so that their registers are free for it.
      for (const FormulaId operand : operands) release(core(operand), s);
      if (!take(step.formula)) return false;
      instruction(op, register_[step.formula], words);
    }
    return true;
  }

  std::uint32_t registers() const { return registers_; }

 private:
  struct Step {
    FormulaId formula;
    std::size_t of;
    bool test;
  };

  bool combined(FormulaId id) const {
    return formulas_.kind(id) == Kind::kAnd || formulas_.kind(id) == Kind::kOr;
  }
  // Without the negations around it.
  FormulaId core(FormulaId id) const {
    while (formulas_.kind(id) == Kind::kNot) id = formulas_.operands(id)[0];
    return id;
  }

  std::uint32_t word(FormulaId id, bool negated) const {
    while (formulas_.kind(id) == Kind::kNot) {
      id = formulas_.operands(id)[0];
      negated = !negated;
    }
    if (formulas_.kind(id) == Kind::kAtom) {
      return format::program_operand(true, formulas_.atom_of(id), negated);
    }
    SWITCHYARD_CHECK(combined(id));
    return format::program_operand(false, register_[id], negated);
  }

  void test(const Test& test) {
    bool negated = test.negated;
    FormulaId id = test.formula;
    while (formulas_.kind(id) == Kind::kNot) {
      id = formulas_.operands(id)[0];
      negated = !negated;
    }
    if (id == kTrue || id == kFalse) {
      if ((id == kTrue) != negated) instruction(format::Op::kLeaf, test.leaf, {});
      return;
    }
    instruction(format::Op::kLeaf, test.leaf, {word(id, negated)});
  }

  bool take(FormulaId id) {
    if (free_.empty()) {
      if (registers_ == format::kMaxRegisters) return false;
      register_[id] = registers_++;
    } else {
      register_[id] = *free_.begin();
      free_.erase(free_.begin());
    }
    return true;
  }
  void release(FormulaId id, std::size_t step) {
    if (combined(id) && last_use_[id] == step) free_.insert(register_[id]);
  }

  void instruction(format::Op op, std::uint32_t target, const std::vector<std::uint32_t>& operands) {
    parts_.program.push_back(format::program_word(op, target));
    parts_.program.push_back(static_cast<std::uint32_t>(operands.size()));
    parts_.program.insert(parts_.program.end(), operands.begin(), operands.end());
  }

  const Formulas& formulas_;
  TableParts& parts_;
  std::vector<Step> steps_;
  std::vector<std::size_t> last_use_;
  std::vector<bool> written_;
  std::vector<std::uint32_t> register_;
  std::set<std::uint32_t> free_;
  std::uint32_t registers_ = 0;
};

}  // namespace

std::optional<BlockParts> add_program(const Model& model, BlockId block, TableParts& parts) {
  BlockParts out;
  out.engine = format::Engine::kProgram;
  out.data = parts.program.size();
  const std::vector<Test> tests = tests_of(model, block);
  Writer writer(model.formulas, parts);
  writer.plan(tests);
  if (!writer.write(tests)) return std::nullopt;
  out.registers = writer.registers();
  out.size = parts.program.size() - out.data;
  return out;
}

}  // namespace switchyard::emit_detail
