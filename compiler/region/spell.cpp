#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "compiler/region/box.h"
#include "compiler/region/partition.h"
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

// The residues for which `inside` holds, over the smallest modulus that shows them.
std::string spell_residues(const Fact& fact, const std::vector<bool>& inside) {
  const std::size_t whole = inside.size();
  std::size_t modulus = whole;
  for (std::size_t m = 1; m < whole; ++m) {
    if (whole % m != 0) continue;
    bool periodic = true;
    for (std::size_t r = m; periodic && r < whole; ++r) periodic = inside[r] == inside[r - m];
    if (periodic) {
      modulus = m;
      break;
    }
  }
  std::vector<std::string> in, out;
  for (std::size_t r = 0; r < modulus; ++r) (inside[r] ? in : out).push_back(std::to_string(r));
  if (in.size() == 1) return fmt::format("{} % {} == {}", fact.name, modulus, in[0]);
  if (out.size() == 1) return fmt::format("{} % {} != {}", fact.name, modulus, out[0]);
  const bool few = in.size() <= out.size();
  return fmt::format("{} % {} {}in {}", fact.name, modulus, few ? "" : "not ",
                     list_of(few ? in : out));
}

// With `%`: runs of intervals over which the same residues are in the set.
std::string spell_modular(const Fact& fact, const Axis& axis, const ClassSet& set) {
  enum State : std::uint8_t { kAbsent, kOut, kIn };  // kAbsent: the interval has no such code
  struct Run {
    std::int64_t low, high;
    std::vector<State> residues;
  };
  const std::size_t width = axis.residue_classes;
  std::vector<Run> runs;
  for (std::size_t i = 0; i < axis.intervals.size(); ++i) {
    std::vector<State> own(width, kAbsent);
    for (std::size_t r = 0; r < width; ++r) {
      const ClassId c = axis.class_of_cell[i * width + r];
      if (c != Axis::kNoClass) own[r] = set.contains(c) ? kIn : kOut;
    }
    bool fits = !runs.empty();
    for (std::size_t r = 0; fits && r < width; ++r) {
      const State before = runs.back().residues[r];
      fits = before == kAbsent || own[r] == kAbsent || before == own[r];
    }
    if (!fits) {
      runs.push_back({axis.intervals[i].low, axis.intervals[i].high, std::move(own)});
      continue;
    }
    runs.back().high = axis.intervals[i].high;
    for (std::size_t r = 0; r < width; ++r) {
      if (runs.back().residues[r] == kAbsent) runs.back().residues[r] = own[r];
    }
  }
  std::vector<Interval> whole;  // runs that are in the set whatever the residue
  std::vector<std::string> parts;
  for (const Run& run : runs) {
    const bool any = std::count(run.residues.begin(), run.residues.end(), kIn) > 0;
    const bool all = std::count(run.residues.begin(), run.residues.end(), kOut) == 0;
    if (!any) continue;
    if (all) {
      whole.push_back({run.low, run.high});
      continue;
    }
    std::vector<bool> inside(axis.residue_class.size());
    for (std::size_t r = 0; r < inside.size(); ++r) {
      inside[r] = run.residues[axis.residue_class[r]] == kIn;
    }
    std::string part = spell_residues(fact, inside);
    if (run.low != fact.low || run.high != fact.high) {
      part = fmt::format("{} and {}", spell_intervals(fact, {{run.low, run.high}}), part);
    }
    parts.push_back(std::move(part));
  }
  if (!whole.empty()) parts.insert(parts.begin(), spell_intervals(fact, whole));
  if (parts.size() == 1) return parts[0];
  return fmt::format("({})", fmt::join(parts, " or "));
}

// A subset of flags as cubes: "backends has ck and not backends has triton". Splits on the first
// symbol that matters, so the parts are disjoint.
struct FlagParts {
  const Fact& fact;
  const Axis& axis;
  const ClassSet& set;
  std::vector<std::string> parts;

  void add(std::size_t bit, std::int64_t code, const std::string& said) {
    const std::size_t bits = fact.symbols.size();
    const std::int64_t rest = (std::int64_t{1} << bits) - (std::int64_t{1} << bit);
    bool any = false, all = true;
    for (std::int64_t more = rest;; more = (more - 1) & rest) {
      const bool inside = set.contains(axis.class_of(code | more));
      any = any || inside;
      all = all && inside;
      if (more == 0 || (any && !all)) break;
    }
    if (!any) return;
    if (all) {
      parts.push_back(said);
      return;
    }
    // Skip a symbol that nothing below depends on.
    const std::int64_t own = std::int64_t{1} << bit;
    bool matters = false;
    const std::int64_t below = rest & ~own;
    for (std::int64_t more = below;; more = (more - 1) & below) {
      matters = set.contains(axis.class_of(code | more)) !=
                set.contains(axis.class_of(code | more | own));
      if (more == 0 || matters) break;
    }
    if (!matters) return add(bit + 1, code, said);
    const std::string join = said.empty() ? "" : said + " and ";
    const std::string has = fmt::format("{} has {}", fact.name, fact.symbols[bit]);
    add(bit + 1, code | own, join + has);
    add(bit + 1, code, join + "not " + has);
  }
};

std::string spell_flags(const Fact& fact, const Axis& axis, const ClassSet& set) {
  std::vector<std::int64_t> codes;
  for (std::int64_t code = fact.low; code <= fact.high && codes.size() < 2; ++code) {
    if (set.contains(axis.class_of(code))) codes.push_back(code);
  }
  if (codes.size() == 1) return in_or_equal(fact, codes);
  FlagParts flags{fact, axis, set, {}};
  flags.add(0, 0, "");
  if (flags.parts.size() > kMaxValues) {
    const std::size_t more = flags.parts.size() - kMaxValues;
    flags.parts.resize(kMaxValues);
    flags.parts.push_back(fmt::format("... {} more", more));
  }
  if (flags.parts.size() == 1) return flags.parts[0];
  return fmt::format("({})", fmt::join(flags.parts, " or "));
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
