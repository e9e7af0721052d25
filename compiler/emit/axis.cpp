#include "compiler/emit/deciders.h"

namespace switchyard::emit_detail {

namespace {

constexpr std::uint64_t kLargestArray = 65'536;

}  // namespace

void add_axis(const Fact& fact, const Axis& axis, TableParts& parts) {
  const auto classes = static_cast<std::uint32_t>(axis.class_count());
  const std::uint64_t span =
      static_cast<std::uint64_t>(fact.high) - static_cast<std::uint64_t>(fact.low);
  const auto lookups = static_cast<std::uint32_t>(parts.lookups.size());
  if (classes == 1) {
    parts.axes.emplace_back(fact.low, fact.high, 1, format::Lookup::kConstant, 0, 0, 0, 1, 0, 1, 0);
    return;
  }
  if (span < kLargestArray) {
    for (std::uint64_t i = 0; i <= span; ++i) {
      const ClassId c = axis.class_of(fact.low + static_cast<std::int64_t>(i));
      parts.lookups.push_back(static_cast<std::uint16_t>(c));
    }
    parts.axes.emplace_back(fact.low, fact.high, classes, format::Lookup::kArray, lookups, 0, 0, 1, 0, 1, 0);
    return;
  }
  const auto bounds = static_cast<std::uint32_t>(parts.bounds.size());
  for (const Interval& interval : axis.intervals) parts.bounds.push_back(interval.low);
  if (axis.modulus > 1) {
    for (const std::uint32_t residue : axis.residue_class) {
      parts.lookups.push_back(static_cast<std::uint16_t>(residue));
    }
  }
  const auto cells = static_cast<std::uint32_t>(parts.lookups.size());
  for (const ClassId c : axis.class_of_cell) {  // no code asks for a cell without codes
    parts.lookups.push_back(static_cast<std::uint16_t>(c == Axis::kNoClass ? 0 : c));
  }
  parts.axes.emplace_back(fact.low, fact.high, classes, format::Lookup::kSearch, 0, bounds,
                          static_cast<std::uint32_t>(axis.intervals.size()),
                          static_cast<std::uint32_t>(axis.modulus), lookups, axis.residue_classes,
                          cells);
}

}  // namespace switchyard::emit_detail
