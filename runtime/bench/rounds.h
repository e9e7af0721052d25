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
  // A round that takes so long has warmed itself up, and is not repeated.
  double slow_seconds = 5;
};

// What something takes, and of how many rounds that is the median.
struct Timing {
  double seconds = 0;
  int rounds = 0;
};

// The median of what `round` takes. Ends with the first error of a round.
template <typename Round>
kernels::Expected<Timing> median_seconds(const Rounds& rounds, const Round& round) {
  double last = 0, total = 0;
  const auto run = [&]() -> kernels::Expected<void> {
    const Clock::time_point start = Clock::now();
    auto ok = round();
    last = seconds_since(start);
    total += last;
    return ok;
  };
  do {
    if (auto ok = run(); !ok) return tl::unexpected(ok.error());
    if (last >= rounds.slow_seconds) return Timing{last, 1};
  } while (total < rounds.warm_up_seconds);
  total = 0;
  std::vector<double> taken;
  const auto count = [&] { return static_cast<int>(taken.size()); };
  while (count() < rounds.least || (count() < rounds.most && total < rounds.enough_seconds)) {
    if (auto ok = run(); !ok) return tl::unexpected(ok.error());
    taken.push_back(last);
  }
  return Timing{median_of(taken), count()};
}

// The shortest of so many rounds after one for warming up: for what is disturbed only to be slower.
template <typename Round>
kernels::Expected<double> shortest_seconds(int rounds, const Round& round) {
  double best = 0;
  for (int i = 0; i <= rounds; ++i) {
    const Clock::time_point start = Clock::now();
    if (auto ok = round(); !ok) return tl::unexpected(ok.error());
    const double seconds = seconds_since(start);
    if (i > 0) best = i == 1 ? seconds : std::min(best, seconds);
  }
  return best;
}

}  // namespace switchyard::bench
