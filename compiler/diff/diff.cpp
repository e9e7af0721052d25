#include "compiler/diff/diff.h"

#include <algorithm>
#include <optional>

#include "compiler/diff/engines.h"

namespace switchyard::diff {

namespace {

// Rows before assumptions before nothing.
std::uint64_t place_of(const End& end) {
  if (!end.rows.empty()) return end.rows.front();
  const std::uint64_t after = std::uint64_t{1} << 32;
  return end.assumptions.empty() ? 2 * after : after + end.assumptions.front();
}

}  // namespace

Difference compare(const Pair& pair, const Partition& partition, const Options& options,
                   std::span<const Exemption> exempt) {
  std::optional<Difference> result;
  if (options.engine != Options::Engine::kSolver) {
    result = compare_diagrams(pair, partition, options, exempt);
  }
  if (!result) result = compare_solver(pair, partition, options, exempt);
  std::stable_sort(result->changes.begin(), result->changes.end(),
                   [](const Change& a, const Change& b) {
                     if (a.count != b.count) return a.count > b.count;
                     if (place_of(a.from) != place_of(b.from)) {
                       return place_of(a.from) < place_of(b.from);
                     }
                     return place_of(a.to) < place_of(b.to);
                   });
  return std::move(*result);
}

}  // namespace switchyard::diff
