#include "compiler/driver/command.h"

#include <iostream>
#include <optional>

#include <fmt/format.h>

#include "cmake/version.h"
#include "runtime/format/version.h"

namespace switchyard::driver {

std::string version_text() {
  return fmt::format("policyc {} (git {}), table format {}.{}", kVersion, git_hash(),
                     kFormatMajor, kFormatMinor);
}

void describe(CLI::App& app, const std::string& example) {
  app.set_version_flag("--version", version_text(), "print the version and exit");
  app.footer("\nExample:\n" + example);
  app.get_formatter()->column_width(34);
}

std::optional<int> parse_arguments(CLI::App& app, Arguments arguments) {
  try {
    app.parse(arguments.count, arguments.values);
    return std::nullopt;
  } catch (const CLI::ParseError& error) {  // CLI11 reports by exceptions; they end here
    if (error.get_exit_code() == 0) return app.exit(error);
    fmt::print(stderr, "policyc: {}\n`{} --help` shows the usage\n", error.what(), app.get_name());
    return kBadInput;
  }
}

}  // namespace switchyard::driver
