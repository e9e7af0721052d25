#include "compiler/diagram/count.h"

#include <fmt/format.h>

namespace switchyard {

Count count(const DiagramManager& manager, const Partition& partition, DiagramRef root,
            DiagramRef leaf) {
  const std::size_t levels = manager.order().size();
  // values[l][c]: values of the fact at level l in the classes before c; at the end all of them.
  std::vector<std::vector<Count>> values(levels);
  // below[l]: combinations of the facts at levels l and deeper.
  std::vector<Count> below(levels + 1, 1);
  for (std::size_t level = levels; level-- > 0;) {
    const std::vector<std::uint64_t>& more = partition.axes[manager.order()[level]].more;
    values[level].resize(more.size() + 1);
    for (std::size_t c = 0; c < more.size(); ++c) {
      values[level][c + 1] = values[level][c] + more[c] + 1;
    }
    below[level] = below[level + 1] * values[level].back();
  }
  const auto scaled = [&](const Count& own, std::size_t from, std::size_t level) -> Count {
    return own * (below[from] / below[level]);  // facts skipped between the two levels
  };
  const auto leaf_count = [&](DiagramRef ref) -> Count { return ref == leaf ? 1 : 0; };
  if (is_leaf(root)) return scaled(leaf_count(root), 0, levels);
  std::vector<bool> wanted(root + 1);
  wanted[root] = true;
  for (DiagramRef ref = root + 1; ref-- > 0;) {
    if (!wanted[ref]) continue;
    for (const Run& run : manager.runs(ref)) {
      if (!is_leaf(run.child)) wanted[run.child] = true;
    }
  }
  std::vector<Count> counts(root + 1);
  for (DiagramRef ref = 0; ref <= root; ++ref) {
    if (!wanted[ref]) continue;
    const std::size_t level = manager.level(ref);
    ClassId begin = 0;
    for (const auto [end, child] : manager.runs(ref)) {
      const Count own = values[level][end] - values[level][begin];
      begin = end;
      if (is_leaf(child)) {
        if (child == leaf) counts[ref] += own * below[level + 1];
      } else {
        counts[ref] += own * scaled(counts[child], level + 1, manager.level(child));
      }
    }
  }
  return scaled(counts[root], 0, manager.level(root));
}

std::map<DiagramRef, Count> count_leaves(const DiagramManager& manager, const Partition& partition,
                                         DiagramRef root) {
  const std::size_t levels = manager.order().size();
  std::vector<Count> values(levels + 1, 1);  // of the fact at each level
  for (std::size_t level = 0; level < levels; ++level) {
    values[level] = 0;
    for (const std::uint64_t more : partition.axes[manager.order()[level]].more) {
      values[level] += Count(more) + 1;
    }
  }
  // above[ref]: combinations of the facts over the node's level that lead to it.
  std::map<DiagramRef, Count> leaves;
  std::vector<Count> above(is_leaf(root) ? 0 : root + 1);
  const auto add = [&](DiagramRef ref, Count ways, std::size_t from) {
    for (std::size_t level = from; level < manager.level_or_leaf(ref); ++level) {
      ways *= values[level];
    }
    (is_leaf(ref) ? leaves[ref] : above[ref]) += ways;
  };
  add(root, 1, 0);
  // Children have smaller indices than their parents.
  for (DiagramRef ref = static_cast<DiagramRef>(above.size()); ref-- > 0;) {
    if (above[ref] == 0) continue;
    const std::size_t level = manager.level(ref);
    const Axis& axis = partition.axes[manager.fact(ref)];
    ClassId c = 0;
    for (const auto [end, child] : manager.runs(ref)) {
      Count weight = 0;
      for (; c < end; ++c) weight += Count(axis.more[c]) + 1;
      add(child, above[ref] * weight, level + 1);
    }
  }
  return leaves;
}

std::string spell(const Count& count) {
  constexpr std::uint64_t kExact = 1'000'000'000'000'000;
  if (count < kExact) return fmt::format("{}", static_cast<std::uint64_t>(count));
  if ((count & (count - 1)) == 0) return fmt::format("2^{}", msb(count));
  Count rest = count;
  int exponent = 0;
  while (rest >= kExact) {
    rest /= 10;
    ++exponent;
  }
  const auto leading = static_cast<std::uint64_t>(rest);  // 15 digits
  return fmt::format("about {}.{}e{}", leading / 100'000'000'000'000,
                     leading / 10'000'000'000'000 % 10, exponent + 14);
}

}  // namespace switchyard
