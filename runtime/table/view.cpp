#include "runtime/table/view.h"

#include <algorithm>

namespace switchyard {
namespace {

AxisView view_of(const format::Axis& axis, const Sections& sections) {
  AxisView out{};
  out.lookup = static_cast<AxisView::Lookup>(axis.lookup());
  out.classes = axis.classes();
  out.low = axis.low();
  const std::uint16_t* lookups = sections.lookups.data();
  switch (out.lookup) {
    case AxisView::Lookup::kConstant: break;
    case AxisView::Lookup::kArray: out.array = lookups + axis.array(); break;
    case AxisView::Lookup::kSearch:
      out.bounds = sections.bounds.data() + axis.bounds();
      out.intervals = axis.intervals();
      out.modulus = axis.modulus();
      out.residues = axis.modulus() > 1 ? lookups + axis.residues() : nullptr;
      out.residue_classes = axis.residue_classes();
      out.cells = lookups + axis.cells();
      break;
  }
  return out;
}

// `table`: with its facts and axes.
BlockView view_of(const format::Block& block, const TableView& table) {
  const Sections& sections = table.sections;
  BlockView out{};
  out.engine = static_cast<Engine>(block.engine());
  out.complete = block.complete();
  out.first_row = block.first_row();
  switch (out.engine) {
    case Engine::kDense:
      out.cells = sections.cells.data() + block.data();
      out.strides.assign(block.strides()->begin(), block.strides()->end());
      break;
    case Engine::kWalk:
      out.nodes = sections.nodes.data() + block.data();
      out.root = block.root();
      break;
    case Engine::kBits: {
      out.boxes = block.boxes();
      out.row_words = block.row_words();
      out.box_leaves = sections.leaves.data() + block.first_leaf();
      const std::uint32_t facts = block.bit_facts() == nullptr ? 0 : block.bit_facts()->size();
      for (std::uint32_t i = 0; i < facts; ++i) {
        const std::uint64_t row = block.bit_rows()->Get(i);
        const std::uint32_t fact = block.bit_facts()->Get(i);
        const std::uint64_t* rows = sections.bit_rows.data() + block.data() + row * out.row_words;
        const AxisView& axis = table.axes[fact];
        if (fact < table.facts.size() && !table.facts[fact].wide &&
            axis.lookup == AxisView::Lookup::kArray) {
          out.array_bit_facts.push_back({axis.array, rows, table.facts[fact].offset,
                                         static_cast<std::int32_t>(axis.low), axis.classes});
        } else {
          out.other_bit_facts.push_back({fact, rows});
        }
      }
      // Facts with many classes first: their rows are not in the nearest cache, and the others are
      // looked up while they come.
      std::stable_sort(out.array_bit_facts.begin(), out.array_bit_facts.end(),
                       [](const ArrayBitFact& a, const ArrayBitFact& b) { return a.classes > b.classes; });
      if (table.all_narrow) use_direct_rows(table, out);
      break;
    }
    case Engine::kProgram:
      out.program = sections.program.subspan(block.data(), block.size());
      out.registers = block.registers();
      break;
  }
  return out;
}

void add_facts(const format::PolicyTable& policy, TableView& out) {
  std::uint32_t offset = 0;
  out.all_narrow = true;
  for (std::uint32_t f = 0; f < policy.facts()->size(); ++f) {
    const format::Fact& fact = *policy.facts()->Get(f);
    if (f >= policy.declared_facts()) {
      out.block_of_decision.push_back(fact.block());
      continue;
    }
    const std::uint32_t width = fact.width();
    offset = (offset + width - 1) / width * width;
    out.facts.push_back({fact.low(), fact.high(), offset, width == 8});
    offset += width;
    out.all_narrow = out.all_narrow && width == 4;
  }
  if (!out.all_narrow) return;
  for (const FactView& fact : out.facts) {
    out.narrow_low.push_back(static_cast<std::int32_t>(fact.low));
    out.narrow_span.push_back(static_cast<std::uint32_t>(fact.high - fact.low));
  }
}

void add_decisions(const format::PolicyTable& policy, TableView& out) {
  for (std::uint32_t r = 0; r < policy.rows()->size(); ++r) {
    const format::Row& row = *policy.rows()->Get(r);
    const bool refused = policy.outcomes()->Get(row.outcome())->refused();
    out.decisions.push_back({refused ? Decision::Kind::kRefused : Decision::Kind::kTarget, r,
                             row.outcome(), row.rule()});
  }
  const std::uint32_t assumptions =
      policy.assumptions() == nullptr ? 0 : policy.assumptions()->size();
  for (std::uint32_t a = 0; a < assumptions; ++a) {
    const auto leaf = static_cast<std::uint32_t>(out.decisions.size());
    out.decisions.push_back({Decision::Kind::kExcluded, leaf, a, Decision::kNone});
  }
  const auto undecided = static_cast<std::uint32_t>(out.decisions.size());
  out.decisions.push_back(
      {Decision::Kind::kUndecided, undecided, Decision::kNone, Decision::kNone});

  out.row_code.assign(policy.rows()->size(), 0);
  for (const format::Block* block : *policy.blocks()) {
    if (block->targets() == nullptr) continue;
    std::vector<std::uint32_t> code(policy.targets()->size(), 0);
    for (std::uint32_t c = 0; c < block->targets()->size(); ++c) code[block->targets()->Get(c)] = c;
    for (std::uint32_t r = block->first_row(); r < block->first_row() + block->rows(); ++r) {
      const format::Outcome& outcome = *policy.outcomes()->Get(policy.rows()->Get(r)->outcome());
      if (!outcome.refused()) out.row_code[r] = code[outcome.target()];
    }
  }
}

}  // namespace

TableView make_view(const Sections& sections) {
  TableView out;
  out.sections = sections;
  const format::PolicyTable& policy = *sections.policy;
  add_facts(policy, out);
  for (const format::Axis* axis : *policy.axes()) out.axes.push_back(view_of(*axis, sections));
  for (const format::Block* block : *policy.blocks()) {
    out.blocks.push_back(view_of(*block, out));
  }
  add_decisions(policy, out);
  if (policy.atoms() != nullptr) {
    out.atoms = reinterpret_cast<const format::Atom*>(policy.atoms()->Data());
  }
  if (policy.intervals() != nullptr) {
    out.intervals = reinterpret_cast<const format::Interval*>(policy.intervals()->Data());
  }
  return out;
}

}  // namespace switchyard
