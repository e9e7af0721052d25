#include "runtime/moe/command.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <string_view>
#include <vector>

#include "runtime/cli/unknown_option.h"
#include "runtime/decide/fact_value.h"
#include "runtime/format/version.h"
#include "runtime/moe/output.h"

#include "cmake/version.h"  // after the enums with a kVersion of their own

namespace switchyard::moe {
namespace {

// The message with the option that was meant.
std::string unknown_option_text(const CLI::App& app, const std::string& option) {
  return fmt::format("there is no option `{}`{}", option, nearest(option, option_names(app)));
}

}  // namespace

std::string version_text() {
  return fmt::format("moe {} (git {}), table format {}.{}", kVersion, git_hash(), kFormatMajor,
                     kFormatMinor);
}

int answer_version(Arguments arguments) {
  for (int i = 1; i < arguments.count; ++i) {
    const std::string_view word = arguments.values[i];
    if (word == "--version") continue;
    write(stderr, "moe: --version stands alone; leave out `{}`\n", word);
    return kBadInput;
  }
  write("{}\n", version_text());
  return kOk;
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
    if (error.get_name() == "CallForVersion") return answer_version(arguments);
    if (error.get_exit_code() == 0) return app.exit(error);
    const std::string option = unknown_option(app);
    const auto code = static_cast<CLI::ExitCodes>(error.get_exit_code());
    const bool named = code == CLI::ExitCodes::ExtrasError || code == CLI::ExitCodes::RequiredError;
    write(stderr, "moe: {}\n`{} --help` shows the usage\n",
          named && !option.empty() ? unknown_option_text(app, option) : error.what(),
          app.get_name());
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
