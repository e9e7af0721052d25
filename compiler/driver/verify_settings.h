#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "compiler/driver/finding_rules.h"
#include "runtime/base/error.h"

namespace switchyard::driver {

// What a repository says of `policyc verify`, in policyc.toml:
//   [verify]
//   deny = ["SlowerTarget"]
//   max-warnings = 3
//   capabilities = ["kernels.requires"]   # from the file's folder
//   [[allow]]
//   code = "SY0325"                       # or its name
//   because = "the engine passes it for later"
//   files = "legacy/*.policy"             # optional
struct VerifySettings {
  FindingRules rules;
  bool has_max_warnings = false;
  std::vector<std::string> capabilities;  // paths, the file's folder put in front
};

// Reads the text of the file `path`. Every mistake is an error of its own with "FILE:LINE:COLUMN: ", in
// the order of the text.
tl::expected<VerifySettings, std::vector<Error>> read_verify_settings(const std::string& path,
                                                                      const std::string& text);

// The policyc.toml of a policy: in its folder or one above it, up to the root of the repository (the
// folder that holds `.git`); outside a repository its own folder alone. None for none. `-` is in the
// current folder.
std::optional<std::string> settings_of(const std::string& policy);

// At most so many bytes are read.
inline constexpr std::size_t kMaxSettingsBytes = std::size_t{1} << 20;

}  // namespace switchyard::driver
