#include "compiler/driver/command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "cmake/version.h"
#include "compiler/diagnostic/did_you_mean.h"
#include "compiler/driver/output.h"
#include "runtime/cli/unknown_option.h"
#include "runtime/format/version.h"

namespace switchyard::driver {
namespace {

std::string unknown_option_text(const CLI::App& app, const std::string& option,
                                const std::vector<std::string>& first) {
  if (std::find(first.begin(), first.end(), option) != first.end()) {
    return fmt::format("`{0}` stands first: `policyc {0} …`", option);
  }
  std::vector<std::string> known = option_names(app);
  known.insert(known.end(), first.begin(), first.end());
  const std::string meant = did_you_mean_text(option, known);
  return fmt::format("there is no option `{}`{}{}", option, meant.empty() ? "" : "; ", meant);
}

int refuse(const CLI::App& app, const std::string& message) {
  print_error("policyc: {}\n`{} --help` shows the usage\n", message, app.get_name());
  return kBadInput;
}

// --version is not a question about anything else.
int answer_version(const CLI::App& app, Arguments arguments) {
  for (int i = 1; i < arguments.count; ++i) {
    const std::string_view word = arguments.values[i];
    if (word != "--version") return refuse(app, fmt::format("--version stands alone; leave out `{}`", word));
  }
  return write_out(version_text() + "\n") ? kOk : kBadInput;
}

}  // namespace

std::string version_text() {
  return fmt::format("policyc {} (git {}), table format {}.{}", kVersion, git_hash(),
                     kFormatMajor, kFormatMinor);
}

void describe(CLI::App& app, const std::string& example) {
  app.set_version_flag("--version", version_text(), "print the version and exit");
  app.footer("\nExample:\n" + example);
  app.get_formatter()->column_width(34);
}

CLI::Validator not_empty() {
  return CLI::Validator(
      [](std::string& text) {
        return text.empty() ? std::string("the value is empty; write it out, or leave the option out") : "";
      },
      "");
}

std::optional<int> parse_arguments(CLI::App& app, Arguments arguments,
                                   const std::vector<std::string>& first) {
  try {
    app.parse(arguments.count, arguments.values);
    return std::nullopt;
  } catch (const CLI::CallForVersion&) {  // CLI11 reports by exceptions; they end here
    return answer_version(app, arguments);
  } catch (const CLI::CallForHelp&) {
    return write_out(app.help()) ? kOk : kBadInput;
  } catch (const CLI::ParseError& error) {
    const std::string option = unknown_option(app);
    const auto code = static_cast<CLI::ExitCodes>(error.get_exit_code());
    const bool named = code == CLI::ExitCodes::ExtrasError || code == CLI::ExitCodes::RequiredError;
    if (named && !option.empty()) return refuse(app, unknown_option_text(app, option, first));
    return refuse(app, error.what());
  }
}

}  // namespace switchyard::driver
