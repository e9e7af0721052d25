#include "runtime/log/seen_boxes.h"

namespace switchyard {

BoxHash::BoxHash(const TableView& table) : table_(&table) {
  std::uint64_t factor = kFactor;
  for (std::uint32_t f = 0; f < table.facts.size(); ++f) {
    const AxisView& axis = table.axes[f];
    if (axis.classes < 2) continue;
    // The next of a sequence without short cycles (SplitMix64), made odd.
    factor = (factor ^ (factor >> 30)) * 0xbf58476d1ce4e5b9 + kFactor;
    if (axis.lookup == AxisView::Lookup::kArray && !table.facts[f].wide) {
      arrays_.push_back(
          {axis.array, static_cast<std::int32_t>(axis.low), table.facts[f].offset, factor | 1});
    } else {
      others_.push_back({f, factor | 1});
    }
  }
}

}  // namespace switchyard
