#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

#include "kernels/error.h"

namespace switchyard::bench {

using Clock = std::chrono::steady_clock;

inline double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// `values` is not empty; its order changes.
inline double median_of(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// How often something is measured: until `most` rounds, or `enough_seconds` of at least `least`.
struct Rounds {
  int least = 3;
  int most = 20;
  double enough_seconds = 2;
  double warm_up_seconds = 0.05;  // of rounds before that do not count, one at least
};

// The median of what `round` takes, in seconds. Ends with the first error of a round.
template <typename Round>
kernels::Expected<double> median_seconds(const Rounds& rounds, const Round& round) {
  const Clock::time_point warm_up = Clock::now();
  do {
    if (auto ok = round(); !ok) return tl::unexpected(ok.error());
  } while (seconds_since(warm_up) < rounds.warm_up_seconds);
  std::vector<double> taken;
  double total = 0;
  const auto count = [&] { return static_cast<int>(taken.size()); };
  while (count() < rounds.least || (count() < rounds.most && total < rounds.enough_seconds)) {
    const Clock::time_point start = Clock::now();
    if (auto ok = round(); !ok) return tl::unexpected(ok.error());
    taken.push_back(seconds_since(start));
    total += taken.back();
  }
  return median_of(taken);
}

}  // namespace switchyard::bench
