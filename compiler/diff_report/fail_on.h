#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/diff_report/report.h"
#include "runtime/base/error.h"

namespace switchyard::diff {

// One --fail-on: `FROM -> TO`, or `slower`. FROM and TO are `*`, a target (whatever its parameters), by
// attribute one of its values, `refused` (also written `error`), `excluded` or `undecided`.
struct FailOn {
  std::string text;  // as the user wrote it
  bool slower = false;
  std::string from, to;
};

// Fails on another form, and on a name that neither policy has.
Expected<FailOn> parse_fail_on(const std::string& text, const Pair& pair, const Options& options);

// Adds to each change of the report of `difference` the patterns that it matches. `slower` asks whether
// either policy calls the target of before faster than that of now (its `faster` lines, followed from
// one to the next); by attribute too, where what no change of the report shows goes into
// Report::slower, at the cost of one more comparison.
void mark_failed(const std::vector<FailOn>& patterns, const Pair& pair, const Partition& partition,
                 const Difference& difference, const Options& options, Report& report);

}  // namespace switchyard::diff
