#include "compiler/sema/intervals.h"

#include <algorithm>
#include <limits>

namespace switchyard::sema {

namespace {
constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();
}  // namespace

Intervals normalized(Intervals intervals) {
  std::sort(intervals.begin(), intervals.end());
  Intervals result;
  for (const Interval& interval : intervals) {
    const bool joins = !result.empty() && (result.back().high == kHighest ||
                                           interval.low <= result.back().high + 1);
    if (joins) {
      result.back().high = std::max(result.back().high, interval.high);
    } else {
      result.push_back(interval);
    }
  }
  return result;
}

Intervals unite(const Intervals& a, const Intervals& b) {
  Intervals both = a;
  both.insert(both.end(), b.begin(), b.end());
  return normalized(std::move(both));
}

Intervals intersect(const Intervals& a, const Intervals& b) {
  Intervals result;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const Interval part{std::max(a[i].low, b[j].low), std::min(a[i].high, b[j].high)};
    if (part.low <= part.high) result.push_back(part);
    if (a[i].high < b[j].high) {
      ++i;
    } else {
      ++j;
    }
  }
  return result;
}

Intervals subtract(const Intervals& a, const Intervals& b) {
  Intervals gaps;  // the complement of b
  std::int64_t next = kLowest;
  bool open = true;
  for (const Interval& interval : b) {
    if (interval.low > next) gaps.push_back({next, interval.low - 1});
    open = interval.high != kHighest;
    if (!open) break;
    next = interval.high + 1;
  }
  if (open) gaps.push_back({next, kHighest});
  return intersect(a, gaps);
}

bool contains(const Intervals& intervals, std::int64_t code) {
  const auto next = std::upper_bound(
      intervals.begin(), intervals.end(), code,
      [](std::int64_t value, const Interval& interval) { return value < interval.low; });
  return next != intervals.begin() && code <= std::prev(next)->high;
}

}  // namespace switchyard::sema
