#include "compiler/diagnostic/box_json.h"

#include <charconv>
#include <cstdint>
#include <string>

namespace switchyard {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kLargestExact = std::int64_t{1} << 53;

Json ends_json(const FactValues& own, const FactRange& range) {
  if (own.kind == FactValues::Kind::kVersion) return Json::array({range.low, range.high});
  return Json::array({count_json(range.low), count_json(range.high)});
}

Json range_json(const FactValues& own, const FactRange& range) {
  if (range.modulus == 1) return ends_json(own, range);
  return {{"range", ends_json(own, range)},
          {"modulus", range.modulus},
          {"remainders", range.remainders}};
}

Json values_json(const FactValues& own) {
  Json values = Json::array();
  switch (own.kind) {
    case FactValues::Kind::kBool:
      for (const std::string& symbol : own.symbols) values.push_back(symbol == "true");
      break;
    case FactValues::Kind::kSymbols:
      for (const std::string& symbol : own.symbols) values.push_back(symbol);
      break;
    case FactValues::Kind::kInt:
    case FactValues::Kind::kVersion:
      if (own.ranges.size() == 1 && own.ranges[0].modulus == 1) return ends_json(own, own.ranges[0]);
      for (const FactRange& range : own.ranges) values.push_back(range_json(own, range));
      break;
    case FactValues::Kind::kFlags:
      for (const FactFlags& part : own.flags) {
        values.push_back({{"has", part.has}, {"lacks", part.lacks}});
      }
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
  if (error == std::errc() && stop == end) return integer_json(number);
  return std::string(decimal);
}

Json integer_json(std::int64_t number) {
  if (number <= kLargestExact && number >= -kLargestExact) return number;
  return std::to_string(number);
}

}  // namespace switchyard
