#include "compiler/diagnostic/box_json.h"

#include <charconv>
#include <cstdint>
#include <string>

namespace switchyard {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kLargestExact = std::int64_t{1} << 53;

Json range_json(const FactValues& own, const std::pair<std::string, std::string>& range) {
  if (own.kind == FactValues::Kind::kVersion) return Json::array({range.first, range.second});
  return Json::array({count_json(range.first), count_json(range.second)});
}

Json values_json(const FactValues& own) {
  if (!own.listable) return own.text;
  Json values = Json::array();
  switch (own.kind) {
    case FactValues::Kind::kBool:
      for (const std::string& symbol : own.symbols) values.push_back(symbol == "true");
      break;
    case FactValues::Kind::kSymbols:
    case FactValues::Kind::kFlags:
      for (const std::string& symbol : own.symbols) values.push_back(symbol);
      break;
    case FactValues::Kind::kInt:
    case FactValues::Kind::kVersion:
      if (own.ranges.size() == 1) return range_json(own, own.ranges[0]);
      for (const auto& range : own.ranges) values.push_back(range_json(own, range));
      break;
  }
  return values;
}

}  // namespace

Json box_json(std::span<const FactValues> box) {
  Json result = Json::object();
  for (const FactValues& own : box) result[own.fact] = values_json(own);
  return result;
}

Json count_json(std::string_view decimal) {
  std::int64_t number = 0;
  const char* const end = decimal.data() + decimal.size();
  const auto [stop, error] = std::from_chars(decimal.data(), end, number);
  if (error == std::errc() && stop == end && number <= kLargestExact && number >= -kLargestExact) {
    return number;
  }
  return std::string(decimal);
}

}  // namespace switchyard
