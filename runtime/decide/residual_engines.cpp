// What known facts leave of a block's diagram, boxes or program.
#include <algorithm>
#include <map>

#include "runtime/decide/program.h"
#include "runtime/decide/residual_parts.h"
#include "runtime/format/program.h"

namespace switchyard::residual {
namespace {

bool is_leaf(std::uint32_t node) { return (node & format::kLeafBit) != 0; }

// The node where the walk gets to, past those that read known facts.
std::uint32_t settle(const TableView& table, const BlockView& block, const Known& known,
                     std::uint32_t node) {
  while (!is_leaf(node) && known[block.nodes[node]]) {
    const std::uint32_t fact = block.nodes[node];
    node = block.nodes[node + 1 + class_of(table.axes[fact], *known[fact])];
  }
  return node;
}

}  // namespace

std::vector<std::uint32_t> nodes_left(const TableView& table, const BlockView& block,
                                      const Known& known) {
  std::vector<std::uint32_t> out, todo = {settle(table, block, known, block.root)};
  std::map<std::uint32_t, bool> seen;
  while (!todo.empty()) {
    const std::uint32_t node = todo.back();
    todo.pop_back();
    if (is_leaf(node) || !seen.try_emplace(node, true).second) continue;
    out.push_back(node);
    for (std::uint32_t c = 0; c < table.axes[block.nodes[node]].classes; ++c) {
      todo.push_back(settle(table, block, known, block.nodes[node + 1 + c]));
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

Diagram restrict_diagram(const TableView& table, const BlockView& block, const Known& known) {
  Diagram out;
  std::map<std::uint32_t, std::uint32_t> moved;
  std::uint32_t size = 0;
  const std::vector<std::uint32_t> nodes = nodes_left(table, block, known);
  for (const std::uint32_t node : nodes) {
    moved[node] = size;
    size += 1 + table.axes[block.nodes[node]].classes;
  }
  const auto to = [&](std::uint32_t child) {
    const std::uint32_t node = settle(table, block, known, child);
    return is_leaf(node) ? node : moved.at(node);
  };
  for (const std::uint32_t node : nodes) {
    out.nodes.push_back(block.nodes[node]);
    for (std::uint32_t c = 0; c < table.axes[block.nodes[node]].classes; ++c) {
      out.nodes.push_back(to(block.nodes[node + 1 + c]));
    }
  }
  out.root = to(block.root);
  return out;
}

std::vector<ClassRows> class_rows(const TableView& table, std::uint32_t block) {
  std::vector<ClassRows> out;
  const format::Block& from = *table.sections.policy->blocks()->Get(block);
  if (from.bit_facts() == nullptr) return out;
  for (std::uint32_t i = 0; i < from.bit_facts()->size(); ++i) {
    const std::uint64_t row = from.bit_rows()->Get(i);
    out.push_back({from.bit_facts()->Get(i),
                   table.sections.bit_rows.data() + from.data() + row * from.row_words(),
                   from.row_words()});
  }
  return out;
}

std::vector<std::uint64_t> boxes_left(const TableView& table, std::uint32_t block,
                                      const Known& known) {
  const BlockView& view = table.blocks[block];
  std::vector<std::uint64_t> out(view.row_words, 0);
  for (std::uint32_t b = 0; b < view.boxes; ++b) out[b / 64] |= std::uint64_t{1} << (b % 64);
  std::vector<std::uint64_t> always = out;  // what no open fact restricts
  for (const ClassRows& rows : class_rows(table, block)) {
    if (rows.fact < known.size() && known[rows.fact]) {
      const std::uint64_t* row = rows.row(class_of(table.axes[rows.fact], *known[rows.fact]));
      for (std::uint32_t w = 0; w < rows.words; ++w) out[w] &= row[w];
      continue;
    }
    for (std::uint32_t c = 0; c < table.axes[rows.fact].classes; ++c) {
      for (std::uint32_t w = 0; w < rows.words; ++w) always[w] &= rows.row(c)[w];
    }
  }
  // Behind a box that holds whatever else is sent, none is reached.
  bool reached = true;
  for (std::uint32_t w = 0; w < view.row_words; ++w) {
    if (!reached) out[w] = 0;
    if (const std::uint64_t last = out[w] & always[w]; last != 0 && reached) {
      const std::uint64_t bit = last & (~last + 1);
      out[w] &= bit | (bit - 1);
      reached = false;
    }
  }
  return out;
}

std::unique_ptr<Boxes> restrict_boxes(const TableView& table, std::uint32_t block,
                                      const Known& known, const std::vector<OpenFact>& open) {
  auto out = std::make_unique<Boxes>();
  const BlockView& view = table.blocks[block];
  const std::vector<std::uint64_t> left = boxes_left(table, block, known);
  std::vector<std::uint32_t> boxes;
  for (std::uint32_t b = 0; b < view.boxes; ++b) {
    if ((left[b / 64] >> (b % 64) & 1) != 0) boxes.push_back(b);
  }
  for (const std::uint32_t b : boxes) out->leaves.push_back(view.box_leaves[b]);

  std::vector<ClassRows> kept;
  std::size_t words = 0;
  const std::size_t row_words = (boxes.size() + 511) / 512 * 8;
  for (const ClassRows& rows : class_rows(table, block)) {
    const bool matters = std::any_of(open.begin(), open.end(), [&](const OpenFact& fact) {
      return fact.fact == rows.fact && fact.groups > 1;
    });
    if (!matters) continue;
    kept.push_back(rows);
    words += row_words * table.axes[rows.fact].classes;
  }
  out->bits.assign(words + 7, 0);
  out->first_bit_word = (64 - reinterpret_cast<std::uintptr_t>(out->bits.data()) % 64) % 64 / 8;
  std::uint64_t* row = out->bits.data() + out->first_bit_word;

  BlockView& made = out->block;
  made.engine = Engine::kBits;
  made.complete = true;
  made.boxes = static_cast<std::uint32_t>(boxes.size());
  made.row_words = static_cast<std::uint32_t>(row_words);
  made.box_leaves = out->leaves.data();
  for (const ClassRows& rows : kept) {
    const AxisView& axis = table.axes[rows.fact];
    const FactView& fact = table.facts[rows.fact];
    if (!fact.wide && axis.lookup == AxisView::Lookup::kArray) {
      made.array_bit_facts.push_back({axis.array, row, fact.offset, static_cast<std::int32_t>(axis.low),
                                      axis.classes});
    } else {
      made.other_bit_facts.push_back({rows.fact, row});
    }
    for (std::uint32_t c = 0; c < axis.classes; ++c, row += row_words) {
      for (std::size_t i = 0; i < boxes.size(); ++i) {
        if ((rows.row(c)[boxes[i] / 64] >> (boxes[i] % 64) & 1) == 0) continue;
        row[i / 64] |= std::uint64_t{1} << (i % 64);
      }
    }
  }
  std::stable_sort(made.array_bit_facts.begin(), made.array_bit_facts.end(),
                   [](const ArrayBitFact& a, const ArrayBitFact& b) { return a.classes > b.classes; });
  if (table.all_narrow) use_direct_rows(table, made);
  return out;
}

namespace {

// A program run with some atoms unknown: what is settled, and what unsettled results hang on.
class PartialRun {
 public:
  PartialRun(const TableView& table, const BlockView& block, const Known& known)
      : table_(table), known_(known), registers_(block.registers, Register{Value::kFalse, kNone}) {
    const std::uint32_t* word = block.program.data();
    const std::uint32_t* const last = word + block.program.size();
    while (word != last && !run(word, word + 2 + word[1])) word += 2 + word[1];
  }

  std::vector<std::uint32_t> atoms() {
    std::vector<std::uint32_t> out;
    while (!needed_.empty()) {
      const std::uint32_t step = needed_.back();
      needed_.pop_back();
      if (steps_[step].visited) continue;
      steps_[step].visited = true;
      out.insert(out.end(), steps_[step].atoms.begin(), steps_[step].atoms.end());
      needed_.insert(needed_.end(), steps_[step].steps.begin(), steps_[step].steps.end());
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  }

 private:
  static constexpr std::uint32_t kNone = ~0u;
  enum class Value : std::uint8_t { kFalse, kTrue, kUnknown };
  struct Register {
    Value value;
    std::uint32_t step;  // that made it, when unknown
  };
  struct Step {
    std::vector<std::uint32_t> atoms, steps;
    bool visited = false;
  };

  Value value_of(std::uint32_t operand, Step& step) const {
    const std::uint32_t index = format::index_of(operand);
    Value value = Value::kUnknown;
    if (!format::is_atom(operand)) {
      value = registers_[index].value;
      if (value == Value::kUnknown) step.steps.push_back(registers_[index].step);
    } else {
      const format::Atom& atom = table_.atoms[index];
      if (atom.fact() < known_.size() && known_[atom.fact()]) {
        value = holds(table_, atom, *known_[atom.fact()]) ? Value::kTrue : Value::kFalse;
      } else {
        step.atoms.push_back(index);
      }
    }
    if (value == Value::kUnknown || !format::is_negated(operand)) return value;
    return value == Value::kTrue ? Value::kFalse : Value::kTrue;
  }

  // True when the program surely ends here.
  bool run(const std::uint32_t* word, const std::uint32_t* end) {
    const auto op = static_cast<format::Op>(format::op_of(word[0]));
    const Value ends_at = op == format::Op::kOr ? Value::kTrue : Value::kFalse;
    Step step;
    Value result = op == format::Op::kOr ? Value::kFalse : Value::kTrue;
    for (const std::uint32_t* operand = word + 2; operand != end; ++operand) {
      const Value value = value_of(*operand, step);
      if (value == ends_at) {
        result = ends_at;
        break;
      }
      if (value == Value::kUnknown) result = Value::kUnknown;
    }
    const auto made = static_cast<std::uint32_t>(steps_.size());
    if (result == Value::kUnknown) steps_.push_back(std::move(step));
    if (op != format::Op::kLeaf) {
      registers_[format::index_of(word[0])] = {result, made};
      return false;
    }
    if (result == Value::kUnknown) needed_.push_back(made);
    return result == Value::kTrue;
  }

  const TableView& table_;
  const Known& known_;
  std::vector<Register> registers_;
  std::vector<Step> steps_;
  std::vector<std::uint32_t> needed_;
};

}  // namespace

std::vector<std::uint32_t> atoms_left(const TableView& table, const BlockView& block,
                                      const Known& known) {
  return PartialRun(table, block, known).atoms();
}

}  // namespace switchyard::residual
