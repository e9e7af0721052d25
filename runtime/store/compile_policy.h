#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include "runtime/base/export.h"

namespace switchyard {

inline constexpr std::size_t kMostDiagnostics = 64 * 1024;  // bytes of policyc's words that are kept

struct CompileResult {
  enum class Kind {
    kCompiled,
    kRefused,    // the policy is wrong: `diagnostics` say where
    kFailed,     // policyc could not be run, or did not end in time
    kAbandoned,  // `abandon` said so
  };
  Kind kind = Kind::kFailed;
  std::string reason;       // all but kCompiled
  std::string diagnostics;  // standard error of policyc, cut at kMostDiagnostics
};

// Runs `compiler` (a path, or a name on the PATH) in the policy's folder, so that the table is what
// `policyc POLICY -o TABLE` writes there. Returns when it has ended: by itself, killed with all that
// it started after `timeout`, or because `abandon`, asked every 50 ms, wants no result any more.
// The process gets none of ours but the environment: no descriptors, no signal mask. Safe in programs
// that ignore SIGCHLD or collect children themselves.
SWITCHYARD_EXPORT CompileResult compile_policy(const std::string& compiler,
                                               const std::string& policy, const std::string& table,
                                               std::chrono::milliseconds timeout,
                                               const std::function<bool()>& abandon);

}  // namespace switchyard
