#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/driver/load.h"
#include "compiler/driver/report.h"
#include "runtime/base/error.h"

// What `policyc history` asks of each version of a policy, and of two in a row.
namespace switchyard::driver {

struct HistoryQuestion {
  // The region: all of these conditions. One with a fact comes from `fact=value` and says nothing
  // where a version lacks the fact.
  struct Part {
    std::string fact;  // empty for --region
    std::string condition;
  };
  std::vector<Part> parts;
  std::string guarantee;  // instead of the decision: whether this one holds
  std::string attribute;  // compare this attribute of the target alone; empty: the whole outcome
  std::string bad;        // a target, a value of `attribute`, "refused" …; empty: not asked

  bool about_guarantee() const { return !guarantee.empty(); }
};

// `fact=value` as a condition.
Expected<HistoryQuestion::Part> part_of(const std::string& fact_and_value, const Model& model);

// Reports what of the question no policy like this can answer: a condition that cannot be read, an
// unknown attribute, guarantee or bad outcome. `versions`: all that have a model.
bool check_question(const HistoryQuestion& question, const std::vector<const Loaded*>& versions,
                    const ReportOptions& options);

// How one version answers.
struct Answer {
  std::string state;  // of a guarantee: "holds", "broken", "is not there"; else empty
  bool bad = false;   // decides the bad outcome somewhere in the region; the guarantee is broken
  std::vector<std::string> lines;  // a broken guarantee: an input that shows it
};
// Fails where the version cannot say (a condition reads what its facts lack).
Expected<Answer> answer_of(const HistoryQuestion& question, const Loaded& version);

// What changed in the region from one version to the next.
struct RegionChange {
  std::vector<std::string> lines;  // "480: native -> emulated", then "  where …"; empty: nothing
};
Expected<RegionChange> change_between(const HistoryQuestion& question, const Loaded& before,
                                      const Loaded& after);

}  // namespace switchyard::driver
