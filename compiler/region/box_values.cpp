#include "compiler/region/box_values.h"

#include <optional>
#include <utility>

#include "compiler/region/set_parts.h"
#include "compiler/sema/resolve.h"
#include "runtime/base/check.h"

namespace switchyard {

namespace {

FactValues::Kind kind_of(FactKind kind) {
  switch (kind) {
    case FactKind::kBool:
      return FactValues::Kind::kBool;
    case FactKind::kEnum:
    case FactKind::kName:
    case FactKind::kSwitch:
    case FactKind::kDecision:
      return FactValues::Kind::kSymbols;
    case FactKind::kInt:
      return FactValues::Kind::kInt;
    case FactKind::kVersion:
      return FactValues::Kind::kVersion;
    case FactKind::kFlags:
      return FactValues::Kind::kFlags;
  }
  SWITCHYARD_CHECK(false);
}

// A symbol without the quotes that the language may need.
std::string symbol_of(const Fact& fact, std::int64_t code) {
  const auto index = static_cast<std::size_t>(code);
  const bool named = fact.kind != FactKind::kBool && fact.kind != FactKind::kSwitch;
  return named && index < fact.symbols.size() ? fact.symbols[index] : spell(fact, code);
}

// The codes as runs; none when some interval has codes inside and outside, by their residues.
std::optional<std::vector<Interval>> whole_runs_of(const Axis& axis, const ClassSet& set) {
  std::vector<Interval> runs;
  for (std::size_t i = 0; i < axis.intervals.size(); ++i) {
    bool in = false, out = false;
    for (std::size_t r = 0; r < axis.residue_classes; ++r) {
      const ClassId c = axis.class_of_cell[i * axis.residue_classes + r];
      if (c != Axis::kNoClass) (set.contains(c) ? in : out) = true;
    }
    if (in && out) return std::nullopt;
    if (!in) continue;
    const Interval& own = axis.intervals[i];
    if (!runs.empty() && runs.back().high + 1 == own.low) {
      runs.back().high = own.high;
    } else {
      runs.push_back(own);
    }
  }
  return runs;
}

std::vector<FactRange> ranges_of(const Fact& fact, const Axis& axis, const ClassSet& set) {
  std::vector<FactRange> result;
  if (const auto whole = whole_runs_of(axis, set)) {
    for (const auto& [low, high] : *whole) {
      result.push_back({spell(fact, low), spell(fact, high)});
    }
    return result;
  }
  for (ValueRun& run : value_runs(axis, set)) {
    result.push_back({spell(fact, run.range.low), spell(fact, run.range.high), run.modulus,
                      std::move(run.remainders)});
  }
  return result;
}

std::vector<FactFlags> flags_of(const Fact& fact, const Axis& axis, const ClassSet& set) {
  std::vector<FactFlags> result;
  for (const FlagsPart& part : flags_parts(fact, axis, set)) {
    FactFlags& own = result.emplace_back();
    for (std::size_t bit = 0; bit < fact.symbols.size(); ++bit) {
      if (((part.has >> bit) & 1) != 0) own.has.push_back(fact.symbols[bit]);
      if (((part.lacks >> bit) & 1) != 0) own.lacks.push_back(fact.symbols[bit]);
    }
  }
  return result;
}

}  // namespace

FactValues values_of(const Model& model, const Partition& partition, FactId id,
                     const ClassSet& set) {
  const Fact& fact = model.facts[id];
  const Axis& axis = partition.axes[id];
  FactValues result;
  result.fact = fact.name;
  result.kind = kind_of(fact.kind);
  result.text = spell(model, partition, id, set);
  switch (result.kind) {
    case FactValues::Kind::kBool:
    case FactValues::Kind::kSymbols:
      for (std::int64_t code = fact.low; code <= fact.high; ++code) {
        if (set.contains(axis.class_of(code))) result.symbols.push_back(symbol_of(fact, code));
      }
      break;
    case FactValues::Kind::kInt:
    case FactValues::Kind::kVersion: result.ranges = ranges_of(fact, axis, set); break;
    case FactValues::Kind::kFlags: result.flags = flags_of(fact, axis, set); break;
  }
  return result;
}

BoxValues values_of(const Model& model, const Partition& partition, const Box& box) {
  BoxValues result;
  for (const Box::Side& side : box.sides) {
    result.push_back(values_of(model, partition, side.fact, side.classes));
  }
  return result;
}

}  // namespace switchyard
