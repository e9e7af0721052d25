#pragma once

#include <string>
#include <utility>
#include <vector>

#include "runtime/base/export.h"
#include "runtime/table/decision.h"
#include "runtime/table/table.h"

namespace switchyard {

// A part of a condition that did not hold.
struct FailedPart {
  std::string text;      // as it was written
  std::string because;   // of the `requires` line, may be empty
  std::string location;  // "file:line"
};

// An entry of the deciding `first of` or `only` that was passed over, or of an earlier `first of`
// whose condition held and none of whose entries could run.
struct SkippedEntry {
  std::string target;    // with its values: "packed(split_k = 4)"
  std::string rule;      // "file:line"
  std::vector<FailedPart> failed;
};

// A decision explained, in words of the policy.
struct Why {
  Decision decision;
  std::string target;                                          // name, kTarget only
  std::vector<std::pair<std::string, std::string>> parameters; // name, value
  std::vector<bool> parameter_is_integer;
  std::vector<AttributeInfo> attributes;
  std::string rule;                                            // "file:line" of the deciding rule
  std::string rule_text;
  std::string because;                                         // of the rule, may be empty
  std::string block;                                           // empty for the policy's own
  std::vector<SkippedEntry> skipped;                           // in the order tried
  std::string message;  // one line for kRefused, kExcluded, kUndecided, kBadFact: what and why
};

// Computes an explanation; allocates. `facts` as for decide().
SWITCHYARD_EXPORT Why why(const Table& table, const void* facts);

// The explanation of one line without `skipped`, for logs: target and rule only. Cheaper.
SWITCHYARD_EXPORT Why describe(const Table& table, const Decision& decision, const void* facts);

// Several lines for people, ending in a newline.
SWITCHYARD_EXPORT std::string to_text(const Why& why);

}  // namespace switchyard
