#pragma once

#include <optional>
#include <string>

#include "compiler/diagram/build.h"
#include "compiler/driver/report.h"
#include "compiler/region/partition.h"
#include "compiler/sema/model.h"
#include "compiler/source/source_file.h"
#include "runtime/table/table.h"

namespace switchyard::driver {

// A policy both as the runtime decides it and as the analyses read it.
struct OpenedModel {
  Table table;
  SourceMap sources;  // of a table: what it tells of them (compiler/restore)
  bool from_table = false;
  Model model;
  Partition partition;
  std::optional<PolicyDiagram> diagrams;  // none beyond the budget
};

// Opens a table, or compiles a policy (`-`: standard input). When that fails everything has been
// reported and nothing is returned: the command ends with kBadInput.
std::optional<OpenedModel> open_model(const std::string& path, const ReportOptions& options);

}  // namespace switchyard::driver
