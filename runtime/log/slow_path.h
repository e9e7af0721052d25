#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "runtime/base/export.h"
#include "runtime/decide/faster_targets.h"
#include "runtime/decide/why.h"
#include "runtime/table/table.h"

namespace switchyard {

// A dispatch that took a slower target than could run (runtime/decide/faster_targets.h says when).
struct SlowPath {
  std::string policy;
  std::uint64_t generation = 0;
  Why why;                           // the decision
  std::vector<FasterTarget> faster;  // what could have run, fastest lines first; never empty
  std::string facts;                 // of the first one seen: "scheme = w_mxfp4, tokens = 8"
};

// One line without the facts: what runs, by which rule and why, and of each faster target the parts
// of its rules' conditions that failed.
SWITCHYARD_EXPORT std::string reason(const SlowPath& slow);
// The same with the facts: "slow path: …".
SWITCHYARD_EXPORT std::string to_text(const SlowPath& slow);

// Finds slow paths, each once: two are the same when their reason() is, so that one that a new
// generation of the policy shares is not told again. Not thread-safe.
class SlowPaths {
 public:
  static constexpr std::size_t kMaxReasons = 1'000;

  // `decision` = decide(table, facts), `faster` = faster_than(table).
  std::optional<SlowPath> look(const Table& table, std::uint64_t generation,
                               const std::vector<std::vector<std::uint32_t>>& faster,
                               const void* facts, const Decision& decision);

 private:
  std::set<std::string> told_;
};

}  // namespace switchyard
