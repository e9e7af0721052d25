#include "compiler/diagnostic/counted.h"

#include <fmt/format.h>

namespace switchyard {

bool ends_in_one(std::string_view count) { return count == "1" || count.ends_with(" 1"); }

std::string counted(std::string_view count, std::string_view noun, std::string_view plural) {
  if (ends_in_one(count)) return fmt::format("{} {}", count, noun);
  return plural.empty() ? fmt::format("{} {}s", count, noun) : fmt::format("{} {}", count, plural);
}

}  // namespace switchyard
