#include "compiler/region/set_parts.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace switchyard {

namespace {

enum State : std::uint8_t { kAbsent, kOut, kIn };  // kAbsent: the interval has no such code

// Intervals over which the same residue classes are in the set.
struct Run {
  Interval range;
  std::vector<State> residues;  // by residue class
};

std::vector<State> states_of(const Axis& axis, const ClassSet& set, std::size_t interval) {
  const std::size_t width = axis.residue_classes;
  std::vector<State> own(width, kAbsent);
  for (std::size_t r = 0; r < width; ++r) {
    const ClassId c = axis.class_of_cell[interval * width + r];
    if (c != Axis::kNoClass) own[r] = set.contains(c) ? kIn : kOut;
  }
  return own;
}

bool fit(const std::vector<State>& a, const std::vector<State>& b) {
  for (std::size_t r = 0; r < a.size(); ++r) {
    if (a[r] != kAbsent && b[r] != kAbsent && a[r] != b[r]) return false;
  }
  return true;
}

std::vector<Run> runs_of(const Axis& axis, const ClassSet& set) {
  std::vector<Run> runs;
  for (std::size_t i = 0; i < axis.intervals.size(); ++i) {
    std::vector<State> own = states_of(axis, set, i);
    if (runs.empty() || !fit(runs.back().residues, own)) {
      runs.push_back({axis.intervals[i], std::move(own)});
      continue;
    }
    runs.back().range.high = axis.intervals[i].high;
    for (std::size_t r = 0; r < own.size(); ++r) {
      State& known = runs.back().residues[r];
      if (known == kAbsent) known = own[r];
    }
  }
  return runs;
}

// The smallest divisor of the size after which `inside` repeats.
std::size_t period_of(const std::vector<bool>& inside) {
  for (std::size_t m = 1; m < inside.size(); ++m) {
    if (inside.size() % m != 0) continue;
    bool periodic = true;
    for (std::size_t r = m; periodic && r < inside.size(); ++r)
      periodic = inside[r] == inside[r - m];
    if (periodic) return m;
  }
  return inside.size();
}

ValueRun with_remainders(const Axis& axis, const Run& run) {
  std::vector<bool> inside(axis.residue_class.size());
  for (std::size_t r = 0; r < inside.size(); ++r) {
    inside[r] = run.residues[axis.residue_class[r]] == kIn;
  }
  ValueRun result{run.range, static_cast<std::int64_t>(period_of(inside)), {}};
  for (std::int64_t r = 0; r < result.modulus; ++r) {
    if (inside[static_cast<std::size_t>(r)]) result.remainders.push_back(r);
  }
  return result;
}

class FlagsSplit {
 public:
  FlagsSplit(const Fact& fact, const Axis& axis, const ClassSet& set)
      : bits_(fact.symbols.size()), axis_(axis), set_(set) {}

  // The part with what is chosen below `bit`.
  void add(std::size_t bit, FlagsPart chosen) {
    const std::int64_t rest = (std::int64_t{1} << bits_) - (std::int64_t{1} << bit);
    bool any = false, all = true;
    for (std::int64_t more = rest;; more = (more - 1) & rest) {
      const bool inside = has(chosen.has | more);
      any = any || inside;
      all = all && inside;
      if (more == 0 || (any && !all)) break;
    }
    if (!any) return;
    if (all) {
      parts.push_back(chosen);
      return;
    }
    const std::int64_t own = std::int64_t{1} << bit;
    if (!matters(chosen.has, own, rest & ~own)) return add(bit + 1, chosen);
    add(bit + 1, {chosen.has | own, chosen.lacks});
    add(bit + 1, {chosen.has, chosen.lacks | own});
  }

  std::vector<FlagsPart> parts;

 private:
  bool has(std::int64_t code) const { return set_.contains(axis_.class_of(code)); }
  bool matters(std::int64_t code, std::int64_t own, std::int64_t below) const {
    for (std::int64_t more = below;; more = (more - 1) & below) {
      if (has(code | more) != has(code | more | own)) return true;
      if (more == 0) return false;
    }
  }

  const std::size_t bits_;
  const Axis& axis_;
  const ClassSet& set_;
};

}  // namespace

std::vector<ValueRun> value_runs(const Axis& axis, const ClassSet& set) {
  std::vector<ValueRun> result;
  for (const Run& run : runs_of(axis, set)) {
    const bool any = std::count(run.residues.begin(), run.residues.end(), kIn) > 0;
    const bool all = std::count(run.residues.begin(), run.residues.end(), kOut) == 0;
    if (any) result.push_back(all ? ValueRun{run.range, 1, {}} : with_remainders(axis, run));
  }
  return result;
}

std::vector<FlagsPart> flags_parts(const Fact& fact, const Axis& axis, const ClassSet& set) {
  FlagsSplit split(fact, axis, set);
  split.add(0, {});
  return std::move(split.parts);
}

}  // namespace switchyard
