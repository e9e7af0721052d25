#include "runtime/decide/decide.h"

#include "runtime/decide/bit_vectors.h"
#include "runtime/decide/evaluate_block.h"
#include "runtime/decide/inputs.h"
#include "runtime/decide/program.h"

namespace switchyard {
namespace {

// The first fact outside its domain; the number of facts when there is none.
std::uint32_t first_bad_fact(const TableView& table, const Inputs& inputs) {
  const auto count = static_cast<std::uint32_t>(table.facts.size());
  for (std::uint32_t f = 0; f < count; ++f) {
    const std::int64_t code = inputs.load(table.facts[f]);
    if (code < table.facts[f].low || code > table.facts[f].high) return f;
  }
  return count;
}

bool in_domain(const TableView& table, const Inputs& inputs) {
  if (!table.all_narrow) return first_bad_fact(table, inputs) == table.facts.size();
  const std::int32_t* low = table.narrow_low.data();
  const std::uint32_t* span = table.narrow_span.data();
  const std::size_t count = table.narrow_low.size();
  std::uint32_t bad = 0;
  for (std::size_t f = 0; f < count; ++f) {
    std::uint32_t code;
    std::memcpy(&code, inputs.facts + 4 * f, sizeof code);
    bad |= static_cast<std::uint32_t>(code - static_cast<std::uint32_t>(low[f]) > span[f]);
  }
  return bad == 0;
}

std::uint32_t dense_leaf(const BlockView& block, const Inputs& inputs) {
  std::uint32_t cell = 0;
  for (std::uint32_t f = 0; f < block.strides.size(); ++f) {
    const AxisView& axis = inputs.table.axes[f];
    cell += class_of(axis, inputs.load(inputs.table.facts[f])) * block.strides[f];
  }
  return block.cells[cell];
}

std::uint32_t walk_leaf(const BlockView& block, const Inputs& inputs) {
  std::uint32_t at = block.root;
  while ((at & format::kLeafBit) == 0) {
    const std::uint32_t fact = block.nodes[at];
    const std::int64_t code = inputs.load(inputs.table.facts[fact]);
    at = block.nodes[at + 1 + class_of(inputs.table.axes[fact], code)];
  }
  return at & ~format::kLeafBit;
}

std::uint32_t leaf_of(const BlockView& block, const Inputs& inputs, VectorUnit unit) {
  switch (block.engine) {
    case Engine::kDense: return dense_leaf(block, inputs);
    case Engine::kWalk: return walk_leaf(block, inputs);
    case Engine::kBits: return scan_bits(block, inputs, unit);
    case Engine::kProgram: return run_program(block, inputs);
  }
  return inputs.table.decisions.back().leaf;
}

// A decider that reads earlier decisions: runs the blocks in order; the first that does not choose
// a target ends it.
[[gnu::noinline]] Decision decide_in_order(const TableView& table, std::uint32_t block,
                                           const unsigned char* facts, VectorUnit unit) {
  std::uint32_t codes[format::kMaxBlocks];
  return evaluate_in_order(table, block, facts, unit, codes);
}

Decision decide_checked(const TableView& table, std::uint32_t block, const void* facts,
                        VectorUnit unit) {
  const auto* bytes = static_cast<const unsigned char*>(facts);
  const Inputs inputs{table, bytes, nullptr};
  if (!in_domain(table, inputs)) [[unlikely]] {
    return {Decision::Kind::kBadFact, Decision::kNone, first_bad_fact(table, inputs),
            Decision::kNone};
  }
  const BlockView& decider = table.blocks[block];
  if (!decider.complete) return decide_in_order(table, block, bytes, unit);
  return table.decisions[leaf_of(decider, inputs, unit)];
}

std::uint32_t last_block(const TableView& table) {
  return static_cast<std::uint32_t>(table.blocks.size() - 1);
}

}  // namespace

Decision evaluate_in_order(const TableView& table, std::uint32_t block, const unsigned char* facts,
                           VectorUnit unit, std::uint32_t* codes) noexcept {
  const Inputs inputs{table, facts, codes};
  for (std::uint32_t f = 0; f < table.block_of_decision.size(); ++f) codes[f] = 0;
  for (std::uint32_t b = 0;; ++b) {
    const Decision decision = table.decisions[leaf_of(table.blocks[b], inputs, unit)];
    if (b == block || decision.kind != Decision::Kind::kTarget) return decision;
    for (std::uint32_t f = 0; f < table.block_of_decision.size(); ++f) {
      if (table.block_of_decision[f] == b) codes[f] = table.row_code[decision.leaf];
    }
  }
}

Decision decide_general(const Table& table, const void* facts) noexcept {
  return decide_checked(table.view(), last_block(table.view()), facts, best_vector_unit());
}

Decision decide_general(const Table& table, const void* facts, VectorUnit unit) noexcept {
  return decide_checked(table.view(), last_block(table.view()), facts, unit);
}

Decision decide_block(const Table& table, std::uint32_t block, const void* facts) noexcept {
  return decide_checked(table.view(), block, facts, best_vector_unit());
}

void decide_batch(const Table& table, const void* facts, std::size_t facts_size, std::size_t count,
                  Decision* decisions) noexcept {
  const auto* at = static_cast<const unsigned char*>(facts);
  for (std::size_t i = 0; i < count; ++i, at += facts_size) decisions[i] = decide(table, at);
}

}  // namespace switchyard
