#pragma once

#include <cstddef>
#include <string>

#include "runtime/table/table.h"  // before verify: `kUndecided`
#include "compiler/driver/given_facts.h"
#include "compiler/region/partition.h"
#include "compiler/sema/model.h"
#include "compiler/source/source_file.h"
#include "runtime/base/error.h"

namespace switchyard::driver {

// What `explain` is asked besides the facts.
struct Question {
  std::string why, why_not;      // targets; empty: not asked
  std::string changes = "auto";  // how many facts may change: "0", "1", "2" or "auto"
  std::size_t limit = 12;        // lines shown of each list
};

// Whom. All of it outlives the call.
struct Asked {
  const std::string& name;  // for messages
  const Model& model;
  const SourceMap& sources;
  const Table* table;  // null for a policy
  const Partition& partition;
  const GivenFacts& given;
};

struct Answered {
  std::string json;  // docs/cli.md
  std::string text;
  bool decided;  // a target, or facts are open
};

// Fails for a target that the policy lacks, `why_not` with facts left open, and a table that
// decides otherwise than its rules say.
Expected<Answered> answer(const Question& question, const Asked& asked);

}  // namespace switchyard::driver
