#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "compiler/region/box.h"
#include "compiler/region/partition.h"
#include "compiler/region/set_parts.h"
#include "compiler/sema/names.h"
#include "compiler/sema/resolve.h"

namespace switchyard {

namespace {

// More values than this are cut short with "...".
constexpr std::size_t kMaxValues = 12;

std::string list_of(const std::vector<std::string>& parts) {
  std::string text = "<";
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i == kMaxValues) {
      text += fmt::format(", ... {} more", parts.size() - i);
      break;
    }
    text += (i == 0 ? "" : ", ") + parts[i];
  }
  return text + ">";
}

std::string in_or_equal(const Fact& fact, const std::vector<std::int64_t>& codes) {
  if (codes.size() == 1) return fmt::format("{} == {}", fact.name, spell(fact, codes[0]));
  std::vector<std::string> parts;
  for (const std::int64_t code : codes) parts.push_back(spell(fact, code));
  return fmt::format("{} in {}", fact.name, list_of(parts));
}

// enum, name, switch, decision.
std::string spell_symbols(const Fact& fact, const Axis& axis, const ClassSet& set) {
  std::vector<std::int64_t> inside, outside;
  for (std::int64_t code = fact.low; code <= fact.high; ++code) {
    (set.contains(axis.class_of(code)) ? inside : outside).push_back(code);
  }
  if (outside.size() == 1 && inside.size() > 1) {
    return fmt::format("{} != {}", fact.name, spell(fact, outside[0]));
  }
  if (inside.size() > kMaxValues && outside.size() < inside.size()) {
    std::string text = in_or_equal(fact, outside);
    return text.insert(fact.name.size() + 1, "not ");
  }
  return in_or_equal(fact, inside);
}

// The intervals [low, high] of an int or version whose codes are all in the set.
std::string spell_intervals(const Fact& fact, const std::vector<Interval>& inside) {
  if (inside.size() == 1) {
    const auto [low, high] = inside[0];
    if (low == high) return fmt::format("{} == {}", fact.name, spell(fact, low));
    if (low == fact.low) return fmt::format("{} <= {}", fact.name, spell(fact, high));
    if (high == fact.high) return fmt::format("{} >= {}", fact.name, spell(fact, low));
    return fmt::format("{} in {} .. {}", fact.name, spell(fact, low), spell(fact, high));
  }
  if (inside.size() == 2 && inside[0].low == fact.low && inside[1].high == fact.high &&
      inside[0].high + 1 == inside[1].low - 1) {
    return fmt::format("{} != {}", fact.name, spell(fact, inside[0].high + 1));
  }
  std::vector<std::string> parts;
  for (const auto& [low, high] : inside) {
    parts.push_back(low == high ? spell(fact, low)
                                : fmt::format("{} .. {}", spell(fact, low), spell(fact, high)));
  }
  return fmt::format("{} in {}", fact.name, list_of(parts));
}

// The remainders of a run, over its modulus.
std::string spell_remainders(const Fact& fact, const ValueRun& run) {
  std::vector<std::string> in, out;
  for (std::int64_t r = 0, next = 0; r < run.modulus; ++r) {
    const auto at = static_cast<std::size_t>(next);
    const bool inside = at < run.remainders.size() && run.remainders[at] == r;
    next += inside ? 1 : 0;
    (inside ? in : out).push_back(std::to_string(r));
  }
  if (in.size() == 1) return fmt::format("{} % {} == {}", fact.name, run.modulus, in[0]);
  if (out.size() == 1) return fmt::format("{} % {} != {}", fact.name, run.modulus, out[0]);
  const bool few = in.size() <= out.size();
  return fmt::format("{} % {} {}in {}", fact.name, run.modulus, few ? "" : "not ",
                     list_of(few ? in : out));
}

// With `%`.
std::string spell_modular(const Fact& fact, const Axis& axis, const ClassSet& set) {
  std::vector<Interval> whole;  // runs that are in the set whatever the remainder
  std::vector<std::string> parts;
  for (const ValueRun& run : value_runs(axis, set)) {
    if (run.modulus == 1) {
      whole.push_back(run.range);
      continue;
    }
    std::string part = spell_remainders(fact, run);
    if (run.range.low != fact.low || run.range.high != fact.high) {
      part = fmt::format("{} and {}", spell_intervals(fact, {run.range}), part);
    }
    parts.push_back(std::move(part));
  }
  if (!whole.empty()) parts.insert(parts.begin(), spell_intervals(fact, whole));
  if (parts.size() == 1) return parts[0];
  return fmt::format("({})", fmt::join(parts, " or "));
}

// "backends has ck and not backends has triton"; empty for any subset.
std::string spell_flags_part(const Fact& fact, const FlagsPart& part) {
  std::vector<std::string> said;
  for (std::size_t bit = 0; bit < fact.symbols.size(); ++bit) {
    const std::int64_t own = std::int64_t{1} << bit;
    if (((part.has | part.lacks) & own) == 0) continue;
    said.push_back(fmt::format("{}{} has {}", (part.has & own) != 0 ? "" : "not ", fact.name,
                               sema::spell_symbol(fact.symbols[bit])));
  }
  return fmt::format("{}", fmt::join(said, " and "));
}

std::string spell_flags(const Fact& fact, const Axis& axis, const ClassSet& set) {
  std::vector<std::int64_t> codes;
  for (std::int64_t code = fact.low; code <= fact.high && codes.size() < 2; ++code) {
    if (set.contains(axis.class_of(code))) codes.push_back(code);
  }
  if (codes.size() == 1) return in_or_equal(fact, codes);
  std::vector<std::string> parts;
  for (const FlagsPart& part : flags_parts(fact, axis, set)) {
    parts.push_back(spell_flags_part(fact, part));
  }
  if (parts.size() > kMaxValues) {
    const std::size_t more = parts.size() - kMaxValues;
    parts.resize(kMaxValues);
    parts.push_back(fmt::format("... {} more", more));
  }
  if (parts.size() == 1) return parts[0];
  return fmt::format("({})", fmt::join(parts, " or "));
}

}  // namespace

std::string spell(const Model& model, const Partition& partition, FactId id, const ClassSet& set) {
  const Fact& fact = model.facts[id];
  const Axis& axis = partition.axes[id];
  if (set.full()) return fmt::format("any {}", fact.name);
  if (set.empty()) return fmt::format("no {}", fact.name);
  switch (fact.kind) {
    case FactKind::kBool:
      return set.contains(axis.class_of(1)) ? fact.name : "not " + fact.name;
    case FactKind::kEnum:
    case FactKind::kName:
    case FactKind::kSwitch:
    case FactKind::kDecision:
      return spell_symbols(fact, axis, set);
    case FactKind::kFlags:
      return spell_flags(fact, axis, set);
    case FactKind::kInt:
    case FactKind::kVersion:
      break;
  }
  if (axis.modulus > 1) return spell_modular(fact, axis, set);
  std::vector<Interval> inside;
  for (std::size_t i = 0; i < axis.intervals.size(); ++i) {
    if (!set.contains(axis.class_of_cell[i])) continue;
    const Interval& own = axis.intervals[i];
    if (!inside.empty() && inside.back().high + 1 == own.low) {
      inside.back().high = own.high;
    } else {
      inside.push_back(own);
    }
  }
  return spell_intervals(fact, inside);
}

std::string spell(const Model& model, const Partition& partition, const Box& box) {
  if (box.sides.empty()) return "any input";
  std::string text;
  for (const Box::Side& side : box.sides) {
    text += text.empty() ? "" : ", ";
    text += spell(model, partition, side.fact, side.classes);
  }
  return text;
}

}  // namespace switchyard
