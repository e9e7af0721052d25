#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <vector>

namespace switchyard::bench {

struct Median {
  double user = 0, wall = 0;  // seconds; each the median by itself
};

inline double user_seconds() {
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec) * 1e-6;
}

// The most memory that the process ever held.
inline double peak_mib() {
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

// Of so many runs: user time beside wall time, so that a figure from a machine that others use too
// still says something.
template <typename Run>
Median median(Run run, int runs = 3) {
  std::vector<double> user, wall;
  for (int i = 0; i < runs; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    const double user_begin = user_seconds();
    run();
    user.push_back(user_seconds() - user_begin);
    wall.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  std::sort(user.begin(), user.end());
  std::sort(wall.begin(), wall.end());
  return {user[user.size() / 2], wall[wall.size() / 2]};
}

}  // namespace switchyard::bench
