#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/diff_report/report.h"
#include "runtime/base/error.h"

// Reviewed changes: a file that says which regions may change from what to what.
//
//   {"version": 1, "by": "family", "reasons": false, "changes": [
//     {"from": "native_aiter", "to": "emulated", "count": 480,
//      "boxes": ["gfx == gfx950 and scheme == w_mxfp4_a_mxfp4 and aiter_installed"]}]}
//
// A box is a condition over the facts. Rules and lines are left out: they move with every edit. "count"
// is for the reader.
namespace switchyard::diff {

struct Expectation {
  struct Change {
    std::string from, to;  // labels of ends (ReportedEnd::label)
    std::vector<std::string> boxes;
    friend bool operator==(const Change&, const Change&) = default;
  };
  std::string attribute;  // empty unless by attribute
  bool reasons = false;
  std::vector<Change> changes;  // one for each pair of labels
};

// The text of the file: the changes of all rules from one label to another as one. Stable: in order of
// the report, boxes included.
std::string write_expectation(const Pair& pair, const Partition& partition,
                              const Difference& difference, const Options& options);

// `name` is the file's, for messages, which say what is wrong and where.
Expected<Expectation> read_expectation(std::string_view text, const std::string& name);

// Judges the report by what was reviewed: fills in `unexpected` of each change and `stale`. Exact: the
// regions are compared, not the boxes in which they are written. Costs another comparison of the pair,
// however many changes are expected. `regions`: by expected change its formula, of the pair's;
// `partition` is one of the pair with those formulas.
void judge(const Expectation& expectation, const std::vector<FormulaId>& regions, const Pair& pair,
           const Partition& partition, const Difference& difference, const Options& options,
           Report& report);

}  // namespace switchyard::diff
