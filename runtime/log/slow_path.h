#pragma once

#include <cstdint>
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
  std::string facts;  // of the first one seen in its box: "scheme = w_mxfp4, tokens = 8"
};

// One line without the facts: what runs, by which rule and why, and of each faster target the parts
// of its rules' conditions that failed.
SWITCHYARD_EXPORT std::string reason(const SlowPath& slow);
// The same with the facts: "slow path: …".
SWITCHYARD_EXPORT std::string to_text(const SlowPath& slow);

// The facts as SlowPath has them.
std::string spell_facts(const Table& table, const void* facts);

}  // namespace switchyard
