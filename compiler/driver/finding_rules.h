#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostic/diagnostic.h"
#include "runtime/base/error.h"

namespace switchyard::driver {

// Which findings count, by code: `--allow`, `--deny`, `--max-warnings`.
struct FindingRules {
  std::set<std::string_view> allowed, denied;  // codes of the registry
  std::size_t max_warnings = 0;
};

// Codes ("SY0321") or names ("SlowerTarget", in any case), one or several with commas in a text. An
// unknown one is an error that says which was meant, as is allowing a code that is an error.
Expected<FindingRules> finding_rules(const std::vector<std::string>& allow,
                                     const std::vector<std::string>& deny,
                                     std::size_t max_warnings);

}  // namespace switchyard::driver
