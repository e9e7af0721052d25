#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include <fmt/format.h>

#include "compiler/emit/prove_parts.h"
#include "runtime/format/program.h"
#include "runtime/table/view.h"

namespace switchyard::emit_detail {

namespace {

// The words and the diagram are isomorphic.
std::string compare_walk(const BlockView& view, const PolicyDiagram& diagrams, BlockId block) {
  std::map<std::uint32_t, DiagramRef> known;
  std::vector<std::pair<std::uint32_t, DiagramRef>> open = {{view.root, diagrams.roots[block]}};
  while (!open.empty()) {
    const auto [word, ref] = open.back();
    open.pop_back();
    if (((word & format::kLeafBit) != 0) != is_leaf(ref)) return "a leaf of the diagram";
    if (is_leaf(ref)) {
      if ((word & ~format::kLeafBit) != leaf_value(ref)) return "a leaf of the diagram";
      continue;
    }
    if (const auto [at, added] = known.emplace(word, ref); !added) {
      if (at->second != ref) return "a shared node of the diagram";
      continue;
    }
    if (view.nodes[word] != diagrams.manager.fact(ref)) return "the fact of a node";
    ClassId c = 0;
    for (const Run& run : diagrams.manager.runs(ref)) {
      for (; c < run.end; ++c) open.emplace_back(view.nodes[word + 1 + c], run.child);
    }
  }
  return {};
}

// Bit b of every row says what box b says of the row's class.
std::string compare_bits(const Table& table, const Model& model, const Partition& partition,
                         BlockId block) {
  const format::Block& stored = *table.view().sections.policy->blocks()->Get(block);
  const BlockView& view = table.view().blocks[block];
  const auto boxes = leaf_boxes(model, partition, block, std::numeric_limits<std::uint32_t>::max());
  if (!boxes || boxes->size() != view.boxes) return "the number of boxes";
  std::set<FactId> stored_facts;
  for (std::size_t b = 0; b < boxes->size(); ++b) {
    if (view.box_leaves[b] != (*boxes)[b].leaf) return "the leaf of a box";
  }
  std::vector<std::size_t> next(boxes->size(), 0);  // the side of each box that comes next
  for (std::uint32_t i = 0; i < stored.bit_facts()->size(); ++i) {
    const FactId fact = stored.bit_facts()->Get(i);
    if (!stored_facts.insert(fact).second) return "a fact that is there twice";
    const std::uint64_t* rows = table.view().sections.bit_rows.data() + stored.data() +
                                std::size_t{stored.bit_rows()->Get(i)} * view.row_words;
    const std::size_t classes = partition.axes[fact].class_count();
    for (std::size_t b = 0; b < boxes->size(); ++b) {
      const auto& sides = (*boxes)[b].box.sides;
      const Box::Side* side = nullptr;
      if (next[b] < sides.size() && sides[next[b]].fact == fact) side = &sides[next[b]++];
      for (ClassId c = 0; c < classes; ++c) {
        const bool bit = (rows[std::size_t{c} * view.row_words + b / 64] >> (b % 64)) & 1;
        if (bit != (side == nullptr || side->classes.contains(c))) return "a bit of a box";
      }
    }
  }
  // Sides are ascending by fact as the stored facts are, so none may be left over.
  for (std::size_t b = 0; b < boxes->size(); ++b) {
    if (next[b] != (*boxes)[b].box.sides.size()) return "a fact that a box restricts";
  }
  return {};
}

// Runs the program on formulas instead of values: what each register holds, and what each test
// asks, must be the model's.
class ProgramComparison {
 public:
  ProgramComparison(const Model& model, const BlockView& view)
      : formulas_(model.formulas), model_(model), words_(view.program), holds_(view.registers) {}

  std::string run(BlockId block) {
    const LeafCodes leaves = leaf_codes(model_);
    if (block == 0) {
      for (std::uint32_t a = 0; a < model_.assumptions.size(); ++a) {
        expect(formulas_.negate(model_.assumptions[a].condition.formula), leaves.excluded(a));
      }
    }
    const Block& rows = model_.blocks[block];
    for (RowId r = rows.first_row; r < rows.first_row + rows.row_count; ++r) {
      expect(model_.rows[r].formula, leaves.row(r));
    }
    std::size_t tests = 0;
    for (std::size_t at = 0; at < words_.size(); at += 2 + words_[at + 1]) {
      const auto op = static_cast<format::Op>(format::op_of(words_[at]));
      const std::uint32_t target = format::index_of(words_[at]);
      std::vector<FormulaId> operands;
      for (std::uint32_t o = 0; o < words_[at + 1]; ++o) operands.push_back(operand(words_[at + 2 + o]));
      const FormulaId result = op == format::Op::kOr ? formulas_.any(std::move(operands))
                                                     : formulas_.all(std::move(operands));
      if (op != format::Op::kLeaf) {
        holds_[target] = result;
      } else if (tests == expected_.size() || expected_[tests] != std::pair(result, target)) {
        return "a test of the program";
      } else {
        ++tests;
      }
    }
    return tests == expected_.size() ? "" : "the number of tests";
  }

 private:
  void expect(FormulaId formula, std::uint32_t leaf) {
    if (formula != kFalse) expected_.emplace_back(formula, leaf);
  }

  FormulaId operand(std::uint32_t word) {
    const std::uint32_t index = format::index_of(word);
    FormulaId formula;
    if (format::is_atom(word)) {
      const Atom& atom = formulas_.atom(index);
      formula = formulas_.atom(Atom(atom), model_.facts[atom.fact].low, model_.facts[atom.fact].high);
    } else {
      formula = holds_[index];
    }
    return format::is_negated(word) ? formulas_.negate(formula) : formula;
  }

  Formulas formulas_;  // a copy, which may grow
  const Model& model_;
  std::span<const std::uint32_t> words_;
  std::vector<FormulaId> holds_;
  std::vector<std::pair<FormulaId, std::uint32_t>> expected_;
};

}  // namespace

std::string compare_decider(const Table& table, const Model& model, const Partition& partition,
                            const std::optional<PolicyDiagram>& diagrams, BlockId block) {
  const BlockView& view = table.view().blocks[block];
  const bool by_diagram = view.engine == Engine::kDense || view.engine == Engine::kWalk;
  if (by_diagram && !diagrams) return "a decider without a diagram";
  // Deciders by boxes or formulas read earlier decisions, except in the first block.
  if (view.complete != (by_diagram || block == 0)) return "what a decider reads";
  switch (view.engine) {
    case Engine::kDense: return {};  // compare_dense asks all of them at once
    case Engine::kWalk: return compare_walk(view, *diagrams, block);
    case Engine::kBits: return compare_bits(table, model, partition, block);
    case Engine::kProgram: return ProgramComparison(model, view).run(block);
  }
  return "an unknown decider";
}

}  // namespace switchyard::emit_detail
