#include "compiler/traffic/seen.h"

#include <cstring>

namespace switchyard {

FactCodes::FactCodes(const Table& table) {
  for (const FactInfo& fact : table.facts()) places_.push_back({fact.offset, fact.width == 8});
}

std::int64_t FactCodes::operator()(const void* facts, FactId fact) const {
  const Place place = places_[fact];
  const auto* at = static_cast<const unsigned char*>(facts) + place.offset;
  if (place.wide) {
    std::int64_t code;
    std::memcpy(&code, at, sizeof code);
    return code;
  }
  std::int32_t code;
  std::memcpy(&code, at, sizeof code);
  return code;
}

Seen::Seen(const Partition& partition, const FactCodes& codes)
    : partition_(&partition), codes_(&codes) {
  for (FactId fact = 0; fact < codes.size(); ++fact) {
    classes_.emplace_back(partition.axes[fact].class_count());
  }
}

void Seen::add(const void* facts) {
  for (FactId fact = 0; fact < classes_.size(); ++fact) {
    classes_[fact].insert(partition_->axes[fact].class_of((*codes_)(facts, fact)));
  }
}

Box Seen::box() const {
  Box box;
  for (FactId fact = 0; fact < classes_.size(); ++fact) {
    if (!classes_[fact].full()) box.sides.push_back({fact, classes_[fact]});
  }
  return box;
}

}  // namespace switchyard
