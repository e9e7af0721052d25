// Which classes of the open facts are still told apart when some facts are known.
#include <algorithm>
#include <map>
#include <utility>

#include "runtime/decide/program.h"
#include "runtime/decide/residual_parts.h"

namespace switchyard::residual {
namespace {

constexpr std::uint64_t kMostLookups = 1u << 22;  // of all facts, to find representatives

// A code of each class; nothing when that takes too many look-ups.
std::optional<std::vector<std::int64_t>> representatives(const AxisView& axis, const FactView& fact,
                                                         std::uint64_t& budget) {
  std::vector<std::int64_t> out(axis.classes, fact.low);
  if (axis.lookup == AxisView::Lookup::kConstant) return out;
  std::vector<std::uint8_t> found(axis.classes, 0);
  const auto look = [&](std::int64_t code) {
    const std::uint32_t c = class_of(axis, code);
    if (found[c] == 0) out[c] = code;
    found[c] = 1;
  };
  const bool array = axis.lookup == AxisView::Lookup::kArray;
  const std::uint32_t intervals = array ? 1 : axis.intervals;
  for (std::uint32_t i = 0; i < intervals; ++i) {
    const std::int64_t low = array ? fact.low : axis.bounds[i];
    const std::int64_t last = i + 1 < intervals ? axis.bounds[i + 1] - 1 : fact.high;
    const std::uint64_t codes = static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(low) + 1;
    // One period of the remainders, when there are any.
    const std::uint64_t period = array ? codes : std::max(axis.modulus, 1u);
    const std::uint64_t count = codes == 0 ? period : std::min(codes, period);
    if (count > budget) return std::nullopt;
    budget -= count;
    for (std::uint64_t c = 0; c < count; ++c) look(low + static_cast<std::int64_t>(c));
  }
  return out;
}

// The blocks whose decisions the policy's own reads.
std::vector<std::uint32_t> blocks_read(const TableView& table) {
  const auto last = static_cast<std::uint32_t>(table.blocks.size() - 1);
  if (table.blocks[last].complete) return {last};
  std::vector<std::uint32_t> out;
  for (std::uint32_t b = 0; b <= last; ++b) out.push_back(b);
  return out;
}

// By open fact and class: equal for classes that no block in question tells apart.
class Signatures {
 public:
  Signatures(const TableView& table, const Known& known, const std::vector<OpenFact>& open)
      : table_(table), known_(known), open_(open), index_(table.axes.size(), kNone) {
    for (std::uint32_t i = 0; i < open.size(); ++i) {
      index_[open[i].fact] = i;
      words_.emplace_back(open[i].representative.size());
    }
  }

  void add(std::uint32_t block) {
    const BlockView& view = table_.blocks[block];
    switch (view.engine) {
      case Engine::kDense: return add_dense(view);
      case Engine::kWalk: return add_walk(view);
      case Engine::kBits: return add_bits(block);
      case Engine::kProgram: return add_program(view);
    }
  }

  std::vector<std::vector<std::uint64_t>>& of(std::uint32_t open) { return words_[open]; }

 private:
  static constexpr std::uint32_t kNone = ~0u;

  template <typename Word>  // of a class
  void append(std::uint32_t open, Word word) {
    for (std::uint32_t c = 0; c < words_[open].size(); ++c) words_[open][c].push_back(word(c));
  }

  // The array of what is left is made anyway, and equal slices are joined there.
  void add_dense(const BlockView& block) {
    for (std::uint32_t i = 0; i < open_.size(); ++i) {
      if (block.strides[open_[i].fact] != 0) append(i, [](std::uint32_t c) { return c; });
    }
  }

  void add_walk(const BlockView& block) {
    for (const std::uint32_t node : nodes_left(table_, block, known_)) {
      const std::uint32_t open = index_[block.nodes[node]];
      if (open != kNone) append(open, [&](std::uint32_t c) { return block.nodes[node + 1 + c]; });
    }
  }

  void add_bits(std::uint32_t block) {
    const std::vector<std::uint64_t> left = boxes_left(table_, block, known_);
    for (const ClassRows& rows : class_rows(table_, block)) {
      const std::uint32_t open = index_[rows.fact];
      if (open == kNone) continue;
      for (std::uint32_t w = 0; w < rows.words; ++w) {
        if (left[w] != 0) append(open, [&](std::uint32_t c) { return rows.row(c)[w] & left[w]; });
      }
    }
  }

  void add_program(const BlockView& block) {
    for (const std::uint32_t a : atoms_left(table_, block, known_)) {
      const format::Atom& atom = table_.atoms[a];
      const std::uint32_t open = index_[atom.fact()];
      if (open == kNone) continue;  // an earlier decision
      append(open, [&](std::uint32_t c) {
        return holds(table_, atom, open_[open].representative[c]) ? 1u : 0u;
      });
    }
  }

  const TableView& table_;
  const Known& known_;
  const std::vector<OpenFact>& open_;
  std::vector<std::uint32_t> index_;  // by fact
  std::vector<std::vector<std::vector<std::uint64_t>>> words_;
};

}  // namespace

std::optional<std::vector<OpenFact>> open_facts(const TableView& table, const Known& known) {
  std::vector<OpenFact> out;
  std::uint64_t budget = kMostLookups;
  for (std::uint32_t f = 0; f < known.size(); ++f) {
    if (known[f]) continue;
    auto codes = representatives(table.axes[f], table.facts[f], budget);
    if (!codes) return std::nullopt;
    out.push_back({f, std::move(*codes), {}, 1});
  }
  Signatures signatures(table, known, out);
  for (const std::uint32_t block : blocks_read(table)) signatures.add(block);
  for (std::uint32_t i = 0; i < out.size(); ++i) {
    std::map<std::vector<std::uint64_t>, std::uint32_t> groups;
    for (auto& words : signatures.of(i)) {
      const auto next = static_cast<std::uint32_t>(groups.size());
      out[i].group.push_back(groups.try_emplace(std::move(words), next).first->second);
    }
    out[i].groups = static_cast<std::uint32_t>(groups.size());
  }
  return out;
}

}  // namespace switchyard::residual
