#include "runtime/moe/command.h"

#include <fmt/format.h>

#include <cstdio>
#include <string_view>

#include "cmake/version.h"
#include "runtime/format/version.h"
#include "runtime/moe/output.h"

namespace switchyard::moe {

std::string version_text() {
  return fmt::format("moe {} (git {}), table format {}.{}", kVersion, git_hash(), kFormatMajor,
                     kFormatMinor);
}

void describe(CLI::App& app, const std::string& example) {
  app.set_version_flag("--version", version_text(), "print the version and exit");
  app.footer("\nExample:\n" + example +
             "\n\nExit status: 0 done, 1 refused or excluded by the policy (or --check failed),\n"
             "2 bad input.");
  app.get_formatter()->column_width(34);
}

std::optional<int> parse_arguments(CLI::App& app, Arguments arguments) {
  try {
    app.parse(arguments.count, arguments.values);
    return std::nullopt;
  } catch (const CLI::ParseError& error) {  // CLI11 reports by exceptions; they end here
    if (error.get_exit_code() == 0) return app.exit(error);
    write(stderr, "moe: {}\n`{} --help` shows the usage\n", error.what(), app.get_name());
    return kBadInput;
  }
}

int report_error(const Error& error) {
  std::string_view rest = error.message;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    write(stderr, "moe: {}\n", rest.substr(0, end));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return kBadInput;
}

}  // namespace switchyard::moe
