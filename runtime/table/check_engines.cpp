#include <cstdint>
#include <vector>

#include <fmt/format.h>

#include "runtime/format/program.h"
#include "runtime/table/structure.h"

namespace switchyard {
namespace {

using namespace format;  // the schema's types; this file is about nothing else

bool within(std::uint64_t first, std::uint64_t count, std::uint64_t size) {
  return first <= size && count <= size - first;
}

// One block's decider.
class EngineCheck {
 public:
  EngineCheck(const Sections& table, std::uint32_t index)
      : table_(table), policy_(*table.policy), index_(index), block_(*policy_.blocks()->Get(index)),
        rows_(policy_.rows()->size()),
        leaves_(rows_ + (policy_.assumptions() == nullptr ? 0 : policy_.assumptions()->size()) + 1) {}

  bool run() const {
    if (!targets()) return false;
    switch (block_.engine()) {
      case Engine::kDense: return dense();
      case Engine::kWalk: return walk();
      case Engine::kBits: return bits();
      case Engine::kProgram: return program();
    }
    return false;
  }

 private:
  // What the block's rows choose has a code that later blocks can read.
  bool targets() const {
    if (!block_.has_fact()) return true;
    const std::size_t count = policy_.targets()->size();
    std::vector<bool> listed(count, false);
    if (block_.targets() != nullptr) {
      for (const std::uint32_t target : *block_.targets()) listed[target] = true;
    }
    for (std::uint32_t r = 0; r < block_.rows(); ++r) {
      const Outcome& outcome = outcome_of(block_.first_row() + r);
      if (!outcome.refused() && !listed[outcome.target()]) return false;
    }
    return true;
  }

  const Outcome& outcome_of(std::uint32_t row) const {
    return *policy_.outcomes()->Get(policy_.rows()->Get(row)->outcome());
  }

  // A row of the block's own, a refusal by an earlier block, an exclusion, or undecided.
  bool leaf(std::uint32_t code) const {
    if (code >= leaves_) return false;
    if (code >= rows_) return true;
    if (code >= block_.first_row()) return code - block_.first_row() < block_.rows();
    return outcome_of(code).refused();
  }

  // A fact that the decider may read.
  bool readable(std::uint32_t fact) const {
    if (fact < policy_.declared_facts()) return true;
    return fact < policy_.facts()->size() && !block_.complete() &&
           policy_.facts()->Get(fact)->block() < index_;
  }

  std::uint32_t classes(std::uint32_t fact) const { return policy_.axes()->Get(fact)->classes(); }

  bool dense() const {
    if (!block_.complete() || block_.strides() == nullptr ||
        block_.strides()->size() != policy_.declared_facts() ||
        !within(block_.data(), block_.size(), table_.cells.size())) {
      return false;
    }
    std::uint64_t last = 0;
    for (std::uint32_t f = 0; f < policy_.declared_facts(); ++f) {
      last += std::uint64_t{block_.strides()->Get(f)} * (classes(f) - 1);
      if (last >= block_.size()) return false;
    }
    if (block_.size() == 0) return false;
    for (const std::uint16_t cell : table_.cells.subspan(block_.data(), block_.size())) {
      if (!leaf(cell)) return false;
    }
    return true;
  }

  // Nodes lie one behind the other; children are later nodes, so a walk ends.
  bool walk() const {
    if (!block_.complete() || !within(block_.data(), block_.size(), table_.nodes.size()) ||
        block_.size() >= kLeafBit) {
      return false;
    }
    const auto words = table_.nodes.subspan(block_.data(), block_.size());
    std::vector<bool> starts(words.size(), false);
    for (std::size_t at = 0; at < words.size();) {
      if (words[at] >= policy_.declared_facts()) return false;
      starts[at] = true;
      if (words.size() - at < std::size_t{classes(words[at])} + 1) return false;
      at += std::size_t{classes(words[at])} + 1;
    }
    const auto child = [&](std::uint32_t word, std::size_t from) {
      if ((word & kLeafBit) != 0) return leaf(word & ~kLeafBit);
      return word >= from && word < words.size() && starts[word];
    };
    for (std::size_t at = 0; at < words.size();) {
      const std::size_t end = at + 1 + classes(words[at]);
      for (std::size_t c = at + 1; c < end; ++c) {
        if (!child(words[c], end)) return false;
      }
      at = end;
    }
    return child(block_.root(), 0);
  }

  bool bits() const {
    const std::uint32_t words = block_.row_words();
    if (words % 8 != 0 || block_.data() % 8 != 0 || std::uint64_t{words} * 64 < block_.boxes() ||
        !within(block_.data(), block_.size(), table_.bit_rows.size()) ||
        !within(block_.first_leaf(), block_.boxes(), table_.leaves.size())) {
      return false;
    }
    for (const std::uint32_t code : table_.leaves.subspan(block_.first_leaf(), block_.boxes())) {
      if (!leaf(code)) return false;
    }
    const std::size_t facts = block_.bit_facts() == nullptr ? 0 : block_.bit_facts()->size();
    const std::size_t bases = block_.bit_rows() == nullptr ? 0 : block_.bit_rows()->size();
    if (facts != bases || facts > kMaxBitFacts || (facts > 0 && words == 0)) return false;
    for (std::size_t i = 0; i < facts; ++i) {
      const std::uint32_t fact = block_.bit_facts()->Get(static_cast<std::uint32_t>(i));
      const std::uint64_t base = block_.bit_rows()->Get(static_cast<std::uint32_t>(i));
      // Divided, not multiplied: hostile numbers would wrap.
      if (!readable(fact) || base + classes(fact) > block_.size() / words) return false;
    }
    // No row may allow a box that does not exist.
    const std::uint64_t rows = words == 0 ? 0 : block_.size() / words;
    for (std::uint64_t row = 0; row < rows; ++row) {
      const auto bit_words = table_.bit_rows.subspan(block_.data() + row * words, words);
      for (std::uint64_t w = block_.boxes() / 64; w < words; ++w) {
        const unsigned used = w == block_.boxes() / 64 ? block_.boxes() % 64 : 0;
        if ((bit_words[w] >> used) != 0) return false;
      }
    }
    return true;
  }

  bool program() const {
    if (block_.registers() > kMaxRegisters ||
        !within(block_.data(), block_.size(), table_.program.size())) {
      return false;
    }
    const auto words = table_.program.subspan(block_.data(), block_.size());
    const std::size_t atoms = policy_.atoms() == nullptr ? 0 : policy_.atoms()->size();
    for (std::size_t at = 0; at < words.size();) {
      if (words.size() - at < 2 || words.size() - at - 2 < words[at + 1]) return false;
      const std::uint32_t value = format::index_of(words[at]);
      switch (op_of(words[at])) {
        case static_cast<std::uint32_t>(Op::kAnd):
        case static_cast<std::uint32_t>(Op::kOr):
          if (value >= block_.registers()) return false;
          break;
        case static_cast<std::uint32_t>(Op::kLeaf):
          if (!leaf(value)) return false;
          break;
        default: return false;
      }
      const std::size_t end = at + 2 + words[at + 1];
      for (std::size_t o = at + 2; o < end; ++o) {
        const std::uint32_t operand = format::index_of(words[o]);
        if (operand >= (is_atom(words[o]) ? atoms : block_.registers())) return false;
        if (is_atom(words[o]) && !readable(policy_.atoms()->Get(operand)->fact())) return false;
      }
      at = end;
    }
    return true;
  }

  const Sections& table_;
  const PolicyTable& policy_;
  const std::uint32_t index_;
  const Block& block_;
  const std::uint32_t rows_;
  const std::uint32_t leaves_;  // how many codes there are
};

}  // namespace

std::string check_engines(const Sections& table) {
  for (std::uint32_t b = 0; b < table.policy->blocks()->size(); ++b) {
    if (!EngineCheck(table, b).run()) return fmt::format("the decider of block {} is malformed", b);
  }
  return {};
}

}  // namespace switchyard
