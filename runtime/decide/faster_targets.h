#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/export.h"
#include "runtime/decide/why.h"
#include "runtime/table/decision.h"
#include "runtime/table/table.h"

namespace switchyard {

// A rule that names a faster target and did not decide.
struct PassedRule {
  std::uint32_t index = 0;         // into Table::rules
  std::string rule;                // "file:line"
  std::vector<FailedPart> failed;  // of its condition; empty: an earlier rule, or an entry before
                                   // it in the deciding one, came first
};

// A target that is faster than the one decided, by the policy's `faster` lines (through one chain
// or several), and could run: some rule of the block uses it with parameters for which all its
// `requires` hold. That is what the compiler's SY0321 means, for one combination of facts.
struct FasterTarget {
  std::uint32_t target = 0;  // index into Table::targets
  std::string name;
  std::vector<PassedRule> passed;  // every use of it that could run, in source order
};

// By target, those that are faster; ascending. Empty lists where the policy has no `faster`.
SWITCHYARD_EXPORT std::vector<std::vector<std::uint32_t>> faster_than(const Table& table);

// The faster targets that could run where `decision` = decide(table, facts) picked another, in the
// order of `faster` = faster_than(table); nothing for other kinds of decisions, and where an `allow
// slower` of the policy accepts it (tables of format 1.0 do not tell). Costs a `why` when
// the decided target has faster ones, else next to nothing. Allocates.
SWITCHYARD_EXPORT std::vector<FasterTarget> faster_that_could_run(
    const Table& table, const std::vector<std::vector<std::uint32_t>>& faster, const void* facts,
    const Decision& decision);

}  // namespace switchyard
