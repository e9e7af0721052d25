#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostic/diagnostic.h"
#include "runtime/base/error.h"

namespace switchyard::driver {

// Warnings of one code that are accepted.
struct Acceptance {
  std::string_view code;  // of the registry
  std::string because;
  std::string files;      // fnmatch(3) pattern of the files' paths from `folder`, `*` matching `/` too;
  std::string folder;     // empty: every file
};

// Which findings count: `--allow`, `--deny`, `--max-warnings`, and what policyc.toml says of them.
struct FindingRules {
  std::vector<Acceptance> allowed;
  std::set<std::string_view> denied;  // codes of the registry
  std::size_t max_warnings = 0;

  // The first acceptance that fits a finding in the file `path`; null when none does.
  const Acceptance* accepting(std::string_view code, const std::string& path) const;
};

// The finding that has a code ("SY0321") or name ("SlowerTarget", in any case); an unknown one is an
// error that says which was meant.
Expected<const DiagnosticInfo*> finding_named(std::string_view asked);

// The same, and an error when it is one that cannot be allowed.
Expected<const DiagnosticInfo*> acceptable_finding(std::string_view asked);

// Adds what the command line says: codes or names, one or several with commas in a text. It wins over
// what `rules` said of these codes before; of one text each for both, denying wins.
Expected<void> add_arguments(const std::vector<std::string>& allow,
                             const std::vector<std::string>& deny, FindingRules& rules);

}  // namespace switchyard::driver
