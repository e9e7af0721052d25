#include "compiler/driver/open_policy.h"

#include "compiler/driver/command.h"
#include "compiler/driver/load.h"
#include "compiler/driver/pipeline.h"
#include "runtime/base/check.h"

namespace switchyard::driver {

Opened open_policy(const std::string& path, const ReportOptions& options) {
  if (path != "-" && looks_like_table(path)) {
    Expected<Table> table = Table::open(path);
    if (table) return {std::move(*table), kOk};
    report_error(table.error(), options);
    return {std::nullopt, kBadInput};
  }
  Compilation done;
  if (const auto result = compile(path, Stage::kTable, {}, done); !result) {
    report_error(result.error(), options);
    return {std::nullopt, kBadInput};
  }
  if (!done.sink.diagnostics().empty()) report(done.sink, done.sources, options);
  if (done.sink.has_errors()) return {std::nullopt, kBadInput};
  Expected<Table> table = Table::from_bytes(done.table, path);
  SWITCHYARD_CHECK(table.has_value());  // it was just proved
  return {std::move(*table), kOk};
}

}  // namespace switchyard::driver
