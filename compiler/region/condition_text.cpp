#include "compiler/region/condition_text.h"

#include <vector>

#include <fmt/format.h>

#include "compiler/sema/resolve.h"

namespace switchyard {
namespace {

std::string any_of(const std::vector<std::string>& parts) {
  return parts.size() == 1 ? parts[0] : fmt::format("({})", fmt::join(parts, " or "));
}

// `x == a`, or `x in <a, b .. c>`.
std::string in(const Fact& fact, const std::vector<std::string>& elements, bool single) {
  if (single && elements.size() == 1) return fmt::format("{} == {}", fact.name, elements[0]);
  return fmt::format("{} in <{}>", fact.name, fmt::join(elements, ", "));
}

// enum, name, switch.
std::string symbols_text(const Fact& fact, const Axis& axis, const ClassSet& set) {
  std::vector<std::string> elements;
  for (std::int64_t code = fact.low; code <= fact.high; ++code) {
    if (set.contains(axis.class_of(code))) elements.push_back(spell(fact, code));
  }
  return in(fact, elements, true);
}

std::string flags_text(const Fact& fact, const Axis& axis, const ClassSet& set) {
  std::vector<std::string> parts;
  for (std::int64_t code = fact.low; code <= fact.high; ++code) {
    if (set.contains(axis.class_of(code))) {
      parts.push_back(fmt::format("{} == {}", fact.name, spell(fact, code)));
    }
  }
  return any_of(parts);
}

std::string range_text(const Fact& fact, const Interval& range) {
  return range.low == range.high
             ? spell(fact, range.low)
             : fmt::format("{} .. {}", spell(fact, range.low), spell(fact, range.high));
}

// int, version: whole intervals as one set; of an interval with codes inside and outside, residues.
std::string ranges_text(const Fact& fact, const Axis& axis, const ClassSet& set) {
  std::vector<Interval> whole;
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < axis.intervals.size(); ++i) {
    bool any = false, all = true;
    const auto inside = [&](std::uint32_t residue) {
      const ClassId c = axis.class_of_cell[i * axis.residue_classes + residue];
      return c != Axis::kNoClass && set.contains(c);
    };
    for (std::uint32_t r = 0; r < axis.residue_classes; ++r) {
      if (axis.class_of_cell[i * axis.residue_classes + r] == Axis::kNoClass) continue;
      (inside(r) ? any : all) = inside(r);
    }
    const Interval& own = axis.intervals[i];
    if (!any) continue;
    if (all) {
      if (!whole.empty() && whole.back().high + 1 == own.low) {
        whole.back().high = own.high;
      } else {
        whole.push_back(own);
      }
      continue;
    }
    std::vector<std::string> residues;
    for (std::int64_t r = 0; r < axis.modulus; ++r) {
      if (!inside(axis.residue_class[static_cast<std::size_t>(r)])) continue;
      residues.push_back(fmt::format("{} % {} == {}", fact.name, axis.modulus, r));
    }
    parts.push_back(fmt::format("({} and {})", in(fact, {range_text(fact, own)}, own.low == own.high),
                                any_of(residues)));
  }
  if (!whole.empty()) {
    std::vector<std::string> elements;
    for (const Interval& range : whole) elements.push_back(range_text(fact, range));
    parts.insert(parts.begin(), in(fact, elements, whole[0].low == whole[0].high));
  }
  return any_of(parts);
}

}  // namespace

std::string condition_of(const Model& model, const Partition& partition, const Box& box) {
  std::vector<std::string> parts;
  for (const Box::Side& side : box.sides) {
    const Fact& fact = model.facts[side.fact];
    const Axis& axis = partition.axes[side.fact];
    switch (fact.kind) {
      case FactKind::kBool:
        parts.push_back((side.classes.contains(axis.class_of(1)) ? "" : "not ") + fact.name);
        break;
      case FactKind::kEnum:
      case FactKind::kName:
      case FactKind::kSwitch:
      case FactKind::kDecision: parts.push_back(symbols_text(fact, axis, side.classes)); break;
      case FactKind::kFlags: parts.push_back(flags_text(fact, axis, side.classes)); break;
      case FactKind::kInt:
      case FactKind::kVersion: parts.push_back(ranges_text(fact, axis, side.classes)); break;
    }
  }
  return parts.empty() ? "true" : fmt::format("{}", fmt::join(parts, " and "));
}

}  // namespace switchyard
