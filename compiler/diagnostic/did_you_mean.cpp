#include "compiler/diagnostic/did_you_mean.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include <fmt/format.h>

namespace switchyard {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Optimal string alignment distance in half steps: a change of case costs one, all else two.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), previous(b.size() + 1), current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = 2 * j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = 2 * i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t change = 2;
      if (a[i - 1] == b[j - 1]) {
        change = 0;
      } else if (lower(a[i - 1]) == lower(b[j - 1])) {
        change = 1;
      }
      current[j] = std::min({previous[j] + 2, current[j - 1] + 2, previous[j - 1] + change});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
          lower(a[i - 2]) == lower(b[j - 1])) {
        current[j] = std::min(current[j], before[j - 2] + 2);
      }
    }
    std::swap(before, previous);
    std::swap(previous, current);
  }
  return previous[b.size()];
}

bool same_but_for_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return lower(x) == lower(y);
         });
}

}  // namespace

std::optional<std::string> did_you_mean(std::string_view name,
                                        std::span<const std::string> candidates) {
  const std::string* best = nullptr;
  std::size_t best_distance = 0;
  for (const std::string& candidate : candidates) {
    if (candidate == name) continue;
    const std::size_t longer = std::max(name.size(), candidate.size());
    const std::size_t shorter = std::min(name.size(), candidate.size());
    const std::size_t limit = same_but_for_case(name, candidate) ? longer : 2 * (longer / 3);
    // The lengths alone often rule a candidate out, and names may be long.
    if (2 * (longer - shorter) > limit) continue;
    const std::size_t found = distance(name, candidate);
    if (found > limit) continue;
    if (!best || found < best_distance) {
      best = &candidate;
      best_distance = found;
    }
  }
  if (!best) return std::nullopt;
  return *best;
}

std::string did_you_mean_text(std::string_view name, std::span<const std::string> candidates) {
  const auto meant = did_you_mean(name, candidates);
  return meant ? fmt::format("did you mean `{}`?", *meant) : std::string();
}

}  // namespace switchyard
