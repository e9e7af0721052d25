#include "runtime/moe/scheme_named.h"

#include <fmt/format.h>

#include <vector>

#include "runtime/decide/fact_value.h"

namespace switchyard::moe {

Expected<kernels::Scheme> scheme_named(const std::string& name) {
  if (const auto scheme = kernels::scheme_from_name(name)) return *scheme;
  std::vector<std::string> known;
  for (const kernels::SchemeInfo& entry : kernels::kSchemes) known.emplace_back(entry.name);
  return fail(fmt::format("there is no scheme `{}`{}; there are {}", name, nearest(name, known),
                          fmt::join(known, ", ")));
}

}  // namespace switchyard::moe
