#pragma once

#include <optional>
#include <string>

#include "compiler/driver/report.h"
#include "runtime/table/table.h"

namespace switchyard::driver {

// Opens `path` as a table, or compiles it (`-`: standard input) as a policy, in memory. When that
// fails everything has been reported, and `status` is the exit status.
struct Opened {
  std::optional<Table> table;
  int status = 0;
};
Opened open_policy(const std::string& path, const ReportOptions& options);

}  // namespace switchyard::driver
