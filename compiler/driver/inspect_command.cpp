#include "runtime/table/inspect.h"

#include <CLI/CLI.hpp>
#include <cstdio>

#include <fmt/format.h>

#include "compiler/driver/command.h"
#include "compiler/driver/output.h"
#include "compiler/driver/report.h"
#include "runtime/table/table.h"

namespace switchyard::driver {

int inspect_command(Arguments arguments) {
  std::string path;
  ReportOptions options;
  CLI::App app("Prints what a table holds: format, compiler, hash, facts, targets, how it decides.",
               "policyc inspect");
  app.add_option("TABLE", path, "a table written by `policyc FILE -o TABLE`")->required();
  add_report_options(app, options);
  describe(app, "  policyc inspect moe.table");
  if (const auto status = parse_arguments(app, arguments)) return *status;

  const Expected<Table> table = Table::open(path);
  if (!table) {
    report_error(table.error(), options);
    return kBadInput;
  }
  return write_out(inspect(*table)) ? kOk : kBadInput;
}

}  // namespace switchyard::driver
